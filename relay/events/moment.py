"""When something happened, so that the time between two happenings is true although clocks are set. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Moment:
    """A moment: `at` as the clock on the wall says it, and `uptime_ms` since the machine's start `boot`.

    `boot` is empty where nothing but the wall clock is known, as of what was kept before there were events.
    """

    at: datetime
    boot: str = ""
    uptime_ms: int = 0


def between(earlier: Moment, later: Moment) -> timedelta:
    """Return the time from one moment to the other, never less than nothing.

    Within one start of the machine no one can set it. From one start to the next only the wall clock tells.
    """
    if earlier.boot and earlier.boot == later.boot:
        return timedelta(milliseconds=max(later.uptime_ms - earlier.uptime_ms, 0))
    return max(later.at - earlier.at, timedelta(0))
