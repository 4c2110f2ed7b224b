"""Who can be given sessions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from codec.wire.technician_status import TechnicianStatus
from relay.routing.rules import Attention, Load, chosen_by, is_available, least_loaded, status_of

AVAILABLE, BUSY, AWAY = TechnicianStatus
HERE, NOT_HERE = Attention(is_here=True), Attention(is_here=False)


@pytest.mark.req("TECH-03", "TECH-17")
@pytest.mark.parametrize(("sessions", "status"), [(0, AVAILABLE), (2, AVAILABLE), (3, BUSY)])
def test_only_more_sessions_than_the_group_says_are_too_many(sessions: int, status: TechnicianStatus) -> None:
    assert status_of([HERE], sessions, busy_above=2) is status


@pytest.mark.req("TECH-06", "TECH-17")
def test_one_console_that_is_used_is_enough_to_be_there() -> None:
    assert status_of([NOT_HERE], 0, 10) is AWAY
    assert status_of([NOT_HERE, HERE], 0, 10) is AVAILABLE
    assert status_of([], 0, 10) is AWAY


@pytest.mark.req("TECH-18")
@pytest.mark.parametrize("chosen", [BUSY, AWAY])
@pytest.mark.parametrize("is_here", [True, False])
def test_what_is_chosen_is_lifted_by_nothing_but_another_choice(chosen: TechnicianStatus, is_here: bool) -> None:
    said = Attention(is_here, chosen, chosen_at=1.0)
    assert status_of([said], 0, 1) is status_of([said], 5, 1) is chosen
    assert status_of([said, Attention(True, AVAILABLE, chosen_at=2.0)], 0, 1) is AVAILABLE


def test_the_last_choice_counts_at_whichever_console_it_was_made() -> None:
    earlier, later = Attention(True, AWAY, 10.0), Attention(True, BUSY, 11.0)
    assert chosen_by([earlier, later]) is chosen_by([later, earlier]) is BUSY
    assert chosen_by([HERE]) is AVAILABLE, "who chooses nothing is available"


@pytest.mark.req("SESS-83", "SESS-98", "TECH-04", "TECH-07")
def test_only_who_is_available_is_given_sessions() -> None:
    assert [is_available(each) for each in (AVAILABLE, BUSY, AWAY, None)] == [True, False, False, False]


_NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def _idle(person: int, sessions: int, minutes: int | None) -> Load:
    return Load(person, sessions, None if minutes is None else _NOON - timedelta(minutes=minutes))


@pytest.mark.req("SESS-78", "SESS-153")
def test_the_fewest_sessions_count_first_and_then_who_has_been_idle_longest() -> None:
    assert least_loaded([]) is None
    assert least_loaded([_idle(1, 1, 60), _idle(2, 0, 1)]) == 2
    assert least_loaded([_idle(1, 1, 5), _idle(2, 1, 6), _idle(3, 2, 90)]) == 2
    assert least_loaded([_idle(1, 0, 600), _idle(2, 0, None)]) == 2, "who never had one has been idle longest"
    assert least_loaded([_idle(2, 0, 5), _idle(1, 0, 5)]) == 1, "between equals it is always the same one"


_loads = some.builds(_idle, some.integers(1, 9), some.integers(0, 3), some.none() | some.integers(0, 3))


@given(some.lists(_loads, min_size=1, unique_by=lambda each: each.person))
def test_in_whatever_order_they_are_asked_for_it_is_the_same_one(loads: list[Load]) -> None:
    found = least_loaded(loads)
    assert found == least_loaded(reversed(loads))
    fewest = min(each.sessions for each in loads)
    assert next(each for each in loads if each.person == found).sessions == fewest
