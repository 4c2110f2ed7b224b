"""The bus among several processes, over Redis; within this process messages go directly, whether Redis is there or not.

Redis repeats nothing and keeps nothing. So whoever may have missed something is told: after each subscription, after
Redis was away, and after another process could not publish. While Redis is away messages reach this process alone.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from codec.backoff import Retries
from codec.errors import DesksideError
from codec.host import background
from relay.bus.base import Follower, Topic, TopicKind, Unfollow
from relay.bus.local import Followers
from relay.config.reference import masked

OUTBOX = 1_024
"""So many messages wait to be published. Then all are dropped, and the other processes told that they missed some."""
TIMEOUT_SECONDS = 5.0
SILENT_SECONDS = 10.0
"""After so long without a word Redis is asked for one; after as long again it is away."""
FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 0.25, 15.0
_PREFIX = "deskside:"
_CONTROL = f"{_PREFIX}missed"
"""Said here: messages of the process that says it were lost."""
_ORIGIN_BYTES = 16
_log = logging.getLogger(__name__)


class BusAddressError(DesksideError):
    """This is no address of a Redis server. Write it like redis://127.0.0.1:6379/0."""


class RedisAwayError(DesksideError):
    """Redis does not answer. The text says where, and what helps."""


async def answer_seconds(url: str) -> float:
    """Return how long Redis takes to answer. Raises RedisAwayError or BusAddressError."""
    redis, loop = _connect(url), asyncio.get_running_loop()
    try:
        await redis.ping()
        began = loop.time()
        await redis.ping()
        return loop.time() - began
    except (RedisError, OSError) as error:
        raise RedisAwayError(
            f"Redis at {masked(url)} does not answer ({error or type(error).__name__}). Several relays need it to tell "
            "one another what happens. Start Redis, or correct redis_url."
        ) from None
    finally:
        await redis.aclose()


def _connect(url: str) -> Redis:
    once = Retry(NoBackoff(), 0)  # a message that is sent again might be heard twice
    try:
        return Redis.from_url(url, retry=once, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)
    except ValueError:
        raise BusAddressError(BusAddressError.__doc__) from None


