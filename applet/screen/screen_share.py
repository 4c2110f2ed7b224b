"""The picture path: what changed on the watched display goes out as fast as the viewer takes it, and never faster.

The screen is read and encoded on a thread of its own, and only when all of these hold: view is granted, the
technician watches, something may have changed or is owed exactly, and the pace says that a picture may leave.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from applet.processor_use import ProcessorUse
from applet.screen.base import Screen, ScreenError, Watched, Watcher
from applet.screen.damage import Area, Damage
from applet.screen.measurements import Measurements
from codec.picture.encoder import Encoder
from codec.picture.geometry import Grid, Lines
from codec.picture.packet import OLDEST_VERSION, VERSION
from codec.picture.rate.pacing import Pace
from codec.picture.rate.picture_budget import PictureBudget
from codec.picture.rate.refinement import QUIET_SECONDS
from codec.wire.messages import Display, Displays, Notice, Picture, PointerShape, SessionMessage, Stats, Trouble

POLL_SECONDS = 1 / 30
"""How often the screen is read where changes are not told."""
RETRY_SECONDS = 1.0
REARRANGED_SECONDS = 0.3
"""Monitors change in several steps; the list is made when they have settled."""
_log = logging.getLogger(__name__)


class ScreenShare:
    """One technician's view of one display at a time. `run` it as a task; everything else is called from the loop."""

    def __init__(
        self,
        open_screen: Callable[[], Screen],
        open_watcher: Callable[[Watched], Watcher] | None,
        send: Callable[[SessionMessage], None],
        sees: Callable[[], bool],
    ) -> None:
        """`sees` is asked directly before the screen is read and before anything of it is sent, in either thread."""
        self._open_screen = open_screen
        self._open_watcher = open_watcher
        self._send = send
        self._sees = sees
        self._worker = ThreadPoolExecutor(1, "capture")
        self._wake = asyncio.Event()
        self._allowed = False
        self._watched: int | None = None
        self._videos = False
        self._packets = OLDEST_VERSION
        self._displays: list[Display] = []
        self._numbers: dict[int, int] = {}
        self._encoder: Encoder | None = None
        self._pace = Pace()
        self._damage = Damage()
        self._rearranged = True
        self._rearranged_at = 0.0
        self._screen: Screen | None = None
        self._watcher: Watcher | None = None
        self._polls = False
        self._trouble = Notice(Trouble.DISPLAY_LOST, on=False)
        self._shape: PointerShape | None = None
        self._measurements = Measurements()
        self._processors = ProcessorUse()

    @property
    def _owes(self) -> bool:
        """Whether the technician sees something only roughly."""
        return self._encoder is not None and self._encoder.has_lossy

    @property
    def displays(self) -> list[Display]:
        """The monitors as they were told last."""
        return self._displays

    def allow(self, view: bool) -> None:
        """View was granted or taken back. Without it nothing is read."""
        if view == self._allowed:
            return
        self._allowed = view
        self._encoder = None
        if view:
            self._rearranged, self._rearranged_at = True, 0.0
        else:
            self._watched = None
            self._trouble = Notice(Trouble.DISPLAY_LOST, on=False)  # the next technician has not been told
        self._wake.set()

    def watch(self, display: int | None, videos: bool, packets: int) -> None:
        """The technician wants this display, beginning with a whole picture; None is no picture.

        `videos`: their viewer decodes them. `packets`: the newest version of packets that it decodes.
        """
        self._watched, self._videos, self._packets = display, videos, min(packets, VERSION)
        self.start_over()

    def refresh(self, display: int) -> None:
        """The technician lost his picture."""
        if display == self._watched:
            self.start_over()

    def start_over(self) -> None:
        """The next picture is whole."""
        self._encoder = None
        self._pace.restart()
        self._wake.set()

    def shown(self, display: int, number: int) -> None:
        """The technician sees this picture now."""
        if display == self._watched:
            self._pace.shown(number, time.monotonic())
            self._wake.set()

    @property
    def made_pictures(self) -> int:
        """How many pictures were made so far."""
        return self._measurements.made_pictures

    def stats(self) -> Stats | None:
        """Return what is measured, None while nothing is shown."""
        if not self._allowed or self._watched is None:
            return None
        now, measured = time.monotonic(), self._measurements
        rate = self._pace.throughput.bytes_per_second(now)
        return Stats(
            waits_ms=round(1000 * self._pace.waited(now)),
            encode_ms=measured.encode_ms,
            dark=measured.dark,
            rate_kbit=None if rate is None else round(rate / 125),
            busy_percent=self._processors.percent(),
        )

    async def run(self) -> None:
        """Share until cancelled."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                await self._rest()
                self._wake.clear()
                if not self._allowed:
                    await loop.run_in_executor(self._worker, self._close_screen)
                    continue
                try:
                    await self._share(loop)
                    self._say_trouble(None)
                except ScreenError as error:
                    self._say_trouble(error)
                    await loop.run_in_executor(self._worker, self._close_screen)
                    self._rearranged = True
                    self._encoder = None
                    await asyncio.sleep(RETRY_SECONDS)
                    self._wake.set()
        finally:
            self._worker.submit(self._close_screen)
            self._worker.shutdown(wait=False)

    async def _rest(self) -> None:
        """Wait until something may have to be done."""
        polls = self._polls and self._allowed and self._watched is not None
        if not polls:
            await self._wake.wait()
            return
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            self._damage.add_everything()

    async def _share(self, loop: asyncio.AbstractEventLoop) -> None:
        screen = self._screen
        if screen is None:
            screen = await loop.run_in_executor(self._worker, self._open, loop)
        if self._rearranged:
            settled_in = self._rearranged_at + REARRANGED_SECONDS - time.monotonic()
            if settled_in > 0:
                loop.call_later(settled_in, self._wake.set)
            else:
                await self._tell_displays(loop, screen)
        if self._watched is None or not (self._damage or self._owes or self._encoder is None):
            return
        wait = self._pace.wait(time.monotonic())
        if wait is None:
            return
        if wait > 0:
            loop.call_later(wait, self._wake.set)
            return
        await self._picture(loop, screen, self._watched)

    async def _tell_displays(self, loop: asyncio.AbstractEventLoop, screen: Screen) -> None:
        self._rearranged = False
        displays = await loop.run_in_executor(self._worker, screen.displays)
        self._displays = displays
        self._encoder = None
        self._send(Displays(displays))
        if self._shape is not None:
            self._send(self._shape)
        if self._watched is not None and all(display.id != self._watched for display in displays):
            self._watched = displays[0].id if displays else None

    async def _picture(self, loop: asyncio.AbstractEventLoop, screen: Screen, display: int) -> None:
        lines = self._lines(display)
        encoder = self._encoder
        if encoder is not None and lines is None and not self._owes:
            return
        budget = self._pace.budget(time.monotonic(), self._videos)
        made, packet = await loop.run_in_executor(self._worker, self._take, screen, display, lines, encoder, budget)
        # While the thread worked, view may have been taken back, or another display or a whole picture asked for.
        if not self._sees() or not self._allowed or self._watched != display or self._encoder is not encoder:
            self._damage.add_everything()
            self._wake.set()
            return
        self._encoder = made
        if packet is None:
            if self._owes:
                loop.call_later(QUIET_SECONDS, self._wake.set)
            return
        number = self._numbers.get(display, 0)
        self._numbers[display] = (number + 1) & 0xFFFFFFFF
        self._send(Picture(display, number, packet))
        self._pace.sent(number, len(packet), time.monotonic())
        self._wake.set()

    def _take(
        self, screen: Screen, display: int, lines: Lines | None, encoder: Encoder | None, budget: PictureBudget
    ) -> tuple[Encoder | None, bytes | None]:
        """Read and encode, on the capture thread: only `lines` where they are a part of what the encoder knows.

        Nothing is read of a screen that the customer has stopped showing.
        """
        if not self._sees():
            return encoder, None
        began = time.monotonic()
        try:
            return self._read_and_encode(screen, display, lines, encoder, budget)
        finally:
            self._measurements.made(time.monotonic() - began)

    def _read_and_encode(
        self, screen: Screen, display: int, lines: Lines | None, encoder: Encoder | None, budget: PictureBudget
    ) -> tuple[Encoder | None, bytes | None]:
        if encoder is not None and lines is not None:
            whole = Grid(*encoder.size).whole(lines)
            if whole != (0, encoder.size[1]):
                return encoder, encoder.encode(screen.grab(display, whole), budget, whole[0])
        frame = screen.grab(display)
        self._measurements.read(frame)
        height, width = frame.shape[:2]
        if encoder is None or encoder.size != (width, height):  # a monitor changes its size before anybody says so
            encoder = Encoder(width, height, self._packets)
        return encoder, encoder.encode(frame, budget)

    def _lines(self, display: int) -> Lines | None:
        """Return which lines of this display may look different since it was read, None where nothing happened."""
        known = next((each for each in self._displays if each.id == display), None)
        return None if known is None else self._damage.take(known)

    def _open(self, loop: asyncio.AbstractEventLoop) -> Screen:
        """Open screen and watcher, on the capture thread."""

        def soon(happened: Callable[[], None]) -> Callable[[], None]:
            return lambda: _call(loop, happened)

        watched = Watched(
            damaged=lambda area: _call(loop, lambda: self._damaged(area)),
            rearranged=soon(self._monitors_changed),
            shape=lambda shape: _call(loop, lambda: self._shape_changed(shape)),
            lost=soon(self._lost),
        )
        self._screen = screen = self._open_screen()
        try:
            self._watcher = None if self._open_watcher is None else self._open_watcher(watched)
        except ScreenError as error:
            _log.info("the screen is read %.0f times a second: %s", 1 / POLL_SECONDS, error)
        self._polls = self._watcher is None
        return screen

    def _close_screen(self) -> None:
        """Close both, on the capture thread."""
        watcher, self._watcher = self._watcher, None
        screen, self._screen = self._screen, None
        if watcher is not None:
            watcher.close()
        if screen is not None:
            screen.close()

    def _damaged(self, area: Area) -> None:
        self._damage.add(area)
        self._wake.set()

    def _lost(self) -> None:
        self._damage.add_everything()
        self._wake.set()

    def _monitors_changed(self) -> None:
        self._rearranged, self._rearranged_at = True, time.monotonic()
        self._wake.set()

    def _shape_changed(self, shape: PointerShape) -> None:
        self._shape = shape
        if self._allowed and self._sees():
            self._send(shape)

    def _say_trouble(self, error: ScreenError | None) -> None:
        """Tell what is wrong, once for each cause, or that nothing is any more."""
        notice = Notice(Trouble.DISPLAY_LOST, on=False)
        if error is not None:
            notice = Notice(Trouble.DISPLAY_LOST, True, str(error)[:500], error.cause or "", error.lasting)
        if (notice.on, notice.cause) != (self._trouble.on, self._trouble.cause):
            self._trouble = notice
            self._send(notice)


def _call(loop: asyncio.AbstractEventLoop, happened: Callable[[], None]) -> None:
    """Call in the loop from another thread; a loop that has ended has nothing to hear."""
    try:
        loop.call_soon_threadsafe(happened)
    except RuntimeError:
        return
