"""B1: closing the console program ends its sessions, however it is closed."""

import signal
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.applets import headless_applet
from tests.support.consoles import console_page, make_pin, running_console, sign_in
from tests.support.relays import running_relay
from tests.support.waiting import eventually
from tests.support.xvfb import virtual_display

LEFT = "Anna de Vries has left. No one can see your screen."


@pytest.mark.finding("use-B1")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGHUP])
async def test_a_console_that_is_closed_tells_its_customers(
    browser: Browser, tmp_path: Path, ending: signal.Signals
) -> None:
    heard = tmp_path / "heard"
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console, virtual_display(320, 200) as display:
            page = await browser.new_page()
            await page.goto(console.link)
            await sign_in(page)
            with headless_applet(display, relay.url, await make_pin(page), said=heard) as applet:
                await page.get_by_role("button", name="Request control").click(timeout=20_000)
                await expect(page.locator("canvas")).to_be_visible(timeout=15_000)
                console.process.send_signal(ending)
                await eventually(lambda: applet.poll() is not None)
                assert LEFT in heard.read_text()
            await eventually(lambda: console.process.poll() is not None)
            assert console.process.returncode == 0
            await page.close()


@pytest.mark.finding("use-B1")
async def test_signing_out_with_a_session_open_asks_first(browser: Browser, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console, virtual_display(320, 200) as display:
            async with console_page(browser, console.link) as page:
                with headless_applet(display, relay.url, await make_pin(page), said=heard) as applet:
                    await expect(page.get_by_role("button", name="Request control")).to_be_visible(timeout=20_000)
                    await sign_out(page)
                    dialog = page.get_by_role("dialog", name="1 session is open")
                    await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
                    await page.keyboard.press("Escape")
                    await expect(dialog).to_have_count(0)
                    assert applet.poll() is None
                    await sign_out(page)
                    await dialog.get_by_role("button", name="End it and sign out").click()
                    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
                    await eventually(lambda: applet.poll() is not None)
                    assert LEFT in heard.read_text()


async def sign_out(page: Page) -> None:
    """Choose it from the menu."""
    await page.get_by_role("button", name="You: Anna de Vries").click()
    await page.get_by_role("menuitem", name="Sign out").click()
