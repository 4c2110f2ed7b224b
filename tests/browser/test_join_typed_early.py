"""What a customer types before the page /join is drawn is not lost: its field takes over value, focus and caret."""

import asyncio
from pathlib import Path

from playwright.async_api import Browser, Route, expect

from tests.support.relays import running_relay


async def test_what_is_typed_before_the_page_is_drawn_is_kept(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        page = await browser.new_page()
        drawn = asyncio.Event()

        async def late(route: Route) -> None:
            await drawn.wait()
            await route.continue_()

        await page.route("**/join/about", late)
        await page.goto(f"{relay.url}/join", wait_until="commit")
        await page.wait_for_function("document.activeElement?.id === 'early'")
        await page.keyboard.type("4821")
        await expect(page.get_by_role("heading")).to_have_count(0)
        drawn.set()
        field = page.locator("#code")
        await expect(field).to_be_focused()
        await expect(field).to_have_value("4821")
        await page.keyboard.type("33")
        await expect(field).to_have_value("482133")
        await expect(page.locator(".digit")).to_have_text(list("482133"))
        await expect(page.locator("#early")).to_have_count(0)
