"""An applet made of code that says whatever a test wants, past everything that an honest one holds itself to."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp
import pytest

from applet.session.codes import read_code
from applet.session.peer import Peer, PeerEvents
from applet.session.relay import RelaySocket
from codec.wire.customer_kinds import CustomerKind
from codec.wire.lanes import Lane
from codec.wire.messages import VERSION, Computer, Picture, SessionMessage, pack
from codec.wire.signals import Enter, Entered, RelaySignal, ToApplet, Tunnel

SECONDS = 20.0
PAGE = ("view", "chat")
"""What a customer's page says it can."""
customers = pytest.mark.parametrize("page_with", [None, PAGE], ids=["program", "page"])
"""A test that holds whatever kind of customer it is."""
_Heard = TypeVar("_Heard")


class HostileApplet:
    """The handshake and the links are the real ones; what is said over them is the test's."""

    def __init__(self, http: aiohttp.ClientSession, relay: str, code: str, page: Sequence[str] | None = None) -> None:
        """`page` has it say that it is a page with these means, whatever a page has."""
        self.heard: list[SessionMessage] = []
        self._http = http
        self._code = read_code(code, relay)
        self._peer: Peer | None = None
        self._news = asyncio.Event()
        self._agreed = False
        self._relay = RelaySocket(http, self._code, "PC-1", "Linux", self._signal, lambda _online: None)
        if page is not None:
            first = Enter(VERSION, self._code.pin, self._code.routing, "Firefox", "Linux", CustomerKind.PAGE, [*page])
            self._relay._first_words = lambda: first  # type: ignore[method-assign]

    async def run(self) -> None:
        """Enter, and stay until the session is over."""
        try:
            await self._relay.run()
        finally:
            if self._peer is not None:
                await self._peer.close()

    async def connected(self) -> None:
        """Wait until there is a way to the console, and introduce yourself."""
        await self._until(lambda: self._agreed and self._linked)
        self.say(Computer(VERSION, "PC-1", "Linux", "en"))

    def say(self, message: SessionMessage) -> None:
        """Say something, in its lane."""
        self.send(pack(message), Lane.PICTURE if isinstance(message, Picture) else Lane.CONTROL)

    def send(self, data: bytes, lane: Lane = Lane.CONTROL) -> None:
        """Send any bytes."""
        assert self._peer is not None
        assert self._peer.connection is not None
        self._peer.connection.send(lane, data)

    async def flushed(self) -> None:
        """Wait until the console has taken all that was said."""
        assert self._peer is not None
        assert self._peer.connection is not None
        await self._peer.connection.flush(SECONDS)

    async def hear(self, kind: type[_Heard], which: Callable[[Any], bool] = lambda _heard: True) -> _Heard:
        """Return the first of this kind that was heard, now or later; it is forgotten then."""
        found: list[Any] = []

        def look() -> bool:
            found[:] = [each for each in self.heard if isinstance(each, kind) and which(each)]
            return bool(found)

        await self._until(look)
        self.heard.remove(found[0])
        return found[0]  # type: ignore[no-any-return]

    @property
    def peer(self) -> Peer | None:
        """The honest part of it."""
        return self._peer

    @property
    def _linked(self) -> bool:
        return self._peer is not None and self._peer.connection is not None and self._peer.connection.kind is not None

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(SECONDS):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def _signal(self, signal: ToApplet) -> None:
        match signal:
            case Entered(session=session) if self._peer is None:
                self._peer = Peer(session, self._code.secret, self._http, self._code.relay, self._events())
            case RelaySignal(data=data) if self._peer is not None:
                self._peer.signal(data)
            case Tunnel(ticket=ticket, ice_servers=servers) if self._peer is not None:
                self._peer.tunnel(ticket, servers)

    def _events(self) -> PeerEvents:
        return PeerEvents(
            lacks_secret=lambda: None,
            signal=self._relay.signal,
            attempted=lambda _count: None,
            agreed=lambda _agreement: self._note_agreed(),
            moved=lambda _kind: self._news.set(),
            doubted=lambda: None,
            message=self._message,
            refused=lambda _problem: None,
            broken=lambda _reason: None,
        )

    def _note_agreed(self) -> None:
        self._agreed = True
        self._news.set()

    def _message(self, message: SessionMessage) -> None:
        self.heard.append(message)
        self._news.set()


@asynccontextmanager
async def hostile_applet(relay: str, code: str, page: Sequence[str] | None = None) -> AsyncIterator[HostileApplet]:
    """Run one in this process; it is there as soon as somebody picks it up."""
    async with aiohttp.ClientSession() as http:
        applet = HostileApplet(http, relay, code, page)
        running = asyncio.ensure_future(applet.run())
        try:
            yield applet
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
