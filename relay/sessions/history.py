"""What is kept of a session's life beside its present state: its events, its legs, and the times it has taken."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from codec.wire.api_types import SessionState, TargetKind
from relay.accounts.model import PersonRow
from relay.events.kinds import (
    Actor,
    ActorKind,
    ClientInfo,
    Created,
    Moved,
    Participant,
    Participation,
    Technician,
    TransferPhase,
    Transferred,
)
from relay.events.log import EventLog
from relay.events.moment import Moment
from relay.organization.model import TechnicianGroupRow
from relay.sessions.model import LegRow, SessionRow, TransferRow
from relay.sessions.rules import BEGIN_A_LEG, Cause, Clock, SessionActor
from relay.sessions.times import Times


class SessionHistory:
    """Keeps it in the transaction of the change itself: a session never moves without its event."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    async def begun(self, transaction: AsyncSession, row: SessionRow, now: datetime) -> None:
        """A customer has used a code, or came through a channel: the session is in its first state."""
        moment = self._log.moment(now)
        row.since_boot, row.since_uptime_ms = moment.boot, moment.uptime_ms
        created = Created(
            method=row.method,
            name=row.name,
            technician=None if row.person_id is None else await _technician(transaction, row.person_id),
            channel=row.channel_id,
            channel_name=row.channel_name,
        )
        customer = _customer(row)
        self._log.add(transaction, moment, customer, created, row.id)
        cause = Cause.CODE_USED if row.channel_id is None else Cause.CAME_THROUGH_CHANNEL
        first = Moved(new=row.state, cause=cause)
        self._log.add(transaction, moment, customer, first, row.id)

    def client_came(self, transaction: AsyncSession, row: SessionRow, now: datetime) -> None:
        """What the customer takes part with is here, and has said what it is."""
        said = ClientInfo(kind=row.kind, computer=row.computer, system=row.system)
        self._log.add(transaction, self._log.moment(now), _customer(row), said, row.id)

    async def moved(
        self,
        transaction: AsyncSession,
        row: SessionRow,
        old: SessionState,
        actor: SessionActor,
        cause: Cause,
        now: datetime,
        person: int | None = None,
    ) -> None:
        """A session came from `old` into the state that its row says: count the time and keep the event.

        `person` did it, where the session is not theirs. A leg begins when the session is picked
        up, and ends with the session.
        """
        moment, state = self._log.moment(now), SessionState(row.state)
        _count(row, old, moment)
        if cause in BEGIN_A_LEG and row.leg_id is not None:
            await self._end_leg(transaction, row, moment)
        leg = await _leg(transaction, row, actor, cause, now)
        moved = Moved(new=state, old=old, cause=cause, leg=row.leg_id)
        who = await _actor(transaction, row, actor, leg, person)
        self._log.add(transaction, moment, who, moved, row.id)
        if leg is not None and cause in BEGIN_A_LEG:
            began = Participant(leg=leg.id, technician=_of(leg), action=Participation.START)
            self._log.add(transaction, moment, who, began, row.id)
        if leg is not None and state.is_final:
            leg.ended_at, leg.ended_as = now, state
            ended = Participant(leg=leg.id, technician=_of(leg), action=Participation.END, state=state)
            self._log.add(transaction, moment, who, ended, row.id)

    async def _end_leg(self, transaction: AsyncSession, row: SessionRow, moment: Moment) -> None:
        """The technician who had it has handed it over, and another has it now."""
        leg = await transaction.get_one(LegRow, row.leg_id)
        leg.ended_at, leg.ended_as = moment.at, SessionState.TRANSFERRED
        ended = Participant(leg=leg.id, technician=_of(leg), action=Participation.END, state=leg.ended_as)
        self._log.add(
            transaction, moment, Actor(ActorKind.TECHNICIAN, leg.person_id, leg.name, leg.email), ended, row.id
        )

    async def handed_over(
        self, transaction: AsyncSession, transfer: TransferRow, phase: TransferPhase, now: datetime
    ) -> None:
        """A hand-over has begun, or has come to its outcome."""
        is_by_rule = transfer.by_kind == ActorKind.SYSTEM
        by = None if is_by_rule else await _technician(transaction, transfer.by_person_id)
        had = transfer.former_id
        is_same = by is not None and had == by.id
        former = None if had is None else by if is_same else await _technician(transaction, had)
        group: Technician | None = None
        if transfer.kind == TargetKind.TECHNICIAN:
            group = await _technician(transaction, transfer.target_id)
        told = Transferred(
            transfer=transfer.id,
            phase=phase,
            by=by,
            former=former,
            kind=transfer.kind,
            target=transfer.target_id,
            source=transfer.from_channel_id,
            to=transfer.target_name,
            group=None if group is None else group.group,
            group_name="" if group is None else group.group_name,
            comment=transfer.comment,
            outcome=transfer.outcome,
            ended_by=transfer.ended_by,
        )
        actor = Actor(ActorKind.SYSTEM)
        if by is not None and phase is not TransferPhase.COMPLETED:
            actor = Actor(ActorKind(transfer.by_kind), by.id, by.name, by.email)
        self._log.add(transaction, self._log.moment(now), actor, told, transfer.session_id)


