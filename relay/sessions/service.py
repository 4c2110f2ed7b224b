"""The life of sessions, applied to the store. Every change is kept as an event and announced."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from codec.errors import DesksideError
from codec.wire.api_types import Ended, Method, Session, SessionState
from codec.wire.customer_kinds import CustomerKind
from codec.wire.signals import Enter
from relay.codes.model import CodeRow
from relay.logs.events import SESSION_BEGUN, SESSION_ENDED, SESSION_OPENED_UP, SESSION_TAKEN, when_kept
from relay.organization.ancestry import batches
from relay.secret import digest, new_secret
from relay.sessions.history import SessionHistory
from relay.sessions.model import SessionRow
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
    """The technician of a session, and how its customer takes part."""

    person: int
    kind: CustomerKind
    means: tuple[str, ...]
    chat_only: bool


class Sessions:
    """All sessions of this relay.

    `announce` is called after each change that is stored, with the technician's id and the session.
    """

    def __init__(
        self,
        store: Store,
        presence: Presence,
        announce: Callable[[int, Session], None],
        patience: dict[SessionState, timedelta],
        history: SessionHistory,
    ) -> None:
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
        """Return a technician's sessions that are open or ended lately, the oldest first."""
        return (await self.listed_by([person], now))[person]

    async def listed_by(self, people: Iterable[int], now: datetime) -> dict[int, list[Session]]:
        """`listed` for many, read at once."""
        found: dict[int, list[Session]] = {person: [] for person in people}
        recent = or_(SessionRow.state.not_in(_FINAL), SessionRow.since > now - LISTED_AFTER_END)
        async with self._store.reading() as transaction:
            for some in batches(found):
                query = select(SessionRow).where(SessionRow.person_id.in_(some), recent).order_by(SessionRow.id)
                for row in await transaction.scalars(query):
                    found[row.person_id].append(self.shown(row))
        return found

    async def begin(self, transaction: AsyncSession, code: CodeRow, now: datetime) -> SessionRow:
        """Add a session for a code that a customer has entered: it is connecting."""
        row = SessionRow(
            person_id=code.person_id,
            code_id=code.id,
            method=code.method,
            pin=code.pin,
            name=code.name,
            state=SessionState.CONNECTING,
            made_at=now,
            since=now,
            console=None,
            computer="",
            system="",
            kind=CustomerKind.PROGRAM,
            means="",
            chat_only=code.chat_only,
            ticket=None,
            ending=Ended.AS_ITS_STATE_SAYS,
        )
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

    async def person_of(self, session: int) -> int:
        """Return the technician of a session. Raises NoSuchSessionError."""
        found = await self.parties_of([session])
        if session not in found:
            raise NoSuchSessionError(NoSuchSessionError.__doc__)
        return found[session].person

    async def parties_of(self, sessions: Iterable[int]) -> dict[int, Parties]:
        """Return who takes part in sessions; those that are not there are missing."""
        found: dict[int, Parties] = {}
        row = SessionRow
        columns = row.id, row.person_id, row.kind, row.means, row.chat_only
        async with self._store.reading() as transaction:
            for some in batches(sessions):
                rows = await transaction.execute(select(*columns).where(row.id.in_(some)))
                found |= {
                    each.id: Parties(each.person_id, CustomerKind(each.kind), tuple(each.means.split()), each.chat_only)
                    for each in rows
                }
        return found

    async def pick_up(self, person: int, session: int, console: str, now: datetime) -> Session:
        """Give a session to a console. Raises NoSuchSessionError, EndedError or TakenError."""
        async with self._store.transaction() as transaction:
            row = await self._own(transaction, person, session)
            state = SessionState(row.state)
            if state.is_final:
                raise EndedError(EndedError.__doc__)
            if row.console != console or state is SessionState.WAITING:
                held = row.console is not None and self._presence.console(row.person_id, row.console)
                if not may_pick_up(state, held):
                    raise TakenError(TakenError.__doc__)
                row.console = console
                if state is SessionState.WAITING:
                    await self._move(transaction, row, SessionState.ACTIVE, SessionActor.TECHNICIAN, now)
            await self._follow_presence(transaction, row, now)
        return self._announced(row)

    async def end(self, person: int, session: int, now: datetime) -> Session:
        """Close a session for its technician; one that has ended stays as it ended. Raises NoSuchSessionError."""
        async with self._store.transaction() as transaction:
            row = await self._own(transaction, person, session)
            if SessionState(row.state).is_final:
                return self.shown(row)
            await self._move(transaction, row, SessionState.CLOSED_BY_TECHNICIAN, SessionActor.TECHNICIAN, now)
        return self._announced(row)

    async def open_up(self, person: int, session: int) -> Session:
        """Let a session be more than a chat. Raises NoSuchSessionError or EndedError."""
        async with self._store.transaction() as transaction:
            row = await self._own(transaction, person, session)
            if SessionState(row.state).is_final:
                raise EndedError(EndedError.__doc__)
            if row.chat_only:
                row.chat_only = False
                when_kept(transaction, SESSION_OPENED_UP, session=row.id, person=row.person_id)
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
        return Session(
            id=row.id,
            state=SessionState(row.state),
            name=row.name,
            method=Method(row.method),
            made_at=row.made_at,
            since=row.since,
            code=row.code_id,
            began=row.began_at,
            ending=Ended(row.ending),
            pin=row.pin,
            computer=row.computer,
            system=row.system,
            kind=CustomerKind(row.kind),
            means=row.means.split(),
            chat_only=row.chat_only,
            console=row.console,
            customer_present=self._presence.customer(row.id),
            page_closed=self._presence.page_closed(row.id),
        )

    async def _own(self, transaction: AsyncSession, person: int, session: int) -> SessionRow:
        row = await transaction.get(SessionRow, session, with_for_update=True)
        if row is None or row.person_id != person:
            raise NoSuchSessionError(NoSuchSessionError.__doc__)
        return row

    async def _follow_presence(self, transaction: AsyncSession, row: SessionRow, now: datetime) -> None:
        customer = self._presence.customer(row.id)
        technician = row.console is not None and self._presence.console(row.person_id, row.console)
        state = state_by_presence(SessionState(row.state), customer, technician)
        if state != row.state:
            await self._move(transaction, row, state, SessionActor.SYSTEM, now)

    async def _move(
        self, transaction: AsyncSession, row: SessionRow, state: SessionState, actor: SessionActor, now: datetime
    ) -> None:
        old = SessionState(row.state)
        cause = cause_of(old, state, actor)
        row.state = state
        await self._history.moved(transaction, row, old, actor, cause, now)
        if state is SessionState.ACTIVE and row.began_at is None:
            row.began_at = now
        who = {"session": row.id, "person": row.person_id}
        if state.is_final:
            self._replaced = {ticket: session for ticket, session in self._replaced.items() if session != row.id}
            seconds = 0 if row.began_at is None else round((now - row.began_at).total_seconds())
            when_kept(transaction, SESSION_ENDED, **who, how=state.value, seconds=seconds)
        elif state is SessionState.ACTIVE and actor is SessionActor.TECHNICIAN:
            when_kept(transaction, SESSION_TAKEN, **who)

    def _announced(self, row: SessionRow) -> Session:
        session = self.shown(row)
        self._announce(row.person_id, session)
        return session


def patience_from(connecting: int, waiting: int, absence: int) -> dict[SessionState, timedelta]:
    """Return how long a session may stay in each state, from the settings in minutes."""
    return {
        SessionState.CONNECTING: timedelta(minutes=connecting),
        SessionState.WAITING: timedelta(minutes=waiting),
        SessionState.RECONNECTING: timedelta(minutes=absence),
        SessionState.DISCONNECTED: timedelta(minutes=absence),
    }
