"""Takes pictures of the Admin Center, every tab in every look: `python -m tests.relay.admin.shots FOLDER`."""

import asyncio
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from codec.wire.api_types import SessionState
from relay.admin.navigation import PLANNED, Tab
from relay.api_keys.rules import Scope
from relay.api_keys.service import Keys
from relay.organization.transactions import Transactions
from relay.organization.units import Unit
from relay.store.database import open_store
from tests.rehearsal.organisation import OWNER, furnish
from tests.relay.reports.test_sessions import helped
from tests.shots.looks import DARK, DUTCH, DUTCH_PHONE, LIGHT, RTL, WIDE, Look, shoot
from tests.support.browsers import chromium
from tests.support.relays import EMAIL, PASSWORD, running_relay

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
LOOKS = (LIGHT, DARK, RTL, DUTCH, DUTCH_PHONE, WIDE)
PLAIN = (LIGHT, DUTCH, DUTCH_PHONE)
FEW = ("", "-nl-phone")
"""Suffixes of the looks in which what is rarely seen is looked at."""


async def take(folder: Path) -> None:
    """Write every tab in every look."""
    with tempfile.TemporaryDirectory() as data:
        async with running_relay(Path(data)) as relay, async_playwright() as playwright:
            units = await furnish(relay.settings.database, PASSWORD)
            await make_sessions(relay.settings.database, units["bram"].id)
            await make_open_sessions(relay.settings.database, units)
            browser = await chromium(playwright)
            for look in LOOKS:
                await _pages(browser, relay.url, units, folder, look)
            await make_keys(relay.settings.database)
            for look in PLAIN:
                await _without_tree(browser, relay.url, folder, look)
            await browser.close()


async def make_sessions(database: str, person: int) -> None:
    """Let a technician have helped a few customers."""
    store, now = await open_store(database), datetime.now(UTC)
    ends = (SessionState.CLOSED_BY_TECHNICIAN, SessionState.CLOSED_BY_CUSTOMER, SessionState.TIMED_OUT)
    for hours, (name, state) in enumerate(zip(("Hélène Fournier", "Mrs Jansen", ""), ends, strict=True), 1):
        made = now - timedelta(hours=7 * hours)
        times: dict[str, Any] = {
            "made_at": made,
            "began_at": made + timedelta(minutes=1),
            "since": made + timedelta(minutes=6 * hours),
        }
        await helped(store, person, state, name=name, **times)
    await store.close()


async def make_open_sessions(database: str, units: dict[str, Unit]) -> None:
    """Let customers wait and be helped: in a channel, by a technician, on hold, on the way to a colleague."""
    store, now = await open_store(database), datetime.now(UTC)
    bram, zoe = units["bram"].id, units["zoë"].id
    channel: dict[str, Any] = {"channel_id": 1, "channel_name": "IT helpdesk"}
    for minutes, (name, state, person, more) in enumerate(
        (
            ("Mrs Jansen", SessionState.WAITING, None, channel),
            ("Dr. Anna-Lena Schmidt-Hohenfels", SessionState.ACTIVE, bram, {}),
            ("", SessionState.DISCONNECTED, zoe, channel),
            ("Jonas Weber", SessionState.ON_HOLD, bram, {}),
        ),
        1,
    ):
        begun = None if person is None else now - timedelta(minutes=9 * minutes)
        made, since = now - timedelta(minutes=10 * minutes), now - timedelta(minutes=4 * minutes)
        await helped(store, person, state, name=name, began_at=begun, made_at=made, since=since, **more)
    await store.close()


async def make_keys(database: str) -> None:
    """Make keys of every state: in use, never used, revoked."""
    store, now = await open_store(database), datetime.now(UTC)
    keys = Keys(Transactions(store, lambda _outcome: None))
    reads = [Scope.ORGANISATION_READ, Scope.REPORTS_READ]
    await keys.make(OWNER, "Old ticket system", list(Scope), now + timedelta(days=30), now - timedelta(days=200))
    await keys.make(OWNER, "Weekly report to the board", [Scope.REPORTS_READ], None, now - timedelta(days=3))
    secret, _shown = await keys.make(OWNER, "Personnel administration", reads, None, now - timedelta(days=40))
    await keys.use(secret, Scope.ORGANISATION_READ, "10.20.0.7", now - timedelta(minutes=12))
    await keys.revoke(OWNER, 1, now - timedelta(days=2))
    await store.close()


