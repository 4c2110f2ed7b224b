"""Runs one session's path_manager over real links: a reader and a writer for each link, and a clock."""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from codec.errors import DesksideError
from codec.host import background
from codec.session.lanes import CHUNK_BYTES
from codec.session.links.base import Link, LinkClosedError
from codec.session.path_manager import NONCE_BYTES, Delivered, Doubted, GaveUp, Happening, LinkKind, Moved, PathManager
from codec.session.stream import Stream
from codec.wire.lanes import Lane
from codec.wire.roles import Role

TICK_SECONDS = 0.5
ACKNOWLEDGE_SECONDS = 0.03
MOST_LINKS = 8
"""One in use, one standing by, and those that are just being tried. Only a faulty or hostile end opens more."""
TURN_SECONDS = 0.002
"""A link that has more than it can be read yields after so long: others in the loop wait no longer than this for it."""
_log = logging.getLogger(__name__)


@dataclass
class _Held:
    link: Link
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)


class Connection:
    """The messages of one session, whatever links come and go.

    `on_message` gets each message once and in its lane's order; `on_moved` hears which kind of link is in use, None
    when there is none; `on_doubted` that the link in use may be dead, or has been lost; `on_progress` that the other
    end has said something, or that TICK_SECONDS have passed. All are called from the event loop, must return quickly
    and not raise. Close it in the end.
    """

    def __init__(
        self,
        role: Role,
        root: bytes,
        on_message: Callable[[Lane, bytes], None],
        on_moved: Callable[[LinkKind | None], None],
        on_doubted: Callable[[], None] = lambda: None,
        on_progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._path_manager = PathManager(role, root, Stream())
        self._on_message = on_message
        self._on_moved = on_moved
        self._on_doubted = on_doubted
        self._on_progress = on_progress
        self._held: dict[int, _Held] = {}
        self._next_link = 0
        self._acknowledge: asyncio.TimerHandle | None = None
        self._ticker = background.start(self._tick(), "a session's clock")
        self._closing: set[asyncio.Task[None]] = set()
        self._heard = asyncio.Event()
        self.sent_bytes = 0
        self.received_bytes = 0

    @property
    def kind(self) -> LinkKind | None:
        """The kind of link in use."""
        return self._path_manager.kind

    @property
    def rtt(self) -> float | None:
        """Round-trip time of the link in use in seconds, None while unknown."""
        return self._path_manager.rtt

    @property
    def newest_rtt(self) -> float | None:
        """The last round-trip time that was measured, None while unknown."""
        return self._path_manager.newest_rtt

    @property
    def is_doubted(self) -> bool:
        """Whether the link in use does not answer at the moment."""
        return self._path_manager.is_doubted

    def holds(self, kind: LinkKind) -> bool:
        """Whether a link of this kind is there, in use or standing by."""
        return any(held.link.kind is kind for held in self._held.values())

    def send(self, lane: Lane, message: bytes, newest: bool = False) -> None:
        """Queue a message. Raises StreamFullError when the other end has been silent for too much of it.

        The `newest` of its kind replaces all on its lane that has not left yet. Of these a short one for the bulk lane
        keeps its place among keys and clicks; a long one lets them pass.
        """
        if newest:
            self.discard(lane)
            if lane is Lane.BULK and len(message) <= CHUNK_BYTES and not self.unacknowledged_bytes(lane):
                lane = Lane.CONTROL
        self._path_manager.stream.send(lane, message)
        self._wake()

    def discard(self, lane: Lane) -> None:
        """Forget the messages of a lane of which nothing has left yet."""
        self._path_manager.stream.discard(lane)

    def unacknowledged_bytes(self, lane: Lane) -> int:
        """Bytes of a lane that the other end has not confirmed."""
        return self._path_manager.stream.unacknowledged_bytes(lane)

    def queued(self, lane: Lane) -> int:
        """Return the number of the chunk behind the last one that was queued."""
        return self._path_manager.stream.queued(lane)

    def confirmed(self, lane: Lane) -> int:
        """Return the number of the first chunk that the other end has not confirmed."""
        return self._path_manager.stream.confirmed(lane)

    def add(self, link: Link) -> asyncio.Event:
        """Offer another link, which the connection owns and closes from now on. Return what is set when it is gone."""
        while len(self._held) >= MOST_LINKS:
            self._lose(next(iter(self._held)), "too many links were opened after it")
        number = self._next_link
        self._next_link += 1
        held = _Held(link)
        self._held[number] = held
        self._path_manager.open(number, link.kind, link.binding, os.urandom(NONCE_BYTES), time.monotonic())
        held.tasks = [
            background.start(self._read(number, held), "reading a link"),
            background.start(self._write(number, held), "writing a link"),
        ]
        return held.gone

    def ask(self) -> None:
        """The other end may be gone: find out at once, not when the next question is due."""
        self._path_manager.ask(time.monotonic())
        self._wake()

    def network_lost(self) -> None:
        """The relay cannot be heard from here any more: no link is good, and new ones are on their way."""
        for number in list(self._held):
            self._lose(number, "the network has changed")

    async def flush(self, seconds: float) -> None:
        """Wait until the other end has confirmed all control messages, at most `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while self.unacknowledged_bytes(Lane.CONTROL) and self._held:
                    await self._heard.wait()
                    self._heard.clear()
        except TimeoutError:
            _log.info("the other end did not confirm the last messages in time")

    async def close(self) -> None:
        """Close every link and stop. Nothing is called back afterwards."""
        self._ticker.cancel()
        if self._acknowledge is not None:
            self._acknowledge.cancel()
        for number in list(self._held):
            self._let_go(number)
        if self._closing:
            await asyncio.wait(set(self._closing))  # not gathered: a caller that is cancelled must interrupt none

    async def _read(self, number: int, held: _Held) -> None:
        yielded_at = time.monotonic()
        try:
            while True:
                data = await held.link.receive()  # which does not wait where something has arrived already
                self.received_bytes += len(data)
                self._handle(self._path_manager.receive(number, data, time.monotonic()))
                self._after_receiving(held)
                if time.monotonic() - yielded_at > TURN_SECONDS:
                    await asyncio.sleep(0)
                    yielded_at = time.monotonic()
        except LinkClosedError as error:
            self._lose(number, str(error))
        except DesksideError as error:
            _log.warning("link %d (%s) refused: %s", number, held.link.kind.name.lower(), error)
            self._lose(number, str(error))

    async def _write(self, number: int, held: _Held) -> None:
        try:
            while True:
                data = self._path_manager.next_bytes(number, time.monotonic())
                if data is None:
                    held.wake.clear()
                    await held.wake.wait()
                    continue
                self.sent_bytes += len(data)
                await held.link.send(data)
        except LinkClosedError as error:
            self._lose(number, str(error))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self._handle(self._path_manager.tick(time.monotonic()))
            self._on_progress()
            self._wake()

    def _after_receiving(self, held: _Held) -> None:
        held.wake.set()
        self._heard.set()
        self._on_progress()
        if self._path_manager.stream.owes_acknowledgement and self._acknowledge is None:
            # Waiting a moment lets one acknowledgement serve a burst, and keeps it out of the way of the answer.
            self._acknowledge = asyncio.get_running_loop().call_later(ACKNOWLEDGE_SECONDS, self._acknowledge_now)

    def _acknowledge_now(self) -> None:
        self._acknowledge = None
        self._path_manager.stream.acknowledge()
        self._wake()

    def _handle(self, happenings: list[Happening]) -> None:
        for happening in happenings:
            match happening:
                case Delivered(lane, message):
                    self._on_message(lane, message)
                case Moved(kind):
                    self._wake()
                    self._on_moved(kind)
                case Doubted():
                    self._on_doubted()
                case GaveUp(link, reason):
                    _log.info("link %d given up: %s", link, reason)
                    self._let_go(link)

    def _lose(self, number: int, reason: str) -> None:
        if number not in self._held:
            return
        _log.info("link %d lost: %s", number, reason)
        self._let_go(number)
        if number == self._path_manager.active:
            self._on_doubted()
        self._handle(self._path_manager.drop(number, time.monotonic()))
        self._wake()

    def _let_go(self, number: int) -> None:
        held = self._held.pop(number, None)
        if held is None:
            return
        held.gone.set()
        closing = background.start(_close(held), "closing a link")
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    def _wake(self) -> None:
        for held in self._held.values():
            held.wake.set()


async def _close(held: _Held) -> None:
    for task in held.tasks:
        task.cancel()
    try:
        async with asyncio.timeout(5):
            await held.link.close()
    except (TimeoutError, OSError) as error:
        _log.info("a link did not close cleanly: %s", error)
