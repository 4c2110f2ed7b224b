"""The bus: what has happened is published on a topic, and told to those who follow it at that moment.

At most once: a message is never repeated, and is lost where no one can be told. Those who follow a topic read from the
store how things stand, *after* they began to follow it, and again whenever they are told that something was
missed. So a lost message costs a read, and never leaves anyone with what was true before.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple, Protocol


class TopicKind(StrEnum):
    """What can be followed."""

    ORGANISATION = "organisation"
    PERSON = "person"
    GROUP = "group"
    CHANNEL = "channel"
    SESSION = "session"
    TECHNICIANS = "technicians"
    USE = "use"
    WAITS = "waits"
    CONSOLE = "console"
    RELAYS = "relays"
    STARTS = "starts"
    OFFERS = "offers"


class Topic(NamedTuple):
    """One thing that can be followed. There is one organisation, number 0."""

    kind: TopicKind
    id: int


ORGANISATION = Topic(TopicKind.ORGANISATION, 0)
TECHNICIANS = Topic(TopicKind.TECHNICIANS, 0)
"""Who is at their console, for the relays alone."""
USE = Topic(TopicKind.USE, 0)
"""In which sessions something is done, for the relays alone."""
WAITS = Topic(TopicKind.WAITS, 0)
"""That a queue has changed, for the relays alone."""
OFFERS = Topic(TopicKind.OFFERS, 0)
"""Which sessions consoles were offered, for the relays alone: any of them may be told that one is taken."""
STARTS = Topic(TopicKind.STARTS, 0)
"""Which sessions administrators have asked consoles to start, for the relays alone."""
RELAYS = Topic(TopicKind.RELAYS, 0)
"""What a socket or tunnel at one relay means for those at the others, for the relays alone."""


class Follower(Protocol):
    """Hears messages. Its methods return at once: they note what is to be done, or put it where it waits bounded."""

    def hear(self, topic: Topic, message: bytes) -> None:
        """Something was published."""
        ...

    def missed(self) -> None:
        """Messages may have been lost, of any topic that is followed: read how things stand."""
        ...


Unfollow = Callable[[], None]
"""Ends a subscription: nothing is heard any more from that moment on. Calling it again does nothing."""


class Bus(Protocol):
    """Carries messages. Those that one process publishes on one topic are heard in that order."""

    def publish(self, topic: Topic, message: bytes) -> None:
        """Tell those who follow a topic; return at once. Raises nothing: what cannot be told is lost, and logged.

        Call it after what it tells of has been stored.
        """
        ...

    def follow(self, topics: Iterable[Topic], follower: Follower) -> Unfollow:
        """Have a follower hear what is published on topics from now on.

        Where that takes a moment, because others are to be asked first, the follower is told that it may have missed
        something as soon as it is so.
        """
        ...

    async def followed(self, topics: Iterable[Topic]) -> None:
        """Wait until these topics, which are followed here, are heard from other processes too.

        It returns at once where other processes cannot be heard: followers are told what they missed when they can.
        """
        ...

    @property
    def is_away(self) -> bool:
        """Whether other processes can neither be told nor heard at the moment."""
        ...

    async def close(self) -> None:
        """Let go of everything: nothing is told any more."""
        ...
