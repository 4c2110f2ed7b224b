"""The relay's own listener: what belongs to a request, what is dropped, and how much is taken in at once."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from relay.web.clients import Clients
from relay.web.connections import HEAD_BYTES, Connections, Limits
from relay.web.listener import MOST_LEFT, Listener
from tests.support.relays import free_port, running_relay
from tests.support.waiting import eventually

MEGABYTE = 1024 * 1024
HEALTH = b"GET /health HTTP/1.1\r\nHost: here\r\n\r\n"
SIGN_IN = b"POST /api/v1/sign-in HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
LIMITS = Limits(total=1_000, of_address=1_000, strangers=1_000, head_seconds=10, body_seconds=10, idle_seconds=10)


@asynccontextmanager
async def listening(handler: Any) -> AsyncIterator[tuple[int, web.Server]]:
    """Serve one handler at every address; its port and aiohttp's server are given."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner, port = web.AppRunner(app), free_port()
    await runner.setup()
    clients = Clients([ip_network("192.0.2.1")])
    listener = Listener(runner, ("127.0.0.1", port), Connections(LIMITS), clients, lambda _why: None)
    await listener.start()
    try:
        assert runner.server is not None
        yield port, runner.server
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("times", range(3))
async def test_a_body_that_nobody_wants_is_dropped_until_its_sender_has_the_answer(tmp_path: Path, times: int) -> None:
    """Also on a connection that was used before. The sender, a proxy perhaps, sees the answer and no reset."""
    async with running_relay(tmp_path) as relay:
        reader, writer = await asyncio.open_connection(*relay.settings.address)
        for _ in range(times):
            writer.write(HEALTH)
            await asyncio.wait_for(reader.readuntil(b"}"), 5)
        writer.write(SIGN_IN % (4 * MEGABYTE) + b"a" * 4 * MEGABYTE)
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(), 5)
        assert b" 413 " in answer
        assert b"Connection: close" in answer
        writer.close()


async def test_a_body_right_behind_its_head_is_not_taken_for_a_longer_head() -> None:
    """Proxies send a small piece and a large one at once, on a connection that was used before."""
    bodies: list[int] = []

    async def handler(request: web.Request) -> web.Response:
        bodies.append(len(await request.read()))
        return web.Response(text="read")

    async with listening(handler) as (port, server):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEALTH)
        await asyncio.wait_for(reader.readuntil(b"read"), 5)
        (protocol,) = (
            server.connections
        )  # both pieces come before the request is looked at, which a socket cannot promise
        protocol.data_received(SIGN_IN % (HEAD_BYTES * 2) + b"a")
        protocol.data_received(b"a" * (HEAD_BYTES * 2 - 1))
        await asyncio.wait_for(reader.readuntil(b"read"), 5)
        assert bodies == [0, HEAD_BYTES * 2]
        writer.close()


async def test_who_send_and_go_and_come_again_are_not_taken_in_faster_than_they_are_worked_off() -> None:
    """A place that is free again is no sign that the work for whoever had it is done."""
    begun, may_end = 0, asyncio.Event()

    async def handler(_request: web.Request) -> web.Response:
        nonlocal begun
        begun += 1
        await may_end.wait()
        return web.Response()

    async with listening(handler) as (port, _server):
        for _ in range(MOST_LEFT * 4):
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(HEALTH)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        assert begun < MOST_LEFT * 2
        may_end.set()
        await eventually(lambda: begun == MOST_LEFT * 4)


async def test_requests_that_do_not_wait_for_their_answers_end_the_connection() -> None:
    """No browser and no proxy sends them, and each would take a turn from callers who wait."""
    begun = 0

    async def handler(_request: web.Request) -> web.Response:
        nonlocal begun
        begun += 1
        return web.Response(text="read")

    async with listening(handler) as (port, _server):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEALTH * 200)
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(), 5)
        assert (begun, answer.count(b"HTTP/1.1 200")) == (1, 1)
        assert b"Connection: close" in answer
        writer.close()


@pytest.mark.parametrize("ticks", range(8))
@pytest.mark.parametrize("waited", [0, 3], ids=["starting", "waiting"])
async def test_whatever_was_accepted_when_the_relay_stops_is_closed(ticks: int, waited: int) -> None:
    """A socket that is left open is found by Python's warnings, which fail this test, and keeps its caller waiting.

    The relay may be about to wait for a connection, or wait for one.
    """

    async def handler(_request: web.Request) -> web.Response:
        return web.Response()

    callers = [socket.socket() for _ in range(20)]
    async with listening(handler) as (port, _server):
        for _ in range(waited):
            await asyncio.sleep(0)
        for each in callers:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        for _ in range(ticks):  # of the event loop: between accepting and opening
            await asyncio.sleep(0)
    gc.collect()
    for each in callers:
        each.close()
