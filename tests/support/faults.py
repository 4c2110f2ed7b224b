"""A real session, and what can go wrong with it: each fault is really there, and the page is told of a cause."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from unittest.mock import patch

from codec.session.diagnosis import Diagnosis
from codec.session.links.base import LinkClosedError
from codec.session.links.direct import DirectPath
from codec.session.links.tunnel import TUNNEL_PATH
from codec.session.path_manager import LinkKind
from codec.wire.access import Access
from codec.wire.messages import Shown
from console.page.messages import Connected
from console.page.messages import Path as Way
from console.session import peer
from tests.support.applets import headless_applet
from tests.support.forwarder import Forwarder, forwarder
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.xvfb import VirtualDisplay, virtual_display

SECONDS = 10.0
"""So soon the cause is named."""
MOVES = (
    "i=0; while :; do i=$((i+1)); "
    "ls -l --color=always /usr/bin | tail -n +$((i * 37 % 900)) | head -40; sleep 0.2; done"
)


class Direct(StrEnum):
    """Whether there is a direct path."""

    NONE = "relayed"
    """None is tried."""
    FAILS = "no UDP"
    WORKS = "direct"


@dataclass
class Meeting:
    """A session that is seen. The customer and the technician each have a line of their own to the relay."""

    display: VirtualDisplay
    anna: Technician
    theirs: Forwarder
    ours: Forwarder
    applet: "subprocess.Popen[bytes]"
    shown: int
    """Which display is shown."""
    ends: ExitStack = field(default_factory=ExitStack)

    def moves(self) -> None:
        """Let the customer's screen change all the time."""
        self.ends.callback(self.display.start("xterm", "-geometry", "120x40+0+0", "-e", "sh", "-c", MOVES).kill)


