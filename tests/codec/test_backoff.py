"""When programs come again: early once, ever more seldom, and never in step."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.backoff import Retries

CHANCES = st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=60)


@pytest.mark.finding("load-1.4")
@given(chances=CHANCES, asked=st.floats(0, 60))
def test_a_wait_is_at_least_what_was_asked_for_and_never_much_longer_than_the_longest(
    chances: list[float], asked: float
) -> None:
    given_ = iter(chances)
    retries = Retries(0.5, 30.0, lambda: next(given_))
    for _ in chances:
        assert asked <= retries.wait(asked) <= asked + max(30.0, asked / 2)


@pytest.mark.finding("load-1.4")
def test_the_first_try_comes_early_and_the_span_grows_up_to_the_last() -> None:
    retries = Retries(0.5, 20.0, lambda: 1.0)
    waits = [retries.wait() for _ in range(12)]
    assert waits[:4] == [0.5, 0.75, 1.125, 1.6875]
    assert waits == sorted(waits)
    assert waits[-2:] == [20.0, 20.0]
    retries.succeeded()
    assert retries.wait() == 0.5
    assert [retries.wait(most=2.0) for _ in range(5)][-1] == 2.0, "who has a reason comes back sooner"
    for _ in range(5_000):
        assert retries.wait() <= 20.0


@pytest.mark.finding("load-1.4")
def test_a_thousand_that_lost_the_same_server_are_spread() -> None:
    chance = random.Random(7).random
    many = [Retries(0.5, 20.0, chance) for _ in range(1_000)]
    tries = [0] * 40
    for each in many:
        at = 0.0
        while (at := at + each.wait()) < 40:
            tries[int(at)] += 1
    assert max(tries[10:]) < 250, "so many a second come to a server that stays away"
    assert tries[0] > 800, "most come early once"
