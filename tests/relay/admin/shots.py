"""Takes pictures of the Admin Center, every tab in every look: `python -m tests.relay.admin.shots FOLDER`."""

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, async_playwright

from relay.admin.places import PLANNED, Tab
from relay.keys.rules import Scope
from relay.keys.service import Keys
from relay.organization.units import Unit
from relay.organization.workshop import Workshop
from relay.store import open_store
from tests.rehearsal.organisation import OWNER, furnish
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


_GOOD = """email,name,nickname,group,status,standard
noor@northwind.example,Noor Bouzid,Noor,Support Europe / Service desk NL,enabled,yes
wei@northwind.example,Wei-Ling Tan-van den Heuvel,,Support Europe / Service desk NL / Night shift,enabled,yes
bram@northwind.example,Bram Janssen,Bram from IT,Support Europe / Service desk NL / Night shift,,
joris@northwind.example,Joris Bakker,,,enabled,yes
daan@northwind.example,Daan Visser,,,,
"""
_BAD = """email,name,group,status
noor@northwind.example,Noor Bouzid,Support Asia,enabled
wei@northwind.example,,Support Europe,enabled
bram@northwind,Bram,Support Europe,asleep
noor@northwind.example,Noor B.,Support Europe,enabled
sofie@northwind.example,Sofie Maes-Peeters,,
"""
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
            await make_keys(relay.settings.database)
            for look in LOOKS:
                await _without_tree(browser, relay.url, folder, look)
            await browser.close()


async def make_keys(database: str) -> None:
    """Make keys of every state: in use, never used, revoked."""
    store, now = await open_store(database), datetime.now(UTC)
    keys = Keys(Workshop(store, lambda _outcome: None))
    reads = [Scope.ORGANISATION_READ, Scope.REPORTS_READ]
    await keys.make(OWNER, "Old ticket system", list(Scope), now + timedelta(days=30), now - timedelta(days=200))
    await keys.make(OWNER, "Weekly report to the board", [Scope.REPORTS_READ], None, now - timedelta(days=3))
    secret, _shown = await keys.make(OWNER, "Personnel administration", reads, None, now - timedelta(days=40))
    await keys.use(secret, Scope.ORGANISATION_READ, "10.20.0.7", now - timedelta(minutes=12))
    await keys.revoke(OWNER, 1, now - timedelta(days=2))
    await store.close()


async def _pages(browser: Browser, url: str, units: dict[str, Unit], folder: Path, look: Look) -> None:
    page = await _sign_in(browser, url, look)
    desk = f"technician_group-{units['desk'].id}"
    for tab in Tab:
        if tab in PLANNED:
            continue
        await _open(page, f"{url}/admin/{tab.value}/{desk}", look)
        await page.screenshot(path=folder / f"admin-{tab.value}{look.suffix}.png")
        if tab is Tab.SETTINGS:
            await page.get_by_role("heading", name="Screen recording").first.scroll_into_view_if_needed()
            await page.evaluate("window.dispatchEvent(new Event('scroll'))")
            await page.screenshot(path=folder / f"admin-settings-recording{look.suffix}.png")
    await _open(page, f"{url}/admin/organization/technician-{units['bram'].id}", look)
    await page.screenshot(path=folder / f"admin-technician{look.suffix}.png")
    await page.locator("#part-sign-in").evaluate("heading => heading.scrollIntoView()")
    await page.screenshot(path=folder / f"admin-sign-in{look.suffix}.png")
    await page.locator("#part-general").evaluate("heading => heading.scrollIntoView()")
    if look.suffix == "-phone":
        await page.get_by_role("link", name="Back to the tree").click()
        await page.screenshot(path=folder / "admin-tree-phone.png")
    elif not look.suffix:
        await _moments(page, folder)
    await page.close()


async def _without_tree(browser: Browser, url: str, folder: Path, look: Look) -> None:
    """The pages that stand alone."""
    page = await _sign_in(browser, url, look)
    await _open(page, f"{url}/admin/api-keys", look)
    await page.screenshot(path=folder / f"admin-api-keys{look.suffix}.png")
    await _people(page, url, folder, look)
    await _open(page, f"{url}/admin/licences", look)
    await page.get_by_label("Standard").fill("4")
    await page.keyboard.press("Tab")
    await page.locator("#problem-standard .hint--bad").wait_for()
    await page.screenshot(path=folder / f"admin-licences{look.suffix}.png")
    if look.suffix in ("", "-phone"):
        await _open(page, f"{url}/admin/api-keys/2/revoke", look)
        await page.screenshot(path=folder / f"admin-api-key-revoke{look.suffix}.png")
        await _open(page, f"{url}/admin/api-keys", look)
        await page.get_by_role("button", name="Create key").click()
        await page.get_by_role("textbox", name="Name").focus()
        await page.screenshot(path=folder / f"admin-api-keys-refused{look.suffix}.png")
        await page.get_by_role("textbox", name="Name").fill("Nightly export")
        await page.get_by_label("Read reports").check()
        await page.get_by_role("button", name="Create key").click()
        await page.get_by_role("button", name="Copy").wait_for()
        await page.screenshot(path=folder / f"admin-api-key-made{look.suffix}.png")
    await page.close()


async def _people(page: Page, url: str, folder: Path, look: Look) -> None:
    """People as a file: the page, what a good file would change, and why a bad one is refused."""
    files = {"admin-people-preview": _GOOD} | ({"admin-people-refused": _BAD} if look.suffix in ("", "-phone") else {})
    for name, text in files.items():
        await _open(page, f"{url}/admin/people", look)
        if name == "admin-people-preview":
            await page.screenshot(path=folder / f"admin-people{look.suffix}.png")
        file = {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
        await page.get_by_label("CSV file").set_input_files(file)  # type: ignore[arg-type]
        await page.get_by_role("button", name="Preview changes").click()
        await page.locator(".cards").first.wait_for()
        await page.evaluate(f"document.documentElement.dir = '{look.direction}'")
        await page.screenshot(path=folder / f"{name}{look.suffix}.png")


async def _sign_in(browser: Browser, url: str, look: Look) -> Page:
    viewport = {"width": look.width, "height": look.height}
    page = await browser.new_page(viewport=viewport, color_scheme=look.scheme)  # type: ignore[arg-type]
    await page.goto(f"{url}/sign-in")
    await page.fill("#email", EMAIL)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".rows")
    return page


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
