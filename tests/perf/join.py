"""A customer in a browser: how soon they are in, how soon their screen is seen, and how far the picture is behind it.

`change on the screen → seen` is measured with the page and with the help program in one run, on displays of one size:
a key goes in by XTest, a program on the display changes its colour, and the stop watch stops when the technician's
decoder has a picture of that colour. Both ends share this machine.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeAlias

import numpy as np
from playwright.async_api import expect
from Xlib import XK, X, display

from codec.picture.diff import Frame
from codec.picture.packet import VERSION
from codec.wire.access import Access
from codec.wire.messages import Ask, Asking, Displays, Watch
from console.page import messages as said
from tests.perf import page_encoder
from tests.perf.bars import p95
from tests.perf.flasher import COLOURS
from tests.perf.flasher import SIZE as FLASHER_SIZE
from tests.perf.key_to_pixel import flashing_display
from tests.perf.table import Row
from tests.support.applets import headless_applet
from tests.support.firefox import firefox_page
from tests.support.join_customers import WHOLE_SCREEN, JoinCustomer, join_customer
from tests.support.phones import phone
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.xvfb import VirtualDisplay, virtual_display

ENTRIES = 5
CHANGES, WARM_UP = 100, 20
PAUSE_SECONDS = 0.07
CONNECTED_S, FIRST_S, FIREFOX_FIRST_S, CAMERA_FIRST_S, CHANGE_MS, CHANGE_RATIO = 0.5, 0.5, 1.5, 1.0, 40.0, 3.0
FIREFOX_YES = "Yes, choose what to showYour browser asks next."
Act: TypeAlias = Callable[[], Awaitable[None]]
ALMOST = 4
"""How far a channel may be off: a browser captures studio range."""


async def measure() -> list[Row]:
    """Measure a page customer from the PIN to the picture, and the page's encoder."""
    entered, firsts = await _entries()
    firefox, cameras = await _firefox_first(), await _camera_firsts()
    page_ms, applet_ms = await _page_changes(), await _applet_changes()
    behind, applet_behind = median(page_ms), median(applet_ms)
    note = f"p95 {p95(page_ms):.0f} ms, the help program's {p95(applet_ms):.0f} ms"
    return [
        Row("page: PIN typed → connected, median", median(entered), "s", CONNECTED_S, note=_worst(entered)),
        Row("page: consent → first picture, median", median(firsts), "s", FIRST_S, note=_worst(firsts)),
        Row("page in Firefox: consent → first picture", firefox, "s", FIREFOX_FIRST_S),
        Row(
            "page on a phone: yes → first picture of the camera, median",
            median(cameras),
            "s",
            CAMERA_FIRST_S,
            note=_worst(cameras),
        ),
        Row("page: change on the screen → seen, median", behind, "ms", CHANGE_MS, note=note),
        Row("page: the same, beside the help program", behind, "ms", CHANGE_RATIO, applet_behind, "help program"),
        *await page_encoder.measure(),
    ]


def _worst(seconds: list[float]) -> str:
    return f"worst of {len(seconds)}: {max(seconds):.2f} s"


async def _entries() -> tuple[list[float], list[float]]:
    """Return the seconds from the PIN to the session, and from the yes to the first picture, of some visits."""
    entered: list[float] = []
    firsts: list[float] = []
    with virtual_display(window_manager=True) as shown:
        for _ in range(ENTRIES):
            async with _page_customer(shown) as (anna, customer):
                code = await spoken_code(anna)
                began = time.perf_counter()
                await customer.enter(code)
                await picked_up(anna)
                entered.append(time.perf_counter() - began)
                firsts.append(await _first_picture(anna, customer.can_say_yes, customer.says_yes))
    return entered, firsts


async def _firefox_first() -> float:
    with virtual_display(window_manager=True) as shown, TemporaryDirectory() as folder:
        async with (
            running_relay(Path(folder)) as relay,
            technician(relay.url) as anna,
            firefox_page(1000, 600, shown) as page,
        ):
            await page.goto(f"{relay.url}/join")
            await page.fill("PIN or link", await spoken_code(anna))
            await page.click("Continue")
            await picked_up(anna)
            return await _first_picture(anna, lambda: page.can_click(FIREFOX_YES), lambda: page.click(FIREFOX_YES))


