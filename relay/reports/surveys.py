"""The reports on surveys: what customers and technicians answered, and whose survey customers got.

Of a question with choices a report shows the value that the organisation gave the answer (SURV-17), of an open one the
text. Columns go by the number of the question (REP-14): what was asked then is stored with each answer.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select

from codec.wire.survey_types import QUESTIONS
from relay.accounts.model import PersonRow
from relay.organization.transactions import Transactions
from relay.reports.declare import Batches, Column, Report, Request, Row, Type
from relay.reports.paging import by_moment
from relay.sessions.model import SessionRow
from relay.surveys.model import SurveyAnswersRow, SurveyRow
from relay.surveys.rules import REPORT_CHARACTERS, TECHNICIANS, Issuer, Respondent
from relay.texts import _

SOURCES = {TECHNICIANS: _("Technicians")}
BY_CLOSING = {Issuer.CLOSING.value: _("Yes"), Issuer.STARTING.value: _("No")}
_TITLES = (
    _("Question 1"),
    _("Question 2"),
    _("Question 3"),
    _("Question 4"),
    _("Question 5"),
    _("Question 6"),
    _("Question 7"),
    _("Question 8"),
    _("Question 9"),
    _("Question 10"),
)
_SOURCE = Column("source", _("Source"), longest=REPORT_CHARACTERS, width=24, words=SOURCES)
_SESSION = Column("session_id", _("Session ID"), Type.NUMBER, width=10)
_DATE = Column("date", _("Date"), Type.MOMENT)
_NAME = Column("name", _("Customer"), longest=REPORT_CHARACTERS, width=24, named_by="fields.name")
_TECHNICIAN = (
    Column("technician_name", _("Technician"), longest=REPORT_CHARACTERS, width=24),
    Column("technician_id", _("Technician ID"), Type.NUMBER, width=10),
    Column("technician_email", _("E-mail address"), longest=REPORT_CHARACTERS, width=30),
)


def _of(respondent: Respondent) -> tuple[Column, ...]:
    answers = (
        Column(f"q{number}", title, longest=REPORT_CHARACTERS, named_by=f"{respondent}_survey.{number}")
        for number, title in enumerate(_TITLES, 1)
    )
    return (_SOURCE, _SESSION, _DATE, _NAME, *answers, *_TECHNICIAN)


def _batches(respondent: Respondent, transactions: Transactions, request: Request, *, issuing: bool) -> Batches:
    """Read answers by the moment that reports go by."""
    found, covered = SurveyAnswersRow, request.coverage
    whose = covered.of_people(found.technician)
    if respondent is Respondent.CUSTOMER:
        whose = or_(whose, covered.of_channels(SessionRow.channel_id))
    query = (
        select(found, SurveyRow.issuer, SessionRow.name, PersonRow)
        .join(SurveyRow, SurveyRow.id == found.survey_id)
        .join(SessionRow, SessionRow.id == found.session_id)
        .outerjoin(PersonRow, PersonRow.id == found.technician)
        .where(found.respondent == respondent.value, whose)
    )
    return by_moment(transactions, request, query, found.at, _issuing_row if issuing else _row)


def _row(found: SurveyAnswersRow, _issuer: str, name: str, technician: PersonRow | None) -> Row:
    by_number: Mapping[int, Any] = {each["number"]: each for each in found.answers}
    answers = (_answer(by_number.get(number)) for number in range(1, QUESTIONS + 1))
    return (found.source, found.session_id, found.at, name, *answers, *_person(technician))


def _issuing_row(found: SurveyAnswersRow, issuer: str, name: str, technician: PersonRow | None) -> Row:
    return (found.source, found.session_id, found.at, name, *_person(technician), issuer)


def _answer(answer: Mapping[str, Any] | None) -> str | int | None:
    if answer is None:
        return None
    value: str | int = answer["text"] if answer["value"] is None else answer["value"]
    return value


def _person(technician: PersonRow | None) -> Row:
    return ("", None, "") if technician is None else (technician.name, technician.id, technician.email)


def _customer(transactions: Transactions, request: Request) -> Batches:
    return _batches(Respondent.CUSTOMER, transactions, request, issuing=False)


def _technician(transactions: Transactions, request: Request) -> Batches:
    return _batches(Respondent.TECHNICIAN, transactions, request, issuing=False)


def _issuance(transactions: Transactions, request: Request) -> Batches:
    return _batches(Respondent.CUSTOMER, transactions, request, issuing=True)


CUSTOMER_SURVEY = Report(
    "customer_survey_list",
    _("Customer survey"),
    _("List all"),
    _("What customers answered after their sessions."),
    _of(Respondent.CUSTOMER),
    _customer,
)
TECHNICIAN_SURVEY = Report(
    "technician_survey_list",
    _("Technician survey"),
    _("List all"),
    _("What technicians answered after their sessions."),
    _of(Respondent.TECHNICIAN),
    _technician,
)
SURVEY_ISSUANCE = Report(
    "customer_survey_issuance_list",
    _("Customer survey issuance"),
    _("List all"),
    _("Whose survey customers got: of the technician who started the session, or who closed it."),
    (
        _SOURCE,
        _SESSION,
        _DATE,
        _NAME,
        *_TECHNICIAN,
        Column("issued_by_closing_technician", _("Survey issued by closing technician"), width=16, words=BY_CLOSING),
    ),
    _issuance,
    needs=("survey_issuer.by", "closing"),
)
