"""How a page is looked at: the size of the window, light or dark, the language, the way it is read."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, Page

from tests.rehearsal.prepare import UI

SETTLE_MS = 400


@dataclass(frozen=True)
class Look:
    """`suffix` tells it in a picture's name. No language from right to left is translated yet: `rtl` turns a page."""

    suffix: str
    width: int = 1280
    height: int = 800
    scheme: Literal["light", "dark"] = "light"
    direction: str = "ltr"
    language: str = "en"

    @property
    def viewport(self) -> Any:
        """The size of the window, as Playwright takes it."""
        return {"width": self.width, "height": self.height}

    async def page(self, browser: Browser) -> Page:
        """Open a page that looks like this; `turn` it when it is drawn."""
        return await browser.new_page(viewport=self.viewport, color_scheme=self.scheme, locale=self.language)

    async def turn(self, page: Page) -> None:
        """Have a page that is drawn look like this, except for its language."""
        if page.viewport_size != self.viewport:
            await page.set_viewport_size(self.viewport)
        await page.emulate_media(color_scheme=self.scheme)
        await page.evaluate("direction => { document.documentElement.dir = direction }", self.direction)


LIGHT = Look("")
DARK = Look("-dark", scheme="dark")
RTL = Look("-rtl", direction="rtl")
WIDE = Look("-wide", width=1440, height=900)
PHONE = Look("-phone", width=390, height=844)
DUTCH = Look("-nl", language="nl")
DUTCH_PHONE = replace(PHONE, suffix="-nl-phone", language="nl")


async def shoot(page: Page, folder: Path, name: str, *looks: Look, whole: bool = False) -> None:
    """Take one picture in each look, of the `whole` page or of what the window shows; the page is light in the end."""
    for look in looks:
        await look.turn(page)
        await page.mouse.move(1, 1)  # no hint about what was clicked last
        await page.wait_for_timeout(SETTLE_MS)
        await page.screenshot(path=folder / f"{name}{look.suffix}.png", full_page=whole)
    if looks:
        await replace(looks[0], scheme="light", direction="ltr").turn(page)


def console_words(language: str) -> dict[str, str]:
    """Return what the console's page says in a language, by the English text."""
    file = UI / "src" / "texts" / f"{language}.gen.json"
    found: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    return found
