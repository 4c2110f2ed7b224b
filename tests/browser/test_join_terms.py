"""An organisation's terms on the page for customers: no technician begins before they are accepted."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from codec.wire.api_types import Method, SessionState
from tests.browser.test_pages import violations
from tests.relay.signalling.test_customer_settings import for_all
from tests.support.relays import RunningRelay, running_relay

TEXT = "<b>We see your screen</b> only while you let us.\n" + "So it goes on. " * 400 + "The end."
HEADING = "Terms of Northwind IT"


async def open_page(browser: Browser, relay: RunningRelay) -> Page:
    """Enter a new PIN on the page."""
    code = await relay.make_code(Method.PIN)
    context = await browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(f"{relay.url}/join")
    await page.get_by_label("PIN or link").fill(str(code.pin))
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("heading", name=HEADING)).to_be_visible()
    return page


async def state_of(relay: RunningRelay) -> SessionState:
    """Return how the last session is."""
    sessions = (await relay.call("GET", "/sessions"))[1]
    return SessionState(sessions[-1]["state"])


@pytest.mark.req("APP-59", "APP-60", "APP-62", "APP-65", "APP-67", "APP-69", "SESS-50", "SESS-51", "MOB-136", "MOB-137")
async def test_terms_are_read_to_their_end_and_accepted_by_keyboard_also_after_a_reload(
    browser: Browser, tmp_path: Path
) -> None:
    async with running_relay(tmp_path) as relay:
        await for_all(relay, {"terms.on": True, "terms.text": TEXT, "terms.scroll": True})
        page = await open_page(browser, relay)
        assert await violations(page) == []
        await expect(page.get_by_text("<b>We see your screen</b>")).to_be_visible()
        accept = page.get_by_role("button", name="Accept")
        await expect(accept).to_be_disabled()
        await page.reload()
        await expect(page.get_by_role("heading", name=HEADING)).to_be_visible()
        await expect(accept).to_be_disabled()
        await page.get_by_role("region", name=HEADING).focus()
        await page.keyboard.press("End")
        await expect(accept).to_be_enabled()
        assert await state_of(relay) is SessionState.CONNECTING
        await accept.press("Enter")
        await expect(page.get_by_role("heading", name="Waiting for Anna de Vries")).to_be_visible()
        while await state_of(relay) is SessionState.CONNECTING:
            pass
        assert await state_of(relay) is SessionState.WAITING
        await page.reload()
        await expect(page.get_by_role("heading", name="Waiting for Anna de Vries")).to_be_visible()


@pytest.mark.req("APP-49", "MOB-120")
async def test_the_page_is_called_as_the_organisation_calls_it(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        terms = {"terms.on": True, "terms.text": "Be kind."}
        await for_all(relay, terms | {"look.application_name": "Northwind Remote Help"})
        page = await open_page(browser, relay)
        await expect(page.get_by_role("banner")).to_contain_text("Northwind Remote Help")
        await expect(page.get_by_role("contentinfo")).to_contain_text("run by Northwind IT")


@pytest.mark.req("APP-66", "APP-70", "APP-72", "MOB-137")
async def test_who_declines_reads_that_nothing_began(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        await for_all(relay, {"terms.on": True, "terms.text": "Be kind.", "terms.scroll": True})
        page = await open_page(browser, relay)
        await expect(page.get_by_role("button", name="Accept")).to_be_enabled()
        await page.get_by_role("button", name="Decline").click()
        await expect(page.get_by_text("You declined the terms, so the session did not begin.")).to_be_visible()
        while await state_of(relay) is SessionState.CONNECTING:
            pass
        assert await state_of(relay) is SessionState.REFUSED_BY_CUSTOMER
