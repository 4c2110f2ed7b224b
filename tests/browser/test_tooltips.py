"""Tooltips are for the eye: what a screen reader says of a button is the same with the pointer on it and without."""

from pathlib import Path
from typing import Any

from playwright.async_api import Browser, CDPSession, Locator, expect

from tests.support.applets import headless_applet
from tests.support.consoles import console_page, make_pin, running_console
from tests.support.relays import running_relay
from tests.support.xvfb import virtual_display


async def spoken(cdp: CDPSession, button: Locator) -> str:
    """Return the name that Chromium tells screen readers."""
    handle = await button.element_handle()
    await handle.evaluate("element => { window.spoken = element }")
    found: Any = await cdp.send("Runtime.evaluate", {"expression": "window.spoken"})
    told: Any = await cdp.send(
        "Accessibility.getPartialAXTree", {"objectId": found["result"]["objectId"], "fetchRelatives": False}
    )
    name: str = told["nodes"][0]["name"]["value"]
    return name


async def test_a_buttons_name_stays_what_it_is_while_the_pointer_is_on_it(browser: Browser, tmp_path: Path) -> None:
    """“Record” became “Record Record”, and “Cancel” “Cancel Cancel request”."""
    with virtual_display(800, 600) as display:
        async with running_relay(tmp_path) as relay:
            with running_console(relay.url) as console:
                async with console_page(browser, console.link) as page:
                    pin = await make_pin(page, "Hélène Fournier")
                    with headless_applet(display, relay.url, pin):
                        await page.get_by_role("button", name="Request viewing").click(timeout=20_000)
                        await expect(page.locator("canvas")).to_be_visible(timeout=15_000)
                        await page.get_by_role("button", name="Request control").click()
                        cdp = await page.context.new_cdp_session(page)
                        buttons = page.locator("button[data-tip]:visible")
                        await expect(page.locator(".tool--main[aria-pressed=true]")).to_be_visible()
                        seen = []
                        for button in await buttons.all():
                            await page.mouse.move(400, 500)
                            before = await spoken(cdp, button)
                            await button.hover(force=True)
                            tip = "element => getComputedStyle(element, '::after').content"
                            assert await button.get_attribute("data-tip") in await button.evaluate(tip)
                            assert await spoken(cdp, button) == before != ""
                            seen.append(before)
                        assert len(seen) > 5, seen
