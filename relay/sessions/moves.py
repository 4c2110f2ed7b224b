"""What all that is done with a session has in common: whose it is, each move with its event, and who is told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from codec.errors import DesksideError
from codec.wire.api_types import Session, SessionState, TargetKind, TransferOutcome
from relay.accounts.model import PersonRow
from relay.channels.serving import channels_of
from relay.events.kinds import TransferPhase
from relay.logs.events import SESSION_ENDED, SESSION_TAKEN, when_kept
from relay.organization.ancestry import batches
from relay.organization.model import TechnicianGroupRow
from relay.sessions.history import SessionHistory
from relay.sessions.model import SessionRow, TransferRow
from relay.sessions.queues import Deed, Queue, Technician, permitted, was_in_queue
from relay.sessions.rows import place_of, seen_as, shown
from relay.sessions.rules import BEGIN_A_LEG, SessionActor, cause_of, state_after_return, state_by_presence


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


class MovedOnError(DesksideError):
    """This session has changed in the meantime, so nothing was done. Check how it is now, then decide again."""


class SecretStaysError(DesksideError):
    """The customer came by a link or with extra digits, which only the technician’s own console can confirm.

    Ask the technician to transfer the session, or the customer to come again with a new PIN.
    """


class HandedOverError(DesksideError):
    """You have handed this session over, and no one has picked it up yet. Take it back first."""


class NotOfferedError(DesksideError):
    """This session is no longer to start automatically here. You can pick it up yourself while it waits."""


class NotNowError(DesksideError):
    """This works only in a session that is active. Wait until you and the customer are both connected."""


@dataclass(frozen=True)
class Presence:
    """Asks who is connected here: the applet of a session, and a console by its technician and its name.

    Of several relays (`relay` is the number of this one, 0 where it is alone) each keeps in the store who is connected
    to it, which tells the others.
    """

    customer: Callable[[int], bool]
    console: Callable[[int, str], bool]
    page_closed: Callable[[int], bool] = lambda _session: False
    """Whether the customer's page was closed and has not come back yet."""
    signing_key: Callable[[int], bytes | None] = lambda _session: None
    """What the applet of a session signs recordings with."""
    relay: int = 0

    def is_elsewhere(self, relay: int | None) -> bool:
        """Whether a socket is at another relay, by the number that is kept of where it is."""
        return self.relay != 0 and relay not in (None, self.relay)


@dataclass(frozen=True)
class Sent:
    """To whom a session is handed over, what that is called, and what is said of it."""

    queue: Queue
    name: str
    comment: str = ""


@dataclass(frozen=True)
class News:
    """A session that has changed, and who hears of it beside its customer."""

    person: int | None
    """The technician who has it, if one has."""
    session: Session
    queue: Queue | None = None
    """Where it waits for others than that technician."""
    left: Queue | None = None
    """Where it has just waited: it is gone from there."""
    former: int | None = None
    """The technician who has just handed it over to `person`."""
    technician_present: bool = False
    """Whether the console that has it is connected."""
    outgoing: Queue | None = None
    """The queue that it is leaving for `queue`, where it is still shown."""
    outgoing_no_longer: Queue | None = None
    """The queue where it has just been shown so: it is gone from there."""


Announce = Callable[[News], None]


