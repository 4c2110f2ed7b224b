"""The viewer in a real browser, with a real applet and real programs on the customer's display."""

import base64
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.async_api import Browser, Page, expect

from applet.input.remote_control import HOLD_SECONDS
from codec.picture.diff import Frame
from codec.picture.packet import PLANES_VERSION
from codec.wire.messages import StillHeld, Watch, unpack
from console.page.open_pages import SESSION_HEAD
from tests.support.applets import applet_with_person, headless_applet, tell
from tests.support.consoles import console_page, make_pin, open_chat, running_console
from tests.support.inputs import held_keys
from tests.support.relays import running_relay
from tests.support.sessions import same, screenshot
from tests.support.waiting import becomes_true, eventually, written
from tests.support.xvfb import VirtualDisplay, virtual_display

VIEWPORT = {"width": 1280, "height": 800}
ZOOMS = ("Fit to window", "100 %", "200 %")
PLACES = ((3, 5), (640, 400), (1276, 794), (333, 777))


@asynccontextmanager
async def controlled(browser: Browser, folder: Path, display: VirtualDisplay, **context: Any) -> AsyncIterator[Page]:
    """A page that controls a display; the customer allows everything by a switch."""
    async with running_relay(folder) as relay:
        with running_console(relay.url) as console:
            async with console_page(browser, console.link, viewport=VIEWPORT, **context) as page:
                pin = await make_pin(page, "Hélène Fournier")
                with headless_applet(display, relay.url, pin):
                    await take_control(page)
                    yield page


async def take_control(page: Page) -> None:
    """Request control and wait for the picture."""
    await page.get_by_role("button", name="Request control").click(timeout=20_000)
    await expect(page.locator("canvas")).to_be_visible(timeout=15_000)
    await expect(page.get_by_role("button", name="Control", exact=True)).to_be_visible()


async def canvas(page: Page) -> Frame:
    """Return what the canvas holds, as BGRX."""
    data = await page.evaluate(
        """() => { const canvas = document.querySelector("canvas");
        if (canvas.width === 0) return { text: "", width: 0, height: 0 };
        const read = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d"); // a worker paints on ours
        read.drawImage(canvas, 0, 0);
        const { data, width, height } = read.getImageData(0, 0, canvas.width, canvas.height);
        let text = ""; for (let at = 0; at < data.length; at += 32768)
          text += String.fromCharCode(...data.subarray(at, at + 32768));
        return { text: btoa(text), width, height }; }"""
    )
    pixels = np.frombuffer(base64.b64decode(data["text"]), np.uint8)
    return np.ascontiguousarray(pixels.reshape(data["height"], data["width"], 4)[..., [2, 1, 0, 3]])


async def looks_the_same(page: Page, display: VirtualDisplay) -> None:
    """Return as soon as canvas and screen are equal, pixel for pixel."""

    async def is_same() -> bool:
        return same(await canvas(page), screenshot(display))

    await becomes_true(is_same)


@pytest.mark.req("SESS-20", "SESS-23", "CONS-26")
async def test_by_pin_a_desktop_is_seen_to_the_pixel_and_typed_text_lands_in_a_file(
    browser: Browser, tmp_path: Path
) -> None:
    typed = tmp_path / "typed"
    with virtual_display(window_manager=True) as display:
        display.start("xterm", "-geometry", "80x24+50+50", "-title", "work", "-e", f"cat > {typed}")
        display.wait_for_window("work")
        display.run("xdotool", "search", "--name", "work", "windowfocus", "--sync")
        async with controlled(browser, tmp_path, display) as page:
            await looks_the_same(page, display)
            await page.locator(".keys").focus()
            await page.keyboard.type("Hello, Wörld! ")
            await page.keyboard.press("Enter")
            await written(typed, "Hello, Wörld! \n")
            await page.get_by_role("button", name="Special keys and typing").click()
            await page.get_by_role("menuitem", name="Type text…").click()
            await page.get_by_label("Text", exact=True).fill("Ünï€ödé\n")
            await page.get_by_role("button", name="Type", exact=True).click()
            await written(typed, "Hello, Wörld! \nÜnï€ödé\n")
            await looks_the_same(page, display)


