"""What customers who wait are told, and how far that is from what becomes true."""

import heapq
import random
from collections import deque
from datetime import UTC, datetime, timedelta
from statistics import mean, median

import pytest

from relay.sessions.waits import LAST, Waits, estimate_seconds, positions

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
SIMULATED = 6_000
"""So many customers come in each simulation."""


def waits(session: int, seconds: int, channel: int | None = 1, person: int | None = None) -> Waits:
    """Return a session that has waited for so long."""
    return Waits(session, NOW - timedelta(seconds=seconds), channel, person)


@pytest.mark.req("SESS-57", "APP-41")
def test_who_waits_longest_is_first_in_each_channel() -> None:
    waiting = [waits(1, 10), waits(2, 30), waits(3, 20, channel=2), waits(4, 30), waits(5, 99, None, 7)]
    assert positions(waiting) == {2: 1, 4: 2, 1: 3, 3: 1}, "a private session has no queue"


@pytest.mark.req("SESS-55", "SESS-56")
def test_the_estimate_is_the_mean_of_the_last_ten() -> None:
    assert estimate_seconds([60_000, 120_000]) == 90
    assert estimate_seconds([60_000] * LAST + [9_000_000]) == 60
    assert estimate_seconds([]) is None, "without any there is nothing to tell"


def simulated(technicians: int, load: float, seed: int) -> list[tuple[int, float]]:
    """Return what customers were told when they came, and how long they waited, in seconds.

    Customers come at random, and sessions take eight minutes on average (both exponential, M/M/n). The technicians are
    busy for this part of their time; a session is picked up by the one who is free first, in the order of the queue.
    """
    chance = random.Random(seed)
    takes = 480.0
    between = takes / (technicians * load)
    free = [0.0] * technicians
    told, picked_up, now = list[tuple[int, float]](), list[tuple[float, float]](), 0.0
    last, following = deque[int](maxlen=LAST), 0
    for _ in range(SIMULATED):
        now += chance.expovariate(1 / between)
        while following < len(picked_up) and picked_up[following][0] <= now:  # only what has happened by now is known
            last.appendleft(round(picked_up[following][1] * 1000))
            following += 1
        begins = max(now, heapq.heappop(free))
        heapq.heappush(free, begins + chance.expovariate(1 / takes))
        picked_up.append((begins, begins - now))
        estimate = estimate_seconds(list(last))
        if estimate is not None:
            told.append((estimate, begins - now))
    return told


@pytest.mark.req("SESS-56")
@pytest.mark.parametrize(("technicians", "load", "most"), [(4, 0.6, 60), (4, 0.8, 150), (12, 0.9, 120), (4, 0.95, 400)])
def test_how_far_the_estimate_is_from_the_truth(technicians: int, load: float, most: int) -> None:
    """Half of all are within `most` seconds. It lags behind a queue that grows, so it is a little low on average."""
    told = simulated(technicians, load, seed=7)
    errors = [abs(estimate - waited) for estimate, waited in told]
    bias = mean(estimate for estimate, _ in told) - mean(waited for _, waited in told)
    truth = mean(waited for _, waited in told)
    tenth = sorted(errors)[len(errors) * 9 // 10]
    print(
        f"\n{technicians} technicians, {load:.0%} busy: waited {truth:.0f} s on average, estimate {bias:+.0f} s off, "
        f"half within {median(errors):.0f} s, nine of ten within {tenth:.0f} s"
    )
    assert -0.2 * truth <= bias <= 0
    assert median(errors) <= most
