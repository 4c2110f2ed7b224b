"""A session between Python and TypeScript over real WebSockets: links are delayed, cut, switched and lied on."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

import aiohttp
import pytest

from codec.session.lanes import CHUNK_BYTES
from codec.session.links.base import LinkClosedError
from codec.session.links.tunnel import TunnelLink, open_tunnel
from codec.session.path_manager import LinkKind
from codec.wire.lanes import Lane
from codec.wire.roles import Role
from relay.metrics import Metrics
from relay.signalling.tunnel import Tunnels
from tests.codec.session.links.test_connection import End
from tests.support.node_session import Middle, NodeSession, node_session, serving

ROOT = bytes(range(32))
ROLES = pytest.mark.parametrize("role", list(Role), ids=lambda role: f"node-is-{role}")


class Disguised(TunnelLink):
    """A tunnel that is used as a link of another kind."""

    def __init__(self, link: TunnelLink, kind: LinkKind, binding: bytes) -> None:
        super().__init__(link._socket)
        self.kind = kind
        self.binding = binding


@dataclass
class Both:
    """Python's end, Node's end, and the relay between them."""

    python: End
    node: NodeSession
    middle: Middle
    url: str
    http: aiohttp.ClientSession
    tunnels: list[str] = field(default_factory=list)

    async def link(self, kind: LinkKind = LinkKind.RELAYED, binding: bytes = b"", theirs: bytes | None = None) -> str:
        """Join both by another link; return its name."""
        name = f"ticket {len(self.tunnels)}"
        self.tunnels.append(name)
        self.node.do("add", self.url, name, kind, (binding if theirs is None else theirs).hex())
        link = await open_tunnel(self.http, self.url, name)
        self.python.connection.add(Disguised(link, kind, binding))
        await self.node.tells("added", len(self.tunnels))
        return name

    async def moved(self, kind: LinkKind | None) -> None:
        """Wait until both use a link of this kind."""
        await self.python.until(lambda: self.python.connection.kind is kind)
        await self.node.until(lambda: bool(self.node.kinds) and self.node.kinds[-1] == kind)

    async def heard(self, python: list[bytes], node: list[bytes]) -> None:
        """Wait until each end has heard exactly this."""
        await self.python.until(lambda: len(self.python.messages) >= len(python))
        await self.node.until(lambda: len(self.node.messages) >= len(node))
        assert self.python.messages == python
        assert [message for _, message in self.node.messages] == node


@asynccontextmanager
async def both(role: Role, root: bytes = ROOT) -> AsyncIterator[Both]:
    middle = Middle()
    async with serving(middle.serve) as url, node_session(role, root) as node, aiohttp.ClientSession() as http:
        python = End(role.peer, ROOT)
        try:
            yield Both(python, node, middle, url, http)
        finally:
            await python.connection.close()


@ROLES
async def test_messages_pass_both_ways_on_the_relays_own_tunnel(role: Role) -> None:
    tunnels = Tunnels(Metrics(), time.monotonic)
    async with serving(tunnels.serve) as url, node_session(role, ROOT) as node, aiohttp.ClientSession() as http:
        ours, theirs = tunnels.issue(1, (1, "console"))
        python = End(role.peer, ROOT)
        node.do("add", url, theirs, LinkKind.RELAYED, "")
        python.connection.add(await open_tunnel(http, url, ours))
        picture = Random(1).randbytes(900_000)
        python.connection.send(Lane.PICTURE, picture)
        python.connection.send(Lane.CONTROL, b"key")
        node.send(Lane.PICTURE, picture)
        node.send(Lane.CONTROL, b"click")
        await node.until(lambda: len(node.messages) == 2)
        await python.until(lambda: len(python.messages) == 2)
        assert {bytes(message) for message in python.messages} == {picture, b"click"}
        assert set(node.messages) == {(Lane.PICTURE, picture), (Lane.CONTROL, b"key")}
        await python.connection.flush(5)
        node.do("flush", 5)
        await node.tells("flushed")
        node.do("unconfirmed", Lane.CONTROL)
        assert (await node.tells("unconfirmed"))[1] == 0
        tunnels.close(1)
        await node.tells("gone")
        assert node.kinds[-1] is None
        await python.connection.close()


@ROLES
async def test_links_that_are_cut_in_the_midst_of_everything_lose_nothing(role: Role) -> None:
    """Chance says when links come, go, are slow and swallow; each end hears all messages once and in order."""
    random = Random(7)
    said: tuple[list[bytes], list[bytes]] = ([], [])
    async with both(role) as ends:
        name = await ends.link()
        for number in range(120):
            message = bytes([number]) * random.choice((1, 200, CHUNK_BYTES, 50_000))
            if number % 2:
                ends.python.connection.send(Lane.PICTURE, message)
                said[1].append(message)
            else:
                ends.node.send(Lane.PICTURE, message)
                said[0].append(message)
            match random.randrange(12):
                case 0:
                    await ends.middle.cut(name)
                    name = await ends.link(random.choice(list(LinkKind)), b"same")
                case 1:
                    name = await ends.link(random.choice(list(LinkKind)), b"same")
                case 2:
                    ends.middle.swallow(name, 1)
                    name = await ends.link(LinkKind.DIRECT, b"same")
                case 3:
                    ends.middle.seconds = random.choice((0.0, 0.001))
                case 4:
                    await ends.python.until(lambda: len(ends.python.messages) >= len(said[0]) - 3)
        ends.middle.seconds = 0.0
        await ends.middle.cut(name)
        await ends.link(LinkKind.DIRECT, b"same")
        await ends.heard(python=said[0], node=said[1])


@ROLES
async def test_a_direct_link_takes_over_and_falls_back(role: Role) -> None:
    async with both(role) as ends:
        await ends.link()
        await ends.moved(LinkKind.RELAYED)
        direct = await ends.link(LinkKind.DIRECT, b"fingerprints")
        await ends.moved(LinkKind.DIRECT)
        ends.node.send(Lane.CONTROL, b"on the direct one")
        await ends.heard(python=[b"on the direct one"], node=[])
        await ends.middle.cut(direct)
        await ends.moved(LinkKind.RELAYED)
        assert ends.node.count("doubted") >= 1
        ends.python.connection.send(Lane.CONTROL, b"on the relayed one")
        await ends.heard(python=[b"on the direct one"], node=[b"on the relayed one"])


@ROLES
async def test_a_silent_direct_link_is_left_for_its_standby(role: Role) -> None:
    """Nothing says that it is dead: only its silence."""
    async with both(role) as ends:
        await ends.link()
        direct = await ends.link(LinkKind.DIRECT)
        await ends.moved(LinkKind.DIRECT)
        ends.middle.swallow(direct, 1 << 30)
        ends.node.send(Lane.CONTROL, b"hello")
        ends.python.connection.send(Lane.CONTROL, b"is anyone there?")
        await ends.moved(LinkKind.RELAYED)
        await ends.heard(python=[b"hello"], node=[b"is anyone there?"])
        assert ends.node.count("doubted") >= 1


@ROLES
async def test_what_is_said_without_a_link_arrives_with_the_next(role: Role) -> None:
    async with both(role) as ends:
        await ends.link()
        await ends.moved(LinkKind.RELAYED)
        ends.node.do("networkLost")
        await ends.moved(None)
        ends.node.send(Lane.CONTROL, b"from Node")
        ends.python.connection.send(Lane.CONTROL, b"from Python")
        await ends.link()
        await ends.heard(python=[b"from Node"], node=[b"from Python"])


@ROLES
async def test_another_key_or_other_fingerprints_do_not_get_in(role: Role) -> None:
    async with both(role, root=bytes(32)) as stranger:
        await stranger.link()
        stranger.python.connection.send(Lane.CONTROL, b"let me in")
        await stranger.node.tells("gone")
        assert stranger.node.messages == []
    async with both(role) as between:
        await between.link(LinkKind.DIRECT, b"what one saw", theirs=b"what the other saw")
        between.python.connection.send(Lane.CONTROL, b"let me in")
        await between.node.tells("gone")
        assert between.node.messages == []


@ROLES
async def test_the_newest_clipboard_replaces_what_has_not_left(role: Role) -> None:
    async with both(role) as ends:
        ends.node.send(Lane.BULK, b"old" * 100_000, newest=True)
        ends.node.send(Lane.BULK, b"new" * 100_000, newest=True)
        await ends.link()
        await ends.heard(python=[b"new" * 100_000], node=[])


async def test_a_tunnel_that_does_not_come_about_has_a_name() -> None:
    tunnels = Tunnels(Metrics(), time.monotonic)
    async with serving(tunnels.serve) as url, node_session(Role.APPLET, ROOT) as node:
        node.do("add", url, "a ticket that nobody issued", LinkKind.RELAYED, "")
        assert (await node.tells("refused"))[1] == LinkClosedError.__name__
        node.do("add", "http://127.0.0.1:1", "ticket", LinkKind.RELAYED, "")
        assert (await node.tells("refused", 2))[1] == LinkClosedError.__name__
        ours, _theirs = tunnels.issue(1, (1, "console"))
        node.do("add", url, ours, LinkKind.RELAYED, "")
        node.do("giveUp")
        assert "given up" in (await node.tells("refused", 3))[2]


@ROLES
async def test_a_line_that_is_full_is_named_and_nothing_is_lost(role: Role) -> None:
    async with both(role) as ends:
        for _ in range(3):
            ends.node.send(Lane.CONTROL, bytes(2 << 20))
        assert (await ends.node.tells("refused"))[1] == "StreamFullError"
        await ends.link()
        await ends.heard(python=[bytes(2 << 20)], node=[])
