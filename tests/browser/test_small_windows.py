"""The console's page in a window as narrow as a phone: what protects the customer is there too."""

from pathlib import Path

from playwright.async_api import Browser, expect

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
