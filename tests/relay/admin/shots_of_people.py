"""Takes pictures of the first steps, and of how people are added.

`python -m tests.relay.admin.shots_of_people FOLDER`
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from relay.organization.first_steps import Step
from tests.rehearsal.organisation import furnish
from tests.relay.admin.shots import sign_in
from tests.shots.looks import DARK, DUTCH_PHONE, LIGHT, RTL, Look, shoot
from tests.support.browsers import chromium
from tests.support.relays import PASSWORD, RunningRelay, running_relay

LOOKS = (LIGHT, DARK, RTL, DUTCH_PHONE)


async def take(folder: Path) -> None:
    """Write them in every look."""
    async with async_playwright() as playwright:
        browser = await chromium(playwright)
        for look in LOOKS:
            with tempfile.TemporaryDirectory() as data:
                async with running_relay(Path(data)) as relay:
                    await _first_steps(browser, relay, folder, look)
        with tempfile.TemporaryDirectory() as data:
            async with running_relay(Path(data)) as relay:
                await furnish(relay.settings.database, PASSWORD)
                for look in LOOKS:
                    await _adding(browser, relay, folder, look)
        await browser.close()


async def _first_steps(browser: Browser, relay: RunningRelay, folder: Path, look: Look) -> None:
    """From the card that offers them to the page that ends them."""
    page = await sign_in(browser, relay.url, look)
    await page.goto(f"{relay.url}/admin/organization/technicians")
    await shoot(page, folder, "admin-first-steps", look)
    await page.goto(f"{relay.url}/admin/welcome")
    fields = {Step.GROUP: {"name": "Service desk"}, Step.TECHNICIAN: {"name": "Noor Bouzid", "email": "noor@a.example"}}
    for step in Step:
        await page.wait_for_url(f"**/welcome/{step.value}**")
        if step in (Step.GROUP, Step.TECHNICIAN):
            await page.locator("#field-name").fill("")
            await _next(page)
            await page.locator("[aria-invalid=true]").first.wait_for()
            await shoot(page, folder, f"admin-welcome-{step.value}-refused", look, whole=True)
        for name, text in fields.get(step, {}).items():
            await page.locator(f"#field-{name}").fill(text)
        if step is Step.RECORDINGS:
            await page.locator("#field-place").select_option("sftp")
        if step is Step.PIN:
            await page.locator("button[value=pin]").click()
            await page.locator(".big-pin").wait_for()
        await shoot(page, folder, f"admin-welcome-{step.value}", look, whole=True)
        if step is Step.RECORDINGS:
            await page.locator("#field-place").select_option("local")
            await page.locator("[form=skip]").click()
        else:
            await _next(page)
    await page.wait_for_url("**/welcome/finished**")
    await shoot(page, folder, "admin-welcome-finished", look, whole=True)
    await page.close()


async def _next(page: Page) -> None:
    await page.locator("button[value=next]").click()


async def _adding(browser: Browser, relay: RunningRelay, folder: Path, look: Look) -> None:
    """Add a technician, look at the link, then at the invitations."""
    page = await sign_in(browser, relay.url, look)
    await page.goto(f"{relay.url}/admin/organization/technicians/add/technician")
    await page.locator("[value=password][name=how]").check()
    await page.locator("#field-password").fill("tulips")
    await page.locator("#field-email").fill("bram@northwind.example")
    await shoot(page, folder, "admin-add-technician", look)
    await page.locator(".savebar .btn--primary").click()
    await page.locator("[aria-invalid=true]").first.wait_for()
    await shoot(page, folder, "admin-add-technician-refused", look)
    await page.locator("[value=link][name=how]").check()
    await page.locator("#field-name").fill("Noor Bouzid")
    await page.locator("#field-email").fill(f"noor{look.suffix}@northwind.example")
    await page.locator(".savebar .btn--primary").click()
    await page.locator("#handed-link").wait_for()
    await shoot(page, folder, "admin-invitation-link", look)
    await page.goto(f"{relay.url}/admin/invitations")
    await shoot(page, folder, "admin-invitations", look)
    await page.goto(f"{relay.url}/admin/organization/administrators/add/administrator")
    await shoot(page, folder, "admin-add-administrator", look)
    await page.close()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target))
