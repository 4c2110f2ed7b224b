"""Which moments a report covers: dates and a part of the day, read in the reader's time zone. Pure."""

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from codec.errors import DesksideError
from relay.field_errors import FieldError
from relay.texts import _

MAX_DAYS = 3_660
STEP_MINUTES = 30
MIDNIGHT = time(0, 0)
_DAY = timedelta(days=1)


class Preset(StrEnum):
    """Periods to choose by name (REP-04); weeks start on Monday."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    LAST_7_DAYS = "last_7_days"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    LAST_30_DAYS = "last_30_days"


PRESET_LABELS = {
    Preset.TODAY: _("Today"),
    Preset.YESTERDAY: _("Yesterday"),
    Preset.THIS_WEEK: _("This week"),
    Preset.LAST_WEEK: _("Last week"),
    Preset.LAST_7_DAYS: _("Last 7 days"),
    Preset.THIS_MONTH: _("This month"),
    Preset.LAST_MONTH: _("Last month"),
    Preset.LAST_30_DAYS: _("Last 30 days"),
}


class UnknownZoneError(DesksideError):
    """There is no such time zone. Enter an IANA name, for example Europe/Amsterdam or UTC."""


@dataclass(frozen=True)
class Period:
    """Whole days from `first` to `last`, of which only `begin` to `end` counts, in a time zone.

    An `end` before the `begin` is a night: what comes after midnight belongs to the day on which the shift began
    (REP-07). The same time twice is the whole day.
    """

    first: date
    last: date
    zone: tzinfo = UTC
    begin: time = MIDNIGHT
    end: time = MIDNIGHT

    @property
    def is_whole_day(self) -> bool:
        """Whether every part of the day counts."""
        return self.begin == self.end

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """Return the moments, in UTC, between which everything lies: from the first one, before the second."""
        nightly = timedelta(0) if self.is_whole_day or self.begin < self.end else _DAY
        start = datetime.combine(self.first, MIDNIGHT, self.zone)
        stop = datetime.combine(self.last + _DAY + nightly, MIDNIGHT, self.zone)
        return start.astimezone(UTC), stop.astimezone(UTC)

    def covers(self, moment: datetime) -> bool:
        """Whether a moment counts."""
        local = moment.astimezone(self.zone)
        day, clock = local.date(), local.time()
        if self.is_whole_day:
            counts = True
        elif self.begin < self.end:
            counts = self.begin <= clock < self.end
        elif clock < self.end:
            counts, day = True, day - _DAY
        else:
            counts = clock >= self.begin
        return counts and self.first <= day <= self.last


def preset_days(preset: Preset, today: date) -> tuple[date, date]:
    """Return the first and the last day of a preset."""
    monday, month = today - today.weekday() * _DAY, today.replace(day=1)
    match preset:
        case Preset.TODAY:
            return today, today
        case Preset.YESTERDAY:
            return today - _DAY, today - _DAY
        case Preset.THIS_WEEK:
            return monday, today
        case Preset.LAST_WEEK:
            return monday - 7 * _DAY, monday - _DAY
        case Preset.LAST_7_DAYS:
            return today - 6 * _DAY, today
        case Preset.THIS_MONTH:
            return month, today
        case Preset.LAST_MONTH:
            return (month - _DAY).replace(day=1), month - _DAY
        case Preset.LAST_30_DAYS:
            return today - 29 * _DAY, today


def chosen_period(
    now: datetime,
    preset: Preset | None,
    first: date | None,
    last: date | None,
    zone: str,
    begin: str,
    end: str,
) -> Period:
    """Return the period that someone chose. Raises FieldError or UnknownZoneError."""
    where = zone_named(zone)
    if first is None and last is None:
        first, last = preset_days(preset or Preset.LAST_7_DAYS, now.astimezone(where).date())
    elif preset is not None or first is None or last is None:
        raise FieldError("first", "two_dates", _("Choose a period by name, or by its first and last day."))
    if last is None or first is None or last < first:
        raise FieldError("last", "before_first", _("The last day must not be before the first day."))
    if (last - first).days >= MAX_DAYS or not 1 < first.year <= last.year < 9_999:
        raise FieldError("last", "too_long", _("Choose a period of at most ten years."))
    return Period(first, last, where, _clock("begin", begin), _clock("end", end))


def zone_named(name: str) -> tzinfo:
    """Return a time zone by its name. Raises UnknownZoneError."""
    if name == "UTC":
        return UTC
    if name not in zoneinfo.available_timezones():
        raise UnknownZoneError(
            _("There is no such time zone. Enter an IANA name, for example Europe/Amsterdam or UTC.")
        )
    return zoneinfo.ZoneInfo(name)


def _clock(field: str, text: str) -> time:
    hours, _colon, minutes = text.partition(":")
    if text == "24:00":
        return MIDNIGHT
    if not (text.isascii() and len(text) == 5 and hours.isdigit() and minutes.isdigit()):
        raise FieldError(field, "not_a_time", "Enter a time such as 22:30.")
    if int(hours) > 23 or int(minutes) % STEP_MINUTES or int(minutes) > 59:
        raise FieldError(field, "not_a_time", "Choose a full or half hour.")
    return time(int(hours), int(minutes))
