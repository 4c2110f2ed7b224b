"""The newest frame wins: how many pictures may be under way, how large they may be, and how that follows the line."""

from collections.abc import Callable
from random import Random
from statistics import quantiles

import pytest

from codec.picture.rate.pacing import FRAME_SECONDS, Pace
from codec.picture.rate.picture_budget import PictureBudget
from tests.support.lines import Arrival, Line

MBIT = 125_000.0
DELAY = 0.025
KNOWN = 16
"""After so many pictures a line is known."""


def steady(mbit: float) -> Callable[[float], float]:
    return lambda _now: mbit * MBIT


def everything(_now: float, budget: PictureBudget) -> int:
    return budget.bytes


def carried(arrivals: list[Arrival], since: float) -> float:
    """Return Mbit/s."""
    late = [arrival for arrival in arrivals if arrival.shown_at >= since]
    return sum(arrival.size for arrival in late) / (late[-1].shown_at - since) / MBIT


def waits(arrivals: list[Arrival], since: float) -> float:
    """Return how long nineteen of twenty pictures waited at most in front of the narrow place, in seconds."""
    return quantiles([arrival.waited for arrival in arrivals if arrival.sent_at >= since], n=20)[-1]


def test_the_first_picture_leaves_at_once_and_alone() -> None:
    pace = Pace()
    assert pace.wait(0.0) == 0.0
    pace.sent(0, 1000, 0.0)
    assert pace.wait(100.0) is None


def test_no_more_pictures_than_a_screen_can_show() -> None:
    pace = Pace()
    pace.sent(0, 1000, 0.0)
    pace.shown(0, 0.001)
    pace.sent(1, 1000, 1.0)
    wait = pace.wait(1.0)
    assert wait is not None
    assert 0 < wait <= FRAME_SECONDS


@pytest.mark.parametrize("mbit", [0.5, 2.0, 5.0, 50.0, 500.0])
@pytest.mark.parametrize("delay", [0.001, 0.025, 0.1])
def test_a_line_is_filled_and_nothing_queues_on_it(mbit: float, delay: float) -> None:
    line = Line(steady(mbit), delay)
    line.run(Pace(), everything, 8.0)
    assert carried(line.arrivals, 3.0) > 0.8 * mbit
    assert waits(line.arrivals, 3.0) < 0.1


def test_a_line_that_drops_from_5_to_half_a_megabit_queues_nothing_and_moves_again_soon() -> None:
    line = Line(lambda now: (5.0 if now < 5.0 else 0.5) * MBIT, DELAY)
    line.run(Pace(), everything, 12.0)
    assert waits(line.arrivals, 5.0) < 0.1
    assert min(arrival.shown_at for arrival in line.arrivals if arrival.sent_at > 5.1) < 7.0
    assert max(arrival.waited for arrival in line.arrivals if arrival.sent_at > 6.0) < 0.1


def always(size: int) -> Callable[[float, PictureBudget], int]:
    return lambda _now, _budget: size


def mixed(now: float, _budget: PictureBudget) -> int:
    return Random(now).choice((500, 1_500, 6_000, 12_000, 24_000))


@pytest.mark.parametrize("size", [everything, always(12_000), always(60_000), mixed])
@pytest.mark.parametrize("mbit", [16.0, 48.0, 160.0])
def test_a_line_that_falls_a_hundredfold_is_known_within_a_few_pictures(
    size: Callable[[float, PictureBudget], int], mbit: float
) -> None:
    fell, rate, taken_for = 5.0, mbit / 100 * MBIT, list[float]()

    def sent(now: float, budget: PictureBudget) -> int:
        if now > fell:
            taken_for.append(budget.bytes_per_second / rate)
        return size(now, budget)

    Line(lambda now: 100 * rate if now < fell else rate, DELAY / 5).run(Pace(), sent, 60.0)
    assert min(taken_for[:KNOWN]) < 2
    assert max(taken_for[KNOWN:]) < 3


def test_a_line_that_becomes_faster_is_used() -> None:
    line = Line(lambda now: (0.5 if now < 5.0 else 20.0) * MBIT, DELAY)
    line.run(Pace(), everything, 10.0)
    assert carried(line.arrivals, 7.0) > 15.0


def test_after_a_stall_the_present_is_shown_within_a_round_trip_and_a_frame() -> None:
    line = Line(lambda now: 0.0 if 5.0 <= now < 15.0 else 5 * MBIT, DELAY)
    line.run(Pace(), everything, 16.0)
    present = next(arrival for arrival in line.arrivals if arrival.sent_at >= 15.0)
    own_time = present.size / (5 * MBIT)
    assert present.shown_at - 15.0 <= 2 * DELAY + 1 / 20 + own_time


def test_small_changes_do_not_make_a_line_slow() -> None:
    pace, line = Pace(), Line(steady(20.0), DELAY)
    line.run(pace, everything, 3.0)
    line.run(pace, lambda now, _allowance: 400 if round(now * 1000) % 50 == 0 else 0, 5.0, begin=3.0)
    assert pace.budget(8.0, videos=False).bytes_per_second > 15 * MBIT


def test_a_small_picture_that_is_held_up_does_not_make_a_line_slow() -> None:
    pace, line = Pace(), Line(steady(20.0), DELAY)
    line.run(pace, everything, 3.0)
    pace.restart()
    before = pace.budget(3.0, videos=False).bytes_per_second
    for number, late in enumerate([0.2, 0.15, 0.3, 0.1] * 5, start=10_000):
        pace.sent(number, 22, float(number))
        pace.shown(number, number + 2 * DELAY + late)
    assert pace.budget(20_000.0, videos=False).bytes_per_second > 0.7 * before


def test_a_later_picture_answers_for_the_earlier_ones() -> None:
    pace = Pace()
    pace.sent(0, 10_000, 0.0)
    pace.shown(0, 0.1)
    pace.sent(1, 20_000, 1.0)
    pace.sent(2, 20_000, 1.1)
    pace.shown(2, 1.2)
    assert pace.wait(2.0) == 0.0


def test_unknown_numbers_mean_nothing() -> None:
    pace = Pace()
    pace.sent(5, 1000, 0.0)
    pace.shown(4, 0.1)
    assert pace.wait(1.0) is None


def test_a_viewer_that_begins_anew_owes_nothing() -> None:
    pace = Pace()
    pace.sent(0, 1000, 0.0)
    pace.restart()
    assert pace.wait(1.0) == 0.0
