"""Secret digits hold against a relay that searches them: three guesses at each end, each of them seen."""

import math
import random

import pytest

from codec.session import handshake
from codec.session.handshake import HandshakeError
from codec.session.responder import SECRET_GUESSES
from codec.wire.roles import Role
from tests.hostile.middle import (
    AppletEnd,
    ConsoleEnd,
    Sign,
    guess_at_applet,
    guess_at_console,
    restarted,
    search_digits,
)
from tests.hostile.pake import IdealPake

RUNS = 3_000
WRONG = ("0000", "0001", "0002", "0003", "0004")


def test_f2_the_console_is_no_oracle_for_more_than_three_guesses() -> None:
    """F2: with the real SPAKE2. The relay drops each attempt without a confirmation; the technician sees each."""
    console = ConsoleEnd("8523")
    assert [guess_at_console(console, guess) for guess in WRONG] == [False] * SECRET_GUESSES + [None, None]
    assert console.signs.count(Sign.UNCONFIRMED) == SECRET_GUESSES
    assert guess_at_console(console, "8523") is None


def test_f2_the_applet_is_no_oracle_for_more_than_three_guesses() -> None:
    applet = AppletEnd("8523")
    assert [guess_at_applet(applet, guess) for guess in WRONG] == [False] * SECRET_GUESSES + [None, None]
    assert applet.signs.count(Sign.REFUSED) == len(WRONG)
    assert guess_at_applet(applet, "8523") is None


def test_f2_restarts_give_no_guesses_back() -> None:
    console, applet = ConsoleEnd("8523"), AppletEnd("8523")
    for guess in WRONG:
        guess_at_console(console, guess)
        guess_at_applet(applet, guess)
        restarted(console, applet)
    assert console.secret_attempts.left(12) == 0
    assert guess_at_console(console, "8523") is None
    assert guess_at_applet(applet, "8523") is None


@pytest.mark.parametrize("between", [lambda _console, _applet: None, restarted], ids=["running", "restarted"])
def test_f2_searching_succeeds_no_more_often_than_its_guesses(between: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """F2: whatever is guessed at both ends, six guesses of ten thousand are all there are, and each but a hit shows."""
    monkeypatch.setattr(handshake, "_spake", IdealPake)
    chance = random.Random(7)
    won = 0
    for _ in range(RUNS):
        run = search_digits(f"{chance.randrange(10_000):04}", chance, between)  # type: ignore[arg-type]
        won += run.won
        misses = run.attempts - 1 if run.won else SECRET_GUESSES
        assert run.signs.count(Sign.UNCONFIRMED) >= misses
        assert run.attempts <= SECRET_GUESSES
    expected = RUNS * 2 * SECRET_GUESSES / 10_000
    assert won <= expected + 5 * math.sqrt(expected)


def test_the_ideal_exchange_agrees_exactly_when_the_real_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the fast runs stand on: for right and wrong secrets, both exchanges end alike."""
    for secret, guess in (("8523", "8523"), ("8523", "8524"), ("8523", "")):
        real = guess_at_applet(AppletEnd(secret), guess)
        with monkeypatch.context() as patch:
            patch.setattr(handshake, "_spake", IdealPake)
            assert guess_at_applet(AppletEnd(secret), guess) is real
    with pytest.raises(HandshakeError):
        handshake._finish(handshake._spake(Role.CONSOLE, "7", "1", bytes(range(64))), b"A" + bytes(32))
