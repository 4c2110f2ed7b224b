"""The bus over Redis while Redis is away: nothing waits, nothing is heard twice, and who missed something is told."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from relay.bus import redis_bus
from relay.bus.redis_bus import BusAddressError, RedisAwayError, RedisBus, answer_seconds
from tests.relay.bus.test_contract import ANNA, BORIS, Heard
from tests.support.redis_servers import RedisServer, running_redis
from tests.support.waiting import eventually


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A Redis of this test's own."""
    with running_redis() as server:
        yield server


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Try again soon, and see what the log says."""
    monkeypatch.setattr(redis_bus, "LAST_RETRY_SECONDS", 0.05)
    caplog.set_level(logging.INFO, "relay.bus")


@asynccontextmanager
async def two(redis: RedisServer) -> AsyncIterator[tuple[RedisBus, RedisBus, Heard]]:
    """Two processes' ends; at the second one, Anna is followed."""
    here, there, heard = RedisBus(redis.url), RedisBus(redis.url), Heard()
    there.follow([ANNA], heard)
    try:
        await eventually(lambda: heard.misses == 1)
        yield here, there, heard
    finally:
        await here.close()
        await there.close()


def said(caplog: pytest.LogCaptureFixture, words: str) -> int:
    """Return how often the log says something."""
    return sum(words in record.getMessage() for record in caplog.records)


async def test_while_redis_is_away_nobody_waits_and_this_process_hears_all(
    redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with two(redis) as (here, _there, elsewhere):
        near = Heard()
        here.follow([ANNA], near)
        redis.stop()
        for number in range(20):
            here.publish(ANNA, str(number).encode())
        assert near.texts == [str(number) for number in range(20)]
        await eventually(lambda: said(caplog, "cannot publish on") >= 1)
        await eventually(lambda: said(caplog, "cannot listen to") == 2)
        misses = elsewhere.misses
        redis.start()
        await eventually(lambda: elsewhere.misses > misses)
        await eventually(lambda: said(caplog, "can publish on") == 1 and said(caplog, "can listen to") == 2)
        here.publish(ANNA, b"after")
        await eventually(lambda: elsewhere.texts[-1:] == ["after"])
        assert elsewhere.texts == ["after"], "what was published meanwhile is lost, and nothing is repeated"
        assert said(caplog, "cannot publish on") == 1, "the log says it once"


async def test_no_one_waits_for_a_redis_that_is_away_to_hear_the_others(
    redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with two(redis) as (_here, there, _heard):
        assert not there.is_away
        redis.stop()
        later = Heard()
        there.follow([BORIS], later)
        await asyncio.wait_for(there.followed([BORIS]), 10)
        assert there.is_away
        assert later.misses == 0
        redis.start()
        await eventually(lambda: later.misses == 1 and not there.is_away)


async def test_whether_redis_answers_is_said_with_what_helps(redis: RedisServer) -> None:
    assert 0 < await answer_seconds(redis.url) < 5
    redis.stop()
    with pytest.raises(RedisAwayError, match=r"does not answer .* Start Redis, or correct redis_url") as refused:
        await answer_seconds("redis://:secret-word@127.0.0.1:1/0")
    assert "secret-word" not in str(refused.value)


async def test_redis_may_come_later(redis: RedisServer) -> None:
    redis.stop()
    bus, heard = RedisBus(redis.url), Heard()
    bus.follow([ANNA], heard)
    bus.publish(ANNA, b"here")
    assert heard.texts == ["here"]
    redis.start()
    await eventually(lambda: heard.misses == 1)
    await bus.close()


async def test_who_could_not_be_told_hears_that_they_missed_something_although_they_were_connected(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two(redis) as (here, _there, heard):
        publish = here._redis.publish

        async def broken(*_given: object) -> int:
            monkeypatch.setattr(here._redis, "publish", publish)
            raise OSError("cut")

        monkeypatch.setattr(here._redis, "publish", broken)
        here.publish(ANNA, b"lost")
        here.publish(BORIS, b"lost too")
        await eventually(lambda: heard.misses == 2)
        here.publish(ANNA, b"next")
        await eventually(lambda: heard.texts == ["next"])


async def test_more_than_can_wait_is_dropped_and_told(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_bus, "OUTBOX", 8)
    async with two(redis) as (here, _there, heard):
        for number in range(20):  # in one go: nothing is sent before this test waits
            here.publish(ANNA, str(number).encode())
        await eventually(lambda: heard.texts[-1:] == ["19"])
        assert heard.misses == 2
        assert len(heard.texts) <= 8


async def test_a_redis_that_answers_nothing_is_away(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(redis_bus, "SILENT_SECONDS", 0.05)
    monkeypatch.setattr(redis_bus, "TIMEOUT_SECONDS", 0.2)
    async with two(redis) as (_here, _there, heard):
        redis.hold()
        await eventually(lambda: said(caplog, "cannot listen to") == 2)
        redis.stop()
        redis.start()
        await eventually(lambda: heard.misses >= 2)


async def test_an_address_that_is_none_is_said_at_once() -> None:
    with pytest.raises(BusAddressError):
        RedisBus("http://127.0.0.1/")


async def test_the_log_never_shows_the_password(redis: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    redis.stop()
    bus = RedisBus("redis://:secret-word@127.0.0.1:1/0")
    await eventually(lambda: said(caplog, "cannot") >= 1)
    await bus.close()
    assert "secret-word" not in caplog.text
