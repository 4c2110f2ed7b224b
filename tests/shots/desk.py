"""Takes pictures of a desk at work in the console: `python -m tests.shots.desk FOLDER`.

Two technicians of one group, and customers who wait in two channels: real applets, of which no one is a person.
"""

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.shots.looks import DARK, DUTCH, DUTCH_PHONE, LIGHT, PHONE, RTL, WIDE, Look, console_words, shoot
from tests.support.browsers import chromium
from tests.support.channels import address_of, assign, make_desk, through
from tests.support.consoles import running_console
from tests.support.relays import PASSWORD, running_relay

CHANNELS = (1, 1, 2)


async def take(folder: Path) -> None:
    """Take them in each language."""
    async with async_playwright() as playwright:
        browser = await chromium(playwright)
        for looks in ((LIGHT, DARK, RTL, PHONE, WIDE), (DUTCH, DUTCH_PHONE)):
            await _desk(browser, folder, *looks)
        await browser.close()


async def _desk(browser: Browser, folder: Path, *looks: Look) -> None:
    words = console_words(looks[0].language)

    def say(text: str) -> str:
        return words.get(text, text)

    with tempfile.TemporaryDirectory() as data:
        async with running_relay(Path(data)) as relay, AsyncExitStack() as customers:
            group, *_people = await make_desk(relay, "Bob", "Carla")
            for channel in sorted(set(CHANNELS)):
                await assign(relay, channel, group)
            with running_console(relay.url) as first, running_console(relay.url) as second:
                page = await _signed_in(browser, first.link, "Bob", say("Sessions"), looks[0])
                other = await _signed_in(browser, second.link, "Carla", say("Sessions"), looks[0])
                for channel in CHANNELS:
                    await relay.enter(await customers.enter_async_context(relay.applet(through(channel))))
                await expect(page.get_by_role("button", name=say("Pick up"))).to_have_count(len(CHANNELS))
                await shoot(page, folder, "console-queue", *looks)
                await page.get_by_role("button", name=say("Colleagues")).click()
                await expect(page.get_by_role("dialog").get_by_text("Carla")).to_be_visible()
                await shoot(page, folder, "console-colleagues", *looks)
                for each in (page, other):
                    await each.context.close()


async def _signed_in(browser: Browser, link: str, name: str, heading: str, look: Look) -> Page:
    """Open the console's page, and sign in."""
    context = await browser.new_context(locale=look.language, viewport=look.viewport)
    page = await context.new_page()
    await page.goto(link)
    await page.locator("[name=email]").fill(address_of(name))
    await page.locator("[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name=heading, exact=True).wait_for()
    return page


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target))
