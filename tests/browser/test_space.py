"""The picture has the window: what stands beside it folds away, and in full screen the bar waits behind the edge."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import FloatRect, Page, async_playwright, expect

from codec.wire.messages import Chat
from tests.browser.test_hostile_applet import hostile
from tests.browser.test_pages import violations
from tests.support.applets import headless_applet
from tests.support.browsers import chromium
from tests.support.consoles import console_page, make_pin, running_console
from tests.support.relays import running_relay
from tests.support.waiting import becomes_true
from tests.support.xvfb import virtual_display

SHARE = 0.8
SIZES = ((1280, 800, SHARE), (1440, 900, 0.78), (390, 844, 0.28))
"""Windows, and how much of each the picture of a customer's 1280×800 has at least: it is never enlarged."""

ZOOMED = ((1366, 640, 2), (1366, 640, 3), (1920, 1000, 3), (1920, 1000, 2))
"""Windows in device pixels, and the browser's zoom."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Page]:
    """A session at 1280×800, whose customer has 1280×800 too and allows everything. Each test leaves it as it was."""
    with virtual_display() as display:
        async with running_relay(tmp_path_factory.mktemp("space")) as relay, async_playwright() as playwright:
            browser = await chromium(playwright)
            with running_console(relay.url) as console:
                async with console_page(browser, console.link, viewport={"width": 1280, "height": 800}) as page:
                    pin = await make_pin(page, "Hélène Fournier")
                    with headless_applet(display, relay.url, pin):
                        await page.get_by_role("button", name="Request control").click(timeout=20_000)
                        await expect(page.locator("canvas")).to_be_visible(timeout=15_000)
                        await expect(page.get_by_role("button", name="Control", exact=True)).to_be_visible()
                        yield page
            await browser.close()


async def box_of(page: Page, what: str) -> FloatRect:
    """Return where something is on the page."""
    box = await page.locator(what).bounding_box()
    assert box is not None
    return box


@pytest.mark.finding("use-B13")
async def test_the_picture_has_four_fifths_of_the_window(session: Page) -> None:
    page = session
    for width, height, share in SIZES:
        await page.set_viewport_size({"width": width, "height": height})

        async def has_its_share(window: int = width * height, wanted: float = share) -> bool:
            box = await box_of(page, "canvas")
            return box["width"] * box["height"] / window >= wanted

        await becomes_true(has_its_share)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.set_viewport_size({"width": 1280, "height": 800})
    await expect(page.get_by_role("complementary")).to_have_count(0)
    await page.get_by_role("button", name="Show the session list").click()
    await page.reload()
    await expect(page.get_by_role("complementary", name="Session list")).to_be_visible()
    await expect(page.get_by_role("navigation", name="Open sessions")).to_have_count(0)
    await page.get_by_role("button", name="Hide the session list").click()
    await page.reload()
    await expect(page.get_by_role("navigation", name="Open sessions").get_by_role("button")).to_have_count(1)
    await expect(page.get_by_role("complementary")).to_have_count(0)


@pytest.mark.finding("field-zoom")
async def test_at_a_large_zoom_of_the_browser_the_picture_can_be_reached_and_has_most_of_the_window(
    session: Page,
) -> None:
    page = session
    for whole_width, whole_height, zoom in ZOOMED:
        size = FloatRect(x=0, y=0, width=whole_width // zoom, height=whole_height // zoom)
        await page.set_viewport_size({"width": int(size["width"]), "height": int(size["height"])})
        await expect(page.locator("canvas")).to_be_visible()

        async def is_reached(window: FloatRect = size) -> bool:
            await page.locator(".keys").scroll_into_view_if_needed()
            box = await box_of(page, ".keys")
            seen = min(box["y"] + box["height"], window["height"]) - max(box["y"], 0)
            return seen >= 0.9 * min(box["height"], 0.6 * window["height"]) >= 0.4 * window["height"]

        await becomes_true(is_reached)
        assert (await box_of(page, ".keys"))["height"] >= 100
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.set_viewport_size({"width": 1280, "height": 800})


@pytest.mark.finding("use-B13")
async def test_zoom_is_in_percent_throughout(session: Page) -> None:
    page = session
    for name, width in (("75 %", 960), ("100 %", 1280), ("50 %", 640)):
        await page.get_by_role("button", name="Zoom").click()
        await page.get_by_role("menuitemradio", name=name, exact=True).click()
        await expect(page.get_by_role("button", name=f"Zoom: {name}")).to_be_visible()
        assert (await box_of(page, "canvas"))["width"] == width
    await page.get_by_role("button", name="Zoom").click()
    await page.get_by_role("menuitemradio", name="Fit to window").click()


@pytest.mark.finding("use-B13", "use-F1")
async def test_the_chat_opens_with_the_first_message_and_stays_closed_afterwards(session: Page, tmp_path: Path) -> None:
    browser = session.context.browser
    assert browser is not None
    async with hostile(browser, tmp_path) as (page, applet):
        chat = page.get_by_role("complementary", name="Session panel")
        await expect(page.get_by_role("button", name="Request viewing")).to_be_visible(timeout=20_000)
        await expect(chat).to_have_count(0)
        applet.say(Chat(1, "Are you there?", 1))
        await expect(chat.get_by_text("Are you there?")).to_be_visible()
        await expect(chat.get_by_text("You picked up this session")).to_have_count(0)
        await page.get_by_role("button", name="Close the panel").click()
        applet.say(Chat(2, "Hello?", 2))
        await expect(page.get_by_role("button", name="Chat and details, 1 unread")).to_be_visible()
        await expect(chat).to_have_count(0)
        await page.get_by_role("button", name="Chat and details, 1 unread").click()
        await expect(chat.get_by_text("Hello?")).to_be_visible()
        await page.get_by_role("tab", name="Events").click()
        await expect(chat.get_by_text("You picked up this session")).to_be_visible()
        await expect(chat.get_by_text("Hello?")).to_have_count(0)


@pytest.mark.finding("use-B12")
async def test_in_full_screen_the_bar_waits_behind_the_edge(session: Page) -> None:
    page = session
    await page.get_by_role("button", name="Full screen").click()
    await page.mouse.move(640, 500)
    await slid_away(page)
    picture = await box_of(page, "canvas")
    assert (picture["y"], picture["height"]) == (0, 800)
    assert await at(page, 640, 3) == "keys"  # the customer's upper edge is the customer's
    await page.mouse.move(640, 0)
    await expect(page.locator(".bar--edge")).to_have_attribute("data-out", "true")
    await expect(page.get_by_role("button", name="Exit full screen")).to_be_in_viewport(ratio=1)
    assert await violations(page) == []
    await dragged_to_the_left(page)
    await page.mouse.move(640, 500)
    await slid_away(page)
    await page.locator(".keys").focus()
    await page.keyboard.press("Control+Alt+Home")
    leave = page.get_by_role("button", name="Exit full screen")
    await expect(leave).to_be_focused()
    await expect(leave).to_be_in_viewport(ratio=1)
    await page.keyboard.press("Escape")
    await expect(page.locator(".keys")).to_be_focused()
    await slid_away(page)
    await page.keyboard.press("Control+Alt+Home")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Full screen", exact=True)).to_be_visible()
    assert not await page.evaluate("document.fullscreenElement")


async def at(page: Page, x: int, y: int) -> str:
    """Return the class of what is on top at a place."""
    return str(await page.evaluate("([x, y]) => document.elementFromPoint(x, y).className", [x, y]))


async def slid_away(page: Page) -> None:
    """Return when nothing of the bar is left on the screen."""

    async def is_gone() -> bool:
        box = await box_of(page, ".bar--edge")
        return box["y"] + box["height"] <= 0

    await becomes_true(is_gone)


async def dragged_to_the_left(page: Page) -> None:
    """Drag the bar as far as it goes; arrow keys move it too."""
    grip = page.get_by_role("button", name="Move this bar")
    box = await grip.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 8, box["y"] + 8)
    await page.mouse.down()
    await page.mouse.move(0, 10, steps=4)
    await page.mouse.up()
    assert (await box_of(page, ".bar--edge"))["x"] == 0
    await page.keyboard.press("ArrowRight")
    assert (await box_of(page, ".bar--edge"))["x"] > 0
    await page.keyboard.press("Escape")
