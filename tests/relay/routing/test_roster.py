"""Who is at their console, as several relays know it by one bus."""

from codec.wire.technician_status import TechnicianStatus
from relay.bus.local import LocalBus
from relay.routing.roster import FORGOTTEN_SECONDS, REPEAT_SECONDS, Roster
from relay.routing.rules import Attention

HERE = Attention(is_here=True)


class Clock:
    """A clock that is set."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Two:
    """Two relays on one bus; their clocks differ."""

    def __init__(self) -> None:
        self.bus, self.clock, self.other_clock = LocalBus(), Clock(), Clock()
        self.other_clock.now = 9_000.0
        self.here = Roster(self.bus, "here", self.clock)
        self.there = Roster(self.bus, "there", self.other_clock)

    def passes(self, seconds: float) -> None:
        self.clock.now += seconds
        self.other_clock.now += seconds


def test_what_a_console_says_at_one_relay_is_known_at_the_other() -> None:
    two = Two()
    two.clock.now += 5
    two.here.says(7, "console-of-anna", Attention(True, TechnicianStatus.AWAY, two.clock.now - 2))
    assert two.there.at_consoles() == {7: [Attention(True, TechnicianStatus.AWAY, 9_000.0 - 2)]}
    two.here.gone(7, "console-of-anna")
    assert two.here.at_consoles() == two.there.at_consoles() == {}


def test_a_console_that_has_come_to_another_relay_is_not_forgotten_by_the_first() -> None:
    two = Two()
    two.here.says(7, "console-of-anna", HERE)
    two.there.says(7, "console-of-anna", HERE)
    two.here.gone(7, "console-of-anna")
    assert list(two.here.at_consoles()) == list(two.there.at_consoles()) == [7]


async def test_what_a_relay_no_longer_repeats_is_forgotten() -> None:
    two = Two()
    two.here.says(7, "console-of-anna", HERE)
    for _ in range(10):
        two.passes(REPEAT_SECONDS)
        await two.here.repeat()
    assert list(two.there.at_consoles()) == [7], "it was repeated"
    changes: list[bool] = []
    two.there.changed = lambda: changes.append(True)
    two.passes(FORGOTTEN_SECONDS + 1)
    await two.there.repeat()
    assert two.there.at_consoles() == {}
    assert changes == [True]
    assert list(two.here.at_consoles()) == [7], "one's own consoles need no repeating"


def test_a_relay_that_missed_something_is_told_again() -> None:
    two = Two()
    two.here.says(7, "console-of-anna", HERE)
    late = Roster(two.bus, "late", two.clock)
    assert late.at_consoles() == {}
    late.missed()
    assert list(late.at_consoles()) == [7]


def test_whoever_shows_it_hears_of_every_change() -> None:
    two = Two()
    changes: list[bool] = []
    two.there.changed = lambda: changes.append(True)
    two.here.says(7, "console-of-anna", HERE)
    two.here.sessions_counted(7)
    two.here.gone(7, "console-of-anna")
    assert len(changes) == 3
    two.here.gone(7, "console-of-anna")
    assert len(changes) == 3, "it had gone already"
