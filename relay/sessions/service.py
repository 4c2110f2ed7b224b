"""The life of sessions, applied to the store. Every change is kept as an event and announced."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from codec.errors import DesksideError
from codec.wire.api_types import Ended, Session, SessionState
from codec.wire.customer_kinds import CustomerKind
from codec.wire.session_types import SessionType
from codec.wire.signals import Enter
from relay.channels.serving import channels_of
from relay.codes.model import CodeRow
from relay.logs.events import SESSION_BEGUN, SESSION_ENDED, SESSION_OPENED_UP, SESSION_TAKEN, when_kept
from relay.organization.ancestry import batches
from relay.organization.model import ChannelRow
from relay.secret import digest, new_secret
from relay.sessions.capacity import MostSessions, by_default, check_capacity
from relay.sessions.history import SessionHistory
from relay.sessions.model import SessionRow
from relay.sessions.queues import Deed, Origin, Technician, permitted, was_in_queue
from relay.sessions.rows import new_session, place_of, shown
from relay.sessions.rules import (
    SessionActor,
    cause_of,
    closed_by_customer,
    may_pick_up,
    overdue,
    state_by_presence,
)
from relay.store.database import Store
from relay.tasks.sweep import was_before

LISTED_AFTER_END = timedelta(hours=1)
_FINAL = [state.value for state in SessionState if state.is_final]


class NoSuchSessionError(DesksideError):
    """You have no such session."""


class TakenError(DesksideError):
    """Another console has opened this session."""

    def __init__(self, by: str = "") -> None:
        """`by` is the colleague who has picked it up, where it is not another console of one's own."""
        super().__init__(f"{by} has picked up this session." if by else TakenError.__doc__)
        self.taken_by = by


class EndedError(DesksideError):
    """This session has ended."""


class ReplacedError(DesksideError):
    """The customer goes on in this session with something else."""

    def __init__(self, kind: CustomerKind) -> None:
        super().__init__(self.__doc__)
        self.kind = kind


@dataclass(frozen=True)
class Presence:
    """Asks who is connected: the applet of a session, and a console by its technician and its name."""

    customer: Callable[[int], bool]
    console: Callable[[int, str], bool]
    page_closed: Callable[[int], bool] = lambda _session: False
    """Whether the customer's page was closed and has not come back yet."""


@dataclass(frozen=True)
class Parties:
    """The technician of a session, if one has it, and how its customer takes part."""

    person: int | None
    kind: CustomerKind
    means: tuple[str, ...]
    session_type: SessionType


