"""The time between two moments: by what no one can set, where there is that."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from relay.events.moment import Moment, between

MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(MOMENTS, MOMENTS, st.integers(0, 10**12), st.integers(0, 10**9))
def test_within_one_start_of_the_machine_the_wall_clock_does_not_count(
    one: datetime, other: datetime, uptime: int, passed: int
) -> None:
    earlier, later = Moment(one, "boot", uptime), Moment(other, "boot", uptime + passed)
    assert between(earlier, later) == timedelta(milliseconds=passed)
    assert between(later, earlier) == timedelta(0)


@given(MOMENTS, MOMENTS, st.sampled_from([("", ""), ("one", "other"), ("", "one")]))
def test_from_one_start_to_the_next_only_the_wall_clock_tells(
    one: datetime, other: datetime, boots: tuple[str, str]
) -> None:
    """What is older than events knows no start; two such moments are not of the same one."""
    assert between(Moment(one, boots[0], 9), Moment(other, boots[1], 3)) == max(other - one, timedelta(0))
