"""When a channel is staffed: its working days, in its own time zone. Pure.

A wall time that does not exist, because clocks go forward, is as much later as they do (RFC 5545, 3.3.5). One that
exists twice opens at its first and closes at its second. A day that ends before it starts, or when it starts, lasts
past midnight, into a holiday too: what is closed on a holiday is the day that would start on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
_AHEAD = 8
"""So many days ahead a working day is found if there is one at all, and there are no holidays."""
_PER_HOLIDAY = 14
"""So many days further for each holiday: one takes one working day, or two in the longest time looked at."""


@dataclass(frozen=True)
class Holiday:
    """A day on which no one works: this one, or the same one of every year."""

    day: date
    every_year: bool = False

    def is_on(self, day: date) -> bool:
        """Whether it is on this day."""
        return self.day == day or (self.every_year and (self.day.month, self.day.day) == (day.month, day.day))


@dataclass(frozen=True)
class WorkingHours:
    """From `start` to `end` on these days of the week (of `DAYS`) but for holidays, by the clocks of `zone`."""

    start: time
    end: time
    zone: ZoneInfo
    days: frozenset[str]
    holidays: tuple[Holiday, ...] = ()

    def covers(self, now: datetime) -> bool:
        """Whether this moment is within working hours."""
        return any(opens <= now < closes for opens, closes in self._around(now, ahead=1))

    def next_opening(self, now: datetime) -> datetime | None:
        """Return when working hours begin next after this moment; None where there are none at all."""
        ahead = _AHEAD + _PER_HOLIDAY * len(self.holidays)
        return next((opens for opens, _closes in self._around(now, ahead) if opens > now), None)

    def _around(self, now: datetime, ahead: int) -> Iterator[tuple[datetime, datetime]]:
        """Give the working days around a moment, from the one before it until so many days after."""
        today = now.astimezone(self.zone).date()
        lasts_past_midnight = self.end <= self.start
        for number in range(-1, ahead + 1):
            day = today + number * _DAY
            if DAYS[day.weekday()] in self.days and not any(each.is_on(day) for each in self.holidays):
                last = day + _DAY if lasts_past_midnight else day
                opens, closes = _instant(day, self.start, self.zone), _instant(last, self.end, self.zone, is_end=True)
                yield opens, closes


def _instant(day: date, clock: time, zone: ZoneInfo, *, is_end: bool = False) -> datetime:
    """Return when clocks in a zone show this: for an end the last moment, else as RFC 5545 has it."""
    wall = datetime.combine(day, clock, zone)
    first, second = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return max(first, second) if is_end else first
