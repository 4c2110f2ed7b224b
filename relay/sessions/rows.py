"""Rows of sessions: how each begins, and what the desk and the rules see in one. Pure."""

from datetime import datetime, timedelta

from msgspec import structs
from sqlalchemy.orm.attributes import set_committed_value

from codec.wire.api_types import (
    Channel,
    Ended,
    Method,
    Session,
    SessionState,
    TargetKind,
    Transfer,
    TransferOutcome,
)
from codec.wire.customer_kinds import CustomerKind
from codec.wire.session_types import SessionType
from relay.sessions.model import SessionRow, TransferRow
from relay.sessions.queues import Origin, Place, Queue

_TOLD = TransferOutcome.UNDER_WAY, TransferOutcome.PICKED_UP


def new_session(now: datetime, name: str, *, session_type: SessionType) -> SessionRow:
    """Return a session as each begins."""
    row = SessionRow(
        origin=Origin.PRIVATE,
        technician="",
        channel_name="",
        name=name,
        custom_fields=[],
        state=SessionState.CONNECTING,
        made_at=now,
        since=now,
        console=None,
        computer="",
        system="",
        kind=CustomerKind.PROGRAM,
        means="",
        session_type=session_type,
        ticket=None,
        ending=Ended.AS_ITS_STATE_SAYS,
        notes="",
        has_secret=False,
    )
    set_committed_value(row, "transfer", None)  # known, so that it is never asked of the store
    return row


def place_of(row: SessionRow) -> Place:
    """Return where a session is."""
    transfer = row.transfer
    target = None if transfer is None else Queue(TargetKind(transfer.kind), transfer.target_id)
    came_from = None if transfer is None or transfer.from_channel_id is None else transfer.from_channel_id
    source = None if came_from is None else Queue(TargetKind.CHANNEL, came_from)
    return Place(
        row.person_id, row.channel_id, SessionState(row.state), target, source, row.group_id, needs_secret(row)
    )


def shown(row: SessionRow, customer_present: bool, page_closed: bool) -> Session:
    """Return a session as the desk sees it."""
    return Session(
        id=row.id,
        state=SessionState(row.state),
        name=row.name,
        fields=list(row.custom_fields),
        made_at=row.made_at,
        since=row.since,
        method=None if row.channel_id is not None else Method(row.method),
        code=row.code_id or 0,
        channel=None if row.channel_id is None else Channel(id=row.channel_id, name=row.channel_name),
        technician=row.technician,
        holder=row.person_id or 0,
        began=row.began_at,
        ending=Ended(row.ending),
        pin=row.pin,
        computer=row.computer,
        system=row.system,
        kind=CustomerKind(row.kind),
        means=row.means.split(),
        session_type=SessionType(row.session_type),
        console=row.console,
        customer_present=customer_present,
        page_closed=page_closed,
        leg=row.leg_id or 0,
        transfer=None if row.transfer is None else shown_transfer(row.transfer),
        notes=row.notes,
        has_secret=needs_secret(row),
    )


def needs_secret(row: SessionRow) -> bool:
    """Whether only one console can go on with a session: unless its customer was told that another one may."""
    told = row.transfer is not None and row.transfer.outcome in _TOLD
    return row.has_secret and not told


def seen_as(row: SessionRow) -> str:
    """Return what stands for how a session is. That a side is away for a moment makes no other one of it."""
    is_lost = row.state in (SessionState.RECONNECTING, SessionState.DISCONNECTED, SessionState.OFFLINE)
    return f"{SessionState.ACTIVE if is_lost else row.state}-{row.leg_id or 0}-{row.transfer_id or 0}"


def as_handed_over(session: Session, at: datetime) -> Session:
    """Return a session as the technician sees it who handed it over, once another has it (SESS-159)."""
    gone = {"console": None, "customer_present": False, "notes": ""}
    return structs.replace(session, state=SessionState.TRANSFERRED, since=at, **gone)


def state_for_customer(session: Session) -> SessionState:
    """Return a session's state as its customer is told it: who never had a technician waits on, wherever that is."""
    is_handed_over = session.state is SessionState.TRANSFERRING and session.transfer is not None
    no_one_had_it = session.transfer is not None and not session.transfer.former
    return SessionState.WAITING if is_handed_over and no_one_had_it else session.state


def handed_to(session: Session) -> str:
    """Return whom a session is being handed over to, for its customer: empty while it is not."""
    is_handed_over = state_for_customer(session) is SessionState.TRANSFERRING and session.transfer is not None
    return session.transfer.to if is_handed_over and session.transfer is not None else ""


def shown_transfer(row: TransferRow) -> Transfer:
    """Return a hand-over as the desk sees it."""
    return Transfer(
        by=row.by_name,
        by_person=row.by_person_id,
        former=row.former_id or 0,
        source=row.from_channel_id or 0,
        kind=TargetKind(row.kind),
        target=row.target_id,
        to=row.target_name,
        comment=row.comment,
        at=row.at,
        minutes=0 if row.ended_at is None else max(1, round((row.ended_at - row.at) / timedelta(minutes=1))),
        outcome=TransferOutcome(row.outcome),
        ended_by=row.ended_by,
    )
