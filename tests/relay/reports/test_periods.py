"""Which moments a report covers, in the time zone of who makes it."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from relay.field_errors import FieldError
from relay.reports.periods import Period, Preset, UnknownZoneError, chosen_period, preset_days

WEDNESDAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)


@pytest.mark.req("REP-04")
@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        (Preset.TODAY, "2026-11-25", "2026-11-25"),
        (Preset.YESTERDAY, "2026-11-24", "2026-11-24"),
        (Preset.THIS_WEEK, "2026-11-23", "2026-11-25"),
        (Preset.LAST_WEEK, "2026-11-16", "2026-11-22"),
        (Preset.LAST_7_DAYS, "2026-11-19", "2026-11-25"),
        (Preset.THIS_MONTH, "2026-11-01", "2026-11-25"),
        (Preset.LAST_MONTH, "2026-10-01", "2026-10-31"),
        (Preset.LAST_30_DAYS, "2026-10-27", "2026-11-25"),
    ],
)
def test_presets(preset: Preset, first: str, last: str) -> None:
    assert preset_days(preset, WEDNESDAY) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.req("REP-05", "REP-06")
def test_days_are_those_of_the_readers_zone() -> None:
    today = chosen_period(NOW, Preset.TODAY, None, None, "Asia/Tokyo", "00:00", "24:00")
    assert (today.first, today.bounds) == (
        date(2026, 11, 26),
        (datetime(2026, 11, 25, 15, tzinfo=UTC), datetime(2026, 11, 26, 15, tzinfo=UTC)),
    )
    assert chosen_period(NOW, Preset.TODAY, None, None, "UTC", "00:00", "24:00").first == date(2026, 11, 25)


@pytest.mark.req("REP-07")
def test_a_night_belongs_to_the_day_on_which_it_began() -> None:
    night = Period(WEDNESDAY, WEDNESDAY, UTC, time(22), time(6))
    covered = {
        "2026-11-25T05:59": False,
        "2026-11-25T21:59": False,
        "2026-11-25T22:00": True,
        "2026-11-26T05:59": True,
        "2026-11-26T06:00": False,
        "2026-11-26T22:00": False,
    }
    for text, expected in covered.items():
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
        assert night.covers(moment) is expected, text
        assert not expected or night.bounds[0] <= moment < night.bounds[1]


@pytest.mark.req("REP-07")
def test_a_day_shift_counts_every_day_between_its_times() -> None:
    shift = Period(date(2026, 11, 24), WEDNESDAY, ZoneInfo("Europe/Amsterdam"), time(9), time(17))
    assert shift.covers(datetime(2026, 11, 24, 8, 0, tzinfo=UTC))
    assert not shift.covers(datetime(2026, 11, 24, 16, 0, tzinfo=UTC))
    assert not shift.covers(datetime(2026, 11, 24, 7, 59, tzinfo=UTC))
    assert not shift.covers(datetime(2026, 11, 26, 9, 0, tzinfo=UTC))


def test_a_day_of_25_hours_is_covered_whole() -> None:
    day = Period(date(2026, 10, 25), date(2026, 10, 25), ZoneInfo("Europe/Amsterdam"))
    start, stop = day.bounds
    assert (stop - start).total_seconds() == 25 * 3600


@pytest.mark.parametrize(
    ("first", "last", "begin", "field"),
    [
        ("2026-11-25", None, "00:00", "first"),
        ("2026-11-25", "2026-11-24", "00:00", "last"),
        ("0001-01-01", "9999-12-31", "00:00", "last"),
        ("9999-12-30", "9999-12-31", "00:00", "last"),
        ("2026-11-25", "2026-11-25", "09:10", "begin"),
        ("2026-11-25", "2026-11-25", "25:00", "begin"),
        ("2026-11-25", "2026-11-25", "9 o’clock", "begin"),
        ("2026-11-25", "2026-11-25", "٠٩:٠٠", "begin"),
    ],
)
def test_a_period_that_cannot_be_is_named(first: str, last: str | None, begin: str, field: str) -> None:
    days = [None if day is None else date.fromisoformat(day) for day in (first, last)]
    with pytest.raises(FieldError) as caught:
        chosen_period(NOW, None, days[0], days[1], "UTC", begin, "24:00")
    assert caught.value.field == field


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "", "/etc/passwd"])
def test_a_zone_that_is_not_there_is_named(zone: str) -> None:
    with pytest.raises(UnknownZoneError):
        chosen_period(NOW, None, None, None, zone, "00:00", "24:00")
