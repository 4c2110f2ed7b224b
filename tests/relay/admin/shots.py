"""Takes pictures of the Admin Center, every tab in every look: `python -m tests.relay.admin.shots FOLDER`."""

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, async_playwright

from relay.admin.places import Tab
from relay.organization.units import Unit
from tests.rehearsal.organisation import furnish
from tests.support.browsers import chromium
from tests.support.relays import EMAIL, PASSWORD, running_relay


@dataclass(frozen=True)
class Look:
    """How the pages are looked at; `suffix` tells it in the name of the picture."""

    suffix: str
    width: int = 1280
    height: int = 800
    scheme: Literal["light", "dark"] = "light"
    direction: str = "ltr"


LOOKS = (
    Look(""),
    Look("-dark", scheme="dark"),
    Look("-rtl", direction="rtl"),
    Look("-phone", width=390, height=844),
)


async def take(folder: Path) -> None:
    """Write every tab in every look."""
    with tempfile.TemporaryDirectory() as data:
        async with running_relay(Path(data)) as relay, async_playwright() as playwright:
            units = await furnish(relay.settings.database, PASSWORD)
            browser = await chromium(playwright)
            for look in LOOKS:
                await _pages(browser, relay.url, units, folder, look)
            await browser.close()


async def _pages(browser: Browser, url: str, units: dict[str, Unit], folder: Path, look: Look) -> None:
    viewport = {"width": look.width, "height": look.height}
    page = await browser.new_page(viewport=viewport, color_scheme=look.scheme)  # type: ignore[arg-type]
    await page.goto(f"{url}/sign-in")
    await page.fill("#email", EMAIL)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".rows")
    desk = f"technician_group-{units['desk'].id}"
    for tab in Tab:
        await _open(page, f"{url}/admin/{tab.value}/{desk}", look)
        await page.screenshot(path=folder / f"admin-{tab.value}{look.suffix}.png")
    await _open(page, f"{url}/admin/organization/technician-{units['bram'].id}", look)
    await page.screenshot(path=folder / f"admin-technician{look.suffix}.png")
    if look.suffix == "-phone":
        await page.get_by_role("link", name="Back to the tree").click()
        await page.screenshot(path=folder / "admin-tree-phone.png")
    elif not look.suffix:
        await _moments(page, folder)
    await page.close()


async def _moments(page: Page, folder: Path) -> None:
    """What is there for a moment only: the menu, a question, what was saved."""
    await page.locator("#tree [aria-current]").click(button="right")
    await page.get_by_role("menuitem").first.wait_for()
    await page.screenshot(path=folder / "admin-menu.png")
    await page.get_by_role("menuitem", name="Remove…").click()
    await page.get_by_role("dialog").wait_for()
    await page.screenshot(path=folder / "admin-question.png")
    await page.keyboard.press("Escape")
    await page.get_by_label("Nickname").fill("Bram from IT")
    await page.get_by_label("Description").fill("Works on Mondays and Tuesdays.")
    await page.screenshot(path=folder / "admin-unsaved.png")
    await page.get_by_role("button", name="Save changes").click()
    await page.locator(".receipt").wait_for()
    await page.screenshot(path=folder / "admin-saved.png")


async def _open(page: Page, address: str, look: Look) -> None:
    await page.goto(address)
    await page.evaluate(f"document.documentElement.dir = '{look.direction}'")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target))
