"""Takes pictures of surveys: `python -m tests.shots.surveys FOLDER`. The page without script, and below a receipt."""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, async_playwright, expect

from tests.browser.test_survey import after_a_session
from tests.browser.test_technician_survey import help_and_end
from tests.relay.signalling.test_customer_settings import for_all
from tests.shots.looks import DARK, DUTCH_PHONE, LIGHT, PHONE, RTL, Look, shoot
from tests.support.browsers import chromium
from tests.support.channels import address_of, make_desk
from tests.support.consoles import console_page, running_console
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, running_relay
from tests.support.surveys import OPEN, RATING, ask, asking, at, ended

DARK_PHONE = Look("-dark-phone", width=390, height=844, scheme="dark")
LOOKS = (LIGHT, DARK, RTL, DUTCH_PHONE)


async def take(folder: Path) -> None:
    """Write every picture."""
    with tempfile.TemporaryDirectory() as data:
        async with async_playwright() as playwright, running_relay(Path(data)) as relay:
            browser = await chromium(playwright)
            await _technician(relay, browser, folder)
            await for_all(relay, asking("customer_survey", RATING, OPEN))
            await _editor(relay, browser, folder)
            await _page(relay, browser, folder)
            await _below_a_receipt(relay, browser, folder)
            await browser.close()


async def _page(relay: RunningRelay, browser: Browser, folder: Path) -> None:
    contact = await ended(relay, relay.token)
    for look in LOOKS:
        page = await look.page(browser)
        await page.goto(f"{relay.url}/survey/{contact.survey}")
        await shoot(page, folder, "survey", look, whole=True)
        await page.locator("textarea").fill("Call me back sooner.")
        await page.evaluate("document.querySelector('form').noValidate = true")
        await page.locator("form button").click()
        await page.locator("[aria-invalid]").first.wait_for()
        await shoot(page, folder, "survey-refused", look, whole=True)
        await page.close()


async def _technician(relay: RunningRelay, browser: Browser, folder: Path) -> None:
    group, _bob = await make_desk(relay, "Bob")
    await ask(relay, at(group), asking("technician_survey", RATING, OPEN))
    with running_console(relay.url) as console:
        async with console_page(browser, console.link, PASSWORD, address_of("Bob")) as page:
            await page.set_viewport_size({"width": 1280, "height": 800})
            await help_and_end(page, relay, "Hélène Dubois")
            await page.get_by_role("region", name="Survey").wait_for()
            await shoot(page, folder, "console-survey-due", LIGHT, DARK)
            await page.get_by_role("button", name="Answer", exact=True).click()
            await shoot(page, folder, "console-survey", LIGHT, DARK, RTL, PHONE)


async def _editor(relay: RunningRelay, browser: Browser, folder: Path) -> None:
    page = await LIGHT.page(browser)
    await page.goto(f"{relay.url}/sign-in")
    await page.fill("#email", EMAIL)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".rows")
    await page.goto(f"{relay.url}/admin/settings/channel-1#customer_survey")
    await page.locator("#customer_survey .row-list summary").first.click()
    await shoot(page, folder, "admin-survey", LIGHT, DARK, RTL)
    await page.close()


async def _below_a_receipt(relay: RunningRelay, browser: Browser, folder: Path) -> None:
    async with after_a_session(browser, relay) as page:
        await expect(page.locator("#survey-h")).to_be_visible()
        await shoot(page, folder, "join-survey", PHONE, DARK_PHONE, LIGHT, DARK, RTL, whole=True)


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
