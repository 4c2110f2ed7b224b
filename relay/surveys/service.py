"""Surveys after sessions: what is asked, and what was answered, once for each customer and technician.

A customer shows a token that belongs to one session. It is no number that can be guessed, opens nothing but the survey,
and nothing more once that is answered or two weeks have passed. Answers name what was shown: a survey that is changed
meanwhile, or whose group is gone, can still be answered as it was.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from codec.errors import DesksideError
from codec.wire.api_types import Ended, SessionState
from codec.wire.survey_types import Survey, SurveyKind
from relay.organization.model import TechnicianGroupRow
from relay.secret import Signer, same
from relay.sessions.model import SessionRow
from relay.sessions.moves import NoSuchSessionError
from relay.settings.applied import AppliedSettings
from relay.store.database import Store
from relay.surveys.issuing import Groups, Issued, groups_of, issued
from relay.surveys.model import SurveyAnswersRow, SurveyRow
from relay.surveys.rules import TECHNICIANS, Answer, Question, Respondent, checked, is_asked, is_open

_TOKEN = "survey"  # noqa: S105  (what is signed, not a secret)
_SHOWN = "survey shown"


class NoSurveyError(DesksideError):
    """There is no survey to answer here."""


class NotEndedError(DesksideError):
    """The session has not ended yet."""


class AnsweredError(DesksideError):
    """This survey was answered already. The first answers are kept."""


class OtherSurveyError(DesksideError):
    """These answers are of another survey. Open the survey again."""


class Surveys:
    """All surveys of this relay."""

    def __init__(self, store: Store, settings: AppliedSettings, signer: Signer) -> None:
        self._store = store
        self._settings = settings
        self._signer = signer

    def token(self, session: int) -> str:
        """Return what a session's customer shows to answer its survey."""
        return f"{session}-{self._signer.sign(_TOKEN, str(session))}"

    def knows(self, token: str) -> bool:
        """Whether this relay gave this token to a customer."""
        try:
            return self._session(token) > 0
        except NoSurveyError:
            return False

    async def for_customer(self, token: str, now: datetime) -> Survey:
        """Return what a customer is asked. Raises NoSurveyError or NotEndedError."""
        return await self._shown(Respondent.CUSTOMER, self._session(token), None, now)

    async def answer_as_customer(self, token: str, reference: str, given: Mapping[int, str], now: datetime) -> None:
        """Keep a customer's answers.

        Raises NoSurveyError, NotEndedError, AnsweredError, OtherSurveyError, AnswersRefusedError or NoAnswersError.
        """
        await self._answer(Respondent.CUSTOMER, self._session(token), None, reference, given, now)

    async def questions(self, token: str, reference: str) -> tuple[Question, ...]:
        """Return what was shown to a customer. Raises NoSurveyError or OtherSurveyError."""
        async with self._store.reading() as transaction:
            survey = await self._named(transaction, Respondent.CUSTOMER, self._session(token), reference)
        return _questions(survey)

    async def for_technician(self, person: int, session: int, now: datetime) -> Survey:
        """Return what the technician is asked who had a session. Raises NoSuchSessionError or NotEndedError."""
        return await self._shown(Respondent.TECHNICIAN, session, person, now)

    async def answer_as_technician(
        self, person: int, session: int, reference: str, given: Mapping[int, str], now: datetime
    ) -> None:
        """Keep a technician's answers. Raises NoSuchSessionError, and what `answer_as_customer` raises."""
        await self._answer(Respondent.TECHNICIAN, session, person, reference, given, now)

    def _session(self, token: str) -> int:
        """Return which session a token is of. Raises NoSurveyError."""
        number, _, _proof = token.partition("-")
        if not number.isascii() or not number.isdecimal() or not same(token, self.token(int(number[:18]))):
            raise NoSurveyError(NoSurveyError.__doc__)
        return int(number)

    async def _shown(self, respondent: Respondent, session: int, person: int | None, now: datetime) -> Survey:
        async with self._store.reading() as transaction:
            row = _theirs(await transaction.get(SessionRow, session), person)
            is_answered = await _answers(transaction, respondent, row.id) is not None
            groups = await groups_of(transaction, row)
        if not is_asked(SessionState(row.state), Ended(row.ending), row.began_at) or not is_open(row.since, now):
            return Survey()
        if is_answered:
            return Survey(kind=SurveyKind.BUILT_IN, answered=True)
        found = await issued(self._settings, respondent, row, groups)
        if found is None:
            return Survey()
        if found.kind is SurveyKind.OWN:
            return Survey(kind=found.kind, page=found.page)
        number = await self._kept(found)
        return Survey(
            kind=found.kind,
            questions=[question.shown for question in found.questions],
            reference=self._signer.signed(_SHOWN, f"{respondent}-{row.id}-{number}"),
        )

    async def _kept(self, found: Issued) -> int:
        """Return the number of a survey, kept once as it is shown now."""
        values = {
            "source_kind": found.source.kind,
            "source_id": found.source.id,
            "source": found.source.name,
            "issuer": found.issuer.value,
            "questions": msgspec.to_builtins(found.questions),
        }
        digest = hashlib.sha256(msgspec.json.encode(values, order="sorted")).hexdigest()
        known = select(SurveyRow.id).where(SurveyRow.digest == digest)
        async with self._store.reading(apart=True) as reading:
            number: int | None = await reading.scalar(known)
        if number is not None:
            return number
        try:
            async with self._store.transaction() as transaction:
                row = SurveyRow(digest=digest, **values)
                transaction.add(row)
                await transaction.flush()
                return row.id
        except IntegrityError:  # another has just shown it for the first time
            async with self._store.reading(apart=True) as reading:
                return (await reading.scalars(known)).one()

    async def _named(
        self, transaction: AsyncSession, respondent: Respondent, session: int, reference: str
    ) -> SurveyRow:
        """Return the survey that was shown. Raises OtherSurveyError where it was shown to another."""
        whom, _, number = (self._signer.open(_SHOWN, reference) or "").rpartition("-")
        survey = await transaction.get(SurveyRow, int(number)) if whom == f"{respondent}-{session}" else None
        if survey is None:
            raise OtherSurveyError(OtherSurveyError.__doc__)
        return survey

    async def _answer(
        self,
        respondent: Respondent,
        session: int,
        person: int | None,
        reference: str,
        given: Mapping[int, str],
        now: datetime,
    ) -> None:
        try:
            async with self._store.transaction() as transaction:
                row = _theirs(await transaction.get(SessionRow, session), person)
                if await _answers(transaction, respondent, session) is not None:
                    raise AnsweredError(AnsweredError.__doc__)
                if not is_open(row.since, now):
                    raise NoSurveyError(NoSurveyError.__doc__)
                survey = await self._named(transaction, respondent, session, reference)
                found = checked(_questions(survey), given)
                groups = await groups_of(transaction, row)
                transaction.add(await _as_row(transaction, respondent, row, survey, groups, found, now))
        except IntegrityError:  # they were sent twice at the same moment
            raise AnsweredError(AnsweredError.__doc__) from None


