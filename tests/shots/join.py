"""Takes pictures of the customer's page in the browser, in made-up states: `python -m tests.shots.join FOLDER`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from tests.shots.looks import DARK, DUTCH_PHONE, LIGHT, RTL, shoot
from tests.support.browsers import chromium
from tests.support.join_pages import build_join, served_gallery

LOOKS = (LIGHT, DARK, RTL, DUTCH_PHONE)
STATES = {
    "pin-wrong": "entry-wrong",
    "waiting": "waiting",
    "words": "quiet",
    "consent": "consent-recorded",
    "nothing-chosen": "picker-cancelled",
    "shown": "shown-window",
    "recorded": "shown-recorded",
    "record-question": "record-question",
    "stopped": "stopped",
    "lost": "lost",
    "receipt": "ended",
}


async def take(folder: Path) -> None:
    """Write every state in every look."""
    with tempfile.TemporaryDirectory() as built:
        build_join(Path(built), "gallery")
        async with async_playwright() as playwright:
            browser = await chromium(playwright)
            async with served_gallery(browser, Path(built)) as gallery:
                for look in LOOKS:
                    page = await look.page(browser)
                    for name, state in STATES.items():
                        await page.goto(f"{gallery.url}?state={state}&lang={look.language}")
                        await page.wait_for_selector("#page > *")
                        await shoot(page, folder, f"join-{name}", look)
                    await page.close()
            await browser.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
