"""The socket with which a page tests its way to the relay: what it answers, and what it gives no one."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import msgspec
import pytest
from aiohttp import WSMsgType

from codec.wire.connection_check import CHECK_PATH, MOST_BYTES, PART_BYTES, AskBytes, AskTime, FromCheck, ToCheck
from relay.signalling.check_socket import MOST_PARTS, OF_ADDRESS, OF_ADDRESS_AT_ONCE
from tests.support.relays import RunningRelay, running_relay


async def say(socket: aiohttp.ClientWebSocketResponse, said: FromCheck) -> None:
    await socket.send_str(msgspec.json.encode(said).decode())


async def hear(socket: aiohttp.ClientWebSocketResponse) -> ToCheck:
    heard: ToCheck = msgspec.json.decode(await socket.receive_str(timeout=5), type=ToCheck)
    return heard


async def closed_with(relay: RunningRelay) -> int | None:
    """Connect, and return the code with which the relay closes at once; None where it lets us in."""
    async with relay.http.ws_connect(relay.url + CHECK_PATH) as socket:
        await say(socket, AskTime())
        message = await socket.receive(timeout=5)
        return socket.close_code if message.type is WSMsgType.CLOSE else None


async def test_it_tells_the_time_sends_bytes_and_counts_ours(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, relay.http.ws_connect(relay.url + CHECK_PATH) as socket:
        await say(socket, AskTime())
        told = await hear(socket)
        assert abs(told.now - datetime.now(UTC)) < timedelta(seconds=5)  # type: ignore[union-attr]
        await say(socket, AskBytes())
        came = [await socket.receive_bytes(timeout=5) for _ in range(MOST_BYTES // PART_BYTES)]
        assert sum(map(len, came)) == MOST_BYTES
        assert len(set(came)) == len(came), "a proxy could compress what repeats"
        for count in range(1, MOST_BYTES // PART_BYTES + 1):
            await socket.send_bytes(bytes(PART_BYTES))
            assert (await hear(socket)).size == count * PART_BYTES  # type: ignore[union-attr]


@pytest.mark.parametrize("said", ['{"type":"enter"}', "x" * (PART_BYTES + 1), '{"type":"ask_bytes"}'])
async def test_who_says_anything_else_is_closed(tmp_path: Path, said: str) -> None:
    async with running_relay(tmp_path) as relay, relay.http.ws_connect(relay.url + CHECK_PATH) as socket:
        await say(socket, AskBytes())
        await socket.send_str(said)
        while (message := await socket.receive(timeout=5)).type is WSMsgType.BINARY:
            pass
        assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED)


async def test_nobody_sends_more_than_a_test_needs(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, relay.http.ws_connect(relay.url + CHECK_PATH) as socket:
        for _ in range(MOST_BYTES // PART_BYTES + 1):
            await socket.send_bytes(bytes(PART_BYTES))
        while (message := await socket.receive(timeout=5)).type is WSMsgType.TEXT:
            pass
        assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED)


async def test_an_address_that_comes_too_often_hears_that_the_relay_is_busy(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        came = [await closed_with(relay) for _ in range(OF_ADDRESS.misses + 1)]
    assert came == [None] * OF_ADDRESS.misses + [1013]


async def test_nobody_is_answered_byte_by_byte(tmp_path: Path) -> None:
    """Half a million answers took the relay a quarter of a minute, and 16 could ask for them at once."""
    async with running_relay(tmp_path) as relay, relay.http.ws_connect(relay.url + CHECK_PATH) as socket:
        for _ in range(MOST_PARTS + 1):
            await socket.send_bytes(b"1")
        answers = 0
        while (message := await socket.receive(timeout=5)).type is WSMsgType.TEXT:
            answers += 1
        assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED)
        assert answers == MOST_PARTS


async def test_one_address_leaves_places_to_others(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, AsyncExitStack() as open_ones:
        for _ in range(OF_ADDRESS_AT_ONCE):
            socket = await open_ones.enter_async_context(relay.http.ws_connect(relay.url + CHECK_PATH))
            await say(socket, AskTime())
            await hear(socket)
        assert await closed_with(relay) == 1013
        await socket.close()
        assert await closed_with(relay) is None
