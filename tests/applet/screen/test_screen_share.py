"""The picture path with a screen made of numbers: sizes that change, debts that are paid, viewers that are slow."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np
import pytest

from applet.screen.base import Screen, Watched, Watcher
from applet.screen.screen_share import ScreenShare
from codec.picture.decoder import Decoder
from codec.picture.diff import Frame
from codec.picture.geometry import Lines
from codec.picture.packet import OLDEST_VERSION, VERSION, parse_header
from codec.wire.messages import Display, Displays, Picture, SessionMessage
from tests.codec.picture.rate.test_rate_control import smooth

SECONDS = 30.0


@dataclass
class NumberedScreen:
    """One display, showing whatever `picture` is."""

    picture: Frame
    grabs: int = 0
    lines: int = 0

    def displays(self) -> list[Display]:
        """See Screen."""
        return [Display(0, "numbers", 0, 0, self.picture.shape[1], self.picture.shape[0])]

    def grab(self, _display: int, lines: Lines | None = None) -> Frame:
        """See Screen."""
        self.grabs += 1
        self.lines += len(self.picture) if lines is None else lines[1] - lines[0]
        return self.picture if lines is None else self.picture[slice(*lines)]

    def close(self) -> None:
        """See Screen."""


@dataclass
class Viewer:
    """Decodes what is shared, and says that it is shown unless it `stalls`."""

    screen: NumberedScreen
    stalls: bool = False
    open_watcher: Callable[[Watched], Watcher] | None = None
    may: bool = True
    packets: int = VERSION
    pictures: int = 0
    version: int = 0
    decoder: Decoder = field(default_factory=Decoder)
    shown: Frame | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    sharing: ScreenShare = field(init=False)

    def __post_init__(self) -> None:
        opened: Screen = self.screen
        self.sharing = ScreenShare(lambda: opened, self.open_watcher, self.take, lambda: self.may)

    def take(self, message: SessionMessage) -> None:
        """A message on its way to the technician."""
        if isinstance(message, Displays):
            self.sharing.watch(0, videos=False, packets=self.packets)
        if isinstance(message, Picture):
            self.pictures += 1
            self.version = parse_header(message.packet).version
            self.shown = self.decoder.decode(message.packet).copy()
            self.arrived.set()
            if not self.stalls:
                asyncio.get_running_loop().call_soon(self.sharing.shown, 0, message.number)

    async def sees(self, picture: Frame) -> None:
        """Wait until exactly this is shown."""
        async with asyncio.timeout(SECONDS):
            while self.shown is None or not np.array_equal(self.shown[..., :3], picture[..., :3]):
                self.arrived.clear()
                await self.arrived.wait()


class Silent:
    """A watcher whose test tells what happens."""

    def close(self) -> None:
        """See Watcher."""


@asynccontextmanager
async def running(viewer: Viewer) -> AsyncIterator[None]:
    sharing = asyncio.ensure_future(viewer.sharing.run())
    viewer.sharing.allow(True)
    try:
        yield
    finally:
        sharing.cancel()
        await asyncio.gather(sharing, return_exceptions=True)


@asynccontextmanager
async def watching(picture: Frame) -> AsyncIterator[Viewer]:
    viewer = Viewer(NumberedScreen(picture))
    async with running(viewer):
        yield viewer


async def test_a_photograph_becomes_exact_without_any_change_on_the_screen() -> None:
    picture = smooth(1280, 800)
    async with watching(picture) as viewer:
        await viewer.sees(picture)
        assert viewer.pictures > 1


@pytest.mark.parametrize(("decodes", "sent"), [(OLDEST_VERSION, OLDEST_VERSION), (VERSION + 1, VERSION)])
async def test_a_viewer_gets_the_newest_packets_that_both_know(decodes: int, sent: int) -> None:
    picture = smooth(320, 200)
    viewer = Viewer(NumberedScreen(picture), packets=decodes)
    async with running(viewer):
        await viewer.sees(picture)
        assert viewer.version == sent


async def test_a_screen_that_changes_its_size_unannounced_starts_over() -> None:
    async with watching(smooth(320, 200)) as viewer:
        await viewer.sees(viewer.screen.picture)
        for width, height in ((200, 320), (321, 199)):
            viewer.screen.picture = smooth(width, height)
            await viewer.sees(viewer.screen.picture)


async def test_a_viewer_who_stalls_costs_another_nothing_and_sees_the_present_afterwards() -> None:
    async with watching(smooth(320, 200)) as slow, watching(smooth(320, 200)) as quick:
        slow.stalls = True
        await slow.arrived.wait()
        for seed in range(12):
            quick.screen.picture = slow.screen.picture = smooth(320, 200, seed)
            await quick.sees(quick.screen.picture)
        stalled = slow.pictures
        assert stalled <= 2
        slow.stalls = False
        slow.sharing.shown(0, stalled - 1)
        await slow.sees(slow.screen.picture)


async def test_where_changes_are_told_only_their_lines_are_read() -> None:
    watched: list[Watched] = []

    def watcher(told: Watched) -> Watcher:
        watched.append(told)
        return Silent()

    viewer = Viewer(NumberedScreen(smooth(320, 200)), open_watcher=watcher)
    async with running(viewer):
        await viewer.sees(viewer.screen.picture)
        grabs, lines = viewer.screen.grabs, viewer.screen.lines
        viewer.screen.picture = viewer.screen.picture.copy()
        viewer.screen.picture[100:120, 40:60] = 0
        watched[0].damaged((40, 100, 60, 120))
        await viewer.sees(viewer.screen.picture)
        assert (viewer.screen.grabs - grabs, viewer.screen.lines - lines) == (1, 32)


async def test_without_the_grant_nothing_is_read() -> None:
    async with watching(smooth(320, 200)) as viewer:
        await viewer.sees(viewer.screen.picture)
        viewer.sharing.allow(False)
        grabs = viewer.screen.grabs
        viewer.screen.picture = smooth(320, 200, 8)
        async with watching(smooth(64, 48)) as another:  # a while that ends by an event
            await another.sees(another.screen.picture)
        assert viewer.screen.grabs <= grabs + 1


async def test_after_a_stop_nothing_more_is_read_and_nothing_sent_though_the_loop_has_not_heard_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """F5: the thread that reads the screen asks directly before it does."""
    async with watching(smooth(320, 200)) as viewer:
        await viewer.sees(viewer.screen.picture)
        pictures, reading = viewer.pictures, asyncio.Event()
        loop, grab = asyncio.get_running_loop(), viewer.screen.grab

        def grab_while_it_is_stopped(display: int, lines: Lines | None = None) -> Frame:
            viewer.may = False
            loop.call_soon_threadsafe(reading.set)
            return grab(display, lines)

        monkeypatch.setattr(viewer.screen, "grab", grab_while_it_is_stopped)
        viewer.screen.picture = smooth(320, 200, 7)
        await reading.wait()
        await loop.run_in_executor(viewer.sharing._worker, lambda: None)  # the look that was begun is over
        grabs = viewer.screen.grabs
        for _ in range(5):
            viewer.sharing.start_over()
            await loop.run_in_executor(viewer.sharing._worker, lambda: None)
        assert viewer.screen.grabs == grabs
        assert viewer.pictures == pictures
