"""Takes pictures of the relay's pages: `python -m tests.relay.pages.shots FOLDER`."""

import asyncio
import sys
import tempfile
from pathlib import Path

import aiohttp
from playwright.async_api import Browser, async_playwright

from codec.wire.api_types import Method
from relay.app import running
from relay.maintenance.data_folder import prepare_data
from tests.shots.looks import DARK, DUTCH_PHONE, LIGHT, RTL, Look, shoot
from tests.support.browsers import chromium
from tests.support.databases import new_sqlite
from tests.support.passwords import quick_passwords
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, running_relay, settings_for

LOOKS = (LIGHT, DARK, RTL, DUTCH_PHONE)


async def take(folder: Path) -> None:
    """Write every page in every look."""
    async with async_playwright() as playwright:
        browser = await chromium(playwright)
        with tempfile.TemporaryDirectory() as data:
            await _before_set_up(browser, Path(data), folder)
        with tempfile.TemporaryDirectory() as data:
            downloads = Path(data) / "downloads"
            downloads.mkdir()
            (downloads / "deskside-help.pyz").write_bytes(bytes(6_200_000))
            async with running_relay(Path(data), downloads_dir=str(downloads)) as relay:
                for look in LOOKS:
                    await _pages(relay, browser, folder, look)
        await browser.close()


async def _before_set_up(browser: Browser, data: Path, folder: Path) -> None:
    """What is there before there is an organisation."""
    settings = settings_for(data)
    prepare_data(settings.data)
    new_sqlite(settings.data / "relay.sqlite3")
    async with running(settings, quick_passwords()), aiohttp.ClientSession():
        url = f"http://{settings.listen}"
        for look in (LIGHT, DARK, DUTCH_PHONE):
            page = await look.page(browser)
            await page.goto(url)
            await shoot(page, folder, "not-ready", look)
            await page.goto(f"{url}/setup")
            await shoot(page, folder, "set-up", look, whole=True)
            await page.fill("[name=organisation]", "Northwind IT")
            await page.fill("[name=name]", "Anna de Vries")
            await page.fill("[name=email]", EMAIL)
            await page.fill("[name=password]", "tulips")
            await page.locator("#token").fill("WRONG-ABCD")
            await page.keyboard.press("Enter")
            await page.locator("[aria-invalid=true]").first.wait_for()
            await shoot(page, folder, "set-up-refused", look, whole=True)
            await page.close()


async def _pages(relay: RunningRelay, browser: Browser, folder: Path, look: Look) -> None:
    page = await look.page(browser)

    async def shot(name: str, *, whole: bool = False) -> None:
        await shoot(page, folder, name, look, whole=whole)

    await page.goto(relay.url)
    await page.keyboard.type("4821")
    await shot("pin")
    await page.keyboard.type("99")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#problem")
    await shot("pin-wrong")
    code = await relay.make_code(Method.PIN)
    await page.keyboard.type(str(code.pin))
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".steps-pane")
    await shot("start", whole=True)
    await page.locator("summary.way-in").click()
    await shot("start-program", whole=True)
    await page.locator("form[action='/not-them'] button").click()
    await page.wait_for_url("**/not-them")
    await shot("disowned")
    link = await relay.make_code(Method.LINK)
    await page.goto(f"{relay.url}{link.path}#secret")
    await shot("link", whole=True)
    await page.goto(f"{relay.url}/s/0123456789abcdef#secret")
    await shot("link-refused")
    await page.goto(f"{relay.url}/nowhere")
    await shot("not-found")
    await page.goto(f"{relay.url}/setup")
    await shot("already-set-up")
    await page.goto(f"{relay.url}/how-to-check")
    await shot("check", whole=True)
    await page.goto(f"{relay.url}/who-sees-what")
    if look in (LIGHT, DUTCH_PHONE):
        await shot("operator", whole=True)
    await page.goto(f"{relay.url}/sign-in")
    await page.fill("#email", EMAIL)
    await page.fill("#password", "Tulips")
    await page.keyboard.press("Enter")
    await page.get_by_role("alert").first.wait_for()
    await shot("sign-in-refused")
    await page.goto(f"{relay.url}/sign-in")
    await shot("sign-in")
    await page.fill("#email", EMAIL)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".rows")
    await shot("account")
    await page.close()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target))
