"""What really happens on a display, in the server's own order, and a customer's finger on it."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from Xlib import X, display
from Xlib.ext import record
from Xlib.protocol import rq

from tests.support.xvfb import VirtualDisplay

BEGINS = (X.KeyPress, X.ButtonPress, X.MotionNotify)
"""Events that do something. Releases only end it."""


@dataclass(frozen=True)
class Happened:
    """One event of a keyboard or pointer, whoever made it."""

    kind: int
    detail: int


class Witness:
    """Keeps every event, in the order in which the display server took them."""

    def __init__(self, on: VirtualDisplay) -> None:
        self.events: list[Happened] = []
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._ready = threading.Event()
        self._control, self._data, self._finger = (display.Display(on.name) for _ in range(3))
        nothing = (0, 0)
        ranges = {
            "core_requests": nothing,
            "core_replies": nothing,
            "ext_requests": (0, 0, 0, 0),
            "ext_replies": (0, 0, 0, 0),
            "delivered_events": nothing,
            "device_events": (X.KeyPress, X.MotionNotify),
            "errors": nothing,
            "client_started": False,
            "client_died": False,
        }
        self._context = self._control.record_create_context(0, [record.AllClients], [ranges])
        self._control.sync()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def press(self, keycode: int) -> None:
        """The customer presses and releases a key."""
        for kind in (X.KeyPress, X.KeyRelease):
            self._finger.xtest_fake_input(kind, keycode)
        self._finger.sync()

    def press_silently(self, keycode: int) -> None:
        """The same, with nothing that the server has to answer."""
        for kind in (X.KeyPress, X.KeyRelease):
            self._finger.xtest_fake_input(kind, keycode)
        self._finger.flush()

    def click(self, x: int, y: int) -> None:
        """The customer moves there and clicks."""
        self._finger.xtest_fake_input(X.MotionNotify, 0, x=x, y=y)
        for kind in (X.ButtonPress, X.ButtonRelease):
            self._finger.xtest_fake_input(kind, 1)
        self._finger.sync()

    async def until(self, seen: Callable[[list[Happened]], bool], seconds: float = 20.0) -> None:
        """Return as soon as the events are as wanted."""
        async with asyncio.timeout(seconds):
            while not seen(self.events):
                self._news.clear()
                await self._news.wait()

    async def settled(self) -> list[Happened]:
        """Return all events that the server has taken until now."""
        await asyncio.to_thread(self._control.sync)
        await asyncio.to_thread(self._control.sync)  # the first answer took along what was heard before it
        await asyncio.sleep(0)
        return list(self.events)

    def close(self) -> None:
        """Stop."""
        self._control.record_disable_context(self._context)
        self._control.sync()
        self._thread.join(5)
        for connection in (self._control, self._finger):
            connection.close()

    def _listen(self) -> None:
        self._data.record_enable_context(self._context, self._heard)
        self._data.close()

    def _heard(self, reply: object) -> None:
        category, data = getattr(reply, "category", None), getattr(reply, "data", b"")
        if category == record.StartOfData:
            self._ready.set()
        if category != record.FromServer:
            return
        while data:
            event, data = rq.EventField(None).parse_binary_value(data, self._data.display, None, None)
            self.events.append(Happened(event.type, event.detail))
        self._loop.call_soon_threadsafe(self._news.set)


@contextmanager
def witness(on: VirtualDisplay) -> Iterator[Witness]:
    """Watch a display while the block runs."""
    made = Witness(on)
    try:
        yield made
    finally:
        made.close()


def begun_after(events: list[Happened], stop: Happened) -> list[Happened]:
    """Return what began something after `stop` was first seen. Who stops it by a key or click does nothing more."""
    return [each for each in events[events.index(stop) + 1 :] if each.kind in BEGINS]
