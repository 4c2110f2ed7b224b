"""Takes every picture of the documentation from running programs: `python -m tests.shots FOLDER`.

The applet's windows are drawn on a display of their own; the console and the customer's pages come from a rehearsal.
"""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from tests import recording_shots
from tests.support.browsers import chromium
from tests.support.consoles import console_page, make_pin, open_chat
from tests.support.rehearsals import rehearsal
from tests.support.xvfb import virtual_display

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
SETTLE_MS = 400


def main(folder: Path) -> None:
    """Take them all."""
    folder.mkdir(parents=True, exist_ok=True)
    _applet(folder)
    asyncio.run(_console(folder))
    for part in ("tests.relay.shots", "tests.relay.admin.shots", "tests.relay.security.shots"):
        subprocess.run([sys.executable, "-m", part, str(folder)], check=True)


def _applet(folder: Path) -> None:
    with virtual_display() as display:
        command = [sys.executable, "-m", "tests.applet.shots", str(folder)]
        subprocess.run(command, env=display.env, check=True)


async def _console(folder: Path) -> None:
    async with async_playwright() as playwright:
        browser = await chromium(playwright)
        await _session(browser, folder)
        await browser.close()


async def _session(browser: Browser, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as var, rehearsal(Path(var)) as running:
        async with console_page(browser, running.link, running.password, viewport=DESKTOP) as page:
            await page.screenshot(path=folder / "console-empty.png")
            await make_pin(page, "Hélène Fournier")
            await page.screenshot(path=folder / "console-new.png")
            ask = page.get_by_role("button", name="Request control")
            await ask.wait_for(timeout=20_000)
            await page.screenshot(path=folder / "console-ask.png")
            await ask.click()
            await expect(page.locator("canvas")).to_be_visible(timeout=10_000)
            await _talk(page, "Hello Hélène, I see it. Give me five minutes.")
            await page.get_by_role("button", name="They match").click()
            await expect(page.get_by_role("button", name="Direct")).to_be_visible(timeout=20_000)
            await _shot(page, folder / "console-chat.png")
            await page.get_by_role("button", name="Close the panel").click()
            await _shot(page, folder / "console-session.png")
            await page.get_by_role("button", name="Record", exact=True).click()
            await expect(page.get_by_role("button", name="Recording, 0:0")).to_be_visible(timeout=10_000)
            await _shot(page, folder / "console-recording.png")
            await _looks(page, folder)
            await _sizes(page, folder)
            await page.get_by_role("button", name="End session").click()
            await _shot(page, folder / "console-end.png")
            await page.get_by_role("dialog").get_by_role("button", name="End session").click()
            await expect(page.get_by_text("The session has ended")).to_be_visible()
            await _shot(page, folder / "console-ended.png")
            await page.get_by_role("button", name="All sessions").click()
            await _shot(page, folder / "console-sessions.png")
            await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            await _shot(page, folder / "console-sessions-phone.png")
            await page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
            await recording_shots.take(page, folder)


async def _talk(page: Page, text: str) -> None:
    await open_chat(page)
    await page.get_by_label("Message to").fill(text)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Yes, I can read you")).to_be_visible(timeout=10_000)


async def _looks(page: Page, folder: Path) -> None:
    await page.evaluate("document.documentElement.dataset.theme = 'dark'")
    await _shot(page, folder / "console-session-dark.png")
    await page.evaluate("delete document.documentElement.dataset.theme; document.documentElement.dir = 'rtl'")
    await _shot(page, folder / "console-session-rtl.png")
    await page.evaluate("document.documentElement.dir = 'ltr'")
    await page.get_by_role("button", name="Direct").click()
    await _shot(page, folder / "console-connection.png")
    await page.keyboard.press("Escape")
    await open_chat(page)
    await page.get_by_role("tab", name="Details").click()
    await page.get_by_role("button", name="Special keys").click()
    await _shot(page, folder / "console-keys.png")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Close the panel").click()


async def _sizes(page: Page, folder: Path) -> None:
    for name, size in (("narrow", {"width": 900, "height": 700}), ("phone", PHONE)):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        await _shot(page, folder / f"console-session-{name}.png")
    await page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


async def _shot(page: Page, file: Path) -> None:
    await page.wait_for_timeout(SETTLE_MS)
    await page.screenshot(path=file)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
