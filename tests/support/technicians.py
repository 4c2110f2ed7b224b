"""A scripted technician: a real console engine, with a page made of code in place of a browser."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import msgspec
import numpy as np

from codec.picture.decoder import Decoder
from codec.picture.diff import Frame
from codec.picture.packet import PLANES_VERSION, parse_header
from codec.picture.plane_layers import CapturedPlanes
from codec.wire.access import Access
from codec.wire.lanes import Lane
from codec.wire.messages import (
    Ask,
    BadMessageError,
    Displays,
    Granted,
    Picture,
    SessionMessage,
    Shown,
    UnknownMessageError,
    Watch,
    pack,
    unpack,
)
from console.engine import Engine
from console.page import messages as said
from console.page.messages import ToPage
from console.page.open_pages import SESSION_HEAD, Page
from console.recording.messages import Uploads, UsePlace
from console.recording.recordings import Recordings
from console.sign_in.messages import PageSignIn
from tests.support.relays import EMAIL, PASSWORD

SECONDS = 15.0
_Heard = TypeVar("_Heard")
_decoder: msgspec.json.Decoder[ToPage] = msgspec.json.Decoder(ToPage)


@dataclass
class Technician:
    """One technician with one page. Everything the page hears is kept in order."""

    engine: Engine
    page: Page
    heard: list[Any] = field(default_factory=list)
    picture: Frame | None = None
    pictures: int = 0
    last_number: int = 0
    picture_bytes: int = 0
    film_pictures: int = 0
    """How many had a film."""
    is_covered: bool = False
    """Whether a film is shown over planes."""
    granted: frozenset[Access] = frozenset()
    """What the customer allows now."""
    shows: bool = True
    """Whether pictures are confirmed; False is a viewer that stalls."""
    session: int = 0
    planes: CapturedPlanes | None = None
    """Where the picture came in planes."""
    _requests: int = 0
    _decoders: dict[int, Decoder] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, message: said.FromPage) -> None:
        """Say something as the page does."""
        self.engine.page_said(self.page, message)

    def send(self, message: SessionMessage) -> None:
        """Send a session message as the page does."""
        self.engine.page_sent(self.session, pack(message))

    def send_raw(self, data: bytes) -> None:
        """Send what no console says, past everything that would stop it."""
        open_session = self.engine._sessions._open_sessions[self.session]
        assert open_session.peer.connection is not None
        with suppress(BadMessageError, UnknownMessageError):  # or its answer would be none to a question
            open_session._filter.may_say(unpack(data), time.monotonic())
        open_session.peer.connection.send(Lane.CONTROL, data)

    async def vanish(self) -> None:
        """Be gone without a word, as a killed console is."""
        open_session = self.engine._sessions._open_sessions[self.session]
        await open_session.peer.close()
        if self.engine._listening is not None:
            self.engine._listening.cancel()

    async def use_place(self) -> None:
        """Say yes to where the relay wants recordings to go."""
        asked = await self.hear(Uploads, lambda each: any(place.current for place in each.places))
        (place,) = (place for place in asked.places if place.current)
        await self.request(lambda number: UsePlace(number, place.id))

    async def request(self, make: Callable[[int], said.FromPage]) -> said.Done:
        """Ask for something and return the answer."""
        self._requests += 1
        number = self._requests
        self.say(make(number))
        answer = await self.until(lambda each: isinstance(each, said.Done | said.Failed) and each.request == number)
        assert isinstance(answer, said.Done), answer
        return answer

    async def hear(self, kind: type[_Heard], which: Callable[[_Heard], bool] = lambda _heard: True) -> _Heard:
        """Return the first of this kind that was heard, now or later; it is forgotten then."""
        found = await self.until(lambda each: isinstance(each, kind) and which(each))
        self.heard.remove(found)
        return found  # type: ignore[no-any-return]

    async def until(self, wanted: Callable[[Any], bool]) -> Any:
        """Return the first thing heard that is wanted."""
        async with asyncio.timeout(SECONDS):
            while True:
                for each in self.heard:
                    if wanted(each):
                        return each
                self._news.clear()
                await self._news.wait()

    async def sees(self, looks_right: Callable[[Frame], bool]) -> Frame:
        """Return the picture as soon as it looks right."""
        async with asyncio.timeout(SECONDS):
            while self.picture is None or not looks_right(self.picture):
                self._news.clear()
                await self._news.wait()
        return self.picture

    async def until_pictures(self, pictures: int) -> None:
        """Return when so many pictures have arrived in all."""
        async with asyncio.timeout(SECONDS):
            while self.pictures < pictures:
                self._news.clear()
                await self._news.wait()

    async def sign_in(self, email: str = EMAIL) -> None:
        """Sign in and wait for the desk."""
        await self.request(lambda number: PageSignIn(number, email, PASSWORD))
        await self.until(lambda each: type(each).__name__ == "Desk")

    async def open(self, session: int) -> None:
        """Open a session and wait until it is connected."""
        self.session = session
        await self.request(lambda number: said.PageOpen(number, session))
        await self.until(lambda each: isinstance(each, said.Connected) and bool(each.words))

    async def may(self, access: Access) -> None:
        """Ask for something and wait until it is allowed."""
        self._requests += 1
        self.send(Ask(self._requests, access))
        if access not in self.granted:
            await self.hear(Granted, lambda granted: access in granted.access)

    async def watch(self) -> Displays:
        """Ask to view and look at the first display."""
        await self.may(Access.VIEW)
        displays = await self.hear(Displays)
        self.send(Watch(displays.displays[0].id, packets=PLANES_VERSION))
        await self.sees(lambda _frame: True)
        return displays

    async def listen(self) -> None:
        """Take what the engine says, as a page's socket does."""
        while (item := await self.page.outbox.get()) is not None:
            self.page.taken(item)
            if isinstance(item, str):
                self.heard.append(_decoder.decode(item))
            else:
                (session,) = SESSION_HEAD.unpack_from(item)
                self._take(session, unpack(item[SESSION_HEAD.size :]))
            self._news.set()

    def _take(self, session: int, message: SessionMessage) -> None:
        if isinstance(message, Granted):
            self.granted = message.access
        if not isinstance(message, Picture):
            self.heard.append(message)
            return
        self.pictures += 1
        self.last_number = message.number
        self.picture_bytes += len(message.packet)
        decoder = self._decoders.setdefault(message.display, Decoder())
        self.picture = np.array(decoder.decode(message.packet))
        head = parse_header(message.packet)
        self.film_pictures += head.video is not None
        self.is_covered = head.planes is not None and not head.shows_planes
        self.planes = deepcopy(decoder.planes)
        if self.shows:
            self.engine.page_sent(session, pack(Shown(message.display, message.number)))


@asynccontextmanager
async def technician(
    relay: str, name: str = "console-of-anna", email: str = EMAIL, recordings: Recordings | None = None
) -> AsyncIterator[Technician]:
    """Run a console's engine with a scripted page, signed in. Without a place for recordings there is none."""
    async with aiohttp.ClientSession() as http:
        engine = Engine(http, relay, name, recordings or Recordings(Path("/nowhere")))
        someone = Technician(engine, Page())
        engine.page_opened(someone.page)
        listening = asyncio.ensure_future(someone.listen())
        try:
            await someone.sign_in(email)
            yield someone
        finally:
            engine.page_closed(someone.page)
            await engine.close()
            listening.cancel()