async def test_a_browser_whose_workers_do_not_paint_shows_the_same(browser: Browser, tmp_path: Path) -> None:
    before = "delete HTMLCanvasElement.prototype.transferControlToOffscreen"
    with virtual_display(window_manager=True) as display:
        display.start("xterm", "-geometry", "80x24+50+50", "-title", "work", "-e", "seq 1 2000; sleep 60")
        display.wait_for_window("work")
        async with controlled(browser, tmp_path, display, before=before) as page:
            await looks_the_same(page, display)


LISTENS = """globalThis.sent = [];
    if (sessionStorage.blind) delete globalThis.VideoDecoder;
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) {
        if (typeof data !== "string") sent.push(Array.from(new Uint8Array(data.buffer ?? data)));
        return send.call(this, data);
    };"""


async def test_the_page_says_what_it_decodes(browser: Browser, tmp_path: Path) -> None:
    with virtual_display(320, 200) as display:
        async with controlled(browser, tmp_path, display, before=LISTENS) as page:
            assert await decoded_by(page) == {(True, PLANES_VERSION)}
            await page.evaluate("sessionStorage.blind = 1")
            await page.reload()
            assert await decoded_by(page) == {(False, PLANES_VERSION)}


async def decoded_by(page: Page) -> set[tuple[bool, int]]:
    """Return whether the page wants films and which version of packets, as soon as it watches a display."""
    watches: list[Watch] = []

    async def does_watch() -> bool:
        sent = [unpack(bytes(data)[SESSION_HEAD.size :]) for data in await page.evaluate("sent")]
        watches[:] = [message for message in sent if isinstance(message, Watch)]
        return bool(watches)

    await becomes_true(does_watch)
    return {(message.films, message.packets) for message in watches}


@pytest.mark.finding("field-1", "load-1.6")
async def test_what_is_held_stays_held_as_long_as_the_page_says_so(browser: Browser, tmp_path: Path) -> None:
    with virtual_display(320, 200) as display:
        async with controlled(browser, tmp_path, display, before=LISTENS) as page:
            await page.locator(".keys").focus()
            await page.keyboard.down("Shift")

            async def is_said_long() -> bool:
                sent = [unpack(bytes(data)[SESSION_HEAD.size :]) for data in await page.evaluate("sent")]
                return sum(isinstance(message, StillHeld) for message in sent) >= HOLD_SECONDS * 3

            await becomes_true(is_said_long)
            assert held_keys(display) == 1
            await page.evaluate("for (let timer = setTimeout(() => {}); timer > 0; timer--) clearInterval(timer)")
            await eventually(lambda: held_keys(display) == 0)


async def test_clicks_land_on_the_very_pixel_at_three_zooms(browser: Browser, tmp_path: Path) -> None:
    clicks = tmp_path / "clicks"
    with virtual_display() as display:
        display.start(sys.executable, "-m", "tests.support.clicks", str(clicks))
        await written(clicks, "ready")
        async with controlled(browser, tmp_path, display) as page:
            await looks_the_same(page, display)
            for zoom in ZOOMS:
                await page.get_by_role("button", name="Zoom").click()
                await page.get_by_role("menuitemradio", name=zoom, exact=True).click()
                for place in PLACES:
                    clicks.write_text("")
                    await click_at(page, display, place)
                    await eventually(lambda: clicks.read_text().startswith("1 "))
                    _, x, y = map(int, clicks.read_text().split()[:3])
                    assert abs(x - place[0]) <= 1, (zoom, place)
                    assert abs(y - place[1]) <= 1, (zoom, place)
            clicks.write_text("")
            await page.mouse.wheel(0, 240)
            await written(clicks, "5 ")
            await page.mouse.click(600, 400, button="right")
            await written(clicks, "3 ")


async def test_on_a_fine_screen_one_to_one_is_one_device_pixel(browser: Browser, tmp_path: Path) -> None:
    with virtual_display(800, 600) as display:
        async with controlled(browser, tmp_path, display, device_scale_factor=2) as page:
            await page.get_by_role("button", name="Zoom").click()
            await page.get_by_role("menuitemradio", name="100 %", exact=True).click()
            box = await page.locator("canvas").bounding_box()
            assert box is not None
            assert (box["width"], box["height"]) == (400, 300)
            assert (box["x"] * 2 % 1, box["y"] * 2 % 1) == (0, 0)


