"""When the next picture may leave: the newest frame wins, and nothing queues. `picture_budget`: how large it may be.

Method: a picture is under way until the viewer says that it is shown. From its bytes, and from the time that passed
since the picture before it was shown, follows what the line (and a viewer that is slow to paint) carries in a second;
the shortest round trip of the last seconds is the line's own length. So many bytes may be under way as the line holds,
and one small helping more that keeps it busy: what waits in front of the narrowest place is never worth more than a
few hundredths of a second. What the viewer takes whatever the size (`viewer_time`) is no length of the line: a slow
viewer gets fewer pictures, neither smaller ones nor many that wait for it. After a late picture a small one goes alone:
it tells whether the line has become slow or the viewer. The screen is read when a picture may leave, not before, so a
viewer that was stalled gets the present and never the past.

The bound: all that is lossy at rest is exact within 2.5 times what the line needs for it, and 80 pictures that take the
viewer its longest (tests/codec/picture/rate/test_slow_viewers.py).

Pictures that are too small to tell anything are not measured: a blinking cursor takes as long on a fast line as on a
slow one. A guess that is too low mends itself, because pictures that come back early raise it. Left out: probing for
more than is needed, fairness with other streams (TCP below a tunnel and SCTP below a data channel see to that).
"""

from collections import OrderedDict
from dataclasses import dataclass

from codec.picture.rate.picture_budget import (
    PACKET_BYTES,
    PictureBudget,
    budget_for,
    first_budget,
    is_small,
)
from codec.picture.rate.throughput import Throughput
from codec.picture.rate.viewer_time import STALL_SECONDS, ViewerTime

FRAME_SECONDS = 1 / 60
"""No viewer sees more than its own screen can show."""
SLACK_SECONDS = 0.01
"""So much more than the line's own length may be under way."""
FIRST_BYTES_PER_SECOND = 500_000.0
"""What a line is taken for until it was measured: 4 Mbit/s."""
LEAST, MOST = 4_000.0, 250_000_000.0
"""Bytes a second that are believed at all."""
MEMORY_SECONDS = 10.0
"""For so long, at least, a shortest round trip is remembered."""
TELLING_SECONDS = 0.003
"""A picture that should take the line less than this says nothing of it, unless it took much longer."""
LATE_SECONDS = 0.03
LATE = 1.5
UP, DOWN, LEAP, CREEP = 0.5, 0.7, 2.0, 1.1


@dataclass(frozen=True)
class _Picture:
    sent_at: float
    size: int


