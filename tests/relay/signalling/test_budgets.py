"""How much an applet or a console may say: bounded in signals and in bytes, and given back with time."""

import pytest

from codec.token_bucket import Rate
from relay.signalling.budgets import Budget, TooMuchError

SIGNALS, DATA = Rate(per_second=1, burst=3), Rate(per_second=100, burst=1_000)


def test_a_burst_is_let_through_and_what_follows_waits_for_time() -> None:
    """One more after each second."""
    budget = Budget(SIGNALS, DATA, now=0.0)
    for _each in range(3):
        budget.spend(1, now=0.0)
    with pytest.raises(TooMuchError):
        budget.spend(1, now=0.0)
    budget.spend(1, now=1.0)


def test_few_large_signals_are_too_much_as_well() -> None:
    """Bytes are counted beside signals."""
    budget = Budget(SIGNALS, DATA, now=0.0)
    budget.spend(900, now=0.0)
    with pytest.raises(TooMuchError):
        budget.spend(200, now=0.0)


def test_what_is_not_said_is_not_saved_up() -> None:
    """After any silence there is one burst, no more."""
    budget = Budget(SIGNALS, DATA, now=0.0)
    for _each in range(3):
        budget.spend(1, now=1e6)
    with pytest.raises(TooMuchError):
        budget.spend(1, now=1e6)
