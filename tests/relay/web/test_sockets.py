"""What the other end of a WebSocket sends keeps nobody else waiting (F9, F14)."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise

import aiohttp
from aiohttp import WSMsgType, web

from relay.web.sockets import PINGS, Socket
from tests.support.relays import RunningRelay, enter_with, free_port

PING, BINARY = 0x9, 0x2
FLOOD = 5_000
BURST = int(PINGS.burst)


def send_empty(socket: aiohttp.ClientWebSocketResponse, kind: int, count: int) -> None:
    """Write so many empty frames as one piece."""
    connection = socket._response.connection
    assert connection is not None
    assert connection.transport is not None
    connection.transport.write((bytes([0x80 | kind, 0x80]) + os.urandom(4)) * count)


@asynccontextmanager
async def served(serve: Callable[[Socket], Awaitable[None]]) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A client of a socket that `serve` serves; it answers no pings by itself."""

    async def handle(request: web.Request) -> Socket:
        socket = Socket(max_msg_size=1_000, timeout=1.0)
        await socket.prepare(request)
        await serve(socket)
        await socket.close()
        return socket

    application = web.Application()
    application.router.add_get("/", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(f"http://127.0.0.1:{port}/", autoping=False) as client,
        ):
            yield client
    finally:
        await runner.cleanup()


async def test_f9_messages_that_come_in_one_piece_give_others_their_turn_in_between() -> None:
    turns, done = list[int](), asyncio.Event()

    async def serve(socket: Socket) -> None:
        async for message in socket:
            assert message.type is WSMsgType.BINARY
            turns.append(turn)
            if len(turns) == FLOOD:
                done.set()

    turn = 0
    async with served(serve) as client:
        send_empty(client, BINARY, FLOOD)
        while not done.is_set():
            await asyncio.sleep(0)
            turn += 1
    assert all(later > earlier for earlier, later in pairwise(turns))


async def test_f9_pings_are_answered_and_whoever_pings_without_end_is_cut() -> None:
    """F9: pings in one piece of 256 KiB, written by nobody who was known, stopped the relay for 2.6 seconds."""

    async def serve(socket: Socket) -> None:
        async for _message in socket:
            pass

    async with served(serve) as client:
        send_empty(client, PING, BURST)
        for _ in range(BURST):
            assert (await client.receive(timeout=5)).type is WSMsgType.PONG
        send_empty(client, PING, FLOOD)
        while (message := await client.receive(timeout=5)).type is WSMsgType.PONG:
            pass
        assert message.type in (WSMsgType.CLOSED, WSMsgType.ERROR)


async def test_f14_an_applet_that_pings_without_end_is_cut_and_comes_back(relay: RunningRelay) -> None:
    """F14: pings came past what an applet may say."""
    code = await relay.make_code()
    async with relay.applet(enter_with(code)) as applet:
        entered = await relay.enter(applet)
        send_empty(applet.socket, PING, FLOOD)
        while not applet.socket.closed:
            await applet.socket.receive(timeout=5)
    status, sessions = await relay.call("GET", "/sessions")
    assert status == 200
    assert not [each for each in sessions if each["id"] == entered.session and each["state"].startswith("closed")]
