"""The console's page in a window as narrow as a phone: what protects the customer is there too."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.applets import headless_applet
from tests.support.consoles import console_page, make_pin, running_console
from tests.support.relays import running_relay
from tests.support.xvfb import virtual_display


async def test_the_words_can_be_compared_in_a_narrow_window(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console, virtual_display(800, 600) as display:
            async with console_page(browser, console.link, viewport={"width": 390, "height": 844}) as page:
                pin = await make_pin(page)
                with headless_applet(display, relay.url, pin):
                    same = page.get_by_role("button", name="They match")
                    await expect(same).to_be_in_viewport(ratio=1, timeout=20_000)
                    await expect(page.get_by_role("button", name="End session")).to_be_in_viewport(ratio=1)
                    words = await page.locator(".words b").inner_text()
                    await same.click()
                    await expect(page.locator(".words")).to_have_text(words)
                    await expect(page.locator(".words")).to_be_in_viewport(ratio=1)


async def test_questions_fit_into_a_narrow_window(browser: Browser, tmp_path: Path) -> None:
    """Those that are asked from a bar in which nothing wraps were cut at the edge."""
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console, virtual_display(800, 600) as display:
            async with console_page(browser, console.link, viewport={"width": 390, "height": 844}) as page:
                pin = await make_pin(page)
                with headless_applet(display, relay.url, pin):
                    await page.get_by_role("button", name="They differ").click(timeout=20_000)
                    assert await outside(page) == []
                    await page.keyboard.press("Escape")
                    await page.get_by_role("button", name="Request control").click()
                    await page.get_by_role("button", name="Special keys and typing").click(timeout=20_000)
                    await page.get_by_role("menuitem", name="Type text…").click()
                    assert await outside(page) == []


@pytest.mark.parametrize(("width", "language"), [(390, "English"), (360, "English"), (390, "Nederlands")])
async def test_no_button_of_the_toolbar_is_cut_in_a_narrow_window(
    browser: Browser, tmp_path: Path, width: int, language: str
) -> None:
    """The toolbar scrolls where it has no room for all; the first button was squeezed instead."""
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console, virtual_display(800, 600) as display:
            async with console_page(browser, console.link, viewport={"width": width, "height": 844}) as page:
                pin = await make_pin(page)
                with headless_applet(display, relay.url, pin, consent="view"):
                    await page.get_by_role("button", name="Request viewing").click(timeout=20_000)
                    await expect(page.locator("canvas")).to_be_visible(timeout=15_000)
                    if language != "English":
                        await page.get_by_role("button", name="Appearance and language").click()
                        await page.get_by_role("menuitemradio", name=language).click()
                    await expect(page.locator(".bar .toolbar .tool--main")).to_be_in_viewport(ratio=1)
                    cut = "each => each.filter(of => of.scrollWidth > of.clientWidth + 1).map(of => of.textContent)"
                    assert await page.locator(".bar .toolbar button").evaluate_all(cut) == []


async def test_the_pin_is_not_covered_by_longer_words(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console:
            async with console_page(browser, console.link, viewport={"width": 390, "height": 844}) as page:
                await page.get_by_role("button", name="Appearance and language").click()
                await page.get_by_role("menuitemradio", name="Nederlands").click()
                for way, button in (("Pincode", "Pincode maken"), ("Link", "Link maken")):
                    await page.get_by_role("button", name="Nieuwe sessie").first.click()
                    await page.locator(".seg-item", has_text=way).click()
                    await page.get_by_role("button", name=button).click()
                    await expect(page.get_by_role("button", name="Klaar")).to_be_visible()
                    assert await outside(page) == []
                    if button == "Pincode maken":
                        pin = await page.locator(".pin").bounding_box()
                        copy = await page.get_by_role("button", name="Pincode kopiëren").bounding_box()
                        assert pin is not None
                        assert copy is not None
                        assert copy["x"] >= pin["x"] + pin["width"] or copy["y"] >= pin["y"] + pin["height"]
                    await page.get_by_role("button", name="Klaar").click()


async def outside(page: Page) -> list[str]:
    """Return what of the open dialog is drawn beside it."""
    await expect(page.get_by_role("dialog")).to_be_visible()
    found: list[str] = await page.evaluate(
        """() => {
          const dialog = document.querySelector("dialog[open]"), box = dialog.getBoundingClientRect();
          const isOutside = (each) => each.left < box.left - 1 || each.right > box.right + 1;
          const range = document.createRange();
          return [...dialog.querySelectorAll("*")].filter((each) => {
            range.selectNodeContents(each);
            return isOutside(each.getBoundingClientRect()) || [...range.getClientRects()].some(isOutside);
          }).map((each) => each.textContent);
        }"""
    )
    return found