class Sessions:
    """All sessions of this relay.

    `announce` is called after each change that is stored, with the id of the technician who has it, the session, and
    whether it has just left the queue of its channel.
    """

    def __init__(
        self,
        store: Store,
        presence: Presence,
        announce: Callable[[int | None, Session, bool], None],
        patience: dict[SessionState, timedelta],
        history: SessionHistory,
        most_sessions: MostSessions = by_default,
    ) -> None:
        self._most_sessions = most_sessions
        self._store = store
        self._history = history
        self._presence = presence
        self._announce = announce
        self._patience = patience
        self._replaced: dict[str, int] = {}
        """The open sessions of tickets that are void because their customer goes on with something else.

        After a restart of the relay, or at another one, such a ticket is unknown.
        """

    async def listed(self, person: int, now: datetime) -> list[Session]:
        """Return a technician's sessions that are open or ended lately, and those that wait for them; oldest first."""
        return (await self.listed_by([person], now))[person]

    async def listed_by(self, people: Iterable[int], now: datetime) -> dict[int, list[Session]]:
        """`listed` for many, read at once."""
        found: dict[int, list[Session]] = {person: [] for person in people}
        recent = or_(SessionRow.state.not_in(_FINAL), SessionRow.since > now - LISTED_AFTER_END)
        async with self._store.reading() as transaction:
            for some in batches(found):
                query = select(SessionRow).where(SessionRow.person_id.in_(some), recent).order_by(SessionRow.id)
                for row in await transaction.scalars(query):
                    found[row.person_id or 0].append(self.shown(row))
            await self._add_queues(transaction, found)
        return found

    async def _add_queues(self, transaction: AsyncSession, found: dict[int, list[Session]]) -> None:
        """Add what waits in the channels of these technicians."""
        serving = {Technician(*each) for each in (await channels_of(transaction, found)).items()}
        served = frozenset[int]().union(*(each.channels for each in serving))
        row = SessionRow
        query = select(row).where(row.person_id.is_(None), row.channel_id.in_(served), row.state.not_in(_FINAL))
        for each in await transaction.scalars(query.order_by(row.id)) if served else ():
            for technician in serving:
                if Deed.SEE in permitted(technician, place_of(each)):
                    found[technician.person].append(self.shown(each))

    async def begin(self, transaction: AsyncSession, code: CodeRow, now: datetime) -> SessionRow:
        """Add a session for a code that a customer has entered: it is connecting."""
        row = new_session(now, code.name, session_type=SessionType(code.session_type))
        row.person_id, row.code_id, row.method, row.pin = code.person_id, code.id, code.method, code.pin
        row.custom_fields = list(code.custom_fields)
        return await self._begun(transaction, row, now)

    async def begin_in(
        self, transaction: AsyncSession, channel: ChannelRow, now: datetime, *, session_type: SessionType
    ) -> SessionRow:
        """Add a session for a customer who came through a channel: it is connecting, and no one's."""
        row = new_session(now, "", session_type=session_type)
        row.origin, row.method = Origin.CHANNEL, Origin.CHANNEL
        row.channel_id, row.channel_name = channel.id, channel.name
        return await self._begun(transaction, row, now)

    async def _begun(self, transaction: AsyncSession, row: SessionRow, now: datetime) -> SessionRow:
        transaction.add(row)
        await transaction.flush()
        await self._history.begun(transaction, row, now)
        when_kept(transaction, SESSION_BEGUN, session=row.id, person=row.person_id, method=row.method)
        return row

    async def enter(self, transaction: AsyncSession, row: SessionRow, customer: Enter, now: datetime) -> str:
        """The applet is here: the session waits, or goes on with it in place of the one that was there before.

        Return the ticket that lets this applet come back, and no other.
        """
        ticket = new_secret()
        if row.ticket is not None:
            self._replaced[row.ticket] = row.id
        row.computer, row.system, row.ticket = customer.computer, customer.system, digest(ticket)
        row.kind, row.means = customer.kind, " ".join(customer.means)
        self._history.client_came(transaction, row, now)
        if row.state == SessionState.CONNECTING:
            await self._move(transaction, row, SessionState.WAITING, SessionActor.CUSTOMER, now)
        return ticket

    async def check_open(self, transaction: AsyncSession, person: int, session: int) -> None:
        """Make sure that a session is a technician's own, and open. Raises NoSuchSessionError or EndedError."""
        row = await self._own(transaction, person, session)
        if SessionState(row.state).is_final:
            raise EndedError(EndedError.__doc__)

    def announce(self, row: SessionRow) -> None:
        """Tell the technician how a session is, once that is stored."""
        self._announced(row)

    async def by_ticket(self, ticket: str) -> Session:
        """Return the open session that a ticket belongs to. Raises NoSuchSessionError, EndedError or ReplacedError."""
        async with self._store.reading() as transaction:
            row = await transaction.scalar(select(SessionRow).where(SessionRow.ticket == digest(ticket)))
            if row is None:
                replaced = self._replaced.get(digest(ticket))
                row = None if replaced is None else await transaction.get(SessionRow, replaced)
            if row is None:
                raise NoSuchSessionError(NoSuchSessionError.__doc__)
            if SessionState(row.state).is_final:
                raise EndedError(EndedError.__doc__)
            if row.ticket != digest(ticket):
                raise ReplacedError(CustomerKind(row.kind))
            return self.shown(row)

    async def person_of(self, session: int) -> int | None:
        """Return the technician who has a session, if one has. Raises NoSuchSessionError."""
        found = await self.parties_of([session])
        if session not in found:
            raise NoSuchSessionError(NoSuchSessionError.__doc__)
        return found[session].person

    async def parties_of(self, sessions: Iterable[int]) -> dict[int, Parties]:
        """Return who takes part in sessions; those that are not there are missing."""
        found: dict[int, Parties] = {}
        row = SessionRow
        columns = row.id, row.person_id, row.kind, row.means, row.session_type
        async with self._store.reading() as transaction:
            for some in batches(sessions):
                rows = await transaction.execute(select(*columns).where(row.id.in_(some)))
                for each in rows:
                    means = tuple(each.means.split())
                    types = CustomerKind(each.kind), means, SessionType(each.session_type)
                    found[each.id] = Parties(each.person_id, *types)
        return found

    async def pick_up(self, person: int, session: int, console: str, now: datetime) -> Session:
        """Give a session to a console.

        Raises NoSuchSessionError, EndedError, TakenError, FullError (TECH-01) or OneLensError (LENS-11).
        """
        left_queue, most = False, await self._most_sessions(person)
        async with self._store.transaction() as transaction:
            row = await self._own(transaction, person, session, Deed.PICK_UP)
            state = SessionState(row.state)
            if state.is_final:
                raise EndedError(EndedError.__doc__)
            if row.console != console or state is SessionState.WAITING:
                held = self._console_is_there(row)
                if not may_pick_up(state, held):
                    raise TakenError
                if state is SessionState.WAITING:
                    await check_capacity(transaction, person, SessionType(row.session_type), most)
                row.console = console
                left_queue = row.person_id is None
                row.person_id = person
                if state is SessionState.WAITING:
                    await self._move(transaction, row, SessionState.ACTIVE, SessionActor.TECHNICIAN, now)
            await self._follow_presence(transaction, row, now)
        return self._announced(row, left_queue=left_queue)

    async def end(self, person: int, session: int, now: datetime) -> Session:
        """Close a session for its technician; one that has ended stays as it ended. Raises NoSuchSessionError."""
        async with self._store.transaction() as transaction:
            row = await self._own(transaction, person, session, Deed.END)
            if SessionState(row.state).is_final:
                return self.shown(row)
            await self._move(transaction, row, SessionState.CLOSED_BY_TECHNICIAN, SessionActor.TECHNICIAN, now, person)
        return self._announced(row)

    async def open_up(self, person: int, session: int) -> Session:
        """Let a session be more than a chat. Raises NoSuchSessionError or EndedError."""
        async with self._store.transaction() as transaction:
            row = await self._own(transaction, person, session)
            if SessionState(row.state).is_final:
                raise EndedError(EndedError.__doc__)
            if row.session_type == SessionType.CHAT:
                row.session_type = SessionType.STANDARD
                when_kept(transaction, SESSION_OPENED_UP, session=row.id, person=row.person_id)
        return self._announced(row)

    async def edit(self, person: int, session: int, change: Callable[[SessionRow], None]) -> Session:
        """Change what identifies a session, for someone who sees it. Raises NoSuchSessionError or EndedError."""
        async with self._store.transaction() as transaction:
            row = await self._own(transaction, person, session, Deed.SEE)
            if SessionState(row.state).is_final:
                raise EndedError(EndedError.__doc__)
            change(row)
        return self._announced(row)

    async def leave(
        self, session: int, declined: bool, now: datetime, ending: Ended = Ended.AS_ITS_STATE_SAYS
    ) -> Session | None:
        """The customer leaves for good; None when the session had ended before."""
        async with self._store.transaction() as transaction:
            row = await transaction.get(SessionRow, session, with_for_update=True)
            if row is None or SessionState(row.state).is_final:
                return None
            state = SessionState(row.state)
            refuses = declined and state is SessionState.CONNECTING
            final = SessionState.REFUSED_BY_CUSTOMER if refuses else closed_by_customer(state)
            await self._move(transaction, row, final, SessionActor.CUSTOMER, now)
            waited = final is SessionState.CLOSED_BY_WAITING_CUSTOMER
            row.ending = Ended.AS_ITS_STATE_SAYS if waited and ending is Ended.PAGE_CLOSED else ending.value
            if ending is Ended.WRONG_SECRET:
                row.began_at = None  # it was picked up, but nothing took place
        return self._announced(row)

    async def technician_removed(self, person: int, now: datetime) -> None:
        """End every session of a technician who was disabled or removed (EDGE-08)."""
        query = select(SessionRow).where(SessionRow.person_id == person, SessionRow.state.not_in(_FINAL))
        async with self._store.transaction() as transaction:
            rows = list(await transaction.scalars(query.with_for_update()))
            for row in rows:
                await self._move(
                    transaction, row, SessionState.ABORTED_TECHNICIAN_REMOVED, SessionActor.ADMINISTRATOR, now
                )
        for row in rows:
            self._announced(row)

    async def presence_changed(self, session: int, now: datetime) -> Session | None:
        """Someone came or went: store what the session is now and announce it; None when there is no such session."""
        async with self._store.transaction() as transaction:
            row = await transaction.get(SessionRow, session, with_for_update=True)
            if row is None:
                return None
            await self._follow_presence(transaction, row, now)
        return self._announced(row)

    async def presences_changed(
        self, sessions: Sequence[int], consoles: Sequence[tuple[int, str]], now: datetime
    ) -> None:
        """`presence_changed` for many sessions, and for the open ones that consoles hold, in one transaction."""
        row = SessionRow
        concerned: list[ColumnElement[bool]] = [row.id.in_(sessions)] if sessions else []
        if consoles:
            concerned.append(tuple_(row.person_id, row.console).in_(consoles) & row.state.not_in(_FINAL))
        async with self._store.transaction() as transaction:
            rows = list(await transaction.scalars(select(row).where(or_(*concerned)).with_for_update()))
            for each in rows:
                await self._follow_presence(transaction, each, now)
        for each in rows:
            self._announced(each)

    async def expire(self, now: datetime) -> list[Session]:
        """Move every session that has been where it is for too long; return those."""
        waiting = [state.value for state in self._patience]
        moved = []
        async with self._store.transaction() as transaction:
            rows = await transaction.scalars(select(SessionRow).where(SessionRow.state.in_(waiting)).with_for_update())
            for row in rows:
                following = overdue(SessionState(row.state), row.since, now, self._patience)
                if following is not None:
                    await self._move(transaction, row, following, SessionActor.SYSTEM, now)
                    moved.append(row)
        return [self._announced(row) for row in moved]

    async def clock_set(self, by: timedelta, now: datetime) -> None:
        """The clock was set: those who wait have waited no longer, or shorter, for that."""
        waiting = [state.value for state in self._patience]
        async with self._store.transaction() as transaction:
            found = await transaction.scalars(select(SessionRow).where(SessionRow.state.in_(waiting)).with_for_update())
            rows = [row for row in found if was_before(row.since, now)]
            for row in rows:
                row.since += by
        for row in rows:
            self._announced(row)

    async def is_recorded(self, session: int, now: datetime) -> None:
        """Keep that a session is recorded, and since when."""
        first = (SessionRow.id == session, SessionRow.recorded_at.is_(None))
        async with self._store.transaction() as transaction:
            await transaction.execute(update(SessionRow).where(*first).values(recorded_at=now))

    async def everybody_is_away(self, now: datetime) -> None:
        """The relay has just started: nobody is connected yet."""
        async with self._store.transaction() as transaction:
            for row in await transaction.scalars(select(SessionRow).where(SessionRow.state.not_in(_FINAL))):
                await self._follow_presence(transaction, row, now)

    def shown(self, row: SessionRow) -> Session:
        """Return a row as the desk sees it."""
        return shown(row, self._presence.customer(row.id), self._presence.page_closed(row.id))

    async def _own(self, transaction: AsyncSession, person: int, session: int, deed: Deed = Deed.WORK) -> SessionRow:
        """Return a session, held for this transaction, with which a technician may do this."""
        row = await transaction.get(SessionRow, session, with_for_update=True)
        if row is None:
            raise NoSuchSessionError(NoSuchSessionError.__doc__)
        is_anothers = row.channel_id is not None and row.person_id != person
        served = (await channels_of(transaction, [person]))[person] if is_anothers else frozenset[int]()
        technician, place = Technician(person, served), place_of(row)
        if deed in permitted(technician, place):
            return row
        if not was_in_queue(technician, place):
            raise NoSuchSessionError(NoSuchSessionError.__doc__)
        raise EndedError(EndedError.__doc__) if place.state.is_final else TakenError(row.technician)

    def _console_is_there(self, row: SessionRow) -> bool:
        return (
            row.person_id is not None and row.console is not None and self._presence.console(row.person_id, row.console)
        )

    async def _follow_presence(self, transaction: AsyncSession, row: SessionRow, now: datetime) -> None:
        customer = self._presence.customer(row.id)
        technician = self._console_is_there(row)
        state = state_by_presence(SessionState(row.state), customer, technician)
        if state != row.state:
            await self._move(transaction, row, state, SessionActor.SYSTEM, now)

    async def _move(
        self,
        transaction: AsyncSession,
        row: SessionRow,
        state: SessionState,
        actor: SessionActor,
        now: datetime,
        person: int | None = None,
    ) -> None:
        old = SessionState(row.state)
        cause = cause_of(old, state, actor)
        row.state = state
        await self._history.moved(transaction, row, old, actor, cause, now, person)
        if state is SessionState.ACTIVE and row.began_at is None:
            row.began_at = now
        who = {"session": row.id, "person": row.person_id}
        if state.is_final:
            self._replaced = {ticket: session for ticket, session in self._replaced.items() if session != row.id}
            seconds = 0 if row.began_at is None else round((now - row.began_at).total_seconds())
            when_kept(transaction, SESSION_ENDED, **who, how=state.value, seconds=seconds)
        elif state is SessionState.ACTIVE and actor is SessionActor.TECHNICIAN:
            when_kept(transaction, SESSION_TAKEN, **who)

    def _announced(self, row: SessionRow, *, left_queue: bool = False) -> Session:
        session = self.shown(row)
        self._announce(row.person_id, session, left_queue or (row.person_id is None and session.state.is_final))
        return session


def patience_from(connecting: int, waiting: int, absence: int) -> dict[SessionState, timedelta]:
    """Return how long a session may stay in each state, from the settings in minutes."""
    return {
        SessionState.CONNECTING: timedelta(minutes=connecting),
        SessionState.WAITING: timedelta(minutes=waiting),
        SessionState.RECONNECTING: timedelta(minutes=absence),
        SessionState.DISCONNECTED: timedelta(minutes=absence),
    }
