"""Waiting sessions of channels that start automatically: consoles of those with least to do are asked to start them.

A session waits where it is until that console picks it up, as if its technician had. So anyone may still pick it up
first, and nothing is lost where the console, its page or this relay is gone meanwhile.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from codec.wire.api_types import SessionState, TargetKind
from codec.wire.session_types import SessionType
from relay.accounts.model import SignInRow
from relay.accounts.service import SignInKind
from relay.bus.base import ORGANISATION, TECHNICIANS, WAITS, Bus
from relay.channels.serving import channels_of
from relay.organization.ancestry import batches
from relay.routing.assignment import Candidate, Waiting, assigned
from relay.routing.availability import BUSY_ABOVE, AtWork, Availability
from relay.routing.offers import OFFER_SECONDS, Offers
from relay.routing.rules import Load, is_available
from relay.sessions.capacity import MOST_SESSIONS
from relay.sessions.model import SessionRow
from relay.sessions.rows import place_of
from relay.settings.applied import AppliedSettings
from relay.settings.catalogue import CATALOGUE
from relay.settings.holders import Holder, HolderKind
from relay.store.database import Store
from relay.tasks.news import NewsFollower

ON, BELOW = "auto_start.on", "auto_start.below"
EXEMPT = "technician.never_auto_start"
DEFER = "console.defer_auto_start"
OF_GROUP = (MOST_SESSIONS, BUSY_ABOVE, DEFER)
_WAITING = (SessionState.WAITING.value, SessionState.TRANSFERRING.value)
_OPEN = [state.value for state in SessionState if not state.is_final]
_log = logging.getLogger(__name__)


class AutoStart(NewsFollower):
    """Asks them. `is_there` says whether the customer of a session is connected here, `ask` asks a console."""

    purpose = "starting waiting sessions"
    gather_seconds = 0.1

    def __init__(
        self,
        store: Store,
        availability: Availability,
        settings: AppliedSettings,
        offers: Offers,
        is_there: Callable[[int], bool],
        ask: Callable[[int, str, int], None],
        bus: Bus,
    ) -> None:
        super().__init__()
        self._store = store
        self._availability = availability
        self._settings = settings
        self._offers = offers
        self._is_there = is_there
        self._ask = ask
        bus.follow([ORGANISATION, TECHNICIANS, WAITS], self)

    async def sweep(self, _now: object = None) -> None:
        """Look again: time has passed, such as that since someone signed in. Called every few seconds."""
        self.note()

    async def follow(self) -> None:
        """Ask for every session that fits someone now."""
        waiting = await self._waiting()
        offered = {offer.person for offer in self._offers.all()}
        available = await self._availability.available(offered) if offered else frozenset[int]()
        for late in self._offers.follow({each.session for each in waiting}, available):
            _log.info("session %d: the console of person %d did not start it", late.session, late.person)
        asked = {offer.session for offer in self._offers.all()}
        open_ones = [each for each in waiting if each.session not in asked and self._is_there(each.session)]
        if not open_ones:
            return
        limits = {each.session: each.below for each in open_ones}
        lens = {each.session for each in open_ones if each.is_lens}
        for session, person in assigned(open_ones, await self._candidates(datetime.now(UTC))).items():
            console = self._availability.roster.console_of(person)
            if console is not None:
                self._offers.offer(session, person, limits[session], is_lens=session in lens)
                asyncio.get_running_loop().call_later(OFFER_SECONDS + self.gather_seconds, self.note)
                self._ask(person, console, session)

    async def _waiting(self) -> list[Waiting]:
        """Return what waits in channels that start their sessions automatically."""
        row, found = SessionRow, dict[int, list[SessionRow]]()
        async with self._store.reading() as transaction:
            rows = await transaction.scalars(select(row).where(row.state.in_(_WAITING)).order_by(row.id))
            for each in rows:
                queue = place_of(each).queue
                if queue is not None and queue.kind is TargetKind.CHANNEL:
                    found.setdefault(queue.id, []).append(each)
        held = await self._settings.held_by([Holder(HolderKind.CHANNEL, each) for each in found], [ON, BELOW])
        return [
            Waiting(
                each.id,
                unit.id,
                each.since,
                int(values[BELOW].value),
                each.session_type == SessionType.LENS,
                each.person_id,
            )
            for unit, values in held.items()
            if values[ON].value
            for each in found[unit.id]
        ]

    async def _candidates(self, now: datetime) -> list[Candidate]:
        """Return who can be given sessions automatically."""
        at_work = await self._availability.at_work()
        people = [
            person
            for person, each in at_work.items()
            if is_available(each.status) and not self._offers.passes_over(person)
        ]
        exempt = await self._settings.held_by([Holder(HolderKind.TECHNICIAN, each) for each in people], [EXEMPT])
        people = [each for each in people if not _is_exempt(exempt.get(Holder(HolderKind.TECHNICIAN, each)))]
        limits = await self._limits({at_work[person].group for person in people})
        deferred = {person: limits[at_work[person].group][DEFER] for person in people}
        if any(deferred.values()):
            signed_in = await self._signed_in(people)
            people = [
                person
                for person in people
                if person not in signed_in or now - signed_in[person] >= timedelta(minutes=deferred[person])
            ]
        return await self._as_candidates({person: at_work[person] for person in people}, limits, now)

    async def _as_candidates(
        self, at_work: dict[int, AtWork], limits: dict[int | None, dict[str, int]], now: datetime
    ) -> list[Candidate]:
        idle_since, lens = await self._availability.idle_since(at_work, now), await self._with_lens(at_work)
        async with self._store.reading() as transaction:
            serving = await channels_of(transaction, at_work)
        found = []
        for person, each in at_work.items():
            limit = limits[each.group]
            most = min(limit[MOST_SESSIONS], limit[BUSY_ABOVE] + 1)
            load = Load(person, each.sessions, idle_since.get(person))
            candidate = Candidate(load, serving[person], most, person in lens)
            for offer in self._offers.all():
                if offer.person == person:
                    candidate = candidate.given(is_lens=offer.is_lens)
            found.append(candidate)
        return found

    async def _limits(self, groups: Iterable[int | None]) -> dict[int | None, dict[str, int]]:
        units = [Holder(HolderKind.GROUP, group) for group in groups if group is not None]
        held = await self._settings.held_by(units, OF_GROUP)
        found: dict[int | None, dict[str, int]] = {
            unit.id: {key: int(each.value) for key, each in values.items()} for unit, values in held.items()
        }
        by_default = {key: int(CATALOGUE.setting(key).default) for key in OF_GROUP}
        return {group: found.get(group, by_default) for group in groups}

    async def _signed_in(self, people: Iterable[int]) -> dict[int, datetime]:
        """Return when these people last signed in to the console."""
        row, found = SignInRow, dict[int, datetime]()
        async with self._store.reading() as transaction:
            for some in batches(people):
                at_consoles = row.kind == SignInKind.TOKEN, row.person_id.in_(some)
                query = select(row.person_id, func.max(row.made_at)).where(*at_consoles).group_by(row.person_id)
                for person, at in await transaction.execute(query):
                    found[person] = at
        return found

    async def _with_lens(self, people: Iterable[int]) -> set[int]:
        row, found = SessionRow, set[int]()
        async with self._store.reading() as transaction:
            for some in batches(people):
                lens = row.session_type == SessionType.LENS, row.state.in_(_OPEN), row.leg_id.is_not(None)
                numbers = await transaction.scalars(select(row.person_id).where(row.person_id.in_(some), *lens))
                found |= {number for number in numbers if number is not None}
        return found


def _is_exempt(values: object) -> bool:
    return isinstance(values, dict) and bool(values[EXEMPT].value)
