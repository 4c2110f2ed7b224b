"""What every bus promises: the same suite over the one within a process and the one over Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest
import pytest_asyncio

from relay.bus.base import ORGANISATION, Bus, Topic, TopicKind, Unfollow
from relay.bus.local import LocalBus
from relay.bus.redis_bus import RedisBus
from tests.support.redis_servers import RedisServer, running_redis
from tests.support.waiting import eventually

ANNA, BORIS = Topic(TopicKind.PERSON, 1), Topic(TopicKind.PERSON, 2)


@dataclass
class Heard:
    """A follower that notes what it hears."""

    messages: list[tuple[Topic, bytes]] = field(default_factory=list)
    misses: int = 0
    then: Callable[[], None] = lambda: None

    def hear(self, topic: Topic, message: bytes) -> None:
        self.messages.append((topic, message))
        self.then()

    def missed(self) -> None:
        self.misses += 1

    @property
    def texts(self) -> list[str]:
        """What was heard, without where."""
        return [message.decode() for _topic, message in self.messages]


@dataclass
class Ends:
    """The bus where something is published, and where it is followed: two processes' ends, or one and the same."""

    here: Bus
    there: Bus
    takes_a_moment: bool
    numbers: Iterator[int] = field(default_factory=count)

    async def following(self, *topics: Topic, follower: Heard | None = None) -> tuple[Heard, Unfollow]:
        """Follow topics there; on return it is certain that they are."""
        heard = follower or Heard()
        unfollow = self.there.follow(topics, heard)
        await self.there.followed(topics)
        heard.misses = 0
        return heard, unfollow

    async def passed(self) -> None:
        """Wait until all that was published before has been heard."""
        topic, last, unfollow = await self._last()
        self.here.publish(topic, b"last")
        await eventually(lambda: last.texts == ["last"])
        unfollow()

    async def _last(self) -> tuple[Topic, Heard, Unfollow]:
        """Follow a topic that nobody has followed: then all those are followed that came before it."""
        topic, last = Topic(TopicKind.CHANNEL, next(self.numbers)), Heard()
        unfollow = self.there.follow([topic], last)
        await self.there.followed([topic])
        assert last.misses == int(self.takes_a_moment)
        return topic, last, unfollow


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """One Redis for all tests of this file."""
    with running_redis() as server:
        yield server


@pytest_asyncio.fixture(params=["local", "redis, one process", "redis, two processes"])
async def ends(request: pytest.FixtureRequest) -> AsyncIterator[Ends]:
    """Both ends of each kind of bus."""
    if request.param == "local":
        bus: Bus = LocalBus()
        made = Ends(bus, bus, takes_a_moment=False)
    else:
        server: RedisServer = request.getfixturevalue("redis")
        here: Bus = RedisBus(server.url)
        there: Bus = here if "one" in request.param else RedisBus(server.url)
        made = Ends(here, there, takes_a_moment=True)
    yield made
    await made.here.close()
    if made.there is not made.here:
        await made.there.close()


async def test_what_is_published_is_heard_once_in_order_by_all_who_follow_it(ends: Ends) -> None:
    first, _ = await ends.following(ANNA)
    second, _ = await ends.following(ANNA, BORIS)
    for number in range(50):
        ends.here.publish(ANNA, str(number).encode())
    await ends.passed()
    assert first.texts == second.texts == [str(number) for number in range(50)]
    assert (first.misses, second.misses) == (0, 0)


async def test_only_what_one_follows_is_heard(ends: Ends) -> None:
    heard, _ = await ends.following(ANNA, Topic(TopicKind.SESSION, 2), ORGANISATION)
    for topic in (
        ANNA,
        BORIS,
        Topic(TopicKind.SESSION, 1),
        Topic(TopicKind.SESSION, 2),
        Topic(TopicKind.GROUP, 1),
        ORGANISATION,
    ):
        ends.here.publish(topic, str(topic).encode())
    await ends.passed()
    assert [topic for topic, _message in heard.messages] == [ANNA, Topic(TopicKind.SESSION, 2), ORGANISATION]


async def test_a_topic_that_is_given_twice_is_heard_once(ends: Ends) -> None:
    heard, _ = await ends.following(ANNA, ANNA)
    ends.here.publish(ANNA, b"once")
    await ends.passed()
    assert heard.texts == ["once"]


async def test_who_has_ended_it_hears_nothing_more_and_the_others_do(ends: Ends) -> None:
    gone, unfollow = await ends.following(ANNA)
    stays, _ = await ends.following(ANNA)
    unfollow()
    unfollow()
    ends.here.publish(ANNA, b"later")
    await ends.passed()
    assert (gone.texts, stays.texts) == ([], ["later"])


async def test_who_follows_again_hears_again(ends: Ends) -> None:
    _, unfollow = await ends.following(ANNA)
    unfollow()
    again, _ = await ends.following(ANNA)
    ends.here.publish(ANNA, b"heard")
    await ends.passed()
    assert again.texts == ["heard"]


async def test_any_bytes_arrive_as_they_were(ends: Ends) -> None:
    heard, _ = await ends.following(ANNA)
    sent = [b"", b"\0", bytes(range(256)), "Zoë ✓".encode(), b"x" * 100_000]
    for message in sent:
        ends.here.publish(ANNA, message)
    await ends.passed()
    assert [message for _topic, message in heard.messages] == sent


async def test_one_that_fails_keeps_nobody_from_hearing(ends: Ends, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ValueError("a follower's own mistake")

    failing, _ = await ends.following(ANNA, follower=Heard(then=fail))
    heard, _ = await ends.following(ANNA)
    ends.here.publish(ANNA, b"one")
    ends.here.publish(ANNA, b"two")
    await ends.passed()
    assert failing.texts == heard.texts == ["one", "two"]
    assert "was not heard" in caplog.text
    caplog.clear()


async def test_who_is_ended_by_another_that_hears_the_same_message_does_not_hear_it(ends: Ends) -> None:
    first, _ = await ends.following(ANNA)
    second, unfollow = await ends.following(ANNA)
    first.then = unfollow
    ends.here.publish(ANNA, b"one")
    await ends.passed()
    assert (first.texts, second.texts) == (["one"], [])


async def test_what_nobody_follows_is_lost_without_a_word(ends: Ends, caplog: pytest.LogCaptureFixture) -> None:
    ends.here.publish(ANNA, b"before")
    await ends.passed()
    heard, _ = await ends.following(ANNA)
    await ends.passed()
    assert heard.texts == []
    assert caplog.text == ""


async def test_a_closed_bus_tells_nothing(ends: Ends) -> None:
    heard, unfollow = await ends.following(ANNA)
    await ends.there.close()
    ends.here.publish(ANNA, b"nobody")
    unfollow()
    assert heard.texts == []


async def test_none_is_waited_for_that_is_not_followed_any_more_or_whose_bus_is_closed(ends: Ends) -> None:
    topics = [Topic(TopicKind.GROUP, number) for number in range(1, 4)]
    unfollow = ends.there.follow(topics, Heard())
    waiting = asyncio.ensure_future(ends.there.followed(topics))
    unfollow()
    await asyncio.wait_for(waiting, 5)
    ends.there.follow(topics, Heard())
    waiting = asyncio.ensure_future(ends.there.followed(topics))
    await ends.there.close()
    await asyncio.wait_for(waiting, 5)
