"""A session over real tasks: links come, go and lie."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from codec.session.links.base import Link
from codec.session.links.connection import MOST_LINKS, Connection
from codec.session.path_manager import Happening, LinkKind
from codec.wire.lanes import Lane
from codec.wire.roles import Role
from tests.codec.session.links.pairs import direct_pair, memory_pair

ROOT = bytes(32)


@dataclass
class End:
    """One end and what it heard."""

    role: Role
    root: bytes = ROOT
    messages: list[bytes] = field(default_factory=list)
    moves: list[LinkKind | None] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.connection = Connection(self.role, self.root, self._message, self._moved)

    def _message(self, _lane: Lane, message: bytes) -> None:
        self.messages.append(message)
        self.changed.set()

    def _moved(self, kind: LinkKind | None) -> None:
        self.moves.append(kind)
        self.changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def both_ends(console_root: bytes = ROOT) -> AsyncIterator[tuple[End, End]]:
    applet, console = End(Role.APPLET), End(Role.CONSOLE, console_root)
    try:
        yield applet, console
    finally:
        await asyncio.gather(applet.connection.close(), console.connection.close())


def join(applet: End, console: End, links: tuple[Link, Link]) -> None:
    applet.connection.add(links[0])
    console.connection.add(links[1])


async def test_relayed_then_direct_then_relayed_again() -> None:
    async with both_ends() as (applet, console), direct_pair() as direct:
        join(applet, console, memory_pair(LinkKind.RELAYED))
        await console.until(lambda: console.connection.kind is LinkKind.RELAYED)
        console.connection.send(Lane.CONTROL, b"over the relay")
        join(applet, console, direct)
        await console.until(lambda: console.connection.kind is LinkKind.DIRECT)
        console.connection.send(Lane.CONTROL, b"direct")
        await applet.until(lambda: len(applet.messages) == 2)
        await direct[0].close()
        console.connection.send(Lane.CONTROL, b"over the relay again")
        await applet.until(lambda: len(applet.messages) == 3)
        assert applet.messages == [b"over the relay", b"direct", b"over the relay again"]
        assert console.moves[:2] == [LinkKind.RELAYED, LinkKind.DIRECT]
        assert console.connection.kind is LinkKind.RELAYED


async def test_messages_outlive_a_time_without_any_link() -> None:
    async with both_ends() as (applet, console):
        first = memory_pair(LinkKind.RELAYED)
        join(applet, console, first)
        await console.until(lambda: console.connection.kind is not None)
        await first[0].close()
        await console.until(lambda: console.connection.kind is None)
        applet.connection.send(Lane.PICTURE, b"p" * 100_000)
        console.connection.send(Lane.CONTROL, b"chat")
        join(applet, console, memory_pair(LinkKind.RELAYED))
        await applet.until(lambda: applet.messages == [b"chat"])
        await console.until(lambda: console.messages == [b"p" * 100_000])


async def test_a_stranger_is_closed_out() -> None:
    async with both_ends(console_root=b"\1" * 32) as (applet, console):
        links = memory_pair(LinkKind.RELAYED)
        join(applet, console, links)
        console.connection.send(Lane.CONTROL, b"let me in")
        async with asyncio.timeout(5):
            await links[0].gone.wait()
        assert applet.messages == []
        assert not applet.connection.holds(LinkKind.RELAYED)


async def test_flush_waits_for_the_other_end() -> None:
    async with both_ends() as (applet, console):
        join(applet, console, memory_pair(LinkKind.RELAYED))
        console.connection.send(Lane.CONTROL, b"bye")
        await console.connection.flush(5)
        assert applet.messages == [b"bye"]
        assert console.connection.unacknowledged_bytes(Lane.CONTROL) == 0


async def test_flush_gives_up_on_a_silent_end() -> None:
    async with both_ends() as (_, console):
        link, _ = memory_pair(LinkKind.RELAYED)
        console.connection.add(link)
        console.connection.send(Lane.CONTROL, b"bye")
        await console.connection.flush(0.05)
        assert console.connection.unacknowledged_bytes(Lane.CONTROL) > 0


async def test_links_that_are_opened_without_end_push_one_another_out() -> None:
    """F29: each link has its tasks and its seals; a relay that offers tunnels all the time adds no more of them."""
    async with both_ends() as (applet, console):
        first = memory_pair(LinkKind.RELAYED)
        join(applet, console, first)
        await console.until(lambda: console.connection.kind is LinkKind.RELAYED)
        silent = [memory_pair(LinkKind.RELAYED)[0] for _ in range(5 * MOST_LINKS)]
        for link in silent:
            console.connection.add(link)
        assert len(console.connection._held) == MOST_LINKS
        await asyncio.gather(*(link.gone.wait() for link in silent[:-MOST_LINKS]))


class Flood:
    """A link on which something has always arrived already."""

    kind = LinkKind.RELAYED
    binding = b""

    def __init__(self, frames: list[bytes]) -> None:
        self.frames = frames
        self.over = asyncio.Event()

    async def send(self, data: bytes) -> None:
        """See Link."""

    async def receive(self) -> bytes:
        """Return the next one without waiting."""
        if not self.frames:
            self.over.set()
            await asyncio.Event().wait()
        return self.frames.pop()

    async def close(self) -> None:
        """See Link."""


async def test_a_link_that_always_has_more_lets_others_have_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """F5: whoever calls into the loop meanwhile waits for one turn, not for the end of the flood."""
    end = End(Role.APPLET)

    def work(*_: object) -> list[Happening]:
        time.sleep(0.0005)
        return []

    monkeypatch.setattr(end.connection._path_manager, "receive", work)
    flood = Flood([b"x"] * 2_000)
    end.connection.add(flood)
    left = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.01, lambda: left.set_result(len(flood.frames)))
    assert await left > 1_000
    await end.connection.close()


@pytest.mark.finding("field-20")
async def test_a_link_that_is_lost_brings_doubt_once() -> None:
    doubts: list[str] = []

    def doubted() -> None:
        doubts.append("console")
        console.changed.set()

    async with both_ends() as (applet, console), direct_pair() as direct:
        join(applet, console, memory_pair(LinkKind.RELAYED))
        join(applet, console, direct)
        await console.until(lambda: console.connection.kind is LinkKind.DIRECT)
        console.connection._on_doubted = doubted
        await direct[1].close()
        await console.until(lambda: bool(doubts))
        assert doubts == ["console"]


@pytest.mark.finding("field-20")
async def test_a_network_that_is_lost_takes_every_link_and_new_ones_carry_on() -> None:
    async with both_ends() as (applet, console):
        join(applet, console, memory_pair(LinkKind.RELAYED))
        await console.until(lambda: console.connection.kind is LinkKind.RELAYED)
        applet.connection.network_lost()
        assert applet.connection.kind is None
        console.connection.send(Lane.CONTROL, b"on its way meanwhile")
        join(applet, console, memory_pair(LinkKind.RELAYED))
        await applet.until(lambda: bool(applet.messages))
        assert applet.messages == [b"on its way meanwhile"]
