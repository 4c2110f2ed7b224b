"""The technician's hands and clipboard in a real browser: what browsers do not tell, and what they do not allow."""

import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, Page, async_playwright, expect
from Xlib import X
from Xlib import display as xdisplay

from codec.wire.messages import CLIPBOARD_BYTES
from tests.browser.test_viewer import VIEWPORT, controlled, copy, looks_the_same, paste, press_stop, take_control
from tests.support.applets import applet_with_person, tell
from tests.support.browsers import ARGUMENTS, CHROMIUM
from tests.support.consoles import console_page, make_pin, running_console
from tests.support.decoders import build_part
from tests.support.relays import running_relay
from tests.support.waiting import becomes_true, eventually, written
from tests.support.xvfb import VirtualDisplay, virtual_display

MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Safari/537.36"
LIKE_FIREFOX = """
    const query = navigator.permissions.query;
    navigator.permissions.query = function (asked) {
        if (globalThis.denied) return Promise.resolve({ state: "denied" });
        if (asked.name.startsWith("clipboard")) return Promise.reject(new TypeError("no such permission"));
        return query.call(this, asked);
    };
    globalThis.reads = 0;
    navigator.clipboard.readText = () => { reads += 1; return new Promise(() => {}); };"""
"""Firefox and Safari keep no permission to read: each reading waits for a click on a bubble over the page."""
BLOCKED = "The text you copied is too long to share"


class Held:
    """What is held on a display, by its own account."""

    def __init__(self, display: VirtualDisplay) -> None:
        self._display = xdisplay.Display(display.name)
        self.close = self._display.close

    @property
    def keys(self) -> int:
        """How many keys are down."""
        return sum(byte.bit_count() for byte in self._display.query_keymap())

    @property
    def buttons(self) -> int:
        """Which buttons are down: 1 left, 2 middle, 4 right."""
        return int(self._display.screen().root.query_pointer().mask) >> 8 & 7


@asynccontextmanager
async def shared(browser: Browser, folder: Path, display: VirtualDisplay, **how: Any) -> AsyncIterator[Page]:
    """A page that controls a display and shares the clipboard with the applet's window."""
    async with running_relay(folder) as relay:
        with running_console(relay.url) as console, applet_with_person(display, relay.url) as person:
            async with console_page(browser, console.link, viewport=VIEWPORT, **how) as page:
                tell(person, await make_pin(page, "Hélène Fournier"))
                await take_control(page)
                await page.get_by_role("button", name="Share the clipboard").click()
                await expect(page.get_by_role("button", name="The clipboard is shared. Stop sharing")).to_be_visible()
                yield page


async def keyboard(page: Page) -> CDPSession:
    """Let keys come as the computer tells them, not as Playwright thinks that they should."""
    await page.locator(".keys").focus()
    return await page.context.new_cdp_session(page)


async def press(session: CDPSession, kind: str, code: str, key: str, modifiers: int) -> None:
    """Tell the browser of a key."""
    asked = {"type": kind, "code": code, "key": key, "modifiers": modifiers, "windowsVirtualKeyCode": ord(code[-1])}
    await session.send("Input.dispatchKeyEvent", asked)


@pytest.mark.finding("field-2", "field-10")
async def test_nothing_stays_held_whose_release_the_browser_does_not_tell(browser: Browser, tmp_path: Path) -> None:
    with virtual_display(640, 400) as display, closing(Held(display)) as held:
        async with controlled(browser, tmp_path, display, user_agent=MAC) as page:
            session = await keyboard(page)
            await press(session, "rawKeyDown", "MetaLeft", "Meta", 4)
            await eventually(lambda: held.keys == 1)
            await press(session, "rawKeyDown", "KeyV", "v", 4)
            await press(session, "keyUp", "MetaLeft", "Meta", 0)  # and no word of V
            await eventually(lambda: held.keys == 0)
            await press(session, "rawKeyDown", "ShiftLeft", "Shift", 8)
            await eventually(lambda: held.keys == 1)
            await press(session, "rawKeyDown", "Enter", "Enter", 0)
            await press(session, "keyUp", "Enter", "Enter", 0)  # so Shift was let go meanwhile
            await eventually(lambda: held.keys == 0)

            async def mouse(kind: str, button: str, buttons: int, x: int = 640) -> None:
                at = {"type": kind, "x": x, "y": 400, "button": button, "buttons": buttons, "clickCount": 1}
                await session.send("Input.dispatchMouseEvent", at)

            await mouse("mousePressed", "left", 1)
            await mouse("mousePressed", "right", 3)
            await eventually(lambda: held.buttons == 5)
            await mouse("mouseReleased", "left", 2)
            await eventually(lambda: held.buttons == 4)
            await mouse("mouseMoved", "none", 0, x=660)  # the right one was let go outside the window
            await eventually(lambda: held.buttons == 0)


