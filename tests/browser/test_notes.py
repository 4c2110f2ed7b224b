"""A technician notes something about a session, and reads it again."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from codec.wire.messages import VERSION
from codec.wire.signals import Enter
from tests.browser.test_pages import violations
from tests.support.consoles import console_page, make_pin, open_chat, running_console
from tests.support.relays import running_relay


@pytest.mark.req("CONS-61", "CONS-62")
async def test_notes_are_written_until_the_session_has_ended(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url, "--recordings", str(tmp_path / "recordings")) as console:
            async with console_page(browser, console.link, viewport={"width": 1280, "height": 800}) as page:
                pin = (await make_pin(page, "Hélène")).replace(" ", "")
                async with relay.applet(Enter(VERSION, pin=pin, computer="PC")):
                    await expect(page.get_by_role("button", name="End session")).to_be_visible(timeout=10_000)
                    await open_chat(page)
                    await page.get_by_role("tab", name="Notes").click()
                    notes = page.get_by_label("Notes", exact=True)
                    await notes.fill("Toner is empty.\nNew one ordered.")
                    await expect(page.get_by_text("Not saved yet")).to_be_visible()
                    assert await violations(page) == []
                    await page.get_by_role("tab", name="Chat").click()
                    await page.get_by_role("tab", name="Notes").click()
                    await expect(notes).to_have_value("Toner is empty.\nNew one ordered.")
                    await page.get_by_role("button", name="Save notes").click()
                    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
                    await page.reload()
                    await open_chat(page)
                    await page.get_by_role("tab", name="Notes").click()
                    await expect(notes).to_have_value("Toner is empty.\nNew one ordered.")
                    await page.get_by_role("button", name="End session").click()
                    await page.get_by_role("dialog").get_by_role("button", name="End session").click()
                    await expect(page.get_by_text("its notes can no longer be changed")).to_be_visible()
                    await expect(notes).not_to_be_editable()
                    await expect(notes).to_have_value("Toner is empty.\nNew one ordered.")
