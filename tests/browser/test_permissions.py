"""The console's page shows no control that the technician's group may not use."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.support.applets import headless_applet
from tests.support.consoles import console_page, make_pin, open_chat, running_console
from tests.support.relays import running_relay
from tests.support.staff import BOB, make_technician
from tests.support.xvfb import virtual_display


@pytest.mark.req("PERM-43", "PERM-54", "PERM-58", "CONS-45")
async def test_what_the_group_may_not_do_is_not_in_view(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        await make_technician(relay.settings, ["remote_control", "clipboard_sync", "chat", "chat_toggle"])
        with running_console(relay.url) as console, virtual_display() as display:
            async with console_page(browser, console.link, email=BOB) as page:
                pin = await make_pin(page, "Hélène Fournier")
                with headless_applet(display, relay.url, pin):
                    await page.get_by_role("button", name="Request viewing").click(timeout=20_000)
                    await expect(page.locator("canvas")).to_be_visible(timeout=15_000)
                    await open_chat(page)
                    for name in ("Request control", "Request the clipboard", "Turn the chat on"):
                        await expect(page.get_by_role("button", name=name)).to_have_count(0)
                    await expect(page.get_by_label("Message to Hélène Fournier")).to_be_disabled()
                    await page.get_by_role("button", name="Allowed: viewing").click()
                    await expect(page.get_by_text("Stop viewing")).to_be_visible()
                    await expect(page.get_by_text("Request control")).to_have_count(0)


@pytest.mark.req("PERM-44", "PERM-56", "CONS-43")
async def test_without_both_the_page_says_whom_to_ask_and_the_chat_is_turned_off_and_on(
    browser: Browser, tmp_path: Path
) -> None:
    async with running_relay(tmp_path) as relay:
        await make_technician(relay.settings, ["remote_control", "desktop_view", "clipboard_sync"])
        with running_console(relay.url) as console, virtual_display() as display:
            async with console_page(browser, console.link, email=BOB) as page:
                pin = await make_pin(page, "Hélène Fournier")
                with headless_applet(display, relay.url, pin):
                    await expect(page.get_by_text("An administrator can give your group")).to_be_visible(timeout=20_000)
                    await open_chat(page)
                    message = page.get_by_label("Message to Hélène Fournier")
                    await expect(message).to_be_enabled()
                    await page.get_by_role("button", name="Turn the chat off").click()
                    await expect(message).to_be_disabled()
                    await page.get_by_role("button", name="Turn the chat on").click()
                    await expect(message).to_be_enabled()
