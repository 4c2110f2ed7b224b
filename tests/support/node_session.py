"""One end of a session in Node, and tunnels between it and Python: the relay's own, and one that does harm."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from codec.session.links.tunnel import TUNNEL_PATH
from codec.session.path_manager import LinkKind
from codec.wire.lanes import Lane
from codec.wire.roles import Role
from tests.support.node import SCRIPTS, codec_environment

Told = list[Any]
SECONDS = 15


class NodeSession:
    """`tests/codec/ts/session.mjs`: what it was told to do, and what it tells."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.told: list[Told] = []
        self._process = process
        self._news = asyncio.Event()
        self._reading = asyncio.ensure_future(self._read())

    def do(self, what: str, *about: Any) -> None:
        """Give an order."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([what, *about]).encode() + b"\n")

    def send(self, lane: Lane, message: bytes, newest: bool = False) -> None:
        """Have it send a message."""
        self.do("send", lane, message.hex(), newest)

    @property
    def messages(self) -> list[tuple[int, bytes]]:
        """What has arrived there."""
        return [(about[0], bytes.fromhex(about[1])) for what, *about in self.told if what == "message"]

    @property
    def kinds(self) -> list[LinkKind | None]:
        """Where it has moved."""
        return [about[0] for what, *about in self.told if what == "moved"]

    def count(self, what: str) -> int:
        """Return how often it has told so."""
        return sum(told[0] == what for told in self.told)

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for something that it tells. Raises TimeoutError, AssertionError where it fails."""
        try:
            async with asyncio.timeout(SECONDS):
                while not happened():
                    assert not self.count("failed"), self.told[-1]
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise TimeoutError(f"Node has told {[str(each)[:60] for each in self.told]}") from None

    async def tells(self, what: str, times: int = 1) -> Told:
        """Wait until it has told so, so many times, and return what."""
        await self.until(lambda: self.count(what) >= times)
        return [told for told in self.told if told[0] == what][times - 1]

    async def close(self) -> None:
        """End it."""
        self._reading.cancel()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self.told.append(json.loads(line))
            self._news.set()


@asynccontextmanager
async def node_session(role: Role, root: bytes) -> AsyncIterator[NodeSession]:
    """An end of this role, which is closed in the end."""
    command = ("node", "--experimental-websocket", "--no-warnings", str(SCRIPTS / "session.mjs"))
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.DEVNULL}
    process = await asyncio.create_subprocess_exec(*command, env=codec_environment(), limit=1 << 24, **pipes)  # type: ignore[arg-type]
    session = NodeSession(process)
    session.do("begin", role.value, root.hex())
    try:
        yield session
    finally:
        await session.close()


class Middle:
    """A relay that joins two legs of a name, and can delay, swallow and cut what they say."""

    def __init__(self) -> None:
        self.seconds = 0.0
        """How long each frame takes."""
        self.passed = 0
        self._waiting: dict[str, web.WebSocketResponse] = {}
        self._legs: dict[str, list[web.WebSocketResponse]] = {}
        self._swallowing: dict[str, int] = {}

    def swallow(self, name: str, frames: int) -> None:
        """Let the next frames of a tunnel vanish, though both legs stay."""
        self._swallowing[name] = frames

    async def cut(self, name: str) -> None:
        """Break both legs of a tunnel."""
        for leg in self._legs.pop(name, []):
            await leg.close()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Handle one leg."""
        leg = web.WebSocketResponse()
        await leg.prepare(request)
        name = str((await leg.receive_json())["ticket"])
        other = self._waiting.pop(name, None)
        if other is None:
            self._waiting[name] = leg
            self._legs[name] = [leg]
        else:
            self._legs[name].append(leg)
            for each in (leg, other):
                await each.send_json({"type": "paired"})
        async for message in leg:
            if message.type is aiohttp.WSMsgType.BINARY:
                await self._pass(name, leg, message.data)
        for each in self._legs.pop(name, []):
            await each.close()
        return leg

    async def _pass(self, name: str, leg: web.WebSocketResponse, data: bytes) -> None:
        if self._swallowing.get(name, 0) > 0:
            self._swallowing[name] -= 1
            return
        if self.seconds:
            await asyncio.sleep(self.seconds)
        self.passed += 1
        for each in self._legs.get(name, []):
            if each is not leg:
                with contextlib.suppress(ConnectionError):
                    await each.send_bytes(data)


@asynccontextmanager
async def serving(serve: Callable[[web.Request], Any]) -> AsyncIterator[str]:
    """The address of a relay that has nothing but tunnels."""
    relay = web.Application()
    relay.router.add_get(TUNNEL_PATH, serve)
    async with TestServer(relay) as server:
        yield str(server.make_url("")).rstrip("/")
