"""The whole story, each side by keyboard alone: PIN, /join, screen, the help program as it was downloaded, control."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, expect

from applet.install.bootstrap import STARTED_AS
from applet.session.consent import DEAF_MILLISECONDS
from tests.browser.test_instant_chat import enters, made_pin, press
from tests.browser.test_join_story import tab_to
from tests.browser.test_pages import violations
from tests.support.consoles import console_page, running_console
from tests.support.fields import running_field
from tests.support.join_customers import join_customer
from tests.support.relays import offer_program, running_relay
from tests.support.xvfb import VirtualDisplay, end, virtual_display


@contextmanager
def started(file: Path, display: VirtualDisplay, folder: Path) -> Iterator[None]:
    """Run the help program in its windows as if this file had been started: its name says for which relay and PIN."""
    env = display.env | {STARTED_AS: str(file), "XDG_STATE_HOME": str(folder / "state"), "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen([sys.executable, "-m", "applet"], env=env)
    try:
        yield
    finally:
        end(process)


async def allows(display: VirtualDisplay, title: str) -> None:
    """Answer the program's question with the button before No, on which the focus is."""
    asking = await asyncio.to_thread(display.wait_for_window, title)
    display.run("xdotool", "windowfocus", "--sync", asking)
    await asyncio.sleep(2 * DEAF_MILLISECONDS / 1_000)  # in its first moment no key counts, and nothing tells its end
    display.run("xdotool", "key", "shift+Tab", "space")


@pytest.mark.finding("use-A2")
async def test_from_the_pin_to_control_by_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay, join_customer(display, relay.url, tmp_path) as customer:
            offer_program(relay)
            with running_console(relay.url) as process:
                async with console_page(browser, process.link) as console:
                    page = customer.page
                    way = "Show my screen from this page"
                    await enters(customer, await made_pin(console, starts_as_chat=False), way)
                    await press(page, page.get_by_role("link", name=way))
                    await expect(page.get_by_role("heading", name="Anna de Vries is here")).to_be_visible()
                    assert await violations(page) == []

                    await press(console, console.get_by_role("button", name="Request viewing"))
                    await tab_to(page, page.get_by_role("button", name="Yes, choose what to show"), "Shift+Tab")
                    assert await violations(page) == []
                    await page.keyboard.press("Enter")
                    await expect(
                        page.get_by_role("heading", name="Anna de Vries sees your whole screen")
                    ).to_be_visible()
                    await expect(console.locator(".remote-frame canvas")).to_be_visible()
                    assert await violations(page) == []

                    await press(console, console.get_by_role("button", name="Control…"))
                    send = console.get_by_role("dialog").get_by_role(
                        "button", name="Send the program’s link in the chat"
                    )
                    await expect(send).to_be_enabled()
                    assert await violations(console) == []
                    await press(console, send)
                    link = page.get_by_role("log").get_by_role("link")
                    await tab_to(page, link, "Shift+Tab")
                    async with page.context.expect_page() as opened:
                        await page.keyboard.press("Enter")
                    start = await opened.value
                    await expect(start.get_by_role("heading", name="Download the help program")).to_be_visible()
                    assert await violations(start) == []
                    await tab_to(start, start.get_by_role("button", name="Download for Linux"))
                    async with start.expect_download() as saved:
                        await start.keyboard.press("Enter")
                    download = await saved.value
                    file = tmp_path / "Downloads" / download.suggested_filename
                    await download.save_as(file)

                    with started(file, display, tmp_path):
                        goes_on = page.get_by_role("heading", name="The session continues in the help program")
                        await expect(goes_on).to_be_focused(timeout=20_000)
                        assert await violations(page) == []
                        await press(console, console.get_by_role("button", name="Request control"))
                        await expect(console.get_by_text("Waiting for Hélène to answer")).to_be_visible()
                        await allows(display, f":{urlsplit(relay.url).port}")
                        picture = console.get_by_role(
                            "textbox", name="Your keyboard and mouse control Hélène’s computer"
                        )
                        await expect(picture).to_be_focused()
                        assert await violations(console) == []
                        with running_field(display) as field:
                            await asyncio.to_thread(field.focus)
                            # The customer answered with keys, and their hands have priority.
                            await expect(console.get_by_text("is using the mouse or keyboard")).to_be_hidden()
                            await console.keyboard.type("Good morning")
                            assert await asyncio.to_thread(field.reads, "Good morning") == "Good morning"
                        await console.keyboard.press("Control+Alt+Home")  # every other key is the customer's
                        await press(console, console.get_by_role("button", name="End session"))
                        ending = console.get_by_role("dialog").get_by_role("button", name="End session")
                        await press(console, ending)
                        await expect(console.get_by_text("You ended the session").first).to_be_visible()
