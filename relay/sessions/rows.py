"""Rows of sessions: how each begins, and what the desk and the rules see in one. Pure."""

from datetime import datetime

from codec.wire.api_types import Channel, Ended, Method, Session, SessionState
from codec.wire.customer_kinds import CustomerKind
from codec.wire.session_types import SessionType
from relay.sessions.model import SessionRow
from relay.sessions.queues import Origin, Place


def new_session(now: datetime, name: str, *, session_type: SessionType) -> SessionRow:
    """Return a session as each begins."""
    return SessionRow(
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
    )


def place_of(row: SessionRow) -> Place:
    """Return where a session is."""
    return Place(row.person_id, row.channel_id, SessionState(row.state))


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
    )
