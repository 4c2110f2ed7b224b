"""Three words hold against a relay that may do anything: 1 in 2²⁴ for each attempt, and each beyond the first shows."""

import math

import pytest

from codec.session import handshake
from codec.session.responder import ATTEMPTS
from tests.hostile.middle import AppletEnd, ConsoleEnd, Sign, force_words

RUNS = 500
"""Of ATTEMPTS attempts each. `python -m tests.hostile` makes a hundred thousand attempts and more."""


def test_f1_f3_forcing_the_words_succeeds_no_more_often_than_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """With words of one byte instead of three the relay's rate can be measured: it is 1 in 256 for each attempt."""
    monkeypatch.setattr(handshake, "sas_words", lambda key: (str(key[0]),))
    runs = [force_words(ConsoleEnd(None), AppletEnd(None)) for _ in range(RUNS)]
    attempts, won = sum(run.attempts for run in runs), sum(run.won for run in runs)
    expected = attempts / 256
    assert won == pytest.approx(expected, abs=5 * math.sqrt(expected))
    first = [run for run in runs if run.silent]
    assert len(first) == pytest.approx(RUNS / 256, abs=5 * math.sqrt(RUNS / 256))
    assert all(run.attempts == 1 for run in first)


def test_f1_f3_with_the_real_words_nobody_wins_and_every_attempt_beyond_the_first_shows() -> None:
    for _ in range(RUNS):
        run = force_words(ConsoleEnd(None), AppletEnd(None))
        assert not run.won
        assert run.attempts == ATTEMPTS
        assert run.signs.count(Sign.STARTED_AGAIN) == ATTEMPTS - 1
        assert run.signs[-1] is Sign.REFUSED


def test_f3_a_console_makes_one_attempt_for_each_session_that_is_opened() -> None:
    """F3: whatever comes back, a console answers one share; another one needs the technician's hand."""
    console = ConsoleEnd(None)
    commit = console.open()
    assert commit is not None
    shares = [answer for end in [AppletEnd(None) for _ in range(20)] if end.enter() and (answer := end.receive(commit))]
    assert len(shares) == 20
    assert [console.receive(share) is not None for share in shares] == [True] + [False] * 19
