"""From a key press at the technician's display to a changed pixel on that same display.

Both ways run on one machine, in one run, with one stop watch: a key goes in by XTest at the technician's X display and
travels to a program on the customer's, which changes its colour; the stop watch stops when the technician's display
shows it. Once with our console in Chromium, once with TigerVNC's viewer and server.

The measuring takes as little of the machine as it can, because what runs at the same time on another core pays for it:
the stop watch sleeps until something is drawn, and no debugger is attached to the browser, to which Chromium would tell
every message of the page's socket.
"""

import asyncio
import select
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import numpy as np
from playwright.async_api import async_playwright, expect
from Xlib import XK, X, display
from Xlib.ext import damage

from tests.perf.flasher import COLOURS
from tests.perf.table import Row
from tests.support.applets import headless_applet
from tests.support.browsers import ARGUMENTS, CHROMIUM
from tests.support.consoles import make_pin, running_console, sign_in
from tests.support.relays import free_port, running_relay
from tests.support.xvfb import VirtualDisplay, end, virtual_display

PRESSES = 120
BAR = 1.5
WARM_UP = 20
PAUSE_SECONDS = 0.07
PATIENCE_SECONDS = 2.0
FIND_SECONDS = 20.0
LARGE_ENOUGH = 10_000
CUSTOMER = (1280, 800)
INSIDE_THE_VIEWER = (1000, 700)
TECHNICIAN = (1920, 1080)


async def measure() -> list[Row]:
    """Measure ours and TigerVNC's."""
    with flashing_display() as customer:
        with virtual_display(*TECHNICIAN, window_manager=True) as technician, vnc(customer, technician):
            theirs = await asyncio.to_thread(stop_watch, technician)
        with virtual_display(*TECHNICIAN, window_manager=True) as technician:
            async with console(customer, technician):
                ours = await asyncio.to_thread(stop_watch, technician)
    note = f"p95 {_p95(ours):.1f} ms, TigerVNC's {_p95(theirs):.1f} ms"
    return [Row("key press → changed pixel (median)", median(ours), "ms", BAR, median(theirs), "TigerVNC", note=note)]


@contextmanager
def flashing_display() -> Iterator[VirtualDisplay]:
    """The customer's display, with the program that changes its colour."""
    with virtual_display(*CUSTOMER) as customer:
        customer.start(sys.executable, "-m", "tests.perf.flasher")
        customer.wait_for_window("flasher")
        yield customer


@contextmanager
def vnc(customer: VirtualDisplay, technician: VirtualDisplay) -> Iterator[None]:
    """TigerVNC's server on the one display and its viewer on the other."""
    port = free_port()
    customer.start(
        "x0tigervncserver", "-display", customer.name, "-rfbport", str(port), "-SecurityTypes", "None", "-localhost"
    )
    _wait_for_port(port)
    technician.start("xtigervncviewer", "-SecurityTypes", "None", f"127.0.0.1::{port}")
    window = technician.wait_for_window("TigerVNC")
    technician.run("xdotool", "windowfocus", "--sync", window)
    yield


@asynccontextmanager
async def console(customer: VirtualDisplay, technician: VirtualDisplay) -> AsyncIterator[None]:
    """Our console in a Chromium with a real window."""
    with TemporaryDirectory() as folder:
        async with running_relay(Path(folder) / "relay") as relay, async_playwright() as playwright:
            with running_console(relay.url) as process, chromium_window(technician, Path(folder) / "browser") as port:
                browser = await playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
                page = browser.contexts[0].pages[0]
                await page.goto(process.link)
                await sign_in(page)
                with headless_applet(customer, relay.url, await make_pin(page)):
                    await page.get_by_role("button", name="Request control").click(timeout=20_000)
                    await expect(page.get_by_role("button", name="Direct")).to_be_visible(timeout=20_000)
                    await expect(page.get_by_role("button", name="Control", exact=True)).to_be_visible()
                    await expect(page.locator("canvas")).to_be_visible()
                    await asyncio.to_thread(_find, display.Display(technician.name).screen().root, COLOURS[0])
                    technician.run("xdotool", "mousemove", *map(str, INSIDE_THE_VIEWER), "click", "1")
                    await expect(page.locator(".keys")).to_be_focused()
                    await browser.close()  # which only lets go of it
                    yield


@contextmanager
def chromium_window(technician: VirtualDisplay, folder: Path) -> Iterator[int]:
    """Chromium as people start it, and the port at which a debugger may attach."""
    port = free_port()
    options = [f"--remote-debugging-port={port}", f"--user-data-dir={folder}", "--no-first-run"]
    process = technician.start(CHROMIUM, *ARGUMENTS, *options, "--window-size=1700,1000", "about:blank")
    try:
        _wait_for_port(port)
        yield port
    finally:
        end(process)


def stop_watch(technician: VirtualDisplay) -> list[float]:
    """Return the milliseconds from each key press to its colour on this display."""
    connection = display.Display(technician.name)
    root = connection.screen().root
    connection.damage_query_version()
    root.damage_create(damage.DamageReportRawRectangles)
    keycode = connection.keysym_to_keycode(XK.XK_a)
    place = _find(root, COLOURS[0])
    times = []
    for press in range(WARM_UP + PRESSES):
        wanted = COLOURS[(press + 1) % 2]
        time.sleep(PAUSE_SECONDS)  # the technician's own rhythm; both ways get the same
        began = time.perf_counter()
        connection.xtest_fake_input(X.KeyPress, keycode)
        connection.xtest_fake_input(X.KeyRelease, keycode)
        connection.flush()
        while _look(root, *place, 1, 1)[:3] != wanted.to_bytes(3, "little"):
            if time.perf_counter() - began > PATIENCE_SECONDS:
                raise TimeoutError("the key did not come back as a colour")
            _wait_for_change(connection)
        times.append(1000 * (time.perf_counter() - began))
    connection.close()
    return times[WARM_UP:]


def _wait_for_change(connection: display.Display) -> None:
    """Return when something was drawn on the display since the last look."""
    if not connection.pending_events():
        select.select([connection.fileno()], [], [], PATIENCE_SECONDS)
    while connection.pending_events():
        connection.next_event()


def _look(root: "display.drawable.Window", x: int, y: int, width: int, height: int) -> bytes:
    data: bytes = root.get_image(x, y, width, height, X.ZPixmap, 0xFFFFFFFF).data
    return data


def _find(root: "display.drawable.Window", colour: int) -> tuple[int, int]:
    """Return a place well inside the area that has this colour, as soon as there is one."""
    wanted = np.frombuffer(colour.to_bytes(3, "little"), np.uint8)
    until = time.monotonic() + FIND_SECONDS
    while time.monotonic() < until:
        picture = np.frombuffer(_look(root, 0, 0, *TECHNICIAN), np.uint8).reshape(TECHNICIAN[1], TECHNICIAN[0], 4)
        rows, columns = np.nonzero((picture[..., :3] == wanted).all(axis=2))
        if rows.size > LARGE_ENOUGH:
            return int(np.median(columns)), int(np.median(rows))
        time.sleep(0.1)
    raise TimeoutError("the customer's program is not on the technician's display")


def _wait_for_port(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("what is measured did not start")


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]
