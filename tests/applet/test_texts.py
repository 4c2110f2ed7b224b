"""Whatever can go wrong has a sentence for the customer."""

from applet.texts import ENDINGS, PROBLEMS
from codec.handshake import HandshakeProblem
from codec.signals import Refusal


def test_every_refusal_and_every_failed_handshake_has_a_sentence() -> None:
    assert {refusal.value for refusal in Refusal} <= set(PROBLEMS)
    assert {problem.value for problem in HandshakeProblem} <= set(ENDINGS)