async def _as_row(
    transaction: AsyncSession,
    respondent: Respondent,
    row: SessionRow,
    survey: SurveyRow,
    groups: Groups,
    answers: list[Answer],
    now: datetime,
) -> SurveyAnswersRow:
    """Return what is kept. Of a technician's survey the source is the group that they are in now (SURV-20)."""
    source, at = survey.source, row.since
    if respondent is Respondent.TECHNICIAN:
        group = None if groups.technician is None else await transaction.get(TechnicianGroupRow, groups.technician)
        source, at = TECHNICIANS if group is None else group.name, now
    return SurveyAnswersRow(
        session_id=row.id,
        survey_id=survey.id,
        respondent=respondent.value,
        technician=row.person_id,
        source=source,
        at=at,
        submitted_at=now,
        answers=msgspec.to_builtins(answers),
    )


def _questions(survey: SurveyRow) -> tuple[Question, ...]:
    return msgspec.convert(survey.questions, tuple[Question, ...])


def _theirs(row: SessionRow | None, person: int | None) -> SessionRow:
    """Return a session that has ended, and was that technician's where one is asked."""
    if row is None:
        raise NoSurveyError(NoSurveyError.__doc__) if person is None else NoSuchSessionError(NoSuchSessionError.__doc__)
    if person not in (None, row.person_id):
        raise NoSuchSessionError(NoSuchSessionError.__doc__)
    if not SessionState(row.state).is_final:
        raise NotEndedError(NotEndedError.__doc__)
    return row


async def _answers(transaction: AsyncSession, respondent: Respondent, session: int) -> int | None:
    answers = SurveyAnswersRow
    query = select(answers.id).where(answers.session_id == session, answers.respondent == respondent.value)
    number: int | None = await transaction.scalar(query)
    return number
