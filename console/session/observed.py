"""What this console sees of how a session goes, for the rules in codec/session/diagnosis.py. Pure: times are arguments.

Times are seconds of a steady clock, but for `tick`, which also hears the wall's: only that one runs on while a computer
is asleep.
"""

from collections import OrderedDict, deque
from itertools import pairwise
from statistics import median

from codec.session.diagnosis import Fact, facts_of
from codec.wire.messages import (
    Key,
    Message,
    Notice,
    Picture,
    PointerButton,
    Shown,
    Stats,
    Trouble,
    Watch,
)

KEPT = 20
"""Of so many pictures, and so many keys, the median is told."""
STATS_SECONDS = 30.0
"""What the customer's side measured holds for so long: it says it every two seconds while pictures travel."""
RTT_SECONDS, FEWEST_RTTS = 5.0, 4
ASLEEP_SECONDS = 30.0
"""For so long it is worth saying that this computer slept."""
MOST_TICK_SECONDS = 4.0
"""A second that takes longer was a sleep."""
MOST_WAITING = 600


class Observed:
    """Of one session. Everything that passes is shown to it."""

    def __init__(self) -> None:
        self._stats: tuple[float, Stats] | None = None
        self._arrived: OrderedDict[tuple[int, int], float] = OrderedDict()
        self._shown_after: deque[float] = deque(maxlen=KEPT)
        self._pressed_at: float | None = None
        self._key_took: deque[float] = deque(maxlen=KEPT)
        self._rtts: deque[tuple[float, float]] = deque()
        self._picture_at: float | None = None
        self._unreadable = False
        self._was_direct = False
        self._ticked_at: float | None = None
        self._slept: tuple[float, float] | None = None

    def heard(self, message: Message, now: float) -> None:
        """The applet says this, and it has passed the filter."""
        match message:
            case Stats():
                self._stats = now, message
            case Picture(display=display, number=number):
                self._arrived[display, number] = self._picture_at = now
                if len(self._arrived) > MOST_WAITING:
                    self._arrived.popitem(last=False)
                if self._pressed_at is not None:
                    self._key_took.append(now - self._pressed_at)
                    self._pressed_at = None
            case Notice(trouble=Trouble.DISPLAY_LOST | Trouble.CAPTURE_FAILED, on=on):
                self._unreadable = on

    def said(self, message: Message, now: float) -> None:
        """The applet is told this."""
        match message:
            case Shown(display=display, number=number):
                if (display, number) in self._arrived:
                    while (first := next(iter(self._arrived))) != (display, number):
                        del self._arrived[first]
                    self._shown_after.append(now - self._arrived.pop(first))
            case Watch():
                self._arrived.clear()
                self._picture_at = None
            case Key() | PointerButton():
                self._pressed_at = self._pressed_at or now

    def went(self, direct: bool) -> None:
        """The session travels this way now."""
        self._was_direct = self._was_direct or direct

    def start_over(self) -> None:
        """Another handshake: what was measured is of another connection."""
        self._stats = self._pressed_at = self._picture_at = None
        self._unreadable = self._was_direct = False
        self._arrived.clear()
        self._rtts.clear()

    def tick(self, now: float, wall: float, rtt: float | None) -> None:
        """Let a second pass. `wall` is seconds since 1970, `rtt` the newest that was measured."""
        if self._ticked_at is not None and wall - self._ticked_at > MOST_TICK_SECONDS:
            self._slept = now, wall - self._ticked_at
            self._arrived.clear()
        self._ticked_at = wall
        if rtt is not None and (not self._rtts or self._rtts[-1][1] != rtt):
            self._rtts.append((now, rtt))
        while len(self._rtts) > 1 and self._rtts[0][0] < now - RTT_SECONDS:
            self._rtts.popleft()

    def facts(self, now: float) -> dict[str, float]:
        """Return what is known at this moment."""
        facts: dict[str, float] = {Fact.UNREADABLE: int(self._unreadable), Fact.WAS_DIRECT: int(self._was_direct)}
        if self._stats is not None and now - self._stats[0] < STATS_SECONDS:
            facts |= facts_of(self._stats[1])
        if self._rtts:
            rtts = [rtt for _, rtt in self._rtts]
            facts |= {Fact.RTT_MS: 1000 * rtts[-1], Fact.RTT_BEST_MS: 1000 * min(rtts)}
            if len(rtts) >= FEWEST_RTTS:
                facts[Fact.RTT_SPREAD_MS] = 1000 * median(abs(one - other) for one, other in pairwise(rtts))
        if self._shown_after:
            facts[Fact.PAGE_MS] = 1000 * median(self._shown_after)
        facts[Fact.PAGE_SILENT_S] = now - next(iter(self._arrived.values())) if self._arrived else 0.0
        if self._picture_at is not None:
            facts[Fact.STILL_S] = now - self._picture_at
        if self._key_took:
            facts[Fact.KEY_MS] = 1000 * median(self._key_took)
        if self._slept is not None and now - self._slept[0] < ASLEEP_SECONDS:
            facts[Fact.ASLEEP_S] = self._slept[1]
        return {str(name): value for name, value in facts.items()}
