"""Which technicians can be given sessions now: asked here, and nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from codec.wire.api_types import SessionState
from codec.wire.technician_status import TechnicianStatus
from relay.organization.ancestry import batches
from relay.permissions.service import Permissions
from relay.routing.roster import Roster
from relay.routing.rules import chosen_by, is_available, status_of
from relay.sessions.model import LegRow, SessionRow
from relay.settings.applied import AppliedSettings
from relay.settings.catalogue import CATALOGUE
from relay.settings.holders import Holder, HolderKind
from relay.store.database import Store

BUSY_ABOVE = "console.busy_above"
IDLE_KNOWN = timedelta(days=2)
"""Who had no session for longer is like one who never had any."""
_OPEN = [state.value for state in SessionState if not state.is_final]


@dataclass(frozen=True)
class AtWork:
    """A technician who is signed in to the console: what they chose, how they are, and how many sessions they have."""

    chosen: TechnicianStatus
    status: TechnicianStatus
    sessions: int
    group: int | None


class Availability:
    """Asks the roster who is there, and the store how much each has to do."""

    def __init__(self, store: Store, permissions: Permissions, settings: AppliedSettings, roster: Roster) -> None:
        self._store = store
        self._permissions = permissions
        self._settings = settings
        self.roster = roster

    async def is_available(self, person: int) -> bool:
        """Whether a technician can be given a session: signed in to the console, and neither busy nor away."""
        return person in await self.available([person])

    async def available(self, people: Iterable[int] | None = None) -> frozenset[int]:
        """Return those who can be given a session: of these people, or of all."""
        return frozenset(person for person, each in (await self.at_work(people)).items() if is_available(each.status))

    async def at_work(self, people: Iterable[int] | None = None) -> dict[int, AtWork]:
        """Return who is signed in to the console: of these people, or of all."""
        there = self.roster.at_consoles()
        wanted = there.keys() if people is None else there.keys() & set(people)
        if not wanted:
            return {}
        groups = {person: held.group for person, held in (await self._permissions.held_by(wanted)).items()}
        limits = await self._busy_above({group for group in groups.values() if group is not None})
        counts = await self.sessions_of(wanted)
        by_default = int(CATALOGUE.setting(BUSY_ABOVE).default)
        found = {}
        for person in wanted:
            group, count = groups[person], counts.get(person, 0)
            above = by_default if group is None else limits.get(group, by_default)
            status = status_of(there[person], count, above)
            found[person] = AtWork(chosen_by(there[person]), status, count, group)
        return found

    async def sessions_of(self, people: Iterable[int]) -> dict[int, int]:
        """Return how many sessions technicians have picked up that have not ended; who has none is missing."""
        row, counts = SessionRow, dict[int, int]()
        async with self._store.reading() as transaction:
            for some in batches(people):
                picked_up = row.person_id.in_(some), row.leg_id.is_not(None), row.state.in_(_OPEN)
                query = select(row.person_id, func.count()).where(*picked_up).group_by(row.person_id)
                counts |= {person: count for person, count in await transaction.execute(query) if person is not None}
        return counts

    async def idle_since(self, people: Iterable[int], now: datetime) -> dict[int, datetime]:
        """Return when these people last began or ended a session; who did neither lately is missing."""
        row, found = LegRow, dict[int, datetime]()
        async with self._store.reading() as transaction:
            for some in batches(people):
                mine = row.person_id.in_(some), row.began_at > now - IDLE_KNOWN
                query = select(row.person_id, func.max(row.began_at), func.max(row.ended_at)).where(*mine)
                for person, began, ended in await transaction.execute(query.group_by(row.person_id)):
                    found[person] = max(began, ended or began)
        return found

    async def _busy_above(self, groups: set[int]) -> dict[int, int]:
        held = await self._settings.held_by([Holder(HolderKind.GROUP, group) for group in groups], [BUSY_ABOVE])
        return {unit.id: int(values[BUSY_ABOVE].value) for unit, values in held.items()}
