"""The report on sign-ins (sign_in_list): who came in, from where, with what, and who was refused."""

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from relay.accounts.model import PersonRow
from relay.organization.units import PEOPLE
from relay.organization.work import ROLES
from relay.organization.workshop import Workshop
from relay.reports.declare import Batches, Column, Place, Report, Request, Row, Type
from relay.reports.scope import Coverage
from relay.security.model import SignInEventRow
from relay.texts import _

BATCH = 2_000
RESULTS = {"succeeded": _("Signed in"), "failed": _("Refused")}
COMPONENTS = {"website": _("Website"), "console": _("Console")}
COLUMNS = (
    Column("at", _("When"), Type.MOMENT),
    Column("name", _("Name"), longest=128, width=24),
    Column("email", _("E-mail address"), longest=254, width=30),
    Column("result", _("Result"), width=12, words=RESULTS),
    Column("component", _("Signed in to"), width=14, words=COMPONENTS),
    Column("address", _("Network address"), width=24),
)


def covered(coverage: Coverage) -> ColumnElement[bool]:
    """Return the condition for sign-ins: of people, and of nobody known where the whole organisation is covered."""
    event = SignInEventRow
    found: list[ColumnElement[bool]] = []
    for kind in PEOPLE:
        if kind not in coverage.units:
            continue
        numbers = coverage.units[kind]
        if numbers is None:
            numbers = select(PersonRow.id).where(PersonRow.role.in_([role.value for role in ROLES[kind]]))
        found.append(event.person_id.in_(numbers))
    if coverage.company and coverage.company_by is None and not coverage.company_sections:
        found.append(event.person_id.is_(None))
    return or_(false(), *found)


async def batches(workshop: Workshop, request: Request) -> Batches:
    """Read events by their moment, as the audit report does."""
    start, stop = request.period.bounds
    event, after = SignInEventRow, request.after
    query = (
        select(event, PersonRow.name, PersonRow.email)
        .outerjoin(PersonRow, PersonRow.id == event.person_id)
        .where(event.started_at >= start, event.started_at < stop, covered(request.coverage))
        .order_by(event.started_at, event.id)
        .limit(BATCH)
    )
    while True:
        page = query.where(_is_after(after))
        async with workshop.read() as transaction:
            events = list(await transaction.execute(page))
            transaction.expunge_all()
        if not events:
            return
        after = Place(events[-1][0].started_at, events[-1][0].id)
        yield [
            (Place(each.started_at, each.id), _row(each, name, email))
            for each, name, email in events
            if request.period.covers(each.started_at)
        ]
        if len(events) < BATCH:
            return


def _is_after(place: Place | None) -> ColumnElement[bool]:
    event = SignInEventRow
    if place is None:
        return true()
    return or_(event.started_at > place.at, and_(event.started_at == place.at, event.id > place.id))


def _row(event: SignInEventRow, name: str | None, email: str | None) -> Row:
    return (event.started_at, name or "", email or event.email, event.result, event.component, event.address)


SIGN_INS = Report(
    "sign_in_list",
    _("Sign-ins"),
    _("List all"),
    _("Who signed in, from where, and who was refused."),
    COLUMNS,
    batches,
)
