"""Takes pictures of a session in the console: `python -m tests.shots.session FOLDER`.

From the empty list to the recording that is played.
"""

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.shots import recordings
from tests.shots.looks import DARK, DUTCH, DUTCH_PHONE, LIGHT, PHONE, RTL, WIDE, Look, console_words, shoot
from tests.support.browsers import chromium
from tests.support.consoles import CLIPBOARD
from tests.support.rehearsals import Rehearsal, rehearsal

ANNA = "anna@northwind.example"
NARROW = Look("-narrow", width=900, height=700)
CUSTOMER = "Hélène Fournier"


class Story:
    """One session in one language: `main` are the looks of important moments, `few` those of the others."""

    def __init__(self, page: Page, folder: Path, language: str) -> None:
        self.page = page
        self.folder = folder
        self.words = console_words(language)
        is_english = language == "en"
        self.main = (LIGHT, DARK, RTL, PHONE) if is_english else (DUTCH, DUTCH_PHONE)
        self.few = (LIGHT,) if is_english else (DUTCH, DUTCH_PHONE)
        self.first = self.few[:1]

    def say(self, text: str) -> str:
        """Return what the page says instead of an English text."""
        return self.words.get(text, text)

    def button(self, text: str) -> Locator:
        """Return a button by its English name."""
        return self.page.get_by_role("button", name=self.say(text), exact=True)

    async def shoot(self, name: str, looks: tuple[Look, ...]) -> None:
        """Take a moment."""
        await shoot(self.page, self.folder, f"console-{name}", *looks)

    async def tell(self, running: Rehearsal) -> None:
        """Go from the empty list to the recording."""
        await self._enter(running)
        await self._invite()
        await self._help()
        await self._end()
        await recordings.take(self.page, self.folder, self.say, self.main, self.few)

    async def _enter(self, running: Rehearsal) -> None:
        page = self.page
        await page.goto(running.link)
        await page.locator("[name=email]").fill(ANNA)
        await page.locator("[name=password]").fill(running.password)
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name=self.say("Sessions"), exact=True).wait_for()
        await self.shoot("empty", self.main)
        await page.get_by_role("button", name=self.say("Appearance and language")).click()
        await self.shoot("appearance", self.first)
        await page.keyboard.press("Escape")

    async def _invite(self) -> None:
        page = self.page
        await self.button("New session").first.click()
        await self.shoot("new-form", self.few)
        await page.locator("#field-0").fill(CUSTOMER)
        await self.button("Create PIN").click()

    async def _help(self) -> None:
        page = self.page
        await self.button("Request control").wait_for(timeout=40_000)
        await self.shoot("ask", self.few)
        await self._point()
        await self.button("Request control").click()
        await page.locator(".tool--main[aria-pressed=true]").wait_for(timeout=20_000)
        await self.button("Chat and details").click()
        await page.get_by_label(self.say("Message to {name}").partition("{")[0]).fill(
            "Hello Hélène, I see it. Give me five minutes."
        )
        await page.keyboard.press("Enter")
        await page.get_by_text("Yes, I can read you").wait_for(timeout=20_000)
        await page.get_by_role("button", name=self.say("They differ")).click()
        await self.shoot("words-differ", self.first)
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name=self.say("They match")).click()
        await expect(page.get_by_role("button", name=self.say("Direct"))).to_be_visible(timeout=20_000)
        await self.shoot("chat", self.few)
        for tab in ("Events", "Details"):
            await page.get_by_role("tab", name=self.say(tab)).click()
            await self.shoot(tab.lower(), self.few)
        await self.button("Close the panel").click()
        await self.shoot("session", (*self.main, WIDE, NARROW) if LIGHT in self.main else self.main)
        await self._menus()
        await self.button("Record").click()
        recording = re.compile(re.escape(self.say("Recording, {time}").replace("{time}", "0:0")))
        await page.get_by_role("button", name=recording).wait_for(timeout=20_000)
        await self.shoot("recording", self.few)
        await self.button("Full screen").click()
        await self.shoot("full-screen", self.first)
        await self.button("Exit full screen").click()

    async def _point(self) -> None:
        page = self.page
        await self.button("Request viewing").click()
        await page.locator("canvas").wait_for(timeout=20_000)
        point = self.say("Point at something on {name}’s screen").replace("{name}", CUSTOMER)
        await page.get_by_role("button", name=point).click()
        await self.shoot("pointing", self.first)

    async def _menus(self) -> None:
        page = self.page
        await page.get_by_role("button", name=self.say("Direct")).click()
        await self.shoot("connection", self.few)
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name=self.say("Special keys and typing")).click()
        await self.shoot("keys", self.first)
        await page.get_by_role("menuitem", name=self.say("Type text…")).click()
        await self.shoot("type-text", self.few)
        await page.keyboard.press("Escape")

    async def _end(self) -> None:
        page = self.page
        await page.get_by_role("button", name=self.say("You: {name}").replace("{name}", "Anna de Vries")).click()
        await page.get_by_role("menuitem", name=self.say("Sign out")).click()
        await self.shoot("sign-out", self.first)
        await page.keyboard.press("Escape")
        await self.button("End session").click()
        await self.shoot("end", self.few)
        await page.get_by_role("dialog").get_by_role("button", name=self.say("End session"), exact=True).click()
        await page.locator("canvas").wait_for(state="detached")
        await self.shoot("ended", self.few)
        await page.get_by_role("button", name=self.say("All sessions")).click()
        await self.shoot("sessions", self.few)


async def take(folder: Path) -> None:
    """Tell the story in each language."""
    async with async_playwright() as playwright:
        browser = await chromium(playwright)
        for language in ("en", "nl"):
            await _one(browser, folder, language)
        await browser.close()


async def _one(browser: Browser, folder: Path, language: str) -> None:
    with tempfile.TemporaryDirectory() as var, rehearsal(Path(var)) as running:
        context = await browser.new_context(viewport=LIGHT.viewport, locale=language, permissions=CLIPBOARD)
        await Story(await context.new_page(), folder, language).tell(running)
        await context.close()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target))
