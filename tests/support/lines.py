"""A line in numbers: pictures go through a narrow place, one after the other, and come back as `shown`."""

from collections.abc import Callable
from dataclasses import dataclass, field

from codec.picture.rate.pacing import Pace
from codec.picture.rate.picture_budget import PictureBudget

STEP = 0.001


@dataclass
class Arrival:
    """One picture that was shown."""

    number: int
    size: int
    sent_at: float
    shown_at: float
    waited: float
    """How long it stood behind others in front of the narrow place."""


@dataclass
class Line:
    """`rate(now)` bytes a second, `delay` seconds each way."""

    rate: Callable[[float], float]
    delay: float
    arrivals: list[Arrival] = field(default_factory=list)

    def run(self, pace: Pace, size: Callable[[float, PictureBudget], int], seconds: float, begin: float = 0.0) -> None:
        """Send pictures as the pace allows; `size(now, budget)` says how large each is, 0 for none."""
        queue: list[list[float]] = []  # number, size, sent_at, left, entered, started
        on_the_way: list[tuple[float, Arrival]] = []
        coming_back: list[tuple[float, int]] = []
        number = 0
        for step in range(round(seconds / STEP)):
            now = begin + step * STEP
            while coming_back and coming_back[0][0] <= now:
                pace.shown(coming_back.pop(0)[1], now)
            while pace.wait(now) == 0.0 and (bytes_ := size(now, pace.budget(now, False))):
                pace.sent(number, bytes_, now)
                queue.append([number, bytes_, now, bytes_, now, -1.0])
                number += 1
            open_session = self.rate(now) * STEP
            while queue and open_session > 0:
                first = queue[0]
                if first[5] < 0:
                    first[5] = now
                used = min(open_session, first[3])
                first[3] -= used
                open_session -= used
                if first[3] <= 0:
                    queue.pop(0)
                    arrival = Arrival(int(first[0]), int(first[1]), first[2], now + self.delay, first[5] - first[4])
                    on_the_way.append((now + self.delay, arrival))
            while on_the_way and on_the_way[0][0] <= now:
                shown_at, arrival = on_the_way.pop(0)
                self.arrivals.append(arrival)
                coming_back.append((shown_at + self.delay, arrival.number))
