"""One browser for all tests of a run; each test opens pages of its own. Tests of the Admin Center share a relay too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aioice
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, async_playwright
from sqlalchemy import update

from relay.accounts.model import SignInRow
from relay.organization.units import Unit
from relay.store.database import open_store
from tests.rehearsal.organisation import furnish
from tests.support.browsers import chromium
from tests.support.relays import EMAIL, PASSWORD, running_relay

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def mdns() -> None:
    """What aioice resolves a browser's addresses with belongs to the loop of one test."""
    aioice.ice._mdns.__dict__.clear()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser that is closed in the end."""
    async with async_playwright() as playwright:
        opened = await chromium(playwright)
        yield opened
        await opened.close()


@dataclass
class Center:
    """A relay with the rehearsal's organisation, and one browser for all tests of this file."""

    url: str
    units: dict[str, Unit]
    browser: Browser
    database: str

    async def let_proofs_age(self) -> None:
        """Let it be longer than five minutes since anybody gave a password."""
        store = await open_store(self.database)
        async with store.transaction() as transaction:
            old = datetime.now(UTC) - timedelta(minutes=5, seconds=1)
            await transaction.execute(update(SignInRow).values(proved_at=old))
        await store.close()

    def at(self, name: str, tab: str = "organization") -> str:
        """Return the address of a unit."""
        unit = self.units[name]
        return f"{self.url}/admin/{tab}/{unit.kind.value}-{unit.id}"

    @asynccontextmanager
    async def page(self, who: str = EMAIL, **options: object) -> AsyncIterator[Page]:
        """A page of somebody who is signed in; a mistake in its scripts fails the test."""
        context = await self.browser.new_context(**{"viewport": DESK} | options)  # type: ignore[arg-type]
        page = await context.new_page()
        mistakes: list[str] = []
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on("console", lambda said: mistakes.append(said.text) if "Content Security" in said.text else None)
        await page.goto(f"{self.url}/sign-in")
        await page.fill("#email", who)
        await page.fill("#password", PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".rows")
        yield page
        await context.close()
        assert mistakes == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def center(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Center]:
    """Start it once, with what is planned in view: each test leaves the organisation as the next can use it."""
    folder: Path = tmp_path_factory.mktemp("center")
    async with running_relay(folder) as relay, async_playwright() as playwright:
        units = await furnish(relay.settings.database, PASSWORD)  # first: the relay remembers the tree that it has read
        await relay.show_planned()
        browser = await chromium(playwright)
        yield Center(relay.url, units, browser, relay.settings.database)
        await browser.close()
