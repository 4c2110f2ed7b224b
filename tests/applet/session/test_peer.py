"""The applet's end of a session, without a console."""

import asyncio

import aiohttp
import pytest

from applet.session import peer as peers
from applet.session.peer import Peer, PeerEvents
from codec.session.links.connection import Connection
from codec.wire.messages import Offer
from codec.wire.roles import Role


class Path:
    """A direct path that takes its time to open and to close."""

    now = most = made = 0

    def __init__(self, _ice_servers: object) -> None:
        Path.now, Path.made = Path.now + 1, Path.made + 1
        Path.most = max(Path.most, Path.now)

    async def answer(self, _offer: str) -> str:
        await asyncio.sleep(60)
        return "v=0"

    async def close(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        Path.now -= 1


async def test_f29_offers_without_end_open_the_sockets_of_one_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "DirectPath", Path)
    events = PeerEvents(**dict.fromkeys(PeerEvents.__dataclass_fields__, lambda *_given: None))
    async with aiohttp.ClientSession() as http:
        peer = Peer(1, None, http, "http://127.0.0.1:1", events)
        peer.connection = Connection(Role.APPLET, bytes(32), lambda *_given: None, lambda *_given: None)
        for number in range(200):
            peer._take_offer(Offer(number, "v=0"))
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert Path.most == 1
        assert Path.made > 2
        await peer.close()
