"""Small turns add up to notches, and nothing is left over for later."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applet.input.wheel import NOTCH, PAUSE_SECONDS, Wheel

turns = st.lists(st.integers(1, 400), min_size=1, max_size=40)


@pytest.mark.finding("field-9")
@given(turns, st.sampled_from([1, -1]))
def test_one_way_without_a_pause_nothing_is_lost(sizes: list[int], way: int) -> None:
    wheel = Wheel()
    notches = sum(wheel.turn(0, way * size, 0.01 * place)[1] for place, size in enumerate(sizes))
    assert notches == way * (sum(sizes) // NOTCH)


@pytest.mark.finding("field-9")
@given(turns, st.integers(1, NOTCH))
def test_after_a_turn_back_or_a_pause_a_notch_is_one_notch(sizes: list[int], fraction: int) -> None:
    wheel, now = Wheel(), 0.0
    for size in sizes:
        wheel.turn(size, size, now)
    assert wheel.turn(-NOTCH, -NOTCH, now) == (-1, -1)
    wheel.turn(fraction, -fraction, now)
    assert wheel.turn(-NOTCH, NOTCH, now + PAUSE_SECONDS + 0.01) == (-1, 1)