async def click_at(page: Page, display: VirtualDisplay, place: tuple[int, int]) -> None:
    """Click on a pixel of the customer's display, scrolling it into sight first."""
    await page.evaluate(
        """([x, y]) => {
            const area = document.querySelector(".picture"), frame = area.firstElementChild;
            const to = (share, whole, part) => share * whole - part / 2;
            area.scrollTo(to(x, frame.clientWidth, area.clientWidth), to(y, frame.clientHeight, area.clientHeight));
        }""",
        [place[0] / display.width, place[1] / display.height],
    )
    box = await page.locator("canvas").bounding_box()
    assert box is not None
    scale = box["width"] / display.width
    await page.mouse.click(box["x"] + (place[0] + 0.5) * scale, box["y"] + (place[1] + 0.5) * scale)


@pytest.mark.req("CLIP-02", "SESS-63", "CONS-11")
async def test_the_clipboard_goes_both_ways_chat_too_and_the_stop_button_ends_it(
    browser: Browser, tmp_path: Path
) -> None:
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay:
            with running_console(relay.url) as console, applet_with_person(display, relay.url) as person:
                async with console_page(browser, console.link, viewport=VIEWPORT) as page:
                    tell(person, await make_pin(page, "Hélène Fournier"))
                    await take_control(page)
                    await page.get_by_role("button", name="Share the clipboard").click()
                    await expect(
                        page.get_by_role("button", name="The clipboard is shared. Stop sharing")
                    ).to_be_visible()
                    await clipboard_both_ways(page, display)
                    await chat(page)
                    await page.reload()
                    await expect(page.get_by_text("<b>not markup</b>")).to_be_visible(timeout=10_000)
                    await looks_the_same(page, display)
                    display.run("xdotool", "search", "--name", "Who is watching", "windowraise")
                    await press_stop(display)
                    await expect(page.get_by_text("Hélène Fournier stopped everything")).to_be_visible()
                    await expect(page.get_by_role("button", name="Request control")).to_be_visible()


async def clipboard_both_ways(page: Page, display: VirtualDisplay) -> None:
    """Copy here and paste there, then the other way round."""
    await page.evaluate("navigator.clipboard.writeText('from the technician: ç €')")
    await page.evaluate("dispatchEvent(new Event('copy'))")
    await eventually(lambda: paste(display) == "from the technician: ç €")
    copy(display, "from the customer: ñ")

    async def has_arrived() -> bool:
        return bool(await page.evaluate("navigator.clipboard.readText()") == "from the customer: ñ")

    await becomes_true(has_arrived)


def copy(display: VirtualDisplay, text: str) -> None:
    """Copy on the customer's desktop; xclip keeps the text there until somebody else copies."""
    xclip = display.start_with_input("xclip", "-selection", "clipboard", "-quiet", text=text)
    assert xclip.poll() is None or xclip.returncode == 0


def paste(display: VirtualDisplay) -> str:
    """Paste on the customer's desktop."""
    try:
        return display.run("xclip", "-selection", "clipboard", "-out")
    except Exception:
        return ""


async def chat(page: Page) -> None:
    """Talk; markup is text."""
    await open_chat(page)
    await page.get_by_label("Message to").fill("<b>not markup</b>")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("<b>not markup</b>")).to_be_visible()
    await expect(page.get_by_text("Hello! Yes, I can read you.")).to_be_visible(timeout=10_000)


async def press_stop(display: VirtualDisplay) -> None:
    """Press the red button on the bar, as the customer's own hand does."""
    window = display.wait_for_window("Who is watching")
    shape = dict(
        line.split("=", 1) for line in display.run("xdotool", "getwindowgeometry", "--shell", window).splitlines()
    )
    right, middle = int(shape["WIDTH"]) - 40, int(shape["HEIGHT"]) // 2
    display.run("xdotool", "mousemove", "--window", window, str(right), str(middle), "click", "1")