async def _pages(browser: Browser, url: str, units: dict[str, Unit], folder: Path, look: Look) -> None:
    page = await sign_in(browser, url, look)
    desk = f"technician_group-{units['desk'].id}"
    for tab in Tab:
        if tab in PLANNED or (look is WIDE and tab is not Tab.ORGANIZATION):
            continue
        await page.goto(f"{url}/admin/{tab.value}/{desk}")
        await shoot(page, folder, f"admin-{tab.value}", look)
        if tab is Tab.SETTINGS and look in PLAIN:
            await page.locator("#recording-keep_days").evaluate("field => field.scrollIntoView({block: 'center'})")
            await shoot(page, folder, "admin-settings-recording", look)
    bram = f"{url}/admin/organization/technician-{units['bram'].id}"
    await page.goto(bram)
    if look is not WIDE:
        await shoot(page, folder, "admin-technician", look)
        await page.locator("#part-sign-in").evaluate("heading => heading.scrollIntoView()")
        await shoot(page, folder, "admin-sign-in", look)
    if look in PLAIN:
        await _reports(page, url, folder, look)
    if look.suffix in FEW:
        await _rare(page, url, bram, folder, look)
    if look.suffix.endswith("-phone"):
        await page.goto(bram)
        await page.locator("a.back").first.click()
        await shoot(page, folder, "admin-tree", look)
    elif not look.suffix:
        await page.goto(bram)
        await _moments(page, folder)
    await page.close()


async def _reports(page: Page, url: str, folder: Path, look: Look) -> None:
    """Reports with rows, and a period that ends before it begins."""
    for report in ("audit_list", "sessions_list", "sign_in_list"):
        of = "master_administrators" if report == "sign_in_list" else "technicians"
        await page.goto(f"{url}/admin/reports/{of}?report={report}&period=last_7_days")
        await shoot(page, folder, f"admin-report-{report.partition('_')[0]}", look)
    await page.goto(
        f"{url}/admin/reports/technicians?report=audit_list&period=between&first=2026-11-25&last=2026-11-24"
    )
    await shoot(page, folder, "admin-reports-refused", look)


async def _rare(page: Page, url: str, bram: str, folder: Path, look: Look) -> None:
    """What few people see: help, what is not there, a search, a refused form."""
    for name, path in {
        "help": "help",
        "not-found": "organization/technician-4711",
        "administrators": "organization/administrators",
        "owner": "organization/master_administrator-1",
        "search": "search?q=a",
        "more": f"organization/{bram.rpartition('/')[2]}/more",
    }.items():
        await page.goto(f"{url}/admin/{path}")
        await shoot(page, folder, f"admin-{name}", look)
    await page.goto(bram)
    await page.locator("#field-email").fill("bram")
    await page.locator("#field-name").fill("")
    await page.locator(".savebar .btn--primary").click()
    await page.locator("[aria-invalid=true]").first.wait_for()
    await shoot(page, folder, "admin-refused", look)


async def _without_tree(browser: Browser, url: str, folder: Path, look: Look) -> None:
    """The pages that stand alone."""
    page = await sign_in(browser, url, look)
    await page.goto(f"{url}/admin/api-keys")
    await shoot(page, folder, "admin-api-keys", look)
    await _people(page, url, folder, look)
    await page.goto(f"{url}/admin/licences")
    await page.locator("input[name=standard]").fill("4")
    await page.keyboard.press("Tab")
    await page.locator("#problem-standard .hint--bad").wait_for()
    await shoot(page, folder, "admin-licences", look)
    if look.suffix in FEW:
        await page.goto(f"{url}/admin/api-keys/2/revoke")
        await shoot(page, folder, "admin-api-key-revoke", look)
        await page.goto(f"{url}/admin/api-keys")
        make = page.locator("form:has([name=name]) .btn--primary")
        await make.click()
        await page.locator("[aria-invalid=true]").first.focus()
        await shoot(page, folder, "admin-api-keys-refused", look)
        await page.locator("[name=name]").fill("Nightly export")
        await page.locator("input[value='reports:read']").check()
        await make.click()
        await page.locator("[data-copy]").wait_for()
        await shoot(page, folder, "admin-api-key-made", look)
    await page.close()


async def _people(page: Page, url: str, folder: Path, look: Look) -> None:
    """People as a file: the page, what a good file would change, and why a bad one is refused."""
    files = {"admin-people-preview": _GOOD} | ({"admin-people-refused": _BAD} if look.suffix in FEW else {})
    for name, text in files.items():
        await page.goto(f"{url}/admin/people")
        if name == "admin-people-preview":
            await shoot(page, folder, "admin-people", look)
        file = {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
        await page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        await page.locator("form:has(input[type=file]) .btn--primary").click()
        await page.locator(".cards").first.wait_for()
        await shoot(page, folder, name, look)


async def sign_in(browser: Browser, url: str, look: Look) -> Page:
    """Return a page on which the owner has signed in."""
    page = await look.page(browser)
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


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target))
