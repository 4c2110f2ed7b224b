"""A page customer is recorded: at every moment the recording shows what the technician saw, to its very end."""

import asyncio
from pathlib import Path

import numpy as np
from playwright.async_api import Browser, Page, expect

from codec.picture.diff import Frame
from console.player.journal_source import JournalSource
from tests.browser.test_join import cover
from tests.browser.test_viewer import canvas
from tests.support.consoles import console_page, make_pin, running_console
from tests.support.join_customers import JoinCustomer, join_customer
from tests.support.relays import running_relay
from tests.support.sessions import same
from tests.support.waiting import becomes_true
from tests.support.xvfb import virtual_display


async def shares(page: Page, customer: JoinCustomer) -> None:
    """The technician asks to view and to record, and the customer says yes to both."""
    await page.get_by_role("button", name="Request viewing").click(timeout=20_000)
    await customer.says_yes()
    await expect(page.locator("canvas")).to_be_visible(timeout=15_000)
    await page.get_by_role("button", name="Record", exact=True).click()
    await customer.page.get_by_role("button", name="Yes, record it").click()
    await expect(page.get_by_role("button", name="Recording, 0:02")).to_be_visible(timeout=15_000)


async def still(page: Page, customer: JoinCustomer) -> Frame:
    """Return what the viewer shows once nothing new is captured."""
    await customer.page.evaluate("captured.getTracks()[0].stop()")
    shown = [await canvas(page)]

    async def rests() -> bool:
        shown.append(await canvas(page))
        return same(*shown[-2:])

    await becomes_true(rests)
    return shown[-1]


def last_picture(journal: Path) -> Frame:
    """Return what a recording shows at its end."""
    source = JournalSource(journal.read_bytes())
    *_, (time, frame, _) = source.pictures(len(source.outline.stretches) - 1)
    assert time == source.outline.changes[-1]
    return np.array(frame)


async def test_it_shows_what_was_seen_when_the_customer_shows_something_else_reloads_and_stops(
    browser: Browser, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    options = ("--recordings", str(kept), "--data", str(tmp_path / "console"))
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay:
            with running_console(relay.url, *options) as console:
                async with (
                    console_page(browser, console.link, viewport={"width": 1280, "height": 800}) as page,
                    join_customer(display, relay.url, tmp_path) as customer,
                ):
                    await customer.enter(await make_pin(page, "Hélène"))
                    await shares(page, customer)
                    await customer.page.get_by_role("button", name="Show something else").click()
                    cover(display)
                    seen = [await still(page, customer)]
                    await customer.page.reload()
                    await shares(page, customer)
                    seen.append(await still(page, customer))
                    await customer.page.get_by_role("button", name="Stop", exact=True).click()
                    await expect(page.get_by_text("Recording saved")).to_be_visible()
    journals = sorted(kept.glob("*.dsr"))
    assert len(journals) == 2
    for journal, frame in zip(journals, seen, strict=True):
        recorded = await asyncio.to_thread(last_picture, journal)
        assert same(recorded, frame), f"{recorded.mean()} {frame.mean()}"