class Pace:
    """The pace of one viewer of one display. Times are seconds of any steady clock."""

    def __init__(self) -> None:
        self._under_way: OrderedDict[int, _Picture] = OrderedDict()
        self._bytes_under_way = 0
        self._sent = 0
        self._sent_at = -FRAME_SECONDS
        self._shown_at = float("-inf")
        self._rate = FIRST_BYTES_PER_SECOND
        self._confirmed = 0
        self._is_stalled = self._was_late = False
        self._shortest = _Shortest()
        self._viewer = ViewerTime()
        self.throughput = Throughput()

    def wait(self, now: float) -> float | None:
        """Seconds until the next picture may leave: 0.0 is now, None is when `shown` has been called again."""
        if self._under_way and (self._is_full() or self._is_late(now)):
            return None
        return max(0.0, self._sent_at + FRAME_SECONDS - now)

    def budget(self, now: float, videos: bool) -> PictureBudget:
        """Return what the next picture may take, when it leaves now."""
        if not self._confirmed:
            return first_budget(now, self._rate, videos)
        small = self._was_late or is_small(self._sent, self._viewer.seconds if self._viewer.is_known else None)
        return budget_for(now, self._rate, self._viewer.seconds, small, videos)

    def sent(self, number: int, size: int, now: float) -> None:
        """The picture with this number has left, with so many bytes."""
        self._under_way[number] = _Picture(now, size)
        self._bytes_under_way += size
        self._sent_at = now
        self._sent += 1

    def shown(self, number: int, now: float) -> None:
        """The viewer shows this picture, and so every earlier one is done with. Unknown numbers mean nothing."""
        if number not in self._under_way:
            return
        size = 0
        while self._under_way:
            oldest, picture = self._under_way.popitem(last=False)
            size += picture.size
            if oldest == number:
                self._bytes_under_way -= size
                self._note(size, picture.sent_at, now)
                return

    def waited(self, now: float) -> float:
        """Return for how many seconds the oldest picture has been under way and nothing was shown, 0 where none is."""
        oldest = next(iter(self._under_way.values()), None)
        return 0.0 if oldest is None else now - max(oldest.sent_at, self._shown_at)

    def restart(self) -> None:
        """Forget what is under way, because the viewer started over."""
        self._under_way.clear()
        self._bytes_under_way = 0

    def _is_late(self, now: float) -> bool:
        """Whether the oldest picture should have been shown long ago: the line has become slower, or stands still."""
        oldest = next(iter(self._under_way.values()))
        expected = self._length() + self._viewer.seconds + self._bytes_under_way / self._rate
        return now - max(oldest.sent_at, self._shown_at) > expected + LATE_SECONDS

    def _is_full(self) -> bool:
        """Whether as much is under way as the line holds, or more pictures than were ever shown.

        The first one goes alone, for it measures the line, and so does one after a late one. So how slow the viewer is
        shows before many wait for it.
        """
        takes = max(self._bytes_under_way / self._rate, len(self._under_way) * self._viewer.seconds)
        is_alone = self._was_late and self._sent_at >= self._shown_at
        return is_alone or len(self._under_way) > self._confirmed or takes >= self._length() + SLACK_SECONDS

    def _length(self) -> float:
        """Return the line's own length in seconds, there and back."""
        return max(self._shortest.seconds - self._viewer.seconds, 0.0)

    def _note(self, size: int, sent_at: float, now: float) -> None:
        expected, viewer = size / self._rate, self._viewer.seconds
        self._confirmed += 1
        first = self._confirmed == 1
        self._shortest.note(now - sent_at, now, guess=first)
        # The line was free when the picture before was through, or when this one reached its narrow place.
        arrived = sent_at + self._length()
        was_busy, took = self._shown_at >= arrived, max(now - max(self._shown_at, arrived), 1e-6)
        self._shown_at = now
        self._was_late = took > (expected + viewer) * LATE + LATE_SECONDS
        self.throughput.note(size, took, now)
        if first:
            self._rate = size / took
        else:
            self._viewer.note(size, took, self._rate)
            was_stalled, self._is_stalled = self._is_stalled, took > STALL_SECONDS
            if self._is_stalled and not was_stalled:  # one that stood still says nothing of what it carries; two do
                self._was_late = not self._under_way  # else the next one tells
                return
            if (expected < TELLING_SECONDS and took < LATE_SECONDS) or (expected < viewer and took < viewer * LATE):
                return
            if was_busy or took > expected * LATE:
                trust = UP if took < expected else DOWN * size / (size + PACKET_BYTES)
                self._rate += trust * (min(size / took, self._rate * LEAP) - self._rate)
            elif took < expected:
                self._rate *= CREEP
        self._rate = min(max(self._rate, LEAST), MOST)


class _Shortest:
    """The shortest of the round trips of the last MEMORY_SECONDS or a little more; half of the first, until another."""

    def __init__(self) -> None:
        self._now = self._before = float("inf")
        self._since = 0.0
        self._guess = 0.0

    @property
    def seconds(self) -> float:
        """The shortest round trip."""
        return self._guess or min(self._now, self._before)

    def note(self, round_trip: float, now: float, guess: bool) -> None:
        """A round trip took so long. The first one is part line, part waiting, and nobody knows which."""
        self._guess = round_trip / 2 if guess else 0.0
        if now - self._since > MEMORY_SECONDS:
            self._before, self._now, self._since = self._now, float("inf"), now
        self._now = min(self._now, round_trip)
