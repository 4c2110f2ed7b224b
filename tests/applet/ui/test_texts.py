"""Whatever can go wrong has a sentence for the customer."""

import pytest

from applet.ui.texts import ENDINGS, PROBLEMS, translate, use_language
from codec.session.handshake import HandshakeProblem
from codec.wire.signals import Refusal


def test_every_refusal_and_every_failed_handshake_has_a_sentence() -> None:
    assert {refusal.value for refusal in Refusal} <= set(PROBLEMS)
    assert {problem.value for problem in HandshakeProblem} <= set(ENDINGS)


@pytest.mark.finding("use-B7")
@pytest.mark.req("I18N-21", "EDGE-49")
def test_whoever_speaks_a_language_that_is_not_there_reads_english() -> None:
    sentence = ENDINGS["customer"]
    try:
        assert use_language("nl") == "nl"
        assert translate(sentence) != sentence
        assert use_language("et") == "en", "dates and direction follow the words"
        assert use_language("ar") == "en"
        assert translate(sentence) == sentence
    finally:
        use_language("en")
