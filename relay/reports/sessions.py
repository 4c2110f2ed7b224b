"""The report on sessions (sessions_list): who helped whom, for how long, how it ended, whether it was recorded."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import or_, select

from codec.wire.api_types import MAX_NOTES, Ended, Method, SessionState
from codec.wire.custom_fields import CUSTOM_FIELDS, FIELD_CHARACTERS
from codec.wire.customer_kinds import CustomerKind, shows_something
from codec.wire.session_types import SessionType
from relay.accounts.model import PersonRow
from relay.organization.transactions import Transactions
from relay.reports.declare import Batches, Brief, Column, Report, Request, Row, Type
from relay.reports.paging import by_moment
from relay.sessions.history import times_of
from relay.sessions.model import SessionRow
from relay.sessions.queues import Origin
from relay.sessions.rules import Clock
from relay.sessions.times import NOTHING
from relay.texts import _

WRONG_SECRET = Ended.WRONG_SECRET.value
METHODS = {
    Method.PIN.value: _("PIN"),
    Method.LINK.value: _("Link"),
    Method.EMAIL.value: _("E-mail"),
    Method.SMS.value: _("Text message"),
    Origin.CHANNEL.value: _("Channel"),
}
STATES = {
    SessionState.CONNECTING.value: _("Not ended: connecting"),
    SessionState.WAITING.value: _("Not ended: waiting"),
    SessionState.ACTIVE.value: _("Not ended: active"),
    SessionState.ON_HOLD.value: _("Not ended: on hold"),
    SessionState.TRANSFERRING.value: _("Not ended: being transferred"),
    SessionState.RECONNECTING.value: _("Not ended: reconnecting"),
    SessionState.OFFLINE.value: _("Not ended: customer offline"),
    SessionState.DISCONNECTED.value: _("Not ended: technician away"),
    SessionState.TRANSFERRED.value: _("Transferred"),
    SessionState.CLOSED_BY_CUSTOMER.value: _("By the customer"),
    SessionState.CLOSED_BY_TECHNICIAN.value: _("By the technician"),
    SessionState.CLOSED_BY_WAITING_CUSTOMER.value: _("By the customer, while waiting"),
    SessionState.TIMED_OUT.value: _("Timed out"),
    SessionState.REFUSED_BY_CUSTOMER.value: _("Refused by the customer"),
    SessionState.ABORTED_TECHNICIAN_REMOVED.value: _("Technician removed or disabled"),
    WRONG_SECRET: _("Wrong extra digits or link"),
    Ended.ADMINISTRATOR.value: _("By an administrator"),
    Ended.PAGE_CLOSED.value: _("By the customer, who closed the page"),
}
TYPES = {"applet": _("Applet"), "browser": _("Browser"), "instant_chat": _("Instant Chat"), "lens": _("Lens")}
RECORDED = {"yes": _("Yes"), "no": _("No")}

COLUMNS = (
    Column("begun_at", _("Started"), Type.MOMENT),
    Column("technician", _("Technician"), longest=128, width=24),
    Column("customer", _("Customer"), longest=128, width=24, named_by="fields.name"),
    Column("method", _("Method"), width=10, words=METHODS),
    Column("channel", _("Channel"), longest=128, width=20),
    Column("duration", _("Duration"), Type.DURATION, width=12),
    Column("connecting_time", _("Connecting time"), Type.DURATION, width=12),
    Column("waiting_time", _("Waiting time"), Type.DURATION, width=12),
    Column("active_time", _("Active time"), Type.DURATION, width=12),
    Column("hold_time", _("Hold time"), Type.DURATION, width=12),
    Column("transfer_time", _("Transfer time"), Type.DURATION, width=12),
    Column("reconnect_time", _("Reconnect time"), Type.DURATION, width=12),
    Column("how", _("How it ended"), width=26, words=STATES),
    Column("recorded", _("Recorded"), width=10, words=RECORDED),
    Column("ended_at", _("Ended"), Type.MOMENT),
    Column("session_type", _("Session type"), width=14, words=TYPES),
    Column("computer", _("Computer"), longest=128, width=20),
    Column("browser", _("Browser"), width=14),
    Column("session_id", _("Session ID"), Type.NUMBER, width=10),
    *(
        Column(f"field_{number}", title, longest=FIELD_CHARACTERS, named_by=f"fields.{number}")
        for number, title in enumerate(
            (
                _("Custom field 1"),
                _("Custom field 2"),
                _("Custom field 3"),
                _("Custom field 4"),
                _("Custom field 5"),
            ),
            1,
        )
    ),
    Column("notes", _("Notes"), longest=MAX_NOTES, width=24),
)
_ONLY_IN_FILES = {
    "channel",
    "connecting_time",
    "active_time",
    "hold_time",
    "transfer_time",
    "reconnect_time",
    "session_type",
    "browser",
    "notes",
}
_ONLY_IN_FILES |= {f"field_{number}" for number in range(1, CUSTOM_FIELDS + 1)}
"""What a screen has no room for."""
_IN_ONE = {
    "method": Brief(_("Method"), ("method", "channel")),
    "computer": Brief(_("Computer"), ("session_type", "computer", "browser"), skips=frozenset({"applet", "browser"})),
}
"""What a screen shows in one column."""


def batches(transactions: Transactions, request: Request) -> Batches:
    """Read sessions by the moment at which their customer came."""
    session, covered = SessionRow, request.coverage
    query = (
        select(session, PersonRow.name)
        .outerjoin(PersonRow, PersonRow.id == session.person_id)
        .where(or_(covered.of_people(session.person_id), covered.of_channels(session.channel_id)))
    )
    return by_moment(transactions, request, query, session.made_at, as_row)


def as_row(row: SessionRow, technician: str | None) -> Row:
    """Return what the report says of a session, without a technician where none picked it up. Pure.

    Its duration is known once it has ended, and never changes.
    """
    ended = row.since if SessionState(row.state).is_final else None
    in_browser = row.kind == CustomerKind.PAGE
    return (
        row.made_at,
        technician or "",
        row.name,
        row.method,
        row.channel_name,
        *((None,) * 7 if ended is None else _durations(row)),
        row.ending or row.state,
        "no" if row.recorded_at is None else "yes",
        ended,
        _type_of(row),
        "" if in_browser else row.computer,
        row.computer if in_browser else "",  # a browser tells no computer's name, but its own
        row.id,
        *(row.custom_fields + [""] * CUSTOM_FIELDS)[:CUSTOM_FIELDS],
        row.notes,
    )


def _type_of(row: SessionRow) -> str | None:
    """Return what the session was for or the customer took part with; None where no customer came in.

    In the browser it is an Instant Chat while nothing else can be asked for.
    """
    if row.ticket is None:
        return None
    if row.session_type == SessionType.LENS:
        return "lens"
    if row.kind != CustomerKind.PAGE:
        return "applet"
    return (
        "instant_chat" if row.session_type == SessionType.CHAT or not shows_something(row.means.split()) else "browser"
    )


def _durations(row: SessionRow) -> Sequence[timedelta]:
    """Return how long it took, in all and by clock. Where nothing took place, only what was before that took time."""
    times = times_of(row)
    of = times.of
    before = of[Clock.CONNECTING], of[Clock.WAITING]
    if row.began_at is None:
        return NOTHING, *before, *(NOTHING for _clock in _TOGETHER)
    return times.total, *before, *(of[clock] for clock in _TOGETHER)


_TOGETHER = Clock.ACTIVE, Clock.HOLD, Clock.TRANSFER, Clock.RECONNECT


SESSIONS = Report(
    "sessions_list",
    _("Sessions"),
    _("List all"),
    _("Who helped whom, for how long, and how it ended."),
    COLUMNS,
    batches,
    tuple(
        _IN_ONE.get(column.key, Brief(column.title, (column.key,), column.named_by))
        for column in COLUMNS
        if column.key not in _ONLY_IN_FILES
    ),
)
