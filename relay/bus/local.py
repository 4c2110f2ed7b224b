"""The bus within one process: those who follow a topic have heard a message when `publish` returns."""

import logging
from collections.abc import Iterable

from relay.bus.base import Follower, Topic, Unfollow

_log = logging.getLogger(__name__)


class Followers:
    """Who follows what: the same for every bus."""

    def __init__(self) -> None:
        self._by_topic: dict[Topic, dict[int, Follower]] = {}
        self._next = 0

    def add(self, topics: Iterable[Topic], follower: Follower) -> tuple[int, tuple[Topic, ...]]:
        """Add one; return the number of the subscription, and its topics."""
        self._next += 1
        followed = tuple(dict.fromkeys(topics))
        for topic in followed:
            self._by_topic.setdefault(topic, {})[self._next] = follower
        return self._next, followed

    def remove(self, number: int, topics: Iterable[Topic]) -> list[Topic]:
        """Remove a subscription; return the topics that nobody follows any more because of it."""
        alone = []
        for topic in topics:
            following = self._by_topic.get(topic, {})
            if following.pop(number, None) is not None and not following:
                del self._by_topic[topic]
                alone.append(topic)
        return alone

    def has(self, topic: Topic) -> bool:
        """Whether anyone follows a topic."""
        return topic in self._by_topic

    def topics(self) -> list[Topic]:
        """Return what is followed."""
        return list(self._by_topic)

    def tell(self, topic: Topic, message: bytes) -> None:
        """Tell those who follow a topic. One that fails keeps nobody else from hearing it."""
        following = self._by_topic.get(topic, {})
        for number, follower in list(following.items()):
            if number in following:  # not, where one that was told before ended it
                try:
                    follower.hear(topic, message)
                except Exception:
                    _log.exception("a message on %s %d was not heard", topic.kind, topic.id)

    def tell_missed(self, topics: Iterable[Topic]) -> None:
        """Tell those who follow any of these topics, each once, that messages may have been lost."""
        concerned = {number: each for topic in topics for number, each in self._by_topic.get(topic, {}).items()}
        for follower in concerned.values():
            try:
                follower.missed()
            except Exception:
                _log.exception("that messages were missed was not heard")

    def clear(self) -> None:
        """Nobody follows anything any more."""
        self._by_topic.clear()


class LocalBus:
    """See `Bus`. Nothing is ever missed here."""

    def __init__(self) -> None:
        self._followers = Followers()

    def publish(self, topic: Topic, message: bytes) -> None:
        """See Bus."""
        self._followers.tell(topic, message)

    def follow(self, topics: Iterable[Topic], follower: Follower) -> Unfollow:
        """See Bus."""
        number, followed = self._followers.add(topics, follower)

        def unfollow() -> None:
            self._followers.remove(number, followed)

        return unfollow

    async def followed(self, topics: Iterable[Topic]) -> None:
        """See Bus: there is no other process."""

    @property
    def is_away(self) -> bool:
        """See Bus."""
        return False

    async def close(self) -> None:
        """See Bus."""
        self._followers.clear()
