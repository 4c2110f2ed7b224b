"""A technician who only watches points, with a real browser, a real applet and a real display."""

from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Browser, Page, expect

from applet.tools.pointing import SILENT_SECONDS
from applet.ui.tools.pointing import COLOR, DOT
from tests.browser.test_viewer import VIEWPORT
from tests.support.applets import applet_with_person, headless_applet, tell
from tests.support.consoles import console_page, make_pin, running_console
from tests.support.relays import running_relay
from tests.support.sessions import screenshot
from tests.support.waiting import eventually
from tests.support.xvfb import VirtualDisplay, virtual_display

POINT = "Point at something on Hélène Fournier’s screen"


def dot_at(display: VirtualDisplay, x: int, y: int) -> bool:
    """Whether the display has the dot's color in the middle of its dot there, and the ring's white around it."""
    shown = screenshot(display)
    red = (COLOR.blue(), COLOR.green(), COLOR.red())
    ring = shown[y, x - DOT // 2 + 2, :3]
    return tuple(shown[y, x, :3]) == red and ring.min() > 200


def dots(display: VirtualDisplay) -> int:
    """Return how many pixels have the dot's color."""
    red = np.array((COLOR.blue(), COLOR.green(), COLOR.red()), np.uint8)
    return int((screenshot(display)[..., :3] == red).all(axis=2).sum())


async def take_view(page: Page) -> None:
    """Request viewing and wait for the picture."""
    await page.get_by_role("button", name="Request viewing").click(timeout=20_000)
    await expect(page.locator("canvas")).to_be_visible(timeout=15_000)


async def place(page: Page, across: float, along: float) -> tuple[float, float]:
    """Return where a part of the picture is on the page."""
    box = await page.locator(".keys").bounding_box()
    assert box is not None
    return box["x"] + across * box["width"], box["y"] + along * box["height"]


@pytest.mark.parametrize("how", ["mouse", "touch"])
async def test_the_customer_sees_where_the_technician_points(browser: Browser, tmp_path: Path, how: str) -> None:
    with virtual_display(800, 600, window_manager=True) as display:
        async with running_relay(tmp_path) as relay:
            with running_console(relay.url) as console, applet_with_person(display, relay.url) as person:
                async with console_page(browser, console.link, viewport=VIEWPORT, has_touch=True) as page:
                    tell(person, await make_pin(page, "Hélène Fournier"))
                    await take_view(page)
                    at = await place(page, 0.25, 0.5)
                    await page.mouse.move(*at)
                    button = page.get_by_role("button", name=POINT)
                    await button.click()
                    assert dots(display) == 0
                    await points(page, how, *at)
                    await eventually(lambda: dot_at(display, 200, 300))
                    await points(page, how, *await place(page, 0.75, 0.25))
                    await eventually(lambda: dot_at(display, 600, 150))
                    assert not dot_at(display, 200, 300)
                    under = display.run("xdotool", "mousemove", "600", "150", "getmouselocation", "--shell")
                    window = next(line for line in under.splitlines() if line.startswith("WINDOW="))
                    name = display.run("xdotool", "getwindowname", window.removeprefix("WINDOW=")).strip()
                    assert "Anna" not in name, "the dot is under the customer's pointer, but takes no clicks"
                    if how == "mouse":
                        await page.mouse.move(5, 5)
                    else:
                        await page.get_by_role("button", name="Stop pointing").click()
                    await eventually(lambda: dots(display) == 0, seconds=SILENT_SECONDS - 1)


async def points(page: Page, how: str, x: float, y: float) -> None:
    """Point there with a mouse, or with a finger."""
    if how == "mouse":
        await page.mouse.move(x, y)
        return
    touch = await page.context.new_cdp_session(page)
    await touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    await touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + 0.01, "y": y}]})


async def test_without_a_window_the_technician_hears_why_nobody_sees_it(browser: Browser, tmp_path: Path) -> None:
    with virtual_display(800, 600) as display:
        async with running_relay(tmp_path) as relay:
            with running_console(relay.url) as console:
                async with console_page(browser, console.link, viewport=VIEWPORT) as page:
                    pin = await make_pin(page, "Hélène Fournier")
                    with headless_applet(display, relay.url, pin, consent="view"):
                        await take_view(page)
                        await page.get_by_role("button", name=POINT).click()
                        await page.mouse.move(*await place(page, 0.5, 0.5))
                        why = (
                            "You cannot point at Hélène Fournier’s screen: their help program runs without a window. "
                            "Describe the place, or request control."
                        )
                        banner = page.locator(".troubles").get_by_text(why)
                        await expect(banner).to_be_visible()
                        await page.get_by_role("button", name="Hide").click()
                        await expect(banner).to_have_count(0)
                        await expect(page.get_by_role("button", name=why)).to_have_attribute("aria-disabled", "true")


async def test_what_was_stopped_or_gave_way_to_control_begins_again_only_when_wanted(
    browser: Browser, tmp_path: Path
) -> None:
    """The dot was there again at the first movement, after the customer had stopped everything."""
    with virtual_display(800, 600) as display:
        async with running_relay(tmp_path) as relay:
            with running_console(relay.url) as console:
                async with console_page(browser, console.link, viewport=VIEWPORT) as page:
                    pin = await make_pin(page, "Hélène Fournier")
                    with headless_applet(display, relay.url, pin):
                        await take_view(page)
                        button = page.get_by_role("button", name=POINT)
                        await button.click()
                        await expect(page.get_by_role("button", name="Stop pointing")).to_be_visible()
                        await page.get_by_role("button", name="Request control").click()
                        await page.locator(".tool--main[aria-pressed=true]").click()
                        await expect(button).to_have_attribute("aria-pressed", "false")
