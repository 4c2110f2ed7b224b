"""A viewer that takes its time is no slow line: fewer pictures, neither smaller ones nor any that wait for it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import pytest

from codec.picture.rate.pacing import FRAME_SECONDS, Pace
from codec.picture.rate.picture_budget import HELPING_SECONDS, PACKET_BYTES, SMALL
from tests.support.lines import Arrival

MBIT = 125_000.0
PHOTOGRAPH = 1_200_000
"""What 1280×800 pixels of a photograph take exactly, apart from what shows them at once."""
LEAST = 1_200
"""A packet with nothing else makes a few tiles exact, whatever its budget (see rate_control)."""
LINE_TIMES, PICTURES = 2.5, 80
"""The bound: so many times what the line needs for it, and so many pictures that take the viewer its longest."""
LONG_SECONDS = 1_000.0
KNOWN = 30
"""After so many pictures the viewer is known."""
NEARLY = 1e-9
SEEDS = range(3)


@dataclass
class SlowViewer:
    """Shows one picture after the other, each after `own()` seconds, behind a line of `rate` bytes a second."""

    own: Callable[[], float]
    rate: float
    delay: float
    pace: Pace = field(default_factory=Pace)
    arrivals: list[Arrival] = field(default_factory=list)
    budgets: list[int] = field(default_factory=list)
    now: float = 0.0
    _through: float = 0.0
    _shown: float = 0.0
    _coming: deque[tuple[float, int]] = field(default_factory=deque)

    def see(self, owed: float, until: float = LONG_SECONDS) -> float:
        """Send what is owed, and return when all of it is shown."""
        began = self.now
        while owed > 0 and self.now < until:
            wait = self.pace.wait(self.now)
            if wait is not None and wait < NEARLY:
                owed -= self._send(owed)
            elif self._coming and (wait is None or self._coming[0][0] <= self.now + wait):
                self._confirm()
            else:
                assert wait is not None, "the pace waits for a picture that was shown"
                self.now += wait
        while self._coming:
            self._confirm()
        return self.now - began

    def _send(self, owed: float) -> float:
        bytes_ = self.pace.budget(self.now, videos=False).bytes
        size = int(min(max(bytes_, LEAST), owed)) or 1
        number = len(self.arrivals)
        self.budgets.append(bytes_)
        self.pace.sent(number, size, self.now)
        self._through = max(self.now, self._through) + size / self.rate
        arrived = self._through + self.delay
        waited = max(self._shown - arrived, 0.0)
        self._shown = arrived + waited + self.own()
        self.arrivals.append(Arrival(number, size, self.now, self._shown, waited))
        self._coming.append((self._shown + self.delay, number))
        return size if number else 0.0

    def _confirm(self) -> None:
        at, number = self._coming.popleft()
        self.now = max(self.now, at)
        self.pace.shown(number, self.now)


def always(longest: float, _random: Random) -> Callable[[], float]:
    return lambda: longest


def now_and_then(longest: float, random: Random) -> Callable[[], float]:
    """At once or late, as on a busy computer."""
    return lambda: random.choice((0.0, longest))


def mostly_soon(longest: float, random: Random) -> Callable[[], float]:
    return lambda: min(random.expovariate(4 / longest), longest) if longest else 0.0


@pytest.mark.parametrize("kind", [always, now_and_then, mostly_soon])
@pytest.mark.parametrize("longest", [0.0, 0.02, 0.1, 0.4, 0.8])
@pytest.mark.parametrize("mbit", [0.5, 2.0, 20.0, 800.0])
@pytest.mark.parametrize("delay", [0.0005, 0.025])
def test_a_photograph_is_exact_in_bounded_time(
    kind: Callable[[float, Random], Callable[[], float]], longest: float, mbit: float, delay: float
) -> None:
    bound = LINE_TIMES * PHOTOGRAPH / (mbit * MBIT) + PICTURES * (longest + 2 * delay + FRAME_SECONDS)
    for seed in SEEDS:
        viewer = SlowViewer(kind(longest, Random(seed)), mbit * MBIT, delay)
        assert viewer.see(PHOTOGRAPH) < bound


@pytest.mark.parametrize("own", [0.1, 0.4, 1.0])
def test_pictures_for_a_slow_viewer_are_packets_at_least(own: float) -> None:
    viewer = SlowViewer(lambda: own, 100 * MBIT, 0.025)
    viewer.see(PHOTOGRAPH)
    assert min(viewer.budgets) >= PACKET_BYTES / SMALL
    assert sum(bytes_ < PACKET_BYTES for bytes_ in viewer.budgets) <= len(viewer.budgets) / 4


@pytest.mark.parametrize("own", [0.05, 0.1, 0.4])
def test_few_pictures_wait_for_a_slow_viewer(own: float) -> None:
    viewer = SlowViewer(lambda: own, 100 * MBIT, 0.025)
    viewer.see(20 * PHOTOGRAPH)
    waited = [arrival.waited / own for arrival in viewer.arrivals]
    assert max(waited) < 5
    assert max(waited[KNOWN:]) < 2


def test_a_viewer_that_is_quick_again_gets_small_pictures_again() -> None:
    viewer = SlowViewer(lambda: 0.4 if viewer.now < 10.0 else 0.0, 2 * MBIT, 0.025)
    viewer.see(100 * PHOTOGRAPH, until=10.0)
    slow = max(viewer.budgets[-8:])
    viewer.see(100 * PHOTOGRAPH, until=viewer.now + 15.0)
    quick = viewer.budgets[-8:]
    assert max(quick) < 2 * MBIT * 1.5 * HELPING_SECONDS < slow / 4
