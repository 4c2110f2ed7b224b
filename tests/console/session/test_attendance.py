"""When a technician is at their console."""

import pytest

from codec.wire.signals import Attention
from codec.wire.technician_status import TechnicianStatus
from console.session.attendance import MINUTE, RELOAD_SECONDS, Attendance

NEVER = 0


def at_page() -> Attendance:
    """Return that of a technician who has a page open since 100."""
    attendance = Attendance(100.0)
    attendance.page_opened(100.0)
    return attendance


def test_without_a_page_no_one_is_there() -> None:
    assert not Attendance(100.0).is_here(100.0, NEVER)
    assert at_page().is_here(1e9, NEVER), "never means never"


def test_a_page_that_is_loaded_again_is_not_gone() -> None:
    attendance = at_page()
    attendance.page_closed(200.0)
    assert attendance.is_here(200.0 + RELOAD_SECONDS - 1, NEVER)
    attendance.page_opened(202.0)
    assert attendance.is_here(300.0, NEVER)
    attendance.page_closed(400.0)
    assert not attendance.is_here(400.0 + RELOAD_SECONDS, NEVER)


def test_one_of_two_pages_is_enough() -> None:
    attendance = at_page()
    attendance.page_opened(110.0)
    attendance.page_closed(120.0)
    assert attendance.is_here(500.0, NEVER)


@pytest.mark.req("TECH-06", "TECH-10", "TECH-17")
def test_who_does_nothing_is_away_until_they_do_something() -> None:
    attendance = at_page()
    assert attendance.is_here(100.0 + 5 * MINUTE - 1, 5)
    assert not attendance.is_here(100.0 + 5 * MINUTE, 5)
    attendance.used(1_000.0)
    assert attendance.is_here(1_000.0, 5)


@pytest.mark.req("TECH-09")
def test_how_long_nothing_was_done_is_known_whether_or_not_a_page_is_open() -> None:
    attendance = at_page()
    attendance.page_closed(101.0)
    assert not attendance.is_unused(1e9, NEVER)
    assert not attendance.is_unused(100.0 + MINUTE - 1, 1)
    assert attendance.is_unused(100.0 + MINUTE, 1)


@pytest.mark.req("TECH-18")
def test_the_relay_is_told_each_thing_once_and_everything_on_a_new_line() -> None:
    attendance = at_page()
    assert attendance.news(101.0, 5) == Attention(is_here=True)
    assert attendance.news(102.0, 5) is None
    attendance.chose(TechnicianStatus.BUSY, 110.0)
    assert attendance.news(112.0, 5) == Attention(is_here=True, chosen=TechnicianStatus.BUSY, chosen_ago=2.0)
    attendance.chose(TechnicianStatus.BUSY, 120.0)
    assert attendance.news(120.0, 5) is not None, "the same once more counts against what another console chose"
    attendance.forget_told()
    assert attendance.news(130.0, 5) == Attention(is_here=True, chosen=TechnicianStatus.BUSY, chosen_ago=10.0)
    assert attendance.news(1_000.0, 5) == Attention(is_here=False, chosen=TechnicianStatus.BUSY, chosen_ago=880.0)
    attendance.begin_again(1_100.0)
    assert attendance.news(1_100.0, 5) == Attention(is_here=True), "another sign-in begins available"
