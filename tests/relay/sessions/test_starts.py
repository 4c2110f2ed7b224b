"""What administrators have asked consoles to start is known at every relay, until it is over."""

from datetime import UTC, datetime, timedelta

import pytest

from relay.bus.base import STARTS
from relay.bus.local import LocalBus
from relay.secret import Signer
from relay.sessions.starts import MOST_APART, Starts

OURS = Signer(bytes(32))
NOW = datetime(2026, 3, 1, tzinfo=UTC)


async def test_the_relay_that_asked_hears_that_another_one_was_told() -> None:
    bus = LocalBus()
    asked, told = Starts(OURS, bus), Starts(OURS, bus)
    start = asked.ask(7, 2, 1, "seen")
    found = told.of(7, 2)
    assert found is not None
    assert (found.person, found.by, found.seen) == (2, 1, "seen")
    assert told.of(7, 3) is None
    told.started(7, found)
    assert start.done.is_set()
    assert told.of(7, 2) is None
    asked.over(7, start)
    assert asked.of(7, 2) is None


async def test_what_no_one_waits_for_any_more_is_over_at_all_of_them() -> None:
    bus = LocalBus()
    asked, told = Starts(OURS, bus), Starts(OURS, bus)
    first = asked.ask(7, 2, 1, "seen")
    second = asked.ask(7, 2, 1, "seen later")
    asked.over(7, first)
    assert told.of(7, 2) is not None
    asked.over(7, second)
    assert (asked.of(7, 2), told.of(7, 2)) == (None, None)


async def test_what_no_relay_of_the_desk_has_said_starts_nothing_and_ends_nothing() -> None:
    """Who can write to Redis could otherwise take any session that waits, in the name of an administrator."""
    bus = LocalBus()
    told, stranger = Starts(OURS, bus), Starts(Signer(b"another key"), bus)
    bus.publish(STARTS, b'{"type":"asked","session":7,"person":2,"by":1,"seen":"seen"}')
    start = stranger.ask(7, 2, 1, "seen")
    assert told.of(7, 2) is None
    own = told.ask(7, 2, 1, "seen")
    stranger.started(7, start)
    assert not own.done.is_set()


@pytest.mark.parametrize("later", [MOST_APART, -MOST_APART])
async def test_what_was_said_at_another_time_is_refused(later: timedelta) -> None:
    bus = LocalBus()
    asked, told = Starts(OURS, bus, lambda: NOW), Starts(OURS, bus, lambda: NOW + later)
    much_later = Starts(OURS, bus, lambda: NOW + later * 1.01)
    asked.ask(7, 2, 1, "seen")
    assert told.of(7, 2) is not None
    assert much_later.of(7, 2) is None
