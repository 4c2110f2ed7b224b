"""Takes pictures of the pages of account security: `python -m tests.relay.pages.shots_of_accounts FOLDER`."""

import asyncio
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
from playwright.async_api import Browser, Page, async_playwright

from relay.accounts.model import PersonRow
from relay.settings.model import SettingValueRow
from relay.store.database import open_store
from tests.shots.looks import DARK, DUTCH_PHONE, LIGHT, RTL, Look, shoot
from tests.support.browsers import chromium
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, running_relay

LOOKS = (LIGHT, DARK, RTL, DUTCH_PHONE)


async def take(folder: Path) -> None:
    """Write every page in every size and look."""
    async with async_playwright() as playwright:
        browser = await chromium(playwright)
        for look in LOOKS:
            with tempfile.TemporaryDirectory() as data:
                async with running_relay(Path(data)) as relay:
                    await _pages(relay, browser, folder, look)
        await browser.close()


async def _pages(relay: RunningRelay, browser: Browser, folder: Path, look: Look) -> None:
    page = await look.page(browser)

    async def shot(name: str) -> None:
        await shoot(page, folder, name, look, whole=True)

    await page.goto(f"{relay.url}/choose-password#secret")
    await page.fill("#password", "Sampla12")
    await shot("choose-password")
    await _sign_in(page, relay)
    await page.goto(f"{relay.url}/account/password")
    await page.fill("#current", "not it")
    for field in ("#password", "#confirm"):
        await page.fill(field, "Sample1%")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[aria-invalid]")
    await shot("password")
    await page.goto(f"{relay.url}/account/notifications")
    await shot("notifications")
    await page.goto(f"{relay.url}/account/organisation")
    await shot("organisation")
    await page.goto(f"{relay.url}/account")
    await shot("sign-ins")
    await page.goto(f"{relay.url}/forgotten")
    await shot("forgotten")
    await _demand(relay)
    await page.context.clear_cookies(name="deskside")
    await _sign_in(page, relay)
    await shot("authenticator")
    app = pyotp.TOTP((await page.locator(".key").inner_text()).replace(" ", ""))
    await page.fill("#code", app.now())
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".recovery-codes")
    await shot("recovery-codes")
    await page.goto(f"{relay.url}/account/two-step")
    await shot("two-step")
    await page.context.clear_cookies(name="deskside")
    await _sign_in(page, relay)
    await shot("second-step")
    await _must_change(relay)
    await page.fill("#code", app.at(datetime.now(UTC) + timedelta(seconds=30)))
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#confirm")
    await shot("new-password")
    await page.close()


async def _sign_in(page: Page, relay: RunningRelay) -> None:
    await page.goto(f"{relay.url}/sign-in")
    await page.fill("#email", EMAIL)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: not url.endswith("/sign-in"))


async def _must_change(relay: RunningRelay) -> None:
    """An administrator has set the password: it is changed before anything opens."""
    store = await open_store(relay.settings.database)
    async with store.transaction() as transaction:
        (await transaction.get_one(PersonRow, 1)).must_change_password = True
    await store.close()


async def _demand(relay: RunningRelay) -> None:
    """The organisation demands the second step from now on."""
    store = await open_store(relay.settings.database)
    async with store.transaction() as transaction:
        key, now = "two_step.required", datetime.now(UTC)
        row = SettingValueRow(
            unit_kind="organisation", unit_id=0, key=key, value=["administrators"], set_by=1, set_at=now
        )
        transaction.add(row)
    await store.close()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target))