Inject = Callable[[Meeting], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and the cause that is to be named first."""

    name: str
    cause: Diagnosis
    inject: Inject
    direct: Direct = Direct.NONE
    moves: bool = False


@asynccontextmanager
async def meeting(folder: Path, direct: Direct = Direct.NONE) -> AsyncIterator[Meeting]:
    """A session in which the technician sees and controls, with nothing wrong."""
    with virtual_display(800, 600) as display, paths(direct):
        display.run("xsetroot", "-solid", "#336699")
        async with (
            running_relay(folder) as relay,
            forwarder(relay.url) as theirs,
            forwarder(relay.url) as ours,
            technician(ours.url) as anna,
        ):
            with ExitStack() as ends, headless_applet(display, theirs.url, await spoken_code(anna)) as applet:
                await picked_up(anna)
                await anna.may(Access.CONTROL)
                displays = await anna.watch()
                await anna.sees(lambda _frame: True)
                if direct is Direct.WORKS:
                    await anna.until(lambda each: isinstance(each, Connected) and each.path is Way.DIRECT)
                ends.callback(_let_go, applet)
                yield Meeting(display, anna, theirs, ours, applet, displays.displays[0].id, ends)


def _let_go(applet: "subprocess.Popen[bytes]") -> None:
    if applet.poll() is None:
        applet.send_signal(signal.SIGCONT)


@contextmanager
def paths(direct: Direct) -> Iterator[None]:
    """Have consoles find a direct path or not."""

    async def seek_nothing(_peer: peer.Peer, _connection: object) -> None:
        await asyncio.Event().wait()

    async def no_udp(_path: object) -> str:
        raise LinkClosedError("no packet comes through")

    with ExitStack() as patches:
        if direct is Direct.NONE:
            patches.enter_context(patch.object(peer.Peer, "_seek_direct", seek_nothing))
        elif direct is Direct.FAILS:
            patches.enter_context(patch.object(DirectPath, "offer", no_udp))
        yield


async def named(fault: Fault, folder: Path) -> tuple[str, float]:
    """Have it happen. Return the first cause that was told where it is right, or the last wrong one, and when."""
    async with meeting(folder, fault.direct) as here:
        if fault.moves:
            here.moves()
            await here.anna.until_pictures(here.anna.pictures + 8)
        if fault.inject is not _STILL:  # else it is there from the beginning
            await _nothing_of_it(here.anna, fault.cause)
        began, last = time.monotonic(), ""
        injecting = asyncio.ensure_future(fault.inject(here))
        try:
            while last != fault.cause and (left := began + SECONDS - time.monotonic()) > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        told = await here.anna.hear(Connected)
                        last = told.causes[0].cause.value if told.causes else ""
            return last, time.monotonic() - began
        finally:
            injecting.cancel()
            here.ends.close()
            for line in (here.theirs, here.ours):
                line.restore()


async def _nothing_of_it(anna: Technician, cause: Diagnosis) -> None:
    """Return when this cause is not told: what is there before the fault is not named because of it."""
    while True:
        anna.heard.clear()
        told = await anna.hear(Connected)
        if cause not in [each.cause for each in told.causes]:
            return


def _line(which: str, **values: float) -> Inject:
    async def inject(here: Meeting) -> None:
        line: Forwarder = getattr(here, which)
        for name, value in values.items():
            setattr(line, name, value)

    return inject


def _does(what: Callable[[Meeting], object]) -> Inject:
    async def inject(here: Meeting) -> None:
        what(here)

    return inject


def _both(one: Inject, other: Inject) -> Inject:
    async def inject(here: Meeting) -> None:
        await one(here)
        await other(here)

    return inject


def _shows_after(seconds: float) -> Inject:
    async def inject(here: Meeting) -> None:
        here.anna.shows = False
        while True:
            await here.anna.until_pictures(here.anna.pictures + 1)
            number = here.anna.last_number
            await asyncio.sleep(seconds)
            here.anna.send(Shown(here.shown, number))

    return inject


async def _page_asleep(here: Meeting) -> None:
    here.anna.shows = False
    here.display.run("xsetroot", "-solid", "#aa2222")


async def _asleep(_here: Meeting) -> None:
    time.sleep(6)  # noqa: ASYNC251  (the whole program stands still)


def _busy(here: Meeting) -> None:
    for thread in Path(f"/proc/{here.applet.pid}/task").iterdir():
        os.setpriority(os.PRIO_PROCESS, int(thread.name), 10)
    for _ in range(2 * (os.cpu_count() or 1)):
        here.ends.callback(subprocess.Popen([sys.executable, "-c", "while True: pass"]).kill)


async def _direct_lost(here: Meeting) -> None:
    await close_direct_path(here.anna)


async def close_direct_path(anna: Technician) -> None:
    """End the direct path of the session, at the technician's side."""
    connection = anna.engine._sessions._open_sessions[anna.session].peer.connection
    assert connection is not None
    for held in [each for each in connection._held.values() if each.link.kind is LinkKind.DIRECT]:
        await held.link.close()


_BLACK = _does(lambda here: here.display.run("xsetroot", "-solid", "#000000"))
_STILL = _does(lambda _here: None)
_CUT_THEIRS, _CUT_OURS = _does(lambda here: here.theirs.cut()), _does(lambda here: here.ours.cut())
_STOPPED = _does(lambda here: here.applet.send_signal(signal.SIGSTOP))
_KILLED = _does(lambda here: here.applet.kill())
D, R, F, W = Diagnosis, Direct.NONE, Direct.FAILS, Direct.WORKS
FAULTS: tuple[Fault, ...] = (
    Fault("customer's line: 40 kB/s", D.NARROW_LINE, _line("theirs", rate=40_000), R, moves=True),
    Fault("customer's line: 80 kB/s", D.NARROW_LINE, _line("theirs", rate=80_000), R, moves=True),
    Fault("technician's line: 40 kB/s", D.NARROW_LINE, _line("ours", rate=40_000), R, moves=True),
    Fault("customer's line: 120 ms longer each way", D.LONG_LINE, _line("theirs", delay=0.12), R, moves=True),
    Fault("technician's line: 150 ms longer each way", D.LONG_LINE, _line("ours", delay=0.15), R, moves=True),
    Fault("customer's line: loses packets", D.UNSTEADY_LINE, _line("theirs", jitter=0.5), R, moves=True),
    Fault("technician's line: loses packets", D.UNSTEADY_LINE, _line("ours", jitter=0.5), R, moves=True),
    Fault("customer's line is cut", D.CUSTOMER_OFFLINE, _CUT_THEIRS),
    Fault("technician's line is cut", D.SERVER_UNREACHABLE, _CUT_OURS),
    Fault("relay is gone", D.SERVER_UNREACHABLE, _both(_CUT_THEIRS, _CUT_OURS)),
    Fault("customer's proxy cuts the tunnel", D.CONNECTION_CUT, _does(lambda here: here.theirs.refuse(TUNNEL_PATH))),
    Fault("technician's proxy cuts the tunnel", D.CONNECTION_CUT, _does(lambda here: here.ours.refuse(TUNNEL_PATH))),
    Fault("customer's line is dead, and no one is told", D.LINE_STALLED, _does(lambda here: here.theirs.hold())),
    Fault("technician's line is dead, and no one is told", D.SERVER_UNREACHABLE, _does(lambda here: here.ours.hold())),
    Fault("customer's computer stands still", D.LINE_STALLED, _STOPPED),
    Fault("customer's program is killed", D.CUSTOMER_OFFLINE, _KILLED),
    Fault("customer's computer is busy", D.CUSTOMER_BUSY, _does(_busy), R, moves=True),
    Fault("customer's screen is black", D.SCREEN_DARK, _BLACK),
    Fault("nothing changes", D.NOTHING_CHANGES, _STILL),
    Fault("page shows nothing", D.PAGE_ASLEEP, _page_asleep),
    Fault("page shows 300 ms late", D.SLOW_VIEWER, _shows_after(0.3), R, moves=True),
    Fault("page shows 180 ms late", D.SLOW_VIEWER, _shows_after(0.18), R, moves=True),
    Fault("technician's computer slept", D.CONSOLE_ASLEEP, _asleep),
    Fault("customer's line: 300 ms longer each way", D.LONG_LINE, _line("theirs", delay=0.3), R, moves=True),
    Fault("UDP is blocked", D.NO_DIRECT_PATH, _STILL, F, moves=True),
    Fault("UDP is blocked, the relay is far", D.DETOUR, _line("ours", delay=0.15), F, moves=True),
    Fault("UDP is blocked, 40 kB/s", D.NARROW_LINE, _line("theirs", rate=40_000), F, moves=True),
    Fault("UDP is blocked, customer's line is cut", D.CUSTOMER_OFFLINE, _CUT_THEIRS, F),
    Fault("UDP is blocked, page shows nothing", D.PAGE_ASLEEP, _page_asleep, F),
    Fault("direct path is lost", D.DIRECT_LOST, _direct_lost, W, moves=True),
    Fault("direct, technician does not reach the relay", D.SERVER_UNREACHABLE, _CUT_OURS, W),
    Fault("direct, customer's computer stands still", D.LINE_STALLED, _STOPPED, W),
    Fault("direct, customer's program is killed", D.CUSTOMER_OFFLINE, _KILLED, W),
    Fault("direct, customer's screen is black", D.SCREEN_DARK, _BLACK, W),
    Fault("direct, page shows nothing", D.PAGE_ASLEEP, _page_asleep, W),
    Fault("direct, page shows 300 ms late", D.SLOW_VIEWER, _shows_after(0.3), W, moves=True),
    Fault("direct, technician's computer slept", D.CONSOLE_ASLEEP, _asleep, W),
    Fault("direct, nothing changes", D.NOTHING_CHANGES, _STILL, W),
    Fault("direct, relay is gone", D.SERVER_UNREACHABLE, _both(_CUT_THEIRS, _CUT_OURS), W),
    Fault("direct, customer's computer is busy", D.CUSTOMER_BUSY, _does(_busy), W, moves=True),
)
