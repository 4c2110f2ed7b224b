"""Closing the tab of a session asks first; without a session nothing is asked."""

import asyncio
from pathlib import Path

from playwright.async_api import Browser, Dialog, expect

from tests.support.consoles import console_page, make_pin, running_console
from tests.support.hostile_applets import hostile_applet
from tests.support.relays import running_relay


async def test_a_tab_with_a_session_asks_before_it_is_closed(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console:
            async with console_page(browser, console.link) as page:
                asked: asyncio.Queue[str] = asyncio.Queue()

                async def stay(dialog: Dialog) -> None:
                    await dialog.dismiss()
                    asked.put_nowait(dialog.type)

                page.on("dialog", stay)
                async with hostile_applet(relay.url, (await make_pin(page, "Hélène")).replace(" ", "")) as applet:
                    await applet.connected()
                    await expect(page.get_by_role("button", name="End session")).to_be_visible()
                    await page.close(run_before_unload=True)
                    assert await asyncio.wait_for(asked.get(), 10) == "beforeunload"
                    await page.get_by_role("button", name="End session").click()
                    await page.get_by_role("dialog").get_by_role("button", name="End session").click()
                    await expect(page.get_by_text("The session has ended", exact=True)).to_be_visible()
                closed = asyncio.Event()
                page.on("close", lambda _page: closed.set())
                await page.close(run_before_unload=True)
                await asyncio.wait_for(closed.wait(), 10)
                assert asked.empty()
