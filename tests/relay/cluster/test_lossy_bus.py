"""Two relays with a bus that loses messages end with the same view, once those who missed something are told so."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from codec.wire.technician_status import TechnicianStatus
from relay.bus.base import Follower, Topic, Unfollow
from relay.bus.local import LocalBus
from relay.routing.roster import FORGOTTEN_SECONDS, REPEAT_SECONDS, Roster
from relay.routing.rules import Attention

CONSOLES = [(1, "console-of-anna"), (1, "another-of-anna"), (2, "console-of-bob")]


@dataclass
class LossyBus:
    """One relay's end: what it publishes reaches the other end, unless that is lost, which the other is told later."""

    loses: Callable[[], bool]
    own: LocalBus = field(default_factory=LocalBus)
    others: "list[LossyBus]" = field(default_factory=list)
    has_lost: bool = False
    is_away: bool = False

    def publish(self, topic: Topic, message: bytes) -> None:
        self.own.publish(topic, message)
        for other in self.others:
            if self.loses():
                other.has_lost = True
            else:
                other.own.publish(topic, message)

    def follow(self, topics: Iterable[Topic], follower: Follower) -> Unfollow:
        return self.own.follow(topics, follower)

    async def followed(self, topics: Iterable[Topic]) -> None:
        return None

    async def close(self) -> None:
        await self.own.close()

    def tell_missed(self) -> None:
        """As Redis is back: who may have missed something is told."""
        if self.has_lost:
            self.has_lost = False
            self.own._followers.tell_missed(self.own._followers.topics())


class Site:
    """Two relays, and consoles each of which is at one of them, or at none."""

    def __init__(self) -> None:
        self.now, self.is_lost = 1_000.0, False
        ends = [LossyBus(lambda: self.is_lost) for _ in range(2)]
        for one, other in (ends, reversed(ends)):
            one.others = [other]
        self.ends = ends
        self.rosters = [Roster(end, str(number), lambda: self.now) for number, end in enumerate(ends)]
        self.at: dict[tuple[int, str], tuple[int, Attention]] = {}

    def says(self, console: tuple[int, str], relay: int, attention: Attention) -> None:
        """A console says something at a relay: an earlier socket of its at the other one is not ended yet."""
        self.at[console] = relay, attention
        self.rosters[relay].says(*console, attention)

    def goes(self, console: tuple[int, str], relay: int) -> None:
        """A socket of a console ends at a relay."""
        if console in self.at and self.at[console][0] == relay:
            del self.at[console]
        self.rosters[relay].gone(*console)

    async def settle(self) -> None:
        """Nothing is lost any more, and time passes."""
        self.is_lost = False
        for end in self.ends:
            end.tell_missed()
        for _ in range(int(FORGOTTEN_SECONDS / REPEAT_SECONDS) + 2):
            self.now += REPEAT_SECONDS
            for roster in self.rosters:
                await roster.repeat()

    def views(self) -> list[dict[int, set[tuple[bool, TechnicianStatus | None]]]]:
        """Return what each relay knows of technicians."""
        return [
            {person: {(each.is_here, each.chosen) for each in said} for person, said in roster.at_consoles().items()}
            for roster in self.rosters
        ]

    def truth(self) -> dict[int, set[tuple[bool, TechnicianStatus | None]]]:
        """Return how it is."""
        found: dict[int, set[tuple[bool, TechnicianStatus | None]]] = {}
        for (person, _name), (_relay, said) in self.at.items():
            found.setdefault(person, set()).add((said.is_here, said.chosen))
        return found


steps = st.lists(
    st.tuples(
        st.sampled_from(CONSOLES),
        st.integers(0, 1),
        st.sampled_from([None, *(Attention(True, chosen) for chosen in TechnicianStatus), Attention(False)]),
        st.booleans(),
    ),
    max_size=12,
)


@given(steps)
async def test_both_end_with_the_same_view_and_it_is_true(
    steps: list[tuple[tuple[int, str], int, Attention | None, bool]],
) -> None:
    site = Site()
    for console, relay, attention, is_lost in steps:
        site.now += 1
        site.is_lost = is_lost
        if attention is None:
            site.goes(console, relay)
        else:
            site.says(console, relay, attention)
    await site.settle()
    for console in CONSOLES:  # sockets that were replaced elsewhere end at last
        for relay in (0, 1):
            if console not in site.at or site.at[console][0] != relay:
                site.rosters[relay].gone(*console)
    await site.settle()
    assert site.views() == [site.truth(), site.truth()]
