"""Takes pictures of the customer's page in the browser: `python -m tests.shots.join FOLDER`.

Sessions are in made-up states, on a computer and on a phone; `/check` is that of a relay that runs.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, async_playwright, expect

from tests.shots.looks import DARK, DUTCH_PHONE, LIGHT, PHONE, RTL, Look, shoot
from tests.support.browsers import chromium
from tests.support.join_pages import Gallery, build_join, served_gallery
from tests.support.relays import running_relay

STATES = {
    "pin-wrong": "entry-wrong",
    "terms": "terms-long",
    "queue": "queue",
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
ON_A_PHONE = {
    "camera-question": "phone-camera-asked",
    "camera": "phone-camera",
    "camera-frozen": "phone-camera-frozen-for-you",
    "camera-refused": "phone-camera-denied",
    "camera-receipt": "phone-ended",
}
DARK_PHONE = Look("-dark-phone", width=390, height=844, scheme="dark")
RTL_PHONE = Look("-rtl-phone", width=390, height=844, direction="rtl")
LOOKS = (LIGHT, DARK, RTL, DUTCH_PHONE)
PHONES = (PHONE, DARK_PHONE, RTL_PHONE, DUTCH_PHONE)


async def take(folder: Path) -> None:
    """Write every state in every look."""
    with tempfile.TemporaryDirectory() as built:
        build_join(Path(built), "gallery")
        async with async_playwright() as playwright:
            browser = await chromium(playwright)
            async with served_gallery(browser, Path(built)) as gallery:
                await _states(gallery, folder, STATES, LOOKS)
                await _states(gallery, folder, ON_A_PHONE, PHONES)
            await _check(browser, folder)
            await browser.close()


async def _states(gallery: Gallery, folder: Path, states: dict[str, str], looks: tuple[Look, ...]) -> None:
    for look in looks:
        page = await look.page(gallery.browser)
        for name, state in states.items():
            await page.goto(f"{gallery.url}?state={state}&lang={look.language}")
            await page.wait_for_selector("#page > *")
            await expect(page.locator("[aria-disabled=true]")).to_have_count(0)  # it is too early for an answer
            await shoot(page, folder, f"join-{name}", look)
        await page.close()


async def _check(browser: Browser, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as data:
        async with running_relay(Path(data)) as relay:
            for look in LOOKS:
                page = await look.page(browser)
                await page.goto(f"{relay.url}/check")
                await page.locator(".check-foot").wait_for()
                await shoot(page, folder, "join-check", look)
                await page.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
