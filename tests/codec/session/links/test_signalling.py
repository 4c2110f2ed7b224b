"""The socket to the relay: it notices when the network has become another one, and that it is asked to come later."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from codec.session.links.signalling import (
    BUSY_SECONDS,
    PROBE_SECONDS,
    ComeAgainError,
    LineLostError,
    Peer,
    Signalling,
    address_towards,
    connect,
)

LIMIT = 1_000


class Server:
    """Says hello, and then nothing; `hangs`: not even an answer to a ping."""

    def __init__(self) -> None:
        self.code: int | None = None
        self.hangs = False
        self.pinged = asyncio.Event()
        self.ended = asyncio.Event()
        self.url = ""

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("refuse"):
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "7"})
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        await socket.send_str("hello")
        if self.code is not None:
            await socket.close(code=self.code)
            return socket
        async for message in socket:
            if message.type is aiohttp.WSMsgType.PING:
                self.pinged.set()
                if not self.hangs:
                    await socket.pong(message.data)
        self.ended.set()
        return socket


@asynccontextmanager
async def running() -> AsyncIterator[Server]:
    """Run such a server."""
    server, app = Server(), web.Application()
    app.router.add_get("/", server.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}/"
    try:
        yield server
    finally:
        await runner.cleanup()


@asynccontextmanager
async def reading(server: Server) -> AsyncIterator[tuple[Signalling, "asyncio.Task[None]", list[str]]]:
    """Connect, and read until the end."""
    heard, hello = list[str](), asyncio.Event()

    def take(text: str) -> None:
        heard.append(text)
        hello.set()

    async with aiohttp.ClientSession() as http:
        line = await connect(http, server.url, LIMIT)
        task = asyncio.ensure_future(line.read(take))
        await hello.wait()
        try:
            yield line, task, heard
        finally:
            await line.close()
            task.cancel()


@pytest.mark.finding("field-20")
async def test_a_relay_that_answers_a_probe_keeps_its_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codec.session.links.signalling.PROBE_SECONDS", 0.2)
    async with running() as server, reading(server) as (line, task, _heard):
        for _ in range(3):
            line.probe()
            await server.pinged.wait()
            server.pinged.clear()
        done, _ = await asyncio.wait({task}, timeout=0.5)
        assert not done


@pytest.mark.finding("field-20")
async def test_a_relay_that_does_not_answer_a_probe_is_lost_at_once() -> None:
    loop = asyncio.get_running_loop()
    async with running() as server, reading(server) as (line, task, _heard):
        server.hangs = True
        began = loop.time()
        line.probe()
        with pytest.raises(LineLostError):
            await task
        assert PROBE_SECONDS <= loop.time() - began < PROBE_SECONDS + 2


@pytest.mark.finding("field-20")
async def test_another_address_of_this_computer_brings_a_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codec.session.links.signalling.LOOK_SECONDS", 0.01)
    monkeypatch.setattr("codec.session.links.signalling.PROBE_SECONDS", 0.05)
    address, seen, often = "192.0.2.1", list[Peer](), asyncio.Event()

    def look(peer: Peer) -> str:
        seen.append(peer)
        if len(seen) > 3:
            often.set()
        return address

    async with running() as server, aiohttp.ClientSession() as http:
        line = Signalling(await http.ws_connect(server.url, autoping=False), look)
        server.hangs = True
        task = asyncio.ensure_future(line.read(lambda _text: None))
        await often.wait()
        assert not server.pinged.is_set(), "nothing has changed, so nothing is asked"
        address = "198.51.100.1"
        with pytest.raises(LineLostError):
            await task
        assert server.pinged.is_set()
        await line.close()


@pytest.mark.finding("field-20")
def test_the_way_to_a_peer_is_looked_up_without_sending() -> None:
    assert address_towards(("127.0.0.1", 9)) == "127.0.0.1"
    assert address_towards(("::1", 9, 0, 0)) in ("::1", None)
    assert address_towards(("no address", 9)) is None


@pytest.mark.finding("load-1.4", "load-1.14")
async def test_a_relay_that_is_busy_says_when_to_come_again() -> None:
    async with running() as server:
        server.code = aiohttp.WSCloseCode.TRY_AGAIN_LATER
        async with aiohttp.ClientSession() as http:
            line = await connect(http, server.url, LIMIT)
            with pytest.raises(ComeAgainError) as told:
                await line.read(lambda _text: None)
            assert told.value.seconds == BUSY_SECONDS
            await line.close()
            with pytest.raises(ComeAgainError) as told:
                await connect(http, f"{server.url}?refuse=yes", LIMIT)
            assert told.value.seconds == 7