class RedisBus:
    """See `Bus`. Make it in a running event loop; Redis may come later. Raises BusAddressError.

    `sleep` waits between two tries to reach Redis.
    """

    def __init__(self, url: str, sleep: Callable[[float], Coroutine[Any, Any, None]] = asyncio.sleep) -> None:
        self._redis = _connect(url)
        self._name = masked(url)
        self._sleep = sleep
        self._origin = secrets.token_bytes(_ORIGIN_BYTES)
        self._followers = Followers()
        self._outbox: deque[tuple[str, bytes]] = deque()
        self._to_send, self._topics_changed = asyncio.Event(), asyncio.Event()
        self._has_lost = False
        self._away: set[str] = set()
        self._confirmed: set[Topic] = set()
        self._awaited: dict[Topic, list[asyncio.Future[None]]] = {}
        """Who waits until a topic is heard from other processes."""
        self._tasks = [
            background.start(self._insist("listen to", self._listen), "listening to Redis"),
            background.start(self._insist("publish on", self._send), "publishing on Redis"),
        ]

    def publish(self, topic: Topic, message: bytes) -> None:
        """See Bus."""
        self._followers.tell(topic, message)
        if len(self._outbox) >= OUTBOX:
            self._lose()
        self._outbox.append((_channel(topic), self._origin + message))
        self._to_send.set()

    def follow(self, topics: Iterable[Topic], follower: Follower) -> Unfollow:
        """See Bus."""
        number, followed = self._followers.add(topics, follower)
        self._topics_changed.set()

        def unfollow() -> None:
            alone = self._followers.remove(number, followed)
            for topic in alone:
                self._confirm(topic)  # no one waits for it in vain
            if alone:
                self._topics_changed.set()

        return unfollow

    async def followed(self, topics: Iterable[Topic]) -> None:
        """See Bus."""
        for topic in dict.fromkeys(topics):
            if not self.is_away and self._followers.has(topic) and topic not in self._confirmed:
                confirmed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._awaited.setdefault(topic, []).append(confirmed)
                await confirmed

    @property
    def is_away(self) -> bool:
        """See Bus."""
        return bool(self._away)

    async def close(self) -> None:
        """See Bus."""
        self._followers.clear()
        self._wait_no_longer()
        while left := [task for task in self._tasks if not task.done()]:
            for task in left:
                task.cancel()
            await asyncio.wait(
                left, timeout=0.1
            )  # (a cancel is lost where it meets the client in the middle of a command)
        await self._redis.aclose()

    async def _insist(self, what: str, work: Callable[[Callable[[], None]], Coroutine[Any, Any, None]]) -> None:
        """Work until cancelled: again, later and later, where Redis is away. The log says that once, and its end."""
        retries = Retries(FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS)

        def works() -> None:
            retries.succeeded()
            if what in self._away:
                self._away.discard(what)
                _log.info("the relay can %s %s again", what, self._name)

        while True:
            try:
                await work(works)
            except (RedisError, OSError) as error:
                if what not in self._away:
                    self._away.add(what)
                    _log.warning("the relay cannot %s %s (%s); trying again", what, self._name, error)
            except Exception:
                self._away.add(what)
                _log.exception("the relay could not %s %s; trying again", what, self._name)
            self._wait_no_longer()
            await self._sleep(retries.wait())

    # ── telling others ─────────────────────────────────────────────────────────────────────────────────────────────

    def _lose(self) -> None:
        self._outbox.clear()
        self._has_lost = True

    async def _send(self, works: Callable[[], None]) -> None:
        while True:
            if self._has_lost:
                self._has_lost = False
                await self._say(_CONTROL, self._origin)
            while self._outbox:
                await self._say(*self._outbox.popleft())
            works()
            self._to_send.clear()
            if not self._has_lost:
                await self._to_send.wait()

    async def _say(self, channel: str, data: bytes) -> None:
        """Publish. Where that fails, nobody knows who heard it: all that waits is dropped, and told to be missed."""
        try:
            await self._redis.publish(channel, data)
        except BaseException:
            self._lose()
            raise

    # ── hearing others ─────────────────────────────────────────────────────────────────────────────────────────────

    def _confirm(self, topic: Topic) -> None:
        for waiting in self._awaited.pop(topic, ()):
            if not waiting.done():
                waiting.set_result(None)

    def _wait_no_longer(self) -> None:
        for topic in list(self._awaited):
            self._confirm(topic)

    async def _listen(self, works: Callable[[], None]) -> None:
        self._confirmed.clear()
        async with self._redis.pubsub() as pubsub:
            await pubsub.subscribe(_CONTROL)
            subscribed: set[Topic] = set()
            reading: asyncio.Task[Any] | None = None
            changing = asyncio.create_task(self._topics_changed.wait())
            self._topics_changed.set()
            asked = False
            try:
                while True:
                    reading = reading or asyncio.create_task(pubsub.get_message(timeout=None))
                    waited = {reading, changing}
                    done, _ = await asyncio.wait(waited, timeout=SILENT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                    if not done:
                        if asked:
                            raise TimeoutError("it does not answer")
                        asked = True
                        await pubsub.ping()
                    if changing in done:
                        self._topics_changed.clear()
                        changing = asyncio.create_task(self._topics_changed.wait())
                        subscribed = await self._subscribe(pubsub, subscribed)
                    if reading in done:
                        asked = False
                        heard, reading = reading.result(), None
                        self._hear(heard)
                        works()
            finally:
                for task in (reading, changing):
                    if task is not None:
                        task.cancel()
                        with suppress(asyncio.CancelledError, RedisError, OSError):
                            await task

    async def _subscribe(self, pubsub: PubSub, subscribed: set[Topic]) -> set[Topic]:
        wanted = set(self._followers.topics())
        if new := wanted - subscribed:
            await pubsub.subscribe(*(_channel(topic) for topic in new))
        if old := subscribed - wanted:
            self._confirmed -= old
            await pubsub.unsubscribe(*(_channel(topic) for topic in old))
        return wanted

    def _hear(self, heard: Any) -> None:
        if heard is None:
            return
        topic = _topic(heard["channel"])
        match heard["type"]:
            case "subscribe" if topic is not None:
                self._followers.tell_missed([topic])  # what was published before has not been heard
                self._confirmed.add(topic)
                self._confirm(topic)
            case "unsubscribe" if topic is not None:
                self._confirmed.discard(topic)
            case "message" if heard["data"][:_ORIGIN_BYTES] == self._origin:
                pass  # it was told here when it was published
            case "message" if topic is None:
                self._followers.tell_missed(self._followers.topics())
            case "message" if topic is not None:
                self._followers.tell(topic, heard["data"][_ORIGIN_BYTES:])


def _channel(topic: Topic) -> str:
    return f"{_PREFIX}{topic.kind}:{topic.id}"


def _topic(channel: bytes | None) -> Topic | None:
    """Return the topic of a channel, None for the one on which losses are told."""
    kind, _, number = (channel or b"").decode().removeprefix(_PREFIX).partition(":")
    return Topic(TopicKind(kind), int(number)) if number else None
