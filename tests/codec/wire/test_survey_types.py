"""What programs take for a survey: whatever a relay says, its page is one of the web."""

import msgspec
import pytest

from codec.wire.survey_types import Survey, SurveyAnswers


@pytest.mark.parametrize(
    "page", ["javascript:alert(1)", " https://a.example", "data:text/html,x", "https://a.example/\n", "//a.example"]
)
def test_a_page_is_one_of_the_web(page: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode({"kind": "own", "page": page}), type=Survey)
    assert msgspec.json.decode(b'{"page": "https://a.example/?b=1"}', type=Survey).page == "https://a.example/?b=1"


@pytest.mark.parametrize("number", ["0", "01", "100", "-1", "q1", "\u0661"])
def test_answers_go_by_numbers_of_questions(number: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode({"reference": "", "answers": {number: "x"}}), type=SurveyAnswers)
