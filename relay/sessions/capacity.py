"""How many sessions a technician has at once: what their group allows (TECH-01), of them one Lens session (LENS-10)."""

from collections.abc import Awaitable, Callable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from codec.errors import DesksideError
from codec.wire.api_types import SessionState
from codec.wire.session_types import SessionType
from relay.accounts.model import PersonRow
from relay.permissions.service import Permissions
from relay.sessions.model import SessionRow
from relay.settings.applied import AppliedSettings
from relay.settings.catalogue import CATALOGUE
from relay.settings.holders import Holder, HolderKind

MOST_SESSIONS = "console.most_sessions"
MostSessions = Callable[[int], Awaitable[int]]
"""Gives the most sessions that someone's group allows."""
_OPEN = [state.value for state in SessionState if not state.is_final]


class FullError(DesksideError):
    """You have as many sessions as your group allows at once. End one, then pick up the next."""


class OneLensError(DesksideError):
    """You already have an active Lens session. End that one first."""


async def check_capacity(transaction: AsyncSession, person: int, session_type: SessionType, most: int) -> None:
    """Make sure that a technician may have one more session, of this type. Raises FullError or OneLensError.

    The person is held for the transaction: of two pick-ups at once the second counts what the first has taken.
    """
    await transaction.get(PersonRow, person, with_for_update=True)
    picked_up = SessionRow.person_id == person, SessionRow.leg_id.is_not(None), SessionRow.state.in_(_OPEN)
    types = list(await transaction.scalars(select(SessionRow.session_type).where(*picked_up)))
    if len(types) >= most:
        raise FullError(FullError.__doc__)
    if session_type is SessionType.LENS and SessionType.LENS in types:
        raise OneLensError(OneLensError.__doc__)


def most_sessions(permissions: Permissions, settings: AppliedSettings) -> MostSessions:
    """Return what reads it. For administrators who serve, who have no group, the default holds."""

    async def read(person: int) -> int:
        group = (await permissions.held_by([person]))[person].group
        if group is None:
            return await by_default(person)
        return int((await settings.held(Holder(HolderKind.GROUP, group), [MOST_SESSIONS]))[MOST_SESSIONS].value)

    return read


async def by_default(_person: int) -> int:
    """Return what holds where no group has chosen."""
    return int(CATALOGUE.setting(MOST_SESSIONS).default)
