"""Takes pictures of the relay's pages: `python -m tests.relay.shots FOLDER`."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, async_playwright

from codec.desk import Method
from tests.support.browsers import chromium
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, running_relay

SIZES = {"desk": (1280, 800), "phone": (390, 844)}
LOOKS = ("light", "dark")


async def take(folder: Path) -> None:
    """Write every page in every size and look."""
    with tempfile.TemporaryDirectory() as data:
        downloads = Path(data) / "downloads"
        downloads.mkdir()
        (downloads / "deskside-help.pyz").write_bytes(bytes(6_200_000))
        async with running_relay(Path(data), downloads_dir=str(downloads)) as relay, async_playwright() as playwright:
            browser = await chromium(playwright)
            for size, (width, height) in SIZES.items():
                for look in LOOKS:
                    await _pages(relay, browser, folder, f"{size}-{look}", width, height, look)
            await browser.close()


async def _pages(
    relay: RunningRelay, browser: Browser, folder: Path, suffix: str, width: int, height: int, look: str
) -> None:
    scheme: Literal["dark", "light"] = "dark" if look == "dark" else "light"
    page = await browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    await page.goto(relay.url)
    await page.keyboard.type("4821")
    await _shot(page, folder, f"pin-{suffix}")
    await page.keyboard.type("99")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#problem")
    await _shot(page, folder, f"pin-wrong-{suffix}")
    code = await relay.make_code(Method.PIN)
    await page.keyboard.type(str(code.pin))
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".steps")
    await _shot(page, folder, f"start-{suffix}")
    link = await relay.make_code(Method.LINK)
    await page.goto(f"{relay.url}{link.path}?lang=nl#secret")
    await _shot(page, folder, f"link-nl-{suffix}")
    await page.goto(f"{relay.url}/sign-in?lang=en")
    await page.fill("#email", EMAIL)
    await _shot(page, folder, f"sign-in-{suffix}")
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".rows")
    await _shot(page, folder, f"account-{suffix}")
    await page.goto(f"{relay.url}/how-to-check")
    await _shot(page, folder, f"check-{suffix}")
    await page.goto(f"{relay.url}/who-sees-what")
    await _shot(page, folder, f"operator-{suffix}")
    await page.close()


async def _shot(page: Page, folder: Path, name: str) -> None:
    await page.screenshot(path=folder / f"{name}.png")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target))
