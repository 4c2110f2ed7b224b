"""Customers who come through a channel, applied to the store."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from codec.wire.api_types import Session, SessionState
from codec.wire.session_types import SessionType
from codec.wire.signals import Enter, Refusal
from relay.accounts.rules import Status
from relay.channels.rules import LIMITS, NotAdmittedError, check_room
from relay.channels.serving import is_served
from relay.codes.rules import session_type_of
from relay.limits.rate_limiter import Limiter, address_key
from relay.organization.model import ChannelRow
from relay.sessions.model import SessionRow
from relay.sessions.service import Sessions
from relay.settings.declare import Json
from relay.settings.holders import Holder, HolderKind, UnknownUnitError
from relay.sign_in.policies import read_policies
from relay.store.database import Store

RUN_TYPE = "applet.run_type"


@dataclass(frozen=True)
class CameIn:
    """A customer's session, and what lets the applet come back."""

    session: Session
    ticket: str


class Channels:
    """The ways in. `choice` is what an organisation chose for a channel."""

    def __init__(self, store: Store, sessions: Sessions, choice: Callable[[Holder, str], Awaitable[Json]]) -> None:
        self._store = store
        self._sessions = sessions
        self._choice = choice
        self._limiter = Limiter(LIMITS)

    async def enter(self, channel: int, customer: Enter, address: str, now: datetime) -> CameIn:
        """Let a customer in through a channel: they wait for all who serve it, who are told once the applet is there.

        Raises NotAdmittedError, TooOftenError or BusyError.
        """
        with self._limiter.reserve({"address": address_key(address)}, now.timestamp()) as reserved:
            session_type = await self._session_type(channel)
            async with self._store.transaction() as transaction:
                row = await transaction.get(ChannelRow, channel)
                if row is None or row.deleted_at is not None or row.status != Status.ENABLED:
                    raise NotAdmittedError(Refusal.UNKNOWN)
                in_queue = SessionRow.channel_id == channel, SessionRow.state == SessionState.WAITING
                waiting = await transaction.scalar(select(func.count()).select_from(SessionRow).where(*in_queue)) or 0
                check_room(is_served=await is_served(transaction, channel), waiting=waiting)
                session = await self._sessions.begin_in(transaction, row, now, session_type=session_type)
                ticket = await self._sessions.enter(transaction, session, customer, now)
                if (await read_policies(transaction)).store_customer_addresses:
                    session.customer_ip = address
            reserved.keep()
        return CameIn(self._sessions.shown(session), ticket)

    async def _session_type(self, channel: int) -> SessionType:
        """Return what a session that comes through a channel is (APP-09)."""
        try:
            chosen = await self._choice(Holder(HolderKind.CHANNEL, channel), RUN_TYPE)
        except UnknownUnitError:
            return SessionType.STANDARD  # there is no such channel, which is refused
        return session_type_of(chosen)
