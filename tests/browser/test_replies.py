"""Predefined replies: kept, found by a slash while a chat goes on, and brought to a colleague by a file."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from codec.wire.signals import Enter
from tests.browser.test_pages import violations
from tests.support.consoles import console_page, make_pin, open_chat, running_console
from tests.support.relays import running_relay
from tests.support.staff import BOB, make_technician


async def add(page: Page, name: str, field: str, content: str) -> None:
    await page.get_by_role("button", name="Add new").click()
    await expect(page.get_by_label("Name")).to_be_focused()
    await page.keyboard.type(name)
    await page.get_by_label(field, exact=True).fill(content)
    await page.get_by_role("button", name="Save").click()


@pytest.mark.req("CONS-47", "CONS-78", "CONS-79", "CONS-80", "CONS-82", "CONS-83", "CONS-84", "CONS-85", "CONS-89")
async def test_what_is_kept_is_found_by_a_slash_and_brought_to_a_colleague(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        await make_technician(relay.settings, [])
        options = "--recordings", str(tmp_path / "recordings"), "--data", str(tmp_path / "data")
        with running_console(relay.url, *options) as console:
            async with console_page(browser, console.link, viewport={"width": 1280, "height": 800}) as page:
                await page.get_by_role("button", name="Predefined replies").click()
                await expect(page.get_by_text("No predefined replies yet")).to_be_visible()
                await add(page, "Welcome", "Text", "Good morning, how can I help?\nI am here.")
                await add(page, "Restart", "Text", "Please restart the printer.")
                await page.get_by_role("tab", name="Web addresses").click()
                await add(page, "Manual", "Address", "help.example")
                await expect(page.get_by_role("alert")).to_contain_text("It begins with https://")
                await page.get_by_label("Address", exact=True).fill("https://help.example/manual")
                await page.get_by_role("button", name="Save").click()
                await expect(page.get_by_role("row", name="Manual")).to_contain_text("https://help.example/manual")
                assert await violations(page) == []
                await page.get_by_role("tab", name="Replies").click()
                await page.get_by_role("button", name="Edit Restart").click()
                await page.get_by_label("Text", exact=True).fill("Please turn the printer off and on.")
                await page.get_by_role("button", name="Save").click()
                await expect(page.get_by_role("row", name="Restart")).to_contain_text("off and on")
                await page.reload()
                await expect(page.get_by_role("heading", name="Predefined replies")).to_be_visible()
                await page.get_by_role("tab", name="Import and export").click()
                async with page.expect_download() as download:
                    await page.get_by_role("button", name="Export as replies.xml").click()
                file = tmp_path / "replies.xml"
                await (await download.value).save_as(file)
                assert (await download.value).suggested_filename == "replies.xml"
                assert await violations(page) == []

                await page.get_by_role("button", name="All sessions").click()
                pin = (await make_pin(page, "Hélène")).replace(" ", "")
                async with relay.applet(Enter(2, pin=pin, computer="PC")):
                    await expect(page.get_by_role("button", name="End session")).to_be_visible(timeout=10_000)
                    await open_chat(page)
                    message = page.get_by_label("Message to Hélène")
                    await message.click()
                    await page.keyboard.type("Hello! /")
                    offered = page.get_by_role("listbox").get_by_role("option")
                    await expect(offered).to_have_count(3)
                    assert await violations(page) == []
                    await page.keyboard.type("print")
                    await expect(offered).to_have_count(1)
                    await page.keyboard.press("Escape")
                    await expect(offered).to_have_count(0)
                    await expect(message).to_have_value("Hello! /print")
                    await page.keyboard.press("Backspace")
                    await expect(offered).to_have_count(1)
                    for _ in "prin":
                        await page.keyboard.press("Backspace")
                    await expect(offered.nth(0)).to_have_attribute("aria-selected", "true")
                    await page.keyboard.press("ArrowDown")
                    await expect(offered.nth(1)).to_have_attribute("aria-selected", "true")
                    await page.keyboard.press("Enter")
                    await expect(message).to_have_value("Hello! Please turn the printer off and on.")
                    await expect(message).to_be_focused()
                    await page.keyboard.press("Enter")
                    await expect(page.get_by_role("log")).to_contain_text("Hello! Please turn the printer off and on.")
                    await expect(message).to_have_value("")
                    await page.keyboard.type("a/b https://x.example/y")
                    await expect(offered).to_have_count(0)

                await page.get_by_role("button", name="Predefined replies").click()
                await page.get_by_role("button", name="Delete Welcome").click()
                await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
                await expect(page.get_by_role("row", name="Welcome")).to_have_count(0)

        with running_console(relay.url, *options) as console:
            async with console_page(browser, console.link, email=BOB) as page:
                await page.get_by_role("button", name="Predefined replies").click()
                await expect(page.get_by_text("No predefined replies yet")).to_be_visible()
                await page.get_by_role("tab", name="Import and export").click()
                chooser = page.locator("input[type=file]")
                await chooser.set_input_files(file)
                await expect(page.get_by_text("Added from the file: 3")).to_be_visible()
                await chooser.set_input_files(file)
                await expect(page.get_by_text("Nothing was added")).to_be_visible()
                bad = tmp_path / "bad.xml"
                bad.write_text('<!DOCTYPE a [<!ENTITY b "c">]><deskside-replies version="1"></deskside-replies>')
                await chooser.set_input_files(bad)
                await expect(page.get_by_text("This file does not contain predefined replies")).to_be_visible()
                await page.get_by_role("tab", name="Replies").click()
                await expect(page.get_by_role("row")).to_have_count(3)
