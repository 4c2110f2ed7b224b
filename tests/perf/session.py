"""One session on one machine: how soon the first picture comes after consent, and what an idle screen costs."""

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from codec.wire.access import Access
from codec.wire.messages import Ask, Displays, Granted, Watch
from console.page import messages as said
from tests.perf.table import Row
from tests.support.applets import headless_applet
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.xvfb import VirtualDisplay, virtual_display

FIRSTS = 5
IDLE_SECONDS = 20.0
SETTLE_SECONDS = 3.0


async def measure() -> list[Row]:
    """Measure with a 1080p desktop that shows text."""
    firsts: list[float] = []
    with virtual_display(1920, 1080, window_manager=True) as display:
        display.start("xterm", "-geometry", "160x50+100+60", "-title", "work", "-e", "ls -la /usr/bin | tail -60; cat")
        display.wait_for_window("work")
        for _ in range(FIRSTS):
            first, idle, frames = await _one(display, idle=len(firsts) == FIRSTS - 1)
            firsts.append(first)
    return [
        Row("first picture after consent (worst of 5)", max(firsts), "s", 1.0),
        Row("idle screen", idle, "kbit/s", 2.0, note=f"{frames} pictures in {IDLE_SECONDS:.0f} s"),
    ]


async def _one(display: VirtualDisplay, idle: bool) -> tuple[float, float, int]:
    with TemporaryDirectory() as folder:
        async with running_relay(Path(folder)) as relay, technician(relay.url) as anna:
            with headless_applet(display, relay.url, await spoken_code(anna)):
                await picked_up(anna)
                first = await _first_picture(anna)
                if not idle:
                    return first, 0.0, 0
                await anna.until(lambda each: isinstance(each, said.Connected) and each.path is said.Path.DIRECT)
                await asyncio.sleep(SETTLE_SECONDS)
                return first, *await _idle(anna)


async def _first_picture(anna: Technician) -> float:
    """Return the seconds from the customer's yes to a picture that the technician sees."""
    anna.send(Ask(1, Access.VIEW))
    await anna.hear(Granted, lambda granted: Access.VIEW in granted.access)
    began = time.monotonic()
    displays = await anna.hear(Displays)
    anna.send(Watch(displays.displays[0].id))
    await anna.sees(lambda _frame: True)
    return time.monotonic() - began


async def _idle(anna: Technician) -> tuple[float, int]:
    connection = anna.engine._sessions._open_sessions[anna.session].peer.connection
    assert connection is not None
    before, pictures = connection.received_bytes + connection.sent_bytes, anna.pictures
    await asyncio.sleep(IDLE_SECONDS)
    after = connection.received_bytes + connection.sent_bytes
    return (after - before) * 8 / 1000 / IDLE_SECONDS, anna.pictures - pictures