@pytest.mark.finding("field-11", "field-13")
async def test_texts_that_are_too_long_or_never_given_change_nothing_and_are_said(
    browser: Browser, tmp_path: Path
) -> None:
    with virtual_display(window_manager=True) as display:
        async with shared(browser, tmp_path, display) as page:
            fits = "€" * (CLIPBOARD_BYTES // 3)
            await copy_here(page, fits)
            await eventually(lambda: paste(display) == fits)
            held = fits
            for longer in (fits + "€", "a" * (CLIPBOARD_BYTES + 1), "漢" * 710_000, "x" * 5_000_000):
                await copy_here(page, longer)
                await expect(page.get_by_text(BLOCKED)).to_be_visible()
                assert paste(display) == held
                held = f"short {len(longer)}"
                await copy_here(page, held)
                await eventually(lambda short=held: paste(display) == short)  # type: ignore[misc]
                await expect(page.get_by_text(BLOCKED)).to_be_hidden()
            for number in range(5):
                await copy_here(page, str(number) * CLIPBOARD_BYTES)
            await eventually(lambda: paste(display) == "4" * CLIPBOARD_BYTES)
            copy(display, "z" * (2 * CLIPBOARD_BYTES))
            await expect(page.get_by_text("Hélène Fournier copied a text that is too long to share")).to_be_visible()
            copy(display, "and a short one")
            await becomes_true(lambda: here(page, "and a short one"))
            await expect(page.get_by_text("copied text that is too long")).to_be_hidden()
            await copy_here(page, "half a sign: \ud83d")
            await eventually(lambda: paste(display) == "half a sign: \ufffd")
            await expect(page.get_by_role("button", name="Control", exact=True)).to_be_visible()
            display.start(sys.executable, "-m", "tests.support.selection_owner", "silent")
            await expect(page.get_by_text("does not respond. Ask them to copy it again.")).to_be_visible()
            await copy_here(page, "from the technician")
            await eventually(lambda: not owner_is_silent(display), seconds=2)
            assert paste(display) == "from the technician"
            await expect(page.get_by_text("does not respond")).to_be_hidden()
            display.start(sys.executable, "-m", "tests.support.selection_owner", "silent")
            await eventually(lambda: owner_is_silent(display))
            await press_stop(display)
            await expect(page.get_by_text("Hélène Fournier stopped everything")).to_be_visible(timeout=1_500)


async def copy_here(page: Page, text: str) -> None:
    """Copy on the technician's side, in the page."""
    await page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    await page.evaluate("dispatchEvent(new Event('focus'))")


async def here(page: Page, text: str) -> bool:
    """Whether the technician's clipboard holds this."""
    return bool(await page.evaluate("navigator.clipboard.readText()") == text)


@pytest.mark.finding("field-14", "use-B11")
async def test_a_browser_that_keeps_no_permission_is_not_asked_and_a_paste_sends_what_was_copied(
    browser: Browser, tmp_path: Path
) -> None:
    typed = tmp_path / "typed"
    with virtual_display(window_manager=True) as display:
        display.start("xterm", "-title", "work", "-xrm", PASTES, "-e", f"stty -icanon; cat > {typed}")
        display.wait_for_window("work")
        async with shared(browser, tmp_path, display, before=LIKE_FIREFOX) as page:
            await expect(page.get_by_text("Your browser does not let Deskside read your clipboard")).to_be_visible()
            await page.evaluate("navigator.clipboard.writeText('copied elsewhere')")
            await page.evaluate("dispatchEvent(new Event('focus'))")
            display.run("xdotool", "search", "--name", "work", "windowraise", "windowfocus", "--sync")
            await page.locator(".keys").focus()
            await page.keyboard.type("ab")
            await page.keyboard.press("Control+v")
            assert await written(typed, "elsewhere") == "abcopied elsewhere"
            assert await page.evaluate("reads") == 0
            await page.get_by_role("button", name="Send what I copied").click()
            assert await page.evaluate("reads") == 1
            await page.get_by_role("button", name="Type text…").click()
            await page.get_by_label("Text", exact=True).fill("typed instead\n")
            await page.get_by_role("button", name="Type", exact=True).click()
            await written(typed, "typed instead\n")
            await page.evaluate("denied = true; dispatchEvent(new Event('focus'))")
            banner = page.locator(".troubles .banner", has_text="does not let Deskside read your clipboard")
            await expect(banner).to_contain_text("site settings")
            await expect(banner.get_by_role("button", name="Send what I copied")).to_be_hidden()
            await expect(banner.get_by_role("button", name="Type text…")).to_be_visible()
            await banner.get_by_role("button", name="Hide").click()
            await expect(banner).to_be_hidden()


PASTES = "xterm*VT100.translations: #override Ctrl <Key>v: insert-selection(CLIPBOARD)"


def owner_is_silent(display: VirtualDisplay) -> bool:
    """Whether the clipboard is held by a program that does not answer."""
    with closing(xdisplay.Display(display.name)) as there:
        owner = there.get_selection_owner(there.intern_atom("CLIPBOARD"))
        return bool(owner != X.NONE and owner.get_wm_name() == "silent")


CURSOR = """async () => {
    const css = getComputedStyle(document.querySelector(".keys")).cursor;
    const parts = /url\\("([^"]+)"\\)\\s*([\\d.]*)[^)]*\\)?\\s+([\\d.]+) ([\\d.]+)/.exec(css);
    if (parts === null) return css;
    const [, address, ratio, x, y] = parts;
    const image = new Image();
    image.src = address;
    await image.decode();
    return [image.naturalWidth, image.naturalHeight, Number(ratio), Number(x), Number(y)];
}"""


@pytest.mark.finding("field-17")
async def test_the_pointer_is_as_large_as_the_screen_under_it_and_smaller_at_the_edge(
    browser: Browser, tmp_path: Path
) -> None:
    with virtual_display(640, 400) as display, closing(xdisplay.Display(display.name)) as there:
        async with controlled(browser, tmp_path, display, device_scale_factor=2) as page:
            await looks_the_same(page, display)
            await page.set_viewport_size({"width": 420, "height": 600})
            box = await page.locator(".keys").bounding_box()
            assert box is not None
            await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

            async def shows(*cursor: float) -> None:
                await becomes_true(lambda: equals(page, cursor))

            point(there, 32, (8, 6))
            await shows(32, 32, 2, 4, 3)
            point(there, 1, (0, 0))
            await shows(1, 1, 2, 0, 0)
            point(there, 300, (0, 0))  # told as 150
            await shows(150, 150, 2, 0, 0)
            await page.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
            await shows(64, 64, 2, 0, 0)


async def equals(page: Page, cursor: tuple[float, ...]) -> bool:
    """Whether the page shows this: width and height of its picture, pixels for each CSS pixel, hot spot in CSS."""
    return bool(await page.evaluate(CURSOR) == [*cursor])


def point(there: xdisplay.Display, side: int, hot: tuple[int, int]) -> None:
    """Give the customer's screen a pointer of this size."""
    root = there.screen().root
    mask = root.create_pixmap(side, side, 1)
    mask.fill_rectangle(mask.create_gc(foreground=1), 0, 0, side, side)
    root.change_attributes(cursor=mask.create_cursor(mask, (65_535, 0, 0), (0, 0, 0), *hot))
    there.sync()


@pytest.mark.finding("field-9")
async def test_a_real_wheel_turns_by_notches_whatever_the_zoom(tmp_path: Path) -> None:
    build_part("input", tmp_path)
    source = (tmp_path / "input.js").read_text()
    with virtual_display(800, 600, window_manager=True) as display:
        async with async_playwright() as playwright:
            headed = await playwright.chromium.launch(
                executable_path=CHROMIUM, args=ARGUMENTS, headless=False, env={**display.env}
            )
            page = await (await headed.new_context(no_viewport=True)).new_page()
            await page.set_content("<p style='block-size: 5000px'>A long page</p>")
            await page.evaluate(
                """async (source) => {
                    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
                    const { Wheel } = await import(address);
                    const wheel = new Wheel();
                    globalThis.turned = [];
                    addEventListener("wheel", (event) => {
                        event.preventDefault();
                        turned.push(wheel.turn(event, devicePixelRatio, event.timeStamp).along);
                    }, { passive: false });
                }""",
                source,
            )
            display.run("xdotool", "mousemove", "400", "450")
            for _zoom in range(4):  # 100, 110, 125, 150 %
                for number, button in enumerate(("5", "5", "4"), 1):
                    display.run("xdotool", "click", button)
                    await page.wait_for_function("(count) => turned.length === count", arg=number)
                assert await page.evaluate("turned.splice(0)") == [120, 120, -120]
                before = await page.evaluate("devicePixelRatio")
                display.run("xdotool", "key", "ctrl+plus")
                await page.wait_for_function("(before) => devicePixelRatio > before", arg=before)
            await headed.close()


@pytest.mark.finding("field-22")
async def test_a_page_whose_clock_is_wrong_shows_what_is_left_of_a_pin(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console:
            async with console_page(browser, console.link, before=CLOCK, viewport=VIEWPORT) as page:
                await expect(page.get_by_text("This computer’s clock is 120 min ahead")).to_be_visible()
                await make_pin(page)
                await expect(page.get_by_text(re.compile("1[45]:[0-9]{2}")).first).to_be_visible()


CLOCK = """const real = Date.now; Date.now = () => real() + 2 * 3_600_000;"""
