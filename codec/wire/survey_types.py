"""What relay and programs say of the survey at the end of a session."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

QUESTIONS = 10
ANSWER_CHARACTERS = 1_000
"""The longest answer that is written."""
_MAX_REFERENCE = 200
_MAX_PAGE = 10_000
WebPage = Annotated[str, Meta(pattern=r"^(https?://[^\s]+)?\Z", max_length=_MAX_PAGE)]
"""Nothing that a browser would run, whatever the relay says."""
Reference = Annotated[str, Meta(max_length=_MAX_REFERENCE)]


class SurveyKind(StrEnum):
    """What is asked at the end of a session."""

    NONE = "none"
    BUILT_IN = "built_in"
    OWN = "own"
    """A page of the organisation's, elsewhere."""


class SurveyQuestion(Struct, frozen=True, kw_only=True):
    """One question, by its place in the survey from 1. Without choices the answer is written."""

    number: int
    text: str
    required: bool = False
    choices: list[str] = []


class Survey(Struct, frozen=True, kw_only=True):
    """What someone is asked at the end of a session. Answers come with the `reference` of what was shown."""

    kind: SurveyKind = SurveyKind.NONE
    questions: list[SurveyQuestion] = []
    reference: str = ""
    page: WebPage = ""
    """Where the organisation's own survey is."""
    answered: bool = False


class SurveyAnswers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers by the numbers of their questions. Of a question with choices it is the number of one, from 1."""

    reference: Reference
    answers: Annotated[
        dict[Annotated[str, Meta(pattern=r"^[1-9][0-9]?$")], Annotated[str, Meta(max_length=4 * ANSWER_CHARACTERS)]],
        Meta(max_length=QUESTIONS),
    ]
