"""What administrators have asked consoles to start is known at every relay, until it is over."""

from relay.bus.local import LocalBus
from relay.sessions.starts import Starts


async def test_the_relay_that_asked_hears_that_another_one_was_told() -> None:
    bus = LocalBus()
    asked, told = Starts(bus), Starts(bus)
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
    asked, told = Starts(bus), Starts(bus)
    first = asked.ask(7, 2, 1, "seen")
    second = asked.ask(7, 2, 1, "seen later")
    asked.over(7, first)
    assert told.of(7, 2) is not None
    asked.over(7, second)
    assert (asked.of(7, 2), told.of(7, 2)) == (None, None)
