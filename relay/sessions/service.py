"""The life of sessions, applied to the store. Every change is kept as an event and announced."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from codec.errors import DesksideError
from codec.wire.api_types import Ended, Session, SessionState, TargetKind, TransferOutcome
from codec.wire.customer_kinds import CustomerKind
from codec.wire.session_types import SessionType
from codec.wire.signals import Enter
from relay.codes.model import CodeRow
from relay.logs.events import SESSION_BEGUN, SESSION_OPENED_UP, when_kept
from relay.organization.ancestry import batches
from relay.organization.model import ChannelRow
from relay.routing.assignment import ANY_NUMBER
from relay.routing.offers import Offers
from relay.secret import Signer, digest, new_secret
from relay.sessions.capacity import MostSessions, by_default, check_capacity
from relay.sessions.connected import note_consoles, note_relays, relay_of
from relay.sessions.history import SessionHistory
from relay.sessions.model import SessionRow, TransferRow
from relay.sessions.moves import (
    Announce,
    EndedError,
    MovedOnError,
    NoSuchSessionError,
    NotNowError,
    NotOfferedError,
    Presence,
    SessionMoves,
    TakenError,
    technicians,
)
from relay.sessions.queues import Deed, Origin, Queue, permitted
from relay.sessions.rows import as_handed_over, new_session, place_of
from relay.sessions.rules import TO_PICK_UP, SessionActor, can_become, closed_by_customer, may_pick_up, overdue
from relay.sessions.starts import Starts
from relay.sessions.timeouts import Belonging, Patience, PatienceOf
from relay.store.database import Store
from relay.tasks.sweep import was_before

LISTED_AFTER_END = timedelta(hours=1)
_HANDED_OVER = SessionState.TRANSFERRING
_FINAL = [state.value for state in SessionState if state.is_final]
_MAY_END = [
    each.value
    for each in (
        SessionState.CONNECTING,
        SessionState.WAITING,
        SessionState.TRANSFERRING,
        SessionState.RECONNECTING,
        SessionState.DISCONNECTED,
    )
]
"""Where time passes for a session although no one does anything."""


class ReplacedError(DesksideError):
    """The customer goes on in this session with something else."""

    def __init__(self, kind: CustomerKind) -> None:
        super().__init__(self.__doc__)
        self.kind = kind


@dataclass(frozen=True)
class Parties:
    """The technician of a session, if one has it, and how its customer takes part."""

    person: int | None
    kind: CustomerKind
    means: tuple[str, ...]
    session_type: SessionType


class Sessions:
    """All sessions of this relay.

    `announce` is called after each change that is stored. `moves` is what other services share with this one.
    """

    def __init__(
        self,
        store: Store,
        presence: Presence,
        announce: Announce,
        patience: PatienceOf,
        history: SessionHistory,
        most_sessions: MostSessions = by_default,
        unused_seconds: Callable[[int], float] = lambda _session: 0.0,
        offers: Offers | None = None,
        starts: Starts | None = None,
    ) -> None:
        self._starts = starts or Starts(Signer(new_secret().encode()))
        self._offers = offers or Offers()
        self._most_sessions = most_sessions
        self._store = store
        self.patience = patience
        self._unused_seconds = unused_seconds
        self._moves = self.moves = SessionMoves(presence, announce, history)

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
            await self._add_transferred(transaction, found, now)
        return found

    async def _add_queues(self, transaction: AsyncSession, found: dict[int, list[Session]]) -> None:
        """Add what waits for these technicians: in their channels, handed over to them, or left by a colleague."""
        serving = await technicians(transaction, found)
        served = frozenset[int]().union(*(each.channels for each in serving))
        row = SessionRow
        in_channels = row.person_id.is_(None) & row.channel_id.in_(served) & row.state.not_in(_FINAL)
        groups = {each.group for each in serving if each.group is not None}
        theirs = or_(row.channel_id.in_(served), row.group_id.in_(groups))
        without_technician = (row.state == SessionState.DISCONNECTED) & theirs
        waiting = or_(in_channels, row.state == SessionState.TRANSFERRING, without_technician)
        for each in await transaction.scalars(select(row).where(waiting).order_by(row.id)):
            for technician in serving:
                if each.person_id != technician.person and Deed.SEE in permitted(technician, place_of(each)):
                    found[technician.person].append(self.shown(each))

    async def _add_transferred(self, transaction: AsyncSession, found: dict[int, list[Session]], now: datetime) -> None:
        """Add what these technicians have handed over lately, to a colleague who has it (SESS-159)."""
        transfer, row = TransferRow, SessionRow
        for some in batches(found):
            handed_over = transfer.former_id.in_(some), transfer.outcome == TransferOutcome.PICKED_UP
            lately = transfer.ended_at > now - LISTED_AFTER_END, row.person_id != transfer.former_id
            query = select(transfer.former_id, transfer.ended_at, row).join(row, row.id == transfer.session_id)
            by_number: dict[tuple[int | None, int], Session] = {}
            for person, at, each in await transaction.execute(query.where(*handed_over, *lately).order_by(transfer.id)):
                by_number[person, each.id] = as_handed_over(self.shown(each), at or each.since)
            for (person, _number), session in by_number.items():
                found[person or 0].append(session)

    async def begin(self, transaction: AsyncSession, code: CodeRow, now: datetime) -> SessionRow:
        """Add a session for a code that a customer has entered: it is connecting."""
        row = new_session(now, code.name, session_type=SessionType(code.session_type))
        row.person_id, row.code_id, row.method, row.pin = code.person_id, code.id, code.method, code.pin
        row.custom_fields, row.has_secret = list(code.custom_fields), code.has_secret
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
        await self._moves.history.begun(transaction, row, now)
        when_kept(transaction, SESSION_BEGUN, session=row.id, person=row.person_id, method=row.method)
        return row

    async def enter(
        self, transaction: AsyncSession, row: SessionRow, customer: Enter, now: datetime, *, terms: bool = False
    ) -> str:
        """The applet is here: the session waits, or goes on with it in place of the one that was there before.

        With `terms` it stays as it is until the customer accepts them (SESS-50). Return the ticket that lets this
        applet come back, and no other.
        """
        ticket = new_secret()
        if row.ticket is not None:
            self._moves.replaced[row.ticket] = row.id
        row.computer, row.system, row.ticket = customer.computer, customer.system, digest(ticket)
        row.kind, row.means = customer.kind, " ".join(customer.means)
        self._moves.history.client_came(transaction, row, now)
        if row.state == SessionState.CONNECTING and not terms:
            await self._moves.move(transaction, row, SessionState.WAITING, SessionActor.CUSTOMER, now)
        return ticket

    async def accept_terms(self, session: int, now: datetime) -> None:
        """The customer has accepted the terms, or there are none any more: a session that was connecting waits."""
        async with self._store.transaction() as transaction:
            row = await transaction.get(SessionRow, session, with_for_update=True)
            if row is None or row.state != SessionState.CONNECTING:
                return
            await self._moves.move(transaction, row, SessionState.WAITING, SessionActor.CUSTOMER, now)
        self._moves.announced(row)

    async def check_open(self, transaction: AsyncSession, person: int, session: int) -> None:
        """Make sure that a session is a technician's own, and open. Raises NoSuchSessionError or EndedError."""
        row = await self._moves.own(transaction, person, session)
        if SessionState(row.state).is_final:
            raise EndedError(EndedError.__doc__)

    def announce(self, row: SessionRow) -> None:
        """Tell the technician how a session is, once that is stored."""
        self._moves.announced(row)

    async def by_ticket(self, ticket: str) -> Session:
        """Return the open session that a ticket belongs to. Raises NoSuchSessionError, EndedError or ReplacedError."""
        async with self._store.reading() as transaction:
            row = await transaction.scalar(select(SessionRow).where(SessionRow.ticket == digest(ticket)))
            if row is None:
                replaced = self._moves.replaced.get(digest(ticket))
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

    async def open_of(self, person: int) -> list[int]:
        """Return the sessions that a technician has and that have not ended."""
        open_ones = SessionRow.person_id == person, SessionRow.state.not_in(_FINAL)
        async with self._store.reading() as transaction:
            return list(await transaction.scalars(select(SessionRow.id).where(*open_ones)))

    async def pick_up(
        self, person: int, session: int, console: str, now: datetime, *, offered: bool = False
    ) -> Session:
        """Give a session to a console, which was `offered` it by a channel or an administrator who starts sessions.

        Raises NoSuchSessionError, EndedError, TakenError, NotOfferedError, MovedOnError, FullError (TECH-01) or
        OneLensError (LENS-11).
        """
        left: Queue | None = None
        former: int | None = None
        most = await self._most_sessions(person)
        actor, by = SessionActor.TECHNICIAN, None
        start = self._starts.of(session, person) if offered else None
        if start is not None:
            actor, by = SessionActor.ADMINISTRATOR, start.by
        elif offered:
            actor, most = SessionActor.AUTO_START, min(most, self._most_offered(session, person))
        async with self._store.transaction() as transaction:
            relay = await relay_of(transaction, (person, console), self._moves.presence)
            if start is None:
                row = await self._moves.own(transaction, person, session, Deed.PICK_UP)
            else:
                row = await self._waiting(transaction, session, start.seen)
            state = SessionState(row.state)
            if state.is_final:
                raise EndedError(EndedError.__doc__)
            if row.console != console or state in TO_PICK_UP:
                if not may_pick_up(state, self._moves.console_is_there(row)):
                    raise TakenError
                if state is SessionState.WAITING or row.person_id != person:
                    await check_capacity(transaction, person, SessionType(row.session_type), most)
                takes_over = state is SessionState.DISCONNECTED and row.person_id != person
                if row.person_id != person:
                    left, former = place_of(row).queue, row.person_id
                if takes_over:
                    await self._moves.take_over(transaction, row, person, console, now)
                row.console, row.person_id = console, person
                row.console_relay = relay
                if state in TO_PICK_UP:
                    await self._moves.move(transaction, row, SessionState.ACTIVE, actor, now, by)
            await self._moves.follow_presence(transaction, row, now)
        self._offers.reacted(person)
        if start is not None:
            self._starts.started(session, start)
        return self._moves.announced(row, left=left, former=former)

    async def _waiting(self, transaction: AsyncSession, session: int, seen: str) -> SessionRow:
        """Return a session that an administrator starts: only one that waits, still as they saw it, can be."""
        row = await self._moves.as_seen(transaction, session, seen)
        if row.state != SessionState.WAITING:
            raise MovedOnError(MovedOnError.__doc__)
        return row

    def _most_offered(self, session: int, person: int) -> int:
        """Return how many sessions someone has at most with one that was offered. Raises NotOfferedError."""
        offer = self._offers.of(session, person)
        if offer is None:
            raise NotOfferedError(NotOfferedError.__doc__)
        return offer.below if offer.below < ANY_NUMBER else ANY_NUMBER

    async def end(self, person: int, session: int, now: datetime) -> Session:
        """Close a session for its technician; one that has ended stays as it ended. Raises NoSuchSessionError."""
        async with self._store.transaction() as transaction:
            row = await self._moves.own(transaction, person, session, Deed.END)
            if SessionState(row.state).is_final:
                return self.shown(row)
            await self._moves.move(
                transaction, row, SessionState.CLOSED_BY_TECHNICIAN, SessionActor.TECHNICIAN, now, person
            )
        return self._moves.announced(row)

    async def hold(self, person: int, session: int, now: datetime) -> Session:
        """Interrupt a session until its technician picks it up again. One on hold stays so.

        Raises NoSuchSessionError, EndedError, HandedOverError or NotNowError.
        """
        async with self._store.transaction() as transaction:
            row = await self._moves.own(transaction, person, session)
            state = SessionState(row.state)
            if state.is_final:
                raise EndedError(EndedError.__doc__)
            if state is not SessionState.ON_HOLD:
                if not can_become(state, SessionState.ON_HOLD, SessionActor.TECHNICIAN):
                    raise NotNowError(NotNowError.__doc__)
                await self._moves.move(transaction, row, SessionState.ON_HOLD, SessionActor.TECHNICIAN, now)
        return self._moves.announced(row)

    async def open_up(self, person: int, session: int) -> Session:
        """Let a session be more than a chat. Raises NoSuchSessionError or EndedError."""
        async with self._store.transaction() as transaction:
            row = await self._moves.own(transaction, person, session)
            if SessionState(row.state).is_final:
                raise EndedError(EndedError.__doc__)
            if row.session_type == SessionType.CHAT:
                row.session_type = SessionType.STANDARD
                when_kept(transaction, SESSION_OPENED_UP, session=row.id, person=row.person_id)
        return self._moves.announced(row)

    async def edit(
        self, person: int, session: int, change: Callable[[SessionRow], None], deed: Deed = Deed.SEE
    ) -> Session:
        """Change what people have written about a session, for someone who may do this with it.

        Raises NoSuchSessionError, EndedError, TakenError or HandedOverError.
        """
        async with self._store.transaction() as transaction:
            row = await self._moves.own(transaction, person, session, deed)
            if SessionState(row.state).is_final:
                raise EndedError(EndedError.__doc__)
            change(row)
        return self._moves.announced(row)

    async def leave(
        self,
        session: int,
        declined: bool,
        now: datetime,
        ending: Ended = Ended.AS_ITS_STATE_SAYS,
        *,
        unless_there: bool = False,
    ) -> Session | None:
        """The customer leaves for good; None when the session had ended before.

        With `unless_there` one whose applet is connected goes on: it may be to another relay.
        """
        async with self._store.transaction() as transaction:
            row = await transaction.get(SessionRow, session, with_for_update=True)
            if row is None or SessionState(row.state).is_final:
                return None
            if unless_there and self._moves.customer_is_there(row):
                return None
            state = SessionState(row.state)
            refuses = declined and state is SessionState.CONNECTING
            picked_up = row.leg_id is not None
            final = SessionState.REFUSED_BY_CUSTOMER if refuses else closed_by_customer(state, picked_up)
            await self._moves.move(transaction, row, final, SessionActor.CUSTOMER, now)
            waited = final is SessionState.CLOSED_BY_WAITING_CUSTOMER
            row.ending = Ended.AS_ITS_STATE_SAYS if waited and ending is Ended.PAGE_CLOSED else ending.value
            if ending is Ended.WRONG_SECRET:
                row.began_at = None  # it was picked up, but nothing took place
        return self._moves.announced(row)

    async def technician_removed(self, person: int, now: datetime) -> None:
        """End every session of a technician who was disabled or removed (EDGE-08). Those handed to them come back."""
        query = select(SessionRow).where(SessionRow.person_id == person, SessionRow.state.not_in(_FINAL))
        async with self._store.transaction() as transaction:
            rows = list(await transaction.scalars(query.with_for_update()))
            returned = await self._handed_to(transaction, person)
            for row in returned:
                await self._moves.give_back(transaction, row, TransferOutcome.TIMED_OUT, now)
            for row in rows:
                await self._moves.move(
                    transaction, row, SessionState.ABORTED_TECHNICIAN_REMOVED, SessionActor.ADMINISTRATOR, now
                )
        for row in (*rows, *returned):
            self._moves.announced(row)

    @staticmethod
    async def _handed_to(transaction: AsyncSession, person: int) -> list[SessionRow]:
        """Return the sessions of others that wait for one technician alone."""
        row, transfer = SessionRow, TransferRow
        meant = transfer.kind == TargetKind.TECHNICIAN, transfer.target_id == person
        numbers = select(row.id).join(transfer, transfer.id == row.transfer_id).where(*meant)
        waiting = row.id.in_(numbers), row.state == _HANDED_OVER, row.person_id != person
        return list(await transaction.scalars(select(row).where(*waiting).with_for_update()))

    async def presence_changed(self, session: int, now: datetime) -> Session | None:
        """Someone came or went: store what the session is now and announce it; None when there is no such session."""
        async with self._store.transaction() as transaction:
            row = await transaction.get(SessionRow, session, with_for_update=True)
            if row is None:
                return None
            await self._moves.follow_presence(transaction, row, now)
        return self._moves.announced(row)

    async def presences_changed(
        self, sessions: Sequence[int], consoles: Sequence[tuple[int, str]], now: datetime
    ) -> None:
        """`presence_changed` for many sessions, and for the open ones that consoles hold, in one transaction."""
        row = SessionRow
        concerned: list[ColumnElement[bool]] = [row.id.in_(sessions)] if sessions else []
        if consoles:
            concerned.append(tuple_(row.person_id, row.console).in_(consoles) & row.state.not_in(_FINAL))
        async with self._store.transaction() as transaction:
            await note_consoles(transaction, consoles, self._moves.presence)
            query = select(row).where(or_(*concerned)).order_by(row.id)
            rows = list(await transaction.scalars(query.with_for_update()))
            for each in rows:
                note_relays(each, self._moves.presence)
                await self._moves.follow_presence(transaction, each, now)
        for each in rows:
            self._moves.announced(each)

    async def expire(self, now: datetime) -> list[Session]:
        """Move every session that has been where it is for too long; return those."""
        late = await self._late(now)
        if not late:
            return []
        moved = []
        async with self._store.transaction() as transaction:
            rows = await transaction.scalars(select(SessionRow).where(SessionRow.id.in_(late)).with_for_update())
            for row in rows:
                following = self._following(row.id, SessionState(row.state), row.since, now, late[row.id])
                if following is SessionState.TIMED_OUT and row.leg_id is not None and row.state == _HANDED_OVER:
                    await self._moves.give_back(transaction, row, TransferOutcome.TIMED_OUT, now)
                    moved.append(row)
                elif following is not None:
                    await self._moves.move(transaction, row, following, SessionActor.SYSTEM, now)
                    moved.append(row)
        return [self._moves.announced(row) for row in moved]

    async def _late(self, now: datetime) -> dict[int, Patience]:
        """Return the sessions that have been where they are for too long, each with how long it may be."""
        row, transfer = SessionRow, TransferRow
        columns = row.id, row.state, row.since, row.channel_id, row.person_id, transfer.kind, transfer.target_id
        query = select(*columns).outerjoin(transfer, transfer.id == row.transfer_id).where(row.state.not_in(_FINAL))
        async with self._store.reading() as transaction:
            found = list(await transaction.execute(query))
        belongings = {each.id: Belonging(each.channel_id, each.person_id) for each in found}
        for each in found:
            if each.state == _HANDED_OVER and each.kind == TargetKind.CHANNEL:
                belongings[each.id] = Belonging(each.target_id, each.person_id)
        patience = await self.patience(belongings.values()) if found else {}
        return {
            each.id: patience[belongings[each.id]]
            for each in found
            if self._following(each.id, SessionState(each.state), each.since, now, patience[belongings[each.id]])
        }

    def _following(
        self, session: int, state: SessionState, since: datetime, now: datetime, patience: Patience
    ) -> SessionState | None:
        """Return what a session becomes because of the time that has passed, or None."""
        if state is SessionState.ACTIVE:
            since = max(since, now - timedelta(seconds=self._unused_seconds(session)))
        return overdue(state, since, now, patience)

    async def clock_set(self, by: timedelta, now: datetime) -> None:
        """The clock was set: those who wait have waited no longer, or shorter, for that."""
        async with self._store.transaction() as transaction:
            query = select(SessionRow).where(SessionRow.state.in_(_MAY_END)).with_for_update()
            found = await transaction.scalars(query)
            rows = [row for row in found if was_before(row.since, now)]
            for row in rows:
                row.since += by
        for row in rows:
            self._moves.announced(row)

    async def is_recorded(self, session: int, now: datetime) -> None:
        """Keep that a session is recorded, and since when."""
        first = (SessionRow.id == session, SessionRow.recorded_at.is_(None))
        async with self._store.transaction() as transaction:
            await transaction.execute(update(SessionRow).where(*first).values(recorded_at=now))

    async def everybody_is_away(self, now: datetime) -> None:
        """The relay has just started: nobody is connected yet."""
        async with self._store.transaction() as transaction:
            for row in await transaction.scalars(select(SessionRow).where(SessionRow.state.not_in(_FINAL))):
                await self._moves.follow_presence(transaction, row, now)

    def shown(self, row: SessionRow) -> Session:
        """Return a row as the desk sees it."""
        return self._moves.shown(row)
