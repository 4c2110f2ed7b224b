"""A page whose console program has stopped says so and how to start it again, and claims nothing of the session."""

import signal
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from codec.wire.signals import Enter
from tests.support.consoles import make_pin, open_chat, running_console, sign_in
from tests.support.relays import running_relay
from tests.support.waiting import eventually


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
async def test_a_page_without_its_program_claims_nothing_of_the_session(
    browser: Browser, tmp_path: Path, ending: signal.Signals
) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url, "--recordings", str(tmp_path / "recordings")) as console:
            page = await browser.new_page(viewport={"width": 1280, "height": 800})
            await page.goto(console.link)
            await sign_in(page)
            pin = (await make_pin(page, "Hélène")).replace(" ", "")
            async with relay.applet(Enter(2, pin=pin, computer="PC")):
                head = page.locator(".sess-head")
                await expect(head.locator(".state--active")).to_be_visible(timeout=10_000)
                await open_chat(page)
                console.process.send_signal(ending)
                await expect(page.get_by_role("alert")).to_contain_text("Deskside Console is not running")
                await eventually(lambda: console.process.poll() is not None)
                await expect(head).to_contain_text("Not known while Deskside Console is not running")
                await expect(head.locator(".state--active")).to_have_count(0)
                start = page.get_by_label("Remote desktop").locator(".mono")
                await expect(start).to_contain_text(f"--relay {relay.url} --listen ")
                assert not (await start.inner_text()).endswith("open")
                await expect(page.get_by_text("You ended the session")).to_have_count(0)
                await expect(page.get_by_role("button", name="End session")).to_have_count(0)
                await expect(page.get_by_text("so nothing can be sent")).to_be_visible()
                await page.get_by_role("button", name="All sessions").click()
                row = page.get_by_role("row", name="Hélène")
                await expect(row).to_contain_text("Not known")
                await expect(page.locator(".page-foot")).to_contain_text("Deskside Console is not running")
            await page.close()
