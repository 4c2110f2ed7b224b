"""Sessions that consoles have been asked to start, until they have.

Nothing of it is stored: until a console picks the session up, it waits where it waited, and anyone may have it. A
console that does not react is passed over for a while, for longer each time, so that no customer waits for a dead one
again and again. Every relay on the bus hears of an offer, for any of them may be told that it is taken.
"""

import time
from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass

import msgspec

from relay.bus.base import OFFERS, Bus, Topic
from relay.bus.local import LocalBus

OFFER_SECONDS = 10.0
"""So long a console has to pick up what it is asked to start."""
PASSED_OVER_SECONDS = 20.0
"""So long one that has not is not asked again, after the first time; twice as long after each following one."""
MOST_SECONDS = 600.0


@dataclass(frozen=True)
class Offer:
    """One session that a technician's console is asked to start, until a moment of the clock."""

    session: int
    person: int
    is_lens: bool
    below: int
    until: float


class Offered(msgspec.Struct, frozen=True, tag="offered"):
    """A technician's console is asked to start a session."""

    session: int
    person: int
    below: int
    is_lens: bool


class Reacted(msgspec.Struct, frozen=True, tag="reacted"):
    """A technician has picked a session up."""

    person: int


_said: msgspec.json.Decoder[Offered | Reacted] = msgspec.json.Decoder(Offered | Reacted)


class Offers:
    """`clock` gives seconds and only goes forward."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, bus: Bus | None = None) -> None:
        self._clock = clock
        self._bus: Bus = bus or LocalBus()
        self._bus.follow([OFFERS], self)
        self._offers: dict[int, Offer] = {}
        self._passed_over: dict[int, float] = {}
        self._missed: Counter[int] = Counter()

    def offer(self, session: int, person: int, below: int, *, is_lens: bool) -> None:
        """A technician's console is asked to start a session."""
        self._bus.publish(OFFERS, msgspec.json.encode(Offered(session, person, below, is_lens)))

    def hear(self, _topic: Topic, message: bytes) -> None:
        """See Follower."""
        match _said.decode(message):
            case Offered(session, person, below, is_lens):
                self._offers[session] = Offer(session, person, is_lens, below, self._clock() + OFFER_SECONDS)
            case Reacted(person):
                self._missed.pop(person, None)
                self.came(person)

    def missed(self) -> None:
        """See Follower: what is not known to be offered is refused, and waits where it waited."""

    def of(self, session: int, person: int) -> Offer | None:
        """Return what stands, if a technician's console was asked to start a session and still may."""
        offer = self._offers.get(session)
        return offer if offer is not None and offer.person == person and offer.until > self._clock() else None

    def all(self) -> list[Offer]:
        """Return what stands."""
        return list(self._offers.values())

    def follow(self, waiting: Container[int], available: Container[int]) -> list[Offer]:
        """Forget what no longer waits, and what was offered to technicians who are not available any more.

        Return what was not reacted to in time, whose technicians are passed over now.
        """
        now, offers = self._clock(), self._offers.items()
        self._offers = {number: each for number, each in offers if number in waiting and each.person in available}
        late = [each for each in self._offers.values() if each.until <= now]
        for each in late:
            del self._offers[each.session]
        for person in dict.fromkeys(each.person for each in late):
            seconds = min(MOST_SECONDS, PASSED_OVER_SECONDS * 2 ** min(self._missed[person], 10))
            self._missed[person] += 1
            self._passed_over[person] = now + seconds
        return late

    def reacted(self, person: int) -> None:
        """A technician has picked a session up: all is well with their console."""
        self._bus.publish(OFFERS, msgspec.json.encode(Reacted(person)))

    def came(self, person: int) -> None:
        """A technician's console has just come: it is asked once more."""
        self._passed_over.pop(person, None)

    def passes_over(self, person: int) -> bool:
        """Whether a technician is not asked for the moment."""
        return self._passed_over.get(person, 0.0) > self._clock()