def times_of(row: SessionRow) -> Times:
    """Return the times that a session has taken until it came into its present state."""
    kept = {
        Clock.CONNECTING: row.connecting_ms,
        Clock.WAITING: row.waiting_ms,
        Clock.ACTIVE: row.active_ms,
        Clock.HOLD: row.hold_ms,
        Clock.TRANSFER: row.transfer_ms,
        Clock.RECONNECT: row.reconnect_ms,
    }
    return Times({clock: timedelta(milliseconds=each) for clock, each in kept.items()})


def _count(row: SessionRow, old: SessionState, moment: Moment) -> None:
    times = times_of(row)
    picked_up = row.leg_id is not None
    times.add(old, Moment(row.since, row.since_boot, row.since_uptime_ms), moment, picked_up)
    for clock, time in times.of.items():
        setattr(row, f"{clock}_ms", time // timedelta(milliseconds=1))
    row.since, row.since_boot, row.since_uptime_ms = moment.at, moment.boot, moment.uptime_ms


async def _leg(
    transaction: AsyncSession, row: SessionRow, actor: SessionActor, cause: Cause, now: datetime
) -> LegRow | None:
    """Return the technician's part where the event tells of it. A herd that is lost asks for none."""
    if cause in BEGIN_A_LEG:
        return await _begin_leg(transaction, row, now)
    is_told = actor is SessionActor.TECHNICIAN or SessionState(row.state).is_final
    return await transaction.get_one(LegRow, row.leg_id) if is_told and row.leg_id is not None else None


async def _begin_leg(transaction: AsyncSession, row: SessionRow, now: datetime) -> LegRow:
    technician = await _technician(transaction, row.person_id)
    row.technician = technician.name
    leg = LegRow(
        session_id=row.id,
        person_id=technician.id,
        name=technician.name,
        email=technician.email,
        group_id=technician.group,
        group_name=technician.group_name,
        began_at=now,
    )
    transaction.add(leg)
    await transaction.flush()
    row.leg_id, row.group_id = leg.id, leg.group_id
    return leg


async def _technician(transaction: AsyncSession, person: int | None) -> Technician:
    group = TechnicianGroupRow
    query = (
        select(PersonRow.id, PersonRow.name, PersonRow.email, group.id.label("group"), group.name.label("group_name"))
        .outerjoin(group, group.id == PersonRow.technician_group_id)
        .where(PersonRow.id == person)
    )
    found = (await transaction.execute(query)).one()
    return Technician(
        id=found.id, name=found.name, email=found.email, group=found.group, group_name=found.group_name or ""
    )


def _of(leg: LegRow) -> Technician:
    return Technician(id=leg.person_id, name=leg.name, email=leg.email, group=leg.group_id, group_name=leg.group_name)


def _customer(row: SessionRow) -> Actor:
    return Actor(ActorKind.CUSTOMER, name=row.name)


async def _actor(
    transaction: AsyncSession, row: SessionRow, actor: SessionActor, leg: LegRow | None, person: int | None
) -> Actor:
    match actor:
        case SessionActor.CUSTOMER:
            return _customer(row)
        case SessionActor.TECHNICIAN:
            who = await _technician(transaction, person or row.person_id) if leg is None else _of(leg)
            return Actor(ActorKind.TECHNICIAN, who.id, who.name, who.email)
        case SessionActor.ADMINISTRATOR:
            if person is None:
                return Actor(ActorKind.ADMINISTRATOR)
            by = await _technician(transaction, person)
            return Actor(ActorKind.ADMINISTRATOR, by.id, by.name, by.email)
        case SessionActor.SYSTEM | SessionActor.AUTO_START:
            return Actor(ActorKind.SYSTEM)
