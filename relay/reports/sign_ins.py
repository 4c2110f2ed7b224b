"""The report on sign-ins (sign_in_list): who came in, from where, with what, and who was refused."""

from sqlalchemy import ColumnElement, false, or_, select

from relay.accounts.model import PersonRow
from relay.credentials.model import SignInEventRow
from relay.organization.transactions import Transactions
from relay.reports.declare import Batches, Column, Report, Request, Row, Type
from relay.reports.paging import by_moment
from relay.reports.scope import Coverage
from relay.texts import _

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
    person = SignInEventRow.person_id
    is_whole = coverage.company and coverage.company_by is None and not coverage.company_sections
    return or_(coverage.of_people(person), person.is_(None) if is_whole else false())


def batches(transactions: Transactions, request: Request) -> Batches:
    """Read events by their moment."""
    event = SignInEventRow
    query = (
        select(event, PersonRow.name, PersonRow.email)
        .outerjoin(PersonRow, PersonRow.id == event.person_id)
        .where(covered(request.coverage))
    )
    return by_moment(transactions, request, query, event.started_at, _row)


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
