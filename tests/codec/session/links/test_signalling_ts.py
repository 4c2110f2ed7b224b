"""A page's socket to the relay: it hears everything, and notices a relay that is silent, busy or not there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import WSCloseCode, web

from codec.session.links.signalling import PROBE_SECONDS
from codec.wire.roles import Role
from codec.wire.signals import Ping, Pong, read_from_applet, write
from tests.support.node_session import NodeSession, node_session, serving
from tests.support.waiting import eventually


class Relay:
    """One socket of a relay that answers pings, until it hangs."""

    def __init__(self) -> None:
        self.pings = 0
        self.heard: list[str] = []
        self.hangs = False
        self.socket = web.WebSocketResponse()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        self.socket = web.WebSocketResponse()
        await self.socket.prepare(request)
        for number in range(3):
            await self.socket.send_str(f"hello {number}")
        async for frame in self.socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            if frame.data != write(Ping()):
                self.heard.append(frame.data)
                await self.socket.send_str(f"you said {frame.data}")
            elif not self.hangs:
                assert read_from_applet(frame.data) == Ping()
                self.pings += 1
                await self.socket.send_str(write(Pong()))
        return self.socket


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[NodeSession, Relay]]:
    relay = Relay()
    async with serving(relay.serve) as url, node_session(Role.APPLET, bytes(32)) as node:
        node.do("connect", f"{url}/ws/tunnel")
        await node.tells("connected")
        yield node, relay


async def test_what_came_before_it_was_read_is_not_lost() -> None:
    async with connected() as (node, _relay):
        node.do("say", "something")
        node.do("read")
        await node.tells("heard", 4)
        heard = [about[0] for what, *about in node.told if what == "heard"]
        assert heard == ["hello 0", "hello 1", "hello 2", "you said something"]
        node.do("leave")
        await node.tells("left")
        assert node.count("ended") == 1


@pytest.mark.parametrize("bad", ["hello 1", "you said something"])
async def test_nothing_is_taken_after_what_could_not_be_taken(bad: str) -> None:
    async with connected() as (node, relay):
        node.do("probe")
        await eventually(lambda: relay.pings == 1)
        node.do("read", bad)
        node.do("say", "something")
        node.do("say", "more")
        assert (await node.tells("refused"))[2] == "this cannot be taken"
        await eventually(lambda: relay.heard == ["something", "more"])
        assert [about[0] for what, *about in node.told if what == "heard"][-1] == bad


async def test_a_relay_that_answers_keeps_its_socket_and_one_that_does_not_is_lost() -> None:
    async with connected() as (node, relay):
        node.do("read")
        node.do("probe")
        await eventually(lambda: relay.pings == 1)
        await asyncio.sleep(PROBE_SECONDS + 0.3)
        assert (node.count("refused"), node.count("heard"), relay.pings) == (0, 3, 1)
        relay.hangs = True
        began = asyncio.get_running_loop().time()
        node.do("probe")
        assert (await node.tells("refused"))[1] == "LineLostError"
        assert asyncio.get_running_loop().time() - began < PROBE_SECONDS + 1


@pytest.mark.parametrize(
    ("code", "told"), [(WSCloseCode.TRY_AGAIN_LATER, ["refused", "ComeAgainError"]), (WSCloseCode.OK, ["ended"])]
)
async def test_the_relay_says_why_it_closes(code: WSCloseCode, told: list[str]) -> None:
    async with connected() as (node, relay):
        node.do("read")
        await node.tells("heard", 3)
        await relay.socket.close(code=code)
        await node.tells(told[0])
        assert node.told[-1][: len(told)] == told


async def test_a_relay_that_is_not_there_has_a_name() -> None:
    async with node_session(Role.APPLET, bytes(32)) as node:
        node.do("connect", "http://127.0.0.1:1/ws/applet")
        assert (await node.tells("refused"))[1] == "UnreachableError"