class SessionMoves:
    """Moves sessions in the caller's transaction. `announce` is called once a change is stored."""

    def __init__(self, presence: Presence, announce: Announce, history: SessionHistory) -> None:
        self.presence = presence
        self.history = history
        self._announce = announce
        self._left: dict[int, Queue] = {}
        """The sessions that colleagues have just seen because their technician was gone, until it is told."""
        self.replaced: dict[str, int] = {}
        """The open sessions of tickets that are void because their customer goes on with something else.

        After a restart of the relay, or at another one, such a ticket is unknown.
        """

    def forget(self, session: int) -> None:
        """A session has ended: its void tickets lead nowhere."""
        self.replaced = {ticket: number for ticket, number in self.replaced.items() if number != session}

    def shown(self, row: SessionRow) -> Session:
        """Return a row as the desk sees it."""
        return shown(row, self.customer_is_there(row), self.presence.page_closed(row.id))

    def customer_is_there(self, row: SessionRow) -> bool:
        """Whether the applet of a session is connected."""
        return self.presence.customer(row.id) or self.presence.is_elsewhere(row.applet_relay)

    async def own(self, transaction: AsyncSession, person: int, session: int, deed: Deed = Deed.WORK) -> SessionRow:
        """Return a session, held for this transaction, with which a technician may do this.

        Raises NoSuchSessionError, EndedError or TakenError where it was in a queue of theirs, HandedOverError.
        """
        row = await transaction.get(SessionRow, session, with_for_update=True)
        if row is None:
            raise NoSuchSessionError(NoSuchSessionError.__doc__)
        place = place_of(row)
        technician = Technician(person) if row.person_id == person else (await technicians(transaction, [person]))[0]
        may = permitted(technician, place)
        if deed in may:
            return row
        if deed is Deed.PICK_UP and Deed.SEE in may and place.needs_secret:
            raise SecretStaysError(SecretStaysError.__doc__)
        if place.holder == person and place.state is SessionState.TRANSFERRING:
            raise HandedOverError(HandedOverError.__doc__)
        if place.holder != person and not was_in_queue(technician, place):
            raise NoSuchSessionError(NoSuchSessionError.__doc__)
        raise EndedError(EndedError.__doc__) if place.state.is_final else TakenError(row.technician)

    async def as_seen(self, transaction: AsyncSession, session: int, seen: str) -> SessionRow:
        """Return a session, held for this transaction, that is still as someone saw it. Raises MovedOnError."""
        row = await transaction.get(SessionRow, session, with_for_update=True)
        if row is None or seen_as(row) != seen:
            raise MovedOnError(MovedOnError.__doc__)
        return row

    def console_is_there(self, row: SessionRow) -> bool:
        """Whether the console that has a session is connected."""
        if row.person_id is None or row.console is None:
            return False
        return self.presence.console(row.person_id, row.console) or self.presence.is_elsewhere(row.console_relay)

    async def follow_presence(self, transaction: AsyncSession, row: SessionRow, now: datetime) -> None:
        """Let a session be what it is by who is there."""
        there = self.customer_is_there(row), self.console_is_there(row)
        state = state_by_presence(SessionState(row.state), *there)
        if state != row.state:
            await self.move(transaction, row, state, SessionActor.SYSTEM, now)

    async def move(
        self,
        transaction: AsyncSession,
        row: SessionRow,
        state: SessionState,
        actor: SessionActor,
        now: datetime,
        person: int | None = None,
        outcome: TransferOutcome = TransferOutcome.ENDED,
        ended_by: str = "",
    ) -> None:
        """Move a session, with its event. `person` did it, where the session is not theirs.

        `outcome` is what becomes of its hand-over where that ends by it without a pick-up, and due to whom.
        """
        old = SessionState(row.state)
        cause = cause_of(old, state, actor)
        if old is SessionState.DISCONNECTED and (left := place_of(row).queue) is not None:
            self._left[row.id] = left
        row.state = state
        await self.history.moved(transaction, row, old, actor, cause, now, person)
        if state is SessionState.ACTIVE and row.began_at is None:
            row.began_at = now
        who = {"session": row.id, "person": row.person_id}
        if state.is_final:
            self.forget(row.id)
            seconds = 0 if row.began_at is None else round((now - row.began_at).total_seconds())
            when_kept(transaction, SESSION_ENDED, **who, how=state.value, seconds=seconds)
        elif cause in BEGIN_A_LEG:
            when_kept(transaction, SESSION_TAKEN, **who)
        if old is SessionState.TRANSFERRING and state is not old and row.transfer is not None:
            if cause in BEGIN_A_LEG:
                outcome, ended_by = TransferOutcome.PICKED_UP, row.technician
            elif state is SessionState.TIMED_OUT:
                outcome = TransferOutcome.TIMED_OUT
            await self.end_transfer(transaction, row.transfer, outcome, ended_by, now)

    async def begin_transfer(
        self, transaction: AsyncSession, row: SessionRow, by: PersonRow, actor: SessionActor, to: Sent, now: datetime
    ) -> TransferRow:
        """Keep that a session is handed over."""
        transfer = TransferRow(
            session_id=row.id,
            by_person_id=by.id,
            from_channel_id=None,
            by_name=by.name,
            by_kind=actor.value,
            former_id=row.person_id,
            kind=to.queue.kind,
            target_id=to.queue.id,
            target_name=to.name,
            comment=to.comment,
            at=now,
            outcome=TransferOutcome.UNDER_WAY,
            ended_by="",
        )
        transaction.add(transfer)
        await transaction.flush()
        row.transfer_id = transfer.id
        set_committed_value(row, "transfer", transfer)
        await self.history.handed_over(transaction, transfer, TransferPhase.REQUESTED, now)
        return transfer

    async def take_over(
        self, transaction: AsyncSession, row: SessionRow, person: int, console: str, now: datetime
    ) -> None:
        """Give a colleague a session whose technician is gone: as if it had been handed over to all who may have it."""
        queue = place_of(row).colleagues
        if queue is None:
            raise NoSuchSessionError(NoSuchSessionError.__doc__)
        name = row.channel_name
        if queue.kind is TargetKind.GROUP:
            name = (await transaction.get_one(TechnicianGroupRow, queue.id)).name
        by = await transaction.get_one(PersonRow, person)
        transfer = await self.begin_transfer(transaction, row, by, SessionActor.TECHNICIAN, Sent(queue, name), now)
        row.console, row.person_id = console, person
        await self.move(transaction, row, SessionState.ACTIVE, SessionActor.TECHNICIAN, now)
        await self.end_transfer(transaction, transfer, TransferOutcome.PICKED_UP, row.technician, now)

    async def give_back(
        self, transaction: AsyncSession, row: SessionRow, outcome: TransferOutcome, now: datetime, ended_by: str = ""
    ) -> None:
        """No one took a session over: the technician who handed it over has it again."""
        there = self.customer_is_there(row), self.console_is_there(row)
        state = state_after_return(row.leg_id is not None, *there)
        await self.move(transaction, row, state, SessionActor.SYSTEM, now, outcome=outcome, ended_by=ended_by)

    async def end_transfer(
        self,
        transaction: AsyncSession,
        transfer: TransferRow,
        outcome: TransferOutcome,
        ended_by: str,
        now: datetime,
    ) -> None:
        """Keep what has become of a hand-over, and due to whom."""
        transfer.outcome, transfer.ended_by, transfer.ended_at = outcome, ended_by, now
        await self.history.handed_over(transaction, transfer, TransferPhase.COMPLETED, now)

    def announced(
        self,
        row: SessionRow,
        *,
        left: Queue | None = None,
        former: int | None = None,
        outgoing_no_longer: Queue | None = None,
    ) -> Session:
        """Tell everyone whom it concerns how a session is, once that is stored."""
        session, place = self.shown(row), place_of(row)
        waits_in = place.queue
        left = self._left.pop(row.id, None) or left
        if row.transfer is not None and row.transfer.ended_at == row.since:
            left = left or place.target  # by this very move it is handed over no longer
            outgoing_no_longer = place.source
        if session.state.is_final:
            left, waits_in = left or waits_in, None
        if outgoing_no_longer == waits_in:
            outgoing_no_longer = None
        is_there = self.console_is_there(row)
        self._announce(
            News(row.person_id, session, waits_in, left, former, is_there, place.outgoing, outgoing_no_longer)
        )
        return session


async def technicians(transaction: AsyncSession, people: Iterable[int]) -> list[Technician]:
    """Return these people with the channels that they serve now, and their groups."""
    people, groups = list(people), dict[int, int | None]()
    serving = await channels_of(transaction, people)
    for some in batches(people):
        query = select(PersonRow.id, PersonRow.technician_group_id).where(PersonRow.id.in_(some))
        for number, group in await transaction.execute(query):
            groups[number] = group
    return [Technician(person, channels, groups.get(person)) for person, channels in serving.items()]