async def _camera_firsts() -> list[float]:
    """Return the seconds from a customer's yes on a phone to the first picture of its camera, of some visits."""
    firsts: list[float] = []
    for _ in range(ENTRIES):
        with TemporaryDirectory() as folder:
            async with (
                running_relay(Path(folder)) as relay,
                technician(relay.url) as anna,
                phone(relay.url) as customer,
            ):
                await customer.enter(await spoken_code(anna))
                await picked_up(anna)
                yes = customer.page.get_by_role("button", name="Yes, show my camera")
                firsts.append(await _first_picture(anna, expect(yes).to_be_enabled, yes.tap, Access.CAMERA, films=True))
    return firsts


@asynccontextmanager
async def _page_customer(shown: VirtualDisplay) -> AsyncIterator[tuple[Technician, JoinCustomer]]:
    """A technician, and a customer in front of the page who shares this display."""
    with TemporaryDirectory() as folder:
        async with (
            running_relay(Path(folder)) as relay,
            technician(relay.url) as anna,
            join_customer(shown, relay.url, Path(folder), [WHOLE_SCREEN]) as customer,
        ):
            yield anna, customer


async def _first_picture(
    anna: Technician, can_say_yes: Act, say_yes: Act, access: Access = Access.VIEW, films: bool = False
) -> float:
    """Return the seconds from the customer's yes to a picture that the technician sees.

    In a question's first second a yes does nothing, so that none is given by accident: that second is not counted.
    """
    anna.send(Ask(1, access))
    await anna.hear(Asking)
    await can_say_yes()
    began = time.perf_counter()
    await say_yes()
    await _watches(anna, films)
    return time.perf_counter() - began


async def _watches(anna: Technician, films: bool = False) -> None:
    displays = await anna.hear(Displays)
    anna.send(Watch(displays.displays[0].id, films=films, packets=VERSION))
    await anna.sees(lambda _frame: True)


async def _page_changes() -> list[float]:
    """Return the milliseconds from each change to the technician's picture of it, with the customer on the page."""
    with flashing_display() as shown:
        async with _page_customer(shown) as (anna, customer):
            await customer.enter(await spoken_code(anna))
            await picked_up(anna)
            await _first_picture(anna, customer.can_say_yes, customer.says_yes)
            return await _changes(shown, anna)


async def _applet_changes() -> list[float]:
    """Return the same with the customer in the help program."""
    with flashing_display() as shown, TemporaryDirectory() as folder:
        async with running_relay(Path(folder)) as relay, technician(relay.url) as anna:
            with headless_applet(shown, relay.url, await spoken_code(anna)):
                await picked_up(anna)
                await anna.may(Access.VIEW)
                await _watches(anna)
                return await _changes(shown, anna)


async def _changes(shown: VirtualDisplay, anna: Technician) -> list[float]:
    await anna.until(lambda each: isinstance(each, said.Connected) and each.path is said.Path.DIRECT)
    shown.run("xdotool", "search", "--name", "flasher", "windowraise", "windowfocus", "--sync")
    await anna.sees(partial(_has, COLOURS[0]))
    connection = display.Display(shown.name)
    keycode = connection.keysym_to_keycode(XK.XK_a)
    milliseconds = []
    for press in range(WARM_UP + CHANGES):
        await asyncio.sleep(PAUSE_SECONDS)  # the rhythm of a person; both ways get the same
        wanted = COLOURS[(press + 1) % 2]
        began = time.perf_counter()
        connection.xtest_fake_input(X.KeyPress, keycode)
        connection.xtest_fake_input(X.KeyRelease, keycode)
        connection.flush()
        await anna.sees(partial(_has, wanted))
        milliseconds.append(1000 * (time.perf_counter() - began))
    connection.close()
    return milliseconds[WARM_UP:]


def _has(colour: int, frame: Frame) -> bool:
    """Whether the flasher shows this colour: a browser halves the colours of what it captures."""
    wanted = np.frombuffer(colour.to_bytes(3, "little"), np.uint8).astype(int)
    pixel = frame[FLASHER_SIZE[1] // 2, FLASHER_SIZE[0] // 2, :3]
    return bool(np.abs(pixel - wanted).max() <= ALMOST)
