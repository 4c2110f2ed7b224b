"""How large a picture may be, from what the line carries and how long the viewer takes."""

import pytest

from codec.picture.rate.picture_budget import (
    FIRST_HELPING_SECONDS,
    HELPING_SECONDS,
    PACKET_BYTES,
    SMALL,
    SMALL_EACH,
    SMALL_EACH_AT_FIRST,
    SMALL_EACH_SLOW,
    TELLS,
    VIEWER_TIMES,
    budget_for,
    first_budget,
    is_small,
)

RATE = 400_000.0


def test_a_picture_takes_the_line_for_a_helping() -> None:
    budget = budget_for(7.0, RATE, 0.0, small=False, videos=True)
    assert (budget.now, budget.bytes_per_second, budget.videos) == (7.0, RATE, True)
    assert budget.bytes == RATE * HELPING_SECONDS


def test_the_first_may_be_larger() -> None:
    assert first_budget(0.0, RATE, videos=False).bytes == RATE * FIRST_HELPING_SECONDS


@pytest.mark.parametrize(("viewer", "each"), [(0.001, SMALL_EACH), (0.4, SMALL_EACH_SLOW), (None, SMALL_EACH_AT_FIRST)])
def test_one_of_so_many_is_small_and_tells_of_line_and_viewer(viewer: float | None, each: int) -> None:
    assert [is_small(sent, viewer) for sent in range(4 * each)].count(True) == 4
    assert budget_for(0.0, RATE, 0.0, small=True, videos=False).bytes == RATE * HELPING_SECONDS / SMALL


def test_for_a_slow_viewer_a_picture_is_larger() -> None:
    assert budget_for(0.0, RATE, 0.4, small=False, videos=False).bytes == RATE * VIEWER_TIMES * 0.4


def test_pictures_on_a_slow_line_do_not_grow_because_small_ones_take_long_too() -> None:
    assert VIEWER_TIMES / 2 < TELLS < SMALL, "at least half of what a small one takes is not told of the viewer"


def test_a_picture_is_never_less_than_a_packet() -> None:
    assert budget_for(0.0, 10.0, 0.0, small=False, videos=False).bytes == PACKET_BYTES
