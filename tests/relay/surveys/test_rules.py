"""Surveys: which answers can be kept, and where an organisation's own survey is."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.wire.api_types import Ended, SessionState
from codec.wire.survey_types import ANSWER_CHARACTERS
from relay.surveys.rules import (
    OPEN_FOR,
    Answer,
    AnswersRefusedError,
    Choice,
    NoAnswersError,
    Question,
    Wrong,
    checked,
    is_asked,
    is_open,
    own_page,
    questions_of,
)

RATING = Question(2, "Were we quick?", True, (Choice("Yes", 5), Choice("No", -1)))
WRITTEN = Question(1, "What can we do better?")
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def row(text: str, **more: Any) -> dict[str, Any]:
    """Return a row of the setting."""
    return {"text": text, "type": "open", "required": False, "shown": True, "answers": []} | more


@pytest.mark.req("SURV-04", "SURV-05", "SURV-13", "SURV-15", "SURV-17")
def test_only_questions_that_are_shown_are_asked_and_each_keeps_its_number() -> None:
    answers = [{"text": "Good", "value": 10}, {"text": "", "value": 3}, {"text": "Bad", "value": -10}]
    rows = [
        row("Hidden", shown=False),
        row("How was it?", type="list", answers=answers, required=True),
        row(""),
        row("No answers", type="list"),
        row("Anything else?", answers=answers),
    ]
    assert questions_of(rows) == (
        Question(2, "How was it?", True, (Choice("Good", 10), Choice("Bad", -10))),
        Question(5, "Anything else?"),
    )
    assert len(questions_of([row("Again?")] * 12)) == 10


@pytest.mark.req("SURV-14", "SURV-17")
def test_what_is_kept_of_answers() -> None:
    found = checked([WRITTEN, RATING], {1: " \u202eMore\0 tea\r\nand cake ", 2: "2"})
    assert found == [
        Answer(1, WRITTEN.text, "More tea\nand cake"),
        Answer(2, RATING.text, "No", -1),
    ]
    assert checked([WRITTEN, RATING], {1: " \n", 2: "1", 9: "  "}) == [Answer(2, RATING.text, "Yes", 5)]


@pytest.mark.req("SURV-14")
@pytest.mark.parametrize(
    ("given_", "wrong"),
    [
        ({}, {2: Wrong.EMPTY}),
        ({1: "x" * (ANSWER_CHARACTERS + 1)}, {1: Wrong.TOO_LONG, 2: Wrong.EMPTY}),
        ({1: "x" * 1_000_000, 2: "1"}, {1: Wrong.TOO_LONG}),
        ({2: "3"}, {2: Wrong.NOT_A_CHOICE}),
        ({2: "0"}, {2: Wrong.NOT_A_CHOICE}),
        ({2: "Yes"}, {2: Wrong.NOT_A_CHOICE}),
        ({2: "²"}, {2: Wrong.NOT_A_CHOICE}),
        ({2: "1", 3: "x"}, {3: Wrong.UNKNOWN}),
    ],
)
def test_every_answer_that_is_wrong_is_named(given_: dict[int, str], wrong: dict[int, Wrong]) -> None:
    with pytest.raises(AnswersRefusedError) as refused:
        checked([WRITTEN, RATING], given_)
    assert refused.value.wrong == wrong


def test_nothing_is_no_answer() -> None:
    with pytest.raises(NoAnswersError):
        checked([WRITTEN], {1: "\u200b"})


QUESTIONS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 5)).map(
        lambda each: Question(0, "?", each[0], tuple(Choice(f"c{n}", n) for n in range(each[1])))
    ),
    max_size=10,
).map(lambda found: [Question(n, q.text, q.required, q.choices) for n, q in enumerate(found, 1)])


@given(QUESTIONS, st.dictionaries(st.integers(1, 12), st.text(max_size=1_200) | st.sampled_from(["1", "5", "6"])))
def test_whatever_is_sent_is_kept_whole_or_refused_by_name(questions: list[Question], said: dict[int, str]) -> None:
    known = {question.number: question for question in questions}
    try:
        found = checked(questions, said)
    except AnswersRefusedError as error:
        for number, wrong in error.wrong.items():
            assert (number in known) is (wrong is not Wrong.UNKNOWN)
        return
    except NoAnswersError:
        return
    assert [answer.number for answer in found] == sorted({answer.number for answer in found})
    for answer in found:
        question = known[answer.number]
        assert len(answer.text) <= ANSWER_CHARACTERS
        assert (answer.value is None) is not bool(question.choices)
        if question.choices:
            assert Choice(answer.text, answer.value or 0) == question.choices[int(said[answer.number]) - 1]
    assert all(question.number in {a.number for a in found} for question in questions if question.required)


@pytest.mark.req("SURV-08", "SURV-09", "SURV-11")
@pytest.mark.parametrize(
    ("page", "begins"),
    [
        (
            "https://ask.example/form",
            "https://ask.example/form?DesksideSessionID=7&CField0=Zo%C3%AB%20%26%20co&CField1=",
        ),
        ("https://ask.example/form?id=1", "https://ask.example/form?id=1&DesksideSessionID=7&CField0="),
        ("https://ask.example?", "https://ask.example?DesksideSessionID=7&CField0="),
        ("https://ask.example/f?a=%26b#end", "https://ask.example/f?a=%26b&DesksideSessionID=7&CField0="),
    ],
)
def test_session_and_fields_are_added_to_an_own_survey(page: str, begins: str) -> None:
    found = own_page(page, 7, ["Zoë & co", "30117"])
    assert found.startswith(begins)
    assert urlsplit(found).fragment == urlsplit(page).fragment
    assert parse_qs(urlsplit(found).query)["CField1"] == ["30117"]


@given(st.lists(st.text(max_size=64).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text)), max_size=6))
def test_every_value_arrives_as_it_was_entered(values: list[str]) -> None:
    found = parse_qsl(urlsplit(own_page("https://ask.example/?a=b", 7, values)).query, keep_blank_values=True)
    names = ["DesksideSessionID", "CField0", "CField1", "CField2", "CField3", "CField4", "CField5"]
    assert found == [("a", "b"), *zip(names, ["7", *values, *[""] * (6 - len(values))], strict=True)]


@pytest.mark.req("SESS-184")
def test_a_survey_belongs_to_what_has_ended_and_took_place() -> None:
    asked = is_asked(SessionState.CLOSED_BY_CUSTOMER, Ended.AS_ITS_STATE_SAYS, NOW)
    assert asked
    assert not is_asked(SessionState.ON_HOLD, Ended.AS_ITS_STATE_SAYS, NOW)
    assert not is_asked(SessionState.CLOSED_BY_WAITING_CUSTOMER, Ended.AS_ITS_STATE_SAYS, None)
    assert not is_asked(SessionState.CLOSED_BY_TECHNICIAN, Ended.WRONG_SECRET, NOW)
    assert is_open(NOW, NOW + OPEN_FOR - timedelta(seconds=1))
    assert not is_open(NOW, NOW + OPEN_FOR)
