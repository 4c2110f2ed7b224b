"""The times of a recording: when something changes, where it is quiet, and where a viewer goes next. Pure.

All times are microseconds since the recording began.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SECOND = 1_000_000
STILL = 2 * SECOND
"""After so long without a change the next one begins something new."""
QUIET = 4 * SECOND
BEFORE, AFTER = SECOND // 2, SECOND
"""What plays of a quiet part: its first second, and half a second before it ends."""
SPEEDS = (0.5, 16.0)

Span = tuple[int, int]


@dataclass(frozen=True)
class Timeline:
    """`changes` are the times of all pictures, `moments` those of all marks, both rising."""

    duration: int
    changes: Sequence[int]
    moments: Sequence[int] = ()
    quiet: list[Span] = field(init=False)
    """What is left out where quiet parts are skipped."""

    def __post_init__(self) -> None:
        times = sorted({0, *self.changes, *self.moments, self.duration})
        quiet = [(one + AFTER, other - BEFORE) for one, other in pairwise(times) if other - one >= QUIET]
        object.__setattr__(self, "quiet", quiet)

    def within(self, at: int) -> int:
        """Return the nearest time that the recording has."""
        return min(max(at, 0), self.duration)

    def picture_at(self, at: int) -> int | None:
        """Return the time of the picture to show then: nobody saw anything before the first, so that stands there."""
        place = bisect_right(self.changes, at)
        return self.changes[max(place - 1, 0)] if self.changes else None

    def step(self, at: int, by: int) -> int:
        """Return the time of the next picture, or of the one before that which is seen, as far as there is one."""
        if by > 0:
            place = bisect_right(self.changes, at)
            return self.changes[place] if place < len(self.changes) else self.within(at)
        seen = bisect_right(self.changes, at) - 1
        return self.changes[max(seen - 1, 0)] if self.changes else 0

    def change(self, at: int, by: int) -> int:
        """Return where something changes again after STILL, behind `at` or before it."""
        begins = self._beginnings()
        if by > 0:
            place = bisect_right(begins, at)
            return begins[place] if place < len(begins) else self.duration
        place = bisect_left(begins, at - SECOND // 2)  # who has just come there wants to go further back
        return begins[place - 1] if place else 0

    def skipped(self, at: int) -> int:
        """Return where to go on from here when quiet parts are left out."""
        place = bisect_right(self.quiet, (at, self.duration + 1)) - 1
        return self.quiet[place][1] if place >= 0 and at < self.quiet[place][1] else at

    def activity(self, weights: Sequence[int], parts: int) -> list[int]:
        """Return how much changes in equal parts of the recording, 0 to 100; `weights` are the changes' bytes."""
        sums = [0] * parts
        for time, weight in zip(self.changes, weights, strict=True):
            sums[min(time * parts // max(self.duration, 1), parts - 1)] += weight
        most = math.log1p(max(sums, default=0)) or 1.0
        return [round(100 * math.log1p(each) / most) for each in sums]

    def _beginnings(self) -> list[int]:
        found: list[int] = []
        before = -STILL
        for time in self.changes:
            if time - before >= STILL:
                found.append(time)
            before = time
        return found


@dataclass
class Playhead:
    """Where a recording stands. `now` is a steady clock in microseconds."""

    timeline: Timeline
    at: int = 0
    playing: bool = False
    speed: float = 1.0
    skips: bool = False
    _since: int = 0

    def look(self, now: int, may_run: bool = True) -> int:
        """Return where it stands now; without `may_run` time has stood still since it was asked last."""
        if self.playing and may_run:
            self.at = self.timeline.within(self.at + int((now - self._since) * self.speed))
            if self.skips:
                self.at = self.timeline.skipped(self.at)
            self.playing = self.at < self.timeline.duration
        self._since = now
        return self.at

    def go(self, at: int) -> None:
        """Go somewhere."""
        self.at = self.timeline.within(at)

    def play(self, now: int) -> None:
        """Run, from the beginning where the end was reached."""
        self.at = 0 if self.at >= self.timeline.duration else self.at
        self.playing, self._since = True, now

    def run_at(self, speed: float) -> None:
        """Run so many times as fast as it was."""
        if math.isfinite(speed):
            self.speed = min(max(speed, SPEEDS[0]), SPEEDS[1])
