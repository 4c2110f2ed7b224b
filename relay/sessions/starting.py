"""Waiting sessions that administrators start with a technician, or with who has least to do (spec 2.16).

The technician's console is asked for it and picks it up, as where a channel starts its sessions automatically. Where it
does not, the session waits where it waited.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec import structs

from codec.errors import DesksideError
from codec.wire.api_types import NewTransfer, SessionState, TargetKind, TransferTargets
from relay.channels.serving import channels_of
from relay.organization.rules import Actor, NotAllowedError
from relay.routing.availability import Availability
from relay.routing.rules import Load, is_available, least_loaded
from relay.sessions.capacity import MostSessions
from relay.sessions.moves import MovedOnError, NotNowError
from relay.sessions.starts import START_SECONDS, Starts
from relay.sessions.supervision import Subject, Supervision
from relay.sessions.transfers import Transfers
from relay.store.database import Store

Ask = Callable[[int, str, int], None]
"""Asks a technician's console to start a session."""


class NoOneThereError(DesksideError):
    """No technician there can take the session at the moment. It stays waiting."""


class NotStartedError(DesksideError):
    """The technician’s console did not start the session. It stays waiting. Try again, or choose another technician."""


class Starting:
    """Starts them. `ask` asks a console."""

    def __init__(
        self,
        store: Store,
        supervision: Supervision,
        transfers: Transfers,
        availability: Availability,
        most_sessions: MostSessions,
        starts: Starts,
        ask: Ask,
    ) -> None:
        self._store = store
        self._supervision = supervision
        self._transfers = transfers
        self._availability = availability
        self._most_sessions = most_sessions
        self._starts = starts
        self._ask = ask

    async def targets(self, actor: Actor, subject: Subject, now: datetime) -> TransferTargets:
        """Return with whom a session can be started now, of those whom the actor administers.

        Who has a secret can be started with the technician alone whose console knows it.
        """
        scope = await self._supervision.scope(actor, now)
        found = await self._transfers.targets_within(scope, None)
        if subject.line.needs_secret:
            own = [
                structs.replace(group, whole=False, technicians=technicians)
                for group in found.groups
                if (technicians := [each for each in group.technicians if each.id == subject.holder])
            ]
            return TransferTargets(groups=own, channels=[])
        served = await self._served(each.id for group in found.groups for each in group.technicians)
        return structs.replace(found, channels=[each for each in found.channels if each.id in served])

    async def start(self, actor: Actor, number: int, seen: str, asked: NewTransfer, now: datetime) -> tuple[str, str]:
        """Have a session started; return the customer's name, and with whom it is.

        Of a group or channel it is who has least to do (SESS-153).

        Raises NoOneThereError, NotStartedError, NotNowError, and as `Supervision.close`.
        """
        subject = await self._supervision.look_at(actor, number, now)
        if actor.person is None:
            raise NotAllowedError(NotAllowedError.__doc__)
        if subject.seen != seen:
            raise MovedOnError(MovedOnError.__doc__)
        if subject.line.state is not SessionState.WAITING:
            raise NotNowError(NotNowError.__doc__)
        names = await self._meant(await self.targets(actor, subject, now), asked)
        person = least_loaded(await self._loads(names, now))
        console = None if person is None else self._availability.roster.console_of(person)
        if person is None or console is None:
            raise NoOneThereError(NoOneThereError.__doc__)
        start = self._starts.ask(number, person, actor.person, seen)
        try:
            self._ask(person, console, number)
            async with asyncio.timeout(START_SECONDS):
                await start.done.wait()
        except TimeoutError:
            if (await self._supervision.look_at(actor, number, now)).seen != seen:
                raise MovedOnError(MovedOnError.__doc__) from None
            raise NotStartedError(NotStartedError.__doc__) from None
        finally:
            self._starts.over(number, start)
        return subject.line.customer, names[person]

    async def _meant(self, targets: TransferTargets, asked: NewTransfer) -> dict[int, str]:
        """Return the technicians, with their names, one of whom is to have a session."""
        everyone = {each.id: each.name for group in targets.groups for each in group.technicians}
        match asked.kind:
            case TargetKind.TECHNICIAN:
                meant: set[int] = {asked.target}
            case TargetKind.GROUP:
                of_group = (group for group in targets.groups if group.whole and group.id == asked.target)
                meant = {each.id for group in of_group for each in group.technicians}
            case TargetKind.CHANNEL:
                offered = any(each.id == asked.target for each in targets.channels)
                async with self._store.reading() as transaction:
                    serving = await channels_of(transaction, everyone if offered else ())
                meant = {person for person, channels in serving.items() if asked.target in channels}
        return {person: name for person, name in everyone.items() if person in meant}

    async def _loads(self, people: Iterable[int], now: datetime) -> list[Load]:
        at_work = await self._availability.at_work(people)
        idle_since = await self._availability.idle_since(at_work, now)
        return [
            Load(person, each.sessions, idle_since.get(person))
            for person, each in at_work.items()
            if is_available(each.status) and each.sessions < await self._most_sessions(person)
        ]

    async def _served(self, people: Iterable[int]) -> set[int]:
        async with self._store.reading() as transaction:
            return set().union(*(await channels_of(transaction, people)).values())
