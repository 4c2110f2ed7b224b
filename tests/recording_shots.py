"""Pictures of the recordings page and of the player, taken in the session that `tests.shots` has just recorded."""

from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

SETTLE_MS = 400
PHONE: Any = {"width": 390, "height": 844}
DESKTOP: Any = {"width": 1280, "height": 800}


async def take(page: Page, folder: Path) -> None:
    """Look at the list, then play the newest recording in every look."""
    await page.get_by_role("button", name="Recordings").click()
    await page.get_by_role("button", name="More about").first.click()
    await page.get_by_role("menuitem", name="Verify").click()
    await expect(page.get_by_text("Intact", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Dismiss").click()
    await _shot(page, folder / "console-recordings.png")
    await page.set_viewport_size(PHONE)
    await _shot(page, folder / "console-recordings-phone.png")
    await page.set_viewport_size(DESKTOP)
    await page.get_by_role("button", name="Play the recording").first.click()
    await expect(page.locator("canvas")).to_be_visible()
    await page.keyboard.press("ArrowRight")
    await _shot(page, folder / "console-player.png")
    await page.evaluate("document.documentElement.dataset.theme = 'dark'")
    await _shot(page, folder / "console-player-dark.png")
    await page.evaluate("delete document.documentElement.dataset.theme; document.documentElement.dir = 'rtl'")
    await _shot(page, folder / "console-player-rtl.png")
    await page.evaluate("document.documentElement.dir = 'ltr'")
    await page.set_viewport_size(PHONE)
    await _shot(page, folder / "console-player-phone.png")


async def _shot(page: Page, file: Path) -> None:
    await page.wait_for_timeout(SETTLE_MS)
    await page.screenshot(path=file)
