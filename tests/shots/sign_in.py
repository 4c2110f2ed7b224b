"""Takes pictures of what comes before the console's sessions: `python -m tests.shots.sign_in FOLDER`.

Signing in and why it is refused, a password that is due, the second step, an address that was used already.
"""

import asyncio
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
from playwright.async_api import Browser, Page, async_playwright
from sqlalchemy import update

from relay.accounts.model import PersonRow
from relay.store.database import open_store
from tests.shots.looks import DARK, DUTCH, DUTCH_PHONE, LIGHT, PHONE, RTL, WIDE, Look, console_words, shoot
from tests.support.browsers import chromium
from tests.support.consoles import running_console
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, running_relay

NOOR, SET = "noor@northwind.example", "Roses in the snow 8"
FEW = {"en": (LIGHT, DARK, PHONE), "nl": (DUTCH, DUTCH_PHONE)}


async def take(folder: Path) -> None:
    """Take them in each language."""
    with tempfile.TemporaryDirectory() as data:
        async with running_relay(Path(data)) as relay, async_playwright() as playwright:
            browser = await chromium(playwright)
            for language in FEW:
                await _password(relay, browser, folder, language)
            demand = {"values": {"two_step.required": ["administrators", "technicians"]}}
            assert (await relay.call("PATCH", "/settings/organisation/0", demand))[0] == 200
            await _add(relay, f"due.{NOOR}", PASSWORD)
            await _let_keep(relay.settings.database, f"due.{NOOR}")
            await _second_step(relay, browser, folder)
            await browser.close()


async def _password(relay: RunningRelay, browser: Browser, folder: Path, language: str) -> None:
    """Sign in wrong, then with a password that an administrator has set."""
    email = f"{language}.{NOOR}"
    await _add(relay, email, SET)
    with running_console(relay.url) as console:
        page = await browser.new_page(viewport=LIGHT.viewport, locale=language)
        await page.goto(console.link)
        await page.locator("[name=email]").wait_for()
        main = (LIGHT, DARK, RTL, WIDE, PHONE) if language == "en" else FEW[language]
        await shoot(page, folder, "console-sign-in", *main)
        await _sign_in(page, email, "Snow 7")
        await page.get_by_role("alert").wait_for()
        await shoot(page, folder, "console-sign-in-refused", *FEW[language])
        await _sign_in(page, email, SET)
        await page.locator("[name=email]").wait_for(state="detached")
        await page.keyboard.type("Snow on ")
        await shoot(page, folder, "console-password-due", *FEW[language])
        other = await (await browser.new_context(locale=language, viewport=LIGHT.viewport)).new_page()
        await other.goto(console.link)
        await other.get_by_role("alert").wait_for()
        await shoot(other, folder, "console-link-used", *FEW[language])


async def _second_step(relay: RunningRelay, browser: Browser, folder: Path) -> None:
    """Set the second step up, which the organisation asks for, once in each language; then be asked for a code."""
    for language, looks in FEW.items():
        person = EMAIL if language == "en" else f"due.{NOOR}"
        with running_console(relay.url) as console:
            page = await browser.new_page(viewport=LIGHT.viewport, locale=language)
            await page.goto(console.link)
            await _sign_in(page, person, PASSWORD)
            await page.locator(".key").wait_for()
            await shoot(page, folder, "console-second-step-due", *looks)
            secret = (await page.locator(".key").inner_text()).replace(" ", "")
            await page.locator("[name=code]").fill(pyotp.TOTP(secret).now())
            await page.keyboard.press("Enter")
            await page.locator(".codes li").first.wait_for()
            await shoot(page, folder, "console-recovery-codes", *looks)
        with running_console(relay.url) as console:
            await page.goto(console.link)
            await _sign_in(page, person, PASSWORD)
            await page.locator("[name=code]").wait_for()
            await shoot(page, folder, "console-second-step", *looks)
            await page.locator("[name=code]").fill(pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30)))
            await page.keyboard.press("Enter")
            await _invite(page, folder, console_words(language), looks)


async def _invite(page: Page, folder: Path, words: dict[str, str], looks: tuple[Look, ...]) -> None:
    """Make a link and a PIN that nobody uses."""
    for text, drawn, name in (("Link", ".link-text", "link"), ("PIN", ".pin", "pin")):
        await page.get_by_role("button", name=words.get("New session", "New session"), exact=True).first.click()
        await page.locator(".seg-item", has_text=words.get(text, text)).click()
        create = "Create link" if name == "link" else "Create PIN"
        await page.get_by_role("button", name=words.get(create, create), exact=True).click()
        await page.locator(drawn).wait_for()
        await shoot(page, folder, f"console-new-{name}", *looks)
        await page.get_by_role("button", name=words.get("Done", "Done"), exact=True).click()
    await shoot(page, folder, "console-invited", *looks)


async def _add(relay: RunningRelay, email: str, password: str) -> None:
    """Add a technician who must change this password."""
    roots = (await relay.call("GET", "/organisation/tree"))[1]
    group = next(root for root in roots if root["kind"] == "technicians")["children"][0]["id"]
    place = {"kind": "technician_group", "id": group}
    person = {"kind": "technician", "place": place, "name": "Noor Bouzid", "email": email}
    status, made = await relay.call("POST", "/people/new", person | {"licences": ["standard"], "password": password})
    assert status == 201, made


async def _let_keep(database: str, email: str) -> None:
    """Do not ask for another password."""
    store = await open_store(database)
    async with store.transaction() as transaction:
        await transaction.execute(update(PersonRow).where(PersonRow.email == email).values(must_change_password=False))
    await store.close()


async def _sign_in(page: Page, email: str, password: str) -> None:
    await page.locator("[name=email]").fill(email)
    await page.locator("[name=password]").fill(password)
    await page.keyboard.press("Enter")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target))
