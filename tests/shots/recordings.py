"""Pictures of the recordings page and of the player, taken in the session that was just recorded."""

from collections.abc import Callable
from pathlib import Path

from playwright.async_api import Page

from tests.shots.looks import Look, shoot


async def take(
    page: Page, folder: Path, say: Callable[[str], str], main: tuple[Look, ...], few: tuple[Look, ...]
) -> None:
    """Look at the list, then play the newest recording."""
    await page.get_by_role("button", name=say("Recordings"), exact=True).click()
    await page.get_by_role("button", name=say("More about {name}").partition("{")[0]).first.click()
    await shoot(page, folder, "console-recording-menu", *few[:1])
    await page.get_by_role("menuitem", name=say("Verify")).click()
    await page.get_by_text(say("Intact"), exact=True).wait_for()
    await page.get_by_role("button", name=say("Dismiss")).click()
    await shoot(page, folder, "console-recordings", *main)
    await page.get_by_role("button", name=say("Play the recording of {name}").partition("{")[0]).first.click()
    await page.locator("canvas").wait_for()
    await page.keyboard.press("ArrowRight")
    await shoot(page, folder, "console-player", *main)
