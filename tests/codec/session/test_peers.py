"""Both ends of a session send by one contract."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from applet.session.peer import Peer as AppletPeer
from applet.session.peer import PeerEvents as AppletEvents
from codec.session.links.connection import Connection
from codec.session.stream import StreamFullError
from codec.wire.messages import Answer, Chat, PointerAt
from codec.wire.roles import Role
from console.session.peer import Peer as ConsolePeer
from console.session.peer import PeerEvents as ConsoleEvents

AN_ANSWER = Answer(1, "x" * 2_000)
A_LINE = Chat(1, "x" * 2_000, 0)
Made = AppletPeer | ConsolePeer


def deaf(events: Any) -> Any:
    """Return events that nobody hears."""
    return events(**dict.fromkeys(events.__dataclass_fields__, lambda *_given: None))


def applet(http: aiohttp.ClientSession) -> Made:
    """Return the customer's end."""
    return AppletPeer(1, None, http, "http://127.0.0.1:1", deaf(AppletEvents))


def console(http: aiohttp.ClientSession) -> Made:
    """Return the technician's end."""
    return ConsolePeer(1, None, http, "http://127.0.0.1:1", deaf(ConsoleEvents))


@pytest_asyncio.fixture(params=[applet, console])
async def peer(request: pytest.FixtureRequest) -> AsyncIterator[Made]:
    """One end, before a key was agreed."""
    make: Callable[[aiohttp.ClientSession], Made] = request.param
    async with aiohttp.ClientSession() as http:
        made = make(http)
        yield made
        await made.close()


def agree(peer: Made) -> Connection:
    """Give it what it has once a key was agreed, without a link."""
    role = Role.APPLET if isinstance(peer, AppletPeer) else Role.CONSOLE
    peer.connection = Connection(role, bytes(32), lambda *_given: None, lambda *_given: None)
    return peer.connection


async def test_before_there_is_a_key_nobody_is_there(peer: Made) -> None:
    peer.send(AN_ANSWER)
    agree(peer)
    assert peer.connection is not None
    assert peer.connection.unacknowledged_bytes(AN_ANSWER.declared.lane) == 0


async def test_what_is_sent_without_a_link_waits_unless_it_is_news_only_for_now(peer: Made) -> None:
    connection = agree(peer)
    peer.send(PointerAt(0, 1, 1))
    assert connection.unacknowledged_bytes(PointerAt.declared.lane) == 0
    peer.send(AN_ANSWER)
    assert connection.unacknowledged_bytes(AN_ANSWER.declared.lane) >= 2_000


async def test_more_than_the_lane_holds_is_an_error_at_both_ends(peer: Made) -> None:
    agree(peer)
    with pytest.raises(StreamFullError):
        for _ in range(100_000):
            peer.send(AN_ANSWER)


async def test_a_line_waits_for_a_key_and_for_a_link(peer: Made) -> None:
    peer.send(A_LINE)
    connection = agree(peer)
    peer.send(A_LINE)
    assert len(peer._lines) == 2
    assert connection.unacknowledged_bytes(A_LINE.declared.lane) == 0
