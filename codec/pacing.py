"""When the next picture may leave: the newest frame wins, and nothing queues.

Method: a picture counts as under way until the viewer says that it is shown. While pictures come back as fast as the
line's own round trip, a few may be under way at once, so that distance does not cost frames; as soon as they take
longer, something on the way is filling up, and only one is. The screen is read when a picture may leave, not before, so
a viewer that was stalled gets the present and never the past. Left out on purpose: a bit rate. It would need a model of
the line, and the round trip of each picture already is the measurement.
"""

from collections import OrderedDict

MAX_UNDER_WAY = 6
FRAME_SECONDS = 1 / 60
"""No viewer sees more than its own screen can show."""
SLACK_SECONDS = 0.08
"""How much longer than the shortest a round trip may take before it counts as queueing."""
_FORGET = 0.03


class Pace:
    """The pace of one viewer of one display. Times are seconds of any steady clock."""

    def __init__(self) -> None:
        self._under_way: OrderedDict[int, float] = OrderedDict()
        self._sent_at = -FRAME_SECONDS
        self._shortest: float | None = None
        self._latest = 0.0

    def wait(self, now: float) -> float | None:
        """Seconds until the next picture may leave: 0.0 is now, None is when `shown` has been called again."""
        if len(self._under_way) >= self._allowed():
            return None
        return max(0.0, self._sent_at + FRAME_SECONDS - now)

    def sent(self, number: int, now: float) -> None:
        """The picture with this number has left."""
        self._under_way[number] = now
        self._sent_at = now

    def shown(self, number: int, now: float) -> None:
        """The viewer shows this picture, and so every earlier one is done with. Unknown numbers mean nothing."""
        if number not in self._under_way:
            return
        while self._under_way:
            oldest, sent_at = self._under_way.popitem(last=False)
            if oldest == number:
                self._note(now - sent_at)
                return

    def restart(self) -> None:
        """Forget what is under way, because the viewer began anew."""
        self._under_way.clear()

    def _note(self, round_trip: float) -> None:
        self._latest = round_trip
        if self._shortest is None or round_trip < self._shortest:
            self._shortest = round_trip
        else:
            # A line can become longer for good (another network); so the shortest is believed less as time goes by.
            self._shortest += _FORGET * (round_trip - self._shortest)

    def _allowed(self) -> int:
        if self._shortest is None or self._latest > self._shortest + SLACK_SECONDS:
            return 1
        return min(MAX_UNDER_WAY, 2 + int(self._shortest / FRAME_SECONDS))
