"""What belongs to a session's survey, and which answers can be kept. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from msgspec import Struct

from codec.errors import DesksideError
from codec.wire.api_types import Ended, SessionState
from codec.wire.survey_types import ANSWER_CHARACTERS, QUESTIONS, SurveyQuestion
from relay.sessions.custom_fields import FIELDS
from relay.sessions.notes import plain_lines

OPEN_FOR = timedelta(days=14)
"""So long after its end a session's survey can be answered."""
REPORT_CHARACTERS = 128
"""Of an answer in reports; what is stored is whole (SURV-28)."""
TECHNICIANS = "technicians"
"""The source of a survey that the organisation chose for all technicians (SURV-25)."""


class Respondent(StrEnum):
    """Who is asked."""

    CUSTOMER = "customer"
    TECHNICIAN = "technician"


class Issuer(StrEnum):
    """Whose group's survey the customer of a private session gets (SURV-26)."""

    STARTING = "starting"
    CLOSING = "closing"


class Wrong(StrEnum):
    """What is wrong with an answer."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_A_CHOICE = "not_a_choice"
    UNKNOWN = "unknown"
    """There is no such question in the survey that was shown."""


class AnswersRefusedError(DesksideError):
    """Some answers cannot be kept as they are. `wrong` says which, by their questions' numbers."""

    def __init__(self, wrong: Mapping[int, Wrong]) -> None:
        super().__init__(
            "Some answers are missing or cannot be kept: " + ", ".join(f"{n}: {w}" for n, w in wrong.items())
        )
        self.wrong = dict(wrong)


class NoAnswersError(DesksideError):
    """Answer at least one question."""


class Choice(Struct, frozen=True):
    """One predefined answer, and the value that reports show for it (SURV-17)."""

    text: str
    value: int


class Question(Struct, frozen=True):
    """One question that is asked. `number` is its place among all, shown or not: reports go by it."""

    number: int
    text: str
    required: bool = False
    choices: tuple[Choice, ...] = ()

    @property
    def shown(self) -> SurveyQuestion:
        """Return it as respondents see it, without values."""
        choices = [each.text for each in self.choices]
        return SurveyQuestion(number=self.number, text=self.text, required=self.required, choices=choices)


class Answer(Struct, frozen=True):
    """One answer, with the question as it was asked. Of a choice, `value` is what reports show."""

    number: int
    question: str
    text: str
    value: int | None = None


@dataclass(frozen=True)
class Source:
    """Whose survey it is, as reports name it. `kind` is that of the unit, or TECHNICIANS."""

    kind: str
    id: int
    name: str


def questions_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """Return what is asked, of the rows of the setting: shown questions that have a text (SURV-15)."""
    return tuple(
        Question(number, row["text"], row["required"], _choices(row))
        for number, row in enumerate(rows[:QUESTIONS], 1)
        if row["shown"] and row["text"] and (row["type"] != "list" or _choices(row))
    )


def _choices(row: Mapping[str, Any]) -> tuple[Choice, ...]:
    if row["type"] != "list":
        return ()
    return tuple(Choice(each["text"], each["value"]) for each in row["answers"] if each["text"])


def checked(questions: Sequence[Question], given: Mapping[int, str]) -> list[Answer]:
    """Return what is kept of the answers that were given, by the numbers of their questions.

    Raises AnswersRefusedError, which names every one that is wrong, or NoAnswersError.
    """
    wrong: dict[int, Wrong] = {}
    found: list[Answer] = []
    for question in questions:
        said = given.get(question.number, "")
        try:
            answer = _answer(question, said)
        except _WrongError as error:
            wrong[question.number] = error.wrong
            continue
        if answer is not None:
            found.append(answer)
        elif question.required:
            wrong[question.number] = Wrong.EMPTY
    known = {question.number for question in questions}
    wrong |= {number: Wrong.UNKNOWN for number, said in given.items() if number not in known and said.strip()}
    if wrong:
        raise AnswersRefusedError(dict(sorted(wrong.items())))
    if not found:
        raise NoAnswersError(NoAnswersError.__doc__)
    return found


class _WrongError(DesksideError):
    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong)
        self.wrong = wrong


def _answer(question: Question, said: str) -> Answer | None:
    if not question.choices:
        if len(said) > 4 * ANSWER_CHARACTERS:
            raise _WrongError(Wrong.TOO_LONG)
        text = plain_lines(said)
        if len(text) > ANSWER_CHARACTERS:
            raise _WrongError(Wrong.TOO_LONG)
        return Answer(question.number, question.text, text) if text else None
    if not said:
        return None
    if said not in {str(number) for number in range(1, len(question.choices) + 1)}:
        raise _WrongError(Wrong.NOT_A_CHOICE)
    choice = question.choices[int(said) - 1]
    return Answer(question.number, question.text, choice.text, choice.value)


def is_asked(state: SessionState, ending: Ended, began: datetime | None) -> bool:
    """Whether a survey belongs to a session: it is over, and someone was helped in it.

    Not where the secret was wrong: no one knows who came.
    """
    return state.is_final and began is not None and ending is not Ended.WRONG_SECRET


def is_open(ended_at: datetime, now: datetime) -> bool:
    """Whether a session's survey can still be answered."""
    return now < ended_at + OPEN_FOR


def own_page(page: str, session: int, values: Sequence[str]) -> str:
    """Return the address of an organisation's own survey with the session and its six fields (SURV-08 to SURV-11)."""
    fields = [*values, *("",) * len(FIELDS)][: len(FIELDS)]
    given = [("DesksideSessionID", str(session)), *((f"CField{n}", value) for n, value in enumerate(fields))]
    parts = urlsplit(page)
    query = "&".join(filter(None, (parts.query, urlencode(given, quote_via=quote))))
    return urlunsplit(parts._replace(query=query))
