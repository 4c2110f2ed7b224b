"""Working hours, in zones, on holidays and on days on which clocks are odd."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.channels.hours import DAYS, Holiday, WorkingHours

ZONES = ("UTC", "Europe/Amsterdam", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia")
HOURS = st.builds(
    WorkingHours,
    st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES).map(ZoneInfo),
    st.frozensets(st.sampled_from(DAYS)),
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  (hypothesis wants bounds without a zone)


def hours(start: str, end: str, zone: str, days: str = "mon tue wed thu fri sat sun") -> WorkingHours:
    return WorkingHours(time.fromisoformat(start), time.fromisoformat(end), ZoneInfo(zone), frozenset(days.split()))


@pytest.mark.req("SESS-99", "SESS-100", "SESS-101", "SESS-110")
@pytest.mark.parametrize(
    ("what", "now", "is_open", "opens"),
    [
        (hours("08:00", "18:00", "Europe/Amsterdam", "mon"), "2026-11-30T06:59Z", False, "2026-11-30T07:00Z"),
        (hours("08:00", "18:00", "Europe/Amsterdam", "mon"), "2026-11-30T07:00Z", True, "2026-12-07T07:00Z"),
        (hours("08:00", "18:00", "Europe/Amsterdam", "mon"), "2026-11-30T17:00Z", False, "2026-12-07T07:00Z"),
        # Summer: the same wall time is an hour earlier.
        (hours("08:00", "18:00", "Europe/Amsterdam"), "2026-07-01T06:00Z", True, "2026-07-02T06:00Z"),
        # The night shift of a Friday lasts into Saturday.
        (hours("22:00", "06:00", "UTC", "fri"), "2026-12-05T05:59Z", True, "2026-12-11T22:00Z"),
        (hours("22:00", "06:00", "UTC", "fri"), "2026-12-05T06:00Z", False, "2026-12-11T22:00Z"),
        # Clocks go forward from 02:00 to 03:00: 02:30 is not there, and the shift begins at 03:30.
        (hours("02:30", "09:00", "Europe/Amsterdam", "sun"), "2026-03-29T01:29:59Z", False, "2026-03-29T01:30Z"),
        (hours("02:30", "09:00", "Europe/Amsterdam", "sun"), "2026-03-29T01:30Z", True, "2026-04-05T00:30Z"),
        # Clocks go back from 03:00 to 02:00: 02:30 is there twice.
        (hours("02:30", "09:00", "Europe/Amsterdam", "sun"), "2026-10-25T00:30Z", True, "2026-11-01T01:30Z"),
        (hours("00:00", "02:30", "Europe/Amsterdam", "sun"), "2026-10-25T01:29Z", True, "2026-10-31T23:00Z"),
        (hours("00:00", "02:30", "Europe/Amsterdam", "sun"), "2026-10-25T01:30Z", False, "2026-10-31T23:00Z"),
        # Half an hour of daylight saving.
        (hours("02:15", "04:00", "Australia/Lord_Howe", "sun"), "2026-10-03T15:45Z", True, "2026-10-10T15:15Z"),
        (hours("09:00", "17:00", "Asia/Kathmandu", "mon"), "2026-11-30T03:15Z", True, "2026-12-07T03:15Z"),
        # Around the clock.
        (hours("00:00", "00:00", "UTC"), "2026-11-30T23:59Z", True, "2026-12-01T00:00Z"),
        (hours("08:00", "18:00", "UTC", ""), "2026-11-30T12:00Z", False, None),
    ],
)
def test_the_table(what: WorkingHours, now: str, is_open: bool, opens: str | None) -> None:
    moment = datetime.fromisoformat(now)
    assert what.covers(moment) is is_open
    assert what.next_opening(moment) == (None if opens is None else datetime.fromisoformat(opens))


@given(HOURS, MOMENTS)
def test_the_next_opening_is_open_and_the_first(what: WorkingHours, now: datetime) -> None:
    opens = what.next_opening(now)
    assert (opens is None) == (not what.days)
    if opens is None:
        return
    assert now < opens <= now + timedelta(days=9)
    assert opens.astimezone(what.zone).time() >= what.start or what.covers(opens)
    if not what.covers(now):
        between = now + (opens - now) / 2
        assert not what.covers(between)


@pytest.mark.req("SESS-101")
@pytest.mark.parametrize(
    ("holiday", "now", "is_open", "opens"),
    [
        (Holiday(date(2026, 12, 25)), "2026-12-25T12:00Z", False, "2026-12-26T07:00Z"),
        (Holiday(date(2026, 12, 25)), "2027-12-25T12:00Z", True, "2027-12-26T07:00Z"),
        (Holiday(date(2020, 12, 25), every_year=True), "2027-12-24T17:00Z", False, "2027-12-26T07:00Z"),
        (Holiday(date(2024, 2, 29), every_year=True), "2027-02-28T12:00Z", True, "2027-03-01T07:00Z"),
        # By the clocks of the channel's zone it is the 25th already, or still the 24th.
        (Holiday(date(2026, 12, 25)), "2026-12-24T16:59Z", True, "2026-12-26T07:00Z"),
    ],
)
def test_on_a_holiday_no_one_works(holiday: Holiday, now: str, is_open: bool, opens: str) -> None:
    what = replace(hours("08:00", "18:00", "Europe/Amsterdam"), holidays=(holiday,))
    moment = datetime.fromisoformat(now)
    assert what.covers(moment) is is_open
    assert what.next_opening(moment) == datetime.fromisoformat(opens)


@pytest.mark.req("SESS-101", "SESS-110")
def test_a_night_shift_ends_on_the_holiday_that_it_lasts_into() -> None:
    what = replace(hours("22:00", "06:00", "UTC"), holidays=(Holiday(date(2026, 12, 25)),))
    assert what.covers(datetime(2026, 12, 25, 5, 59, tzinfo=UTC))
    assert not what.covers(datetime(2026, 12, 25, 23, 0, tzinfo=UTC))
    assert not what.covers(datetime(2026, 12, 26, 5, 0, tzinfo=UTC))


HOLIDAYS = st.lists(st.builds(Holiday, st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.booleans()), max_size=5).map(
    tuple
)


@given(HOURS, HOLIDAYS, MOMENTS)
def test_no_working_day_opens_on_a_holiday_and_one_is_found(
    what: WorkingHours, holidays: tuple[Holiday, ...], now: datetime
) -> None:
    opens = replace(what, holidays=holidays).next_opening(now)
    assert (opens is None) == (not what.days)
    if opens is not None:
        assert what.next_opening(opens - timedelta(microseconds=1)) == opens, "it is a working day without holidays too"
        day = (opens - timedelta(hours=2)).astimezone(what.zone).date(), opens.astimezone(what.zone).date()
        assert not all(any(each.is_on(one) for each in holidays) for one in day)
