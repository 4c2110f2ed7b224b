"""How customers are invited is what the technician's group says, at once in consoles that are open."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from relay.organization.units import Unit
from tests.support.consoles import console_page, running_console
from tests.support.relays import RunningRelay, running_relay
from tests.support.staff import BOB, make_technician


async def choose(relay: RunningRelay, group: Unit, **values: object) -> None:
    """Choose for the technician's group."""
    change = {"values": {f"connections.{name}": value for name, value in values.items()}, "confirmed": True}
    status, answer = await relay.call("PATCH", f"/settings/technician_group/{group.id}", change)
    assert status == 200, answer


async def mail_of(page: Page) -> tuple[str, str]:
    """Return the subject and the text of the mail that a click begins."""
    href = await page.get_by_role("link", name="Send by e-mail").get_attribute("href") or ""
    written = parse_qs(urlsplit(href).query)
    return written["subject"][0], written["body"][0]


@pytest.mark.req("SESS-17", "SESS-18", "SESS-22", "SESS-23", "SESS-24", "SESS-27", "SESS-28", "SESS-32", "SESS-40")
async def test_the_dialog_offers_what_the_group_allows_in_its_words(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        group = await make_technician(relay.settings, [])
        with running_console(relay.url) as console:
            async with console_page(browser, console.link, email=BOB) as page:
                await page.get_by_role("button", name="New session", exact=True).first.click()
                dialog = page.get_by_role("dialog")
                ways = dialog.get_by_role("group", name="How the customer joins").get_by_role("radio")
                await expect(ways).to_have_count(2)

                await choose(relay, group, pin=False, mail_subject="Your repair", mail_text="Hello!\nPlease open:")
                await expect(ways).to_have_count(0)
                await dialog.get_by_role("button", name="Create link").click()
                link = await dialog.locator(".link-text").inner_text()
                assert await mail_of(page) == ("Your repair", f"Hello!\r\nPlease open:\r\n\r\n{link}")
                await expect(dialog.get_by_role("button", name="Copy link")).to_be_visible()
                await choose(relay, group, own_mail=False)
                await expect(dialog.get_by_role("link", name="Send by e-mail")).to_have_count(0)
                await choose(relay, group, own_mail=True, link=False)
                await expect(dialog.get_by_role("link", name="Send by e-mail")).to_be_visible()
                await expect(dialog.get_by_role("button", name="Copy link")).to_have_count(0)
                await expect(dialog.locator(".link-text")).to_have_count(0)
                await dialog.get_by_role("button", name="Done").click()
                row = page.get_by_role("row", name="Waiting for the customer")
                await expect(row.get_by_role("button", name="Cancel")).to_be_visible()
                await expect(row.get_by_role("button", name="Copy")).to_have_count(0)

                page_of_ours = "https://northwind.example/help"
                await choose(relay, group, pin=True, pin_page=page_of_ours, own_mail=False)
                await page.get_by_role("button", name="New session", exact=True).first.click()
                await dialog.get_by_role("button", name="Create PIN").click()
                await expect(dialog.get_by_text("northwind.example/help")).to_be_visible()
                await dialog.get_by_role("button", name="Done").click()

                await choose(relay, group, pin=False)
                await page.get_by_role("button", name="New session", exact=True).first.click()
                await expect(dialog.get_by_text("every way to invite customers turned off")).to_be_visible()
                await expect(dialog.get_by_role("button", name="Create")).to_have_count(0)
