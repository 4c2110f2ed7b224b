"""Sessions that wait for long are marked in the console's list, without a reload and not by colour alone."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.support.channels import address_of, assign, choose, make_desk, through
from tests.support.consoles import console_page, running_console
from tests.support.relays import RunningRelay, running_relay


@pytest.fixture
async def relay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RunningRelay]:
    """Run a relay whose minutes are short."""
    monkeypatch.setattr("relay.sessions.timeouts.MINUTE", timedelta(seconds=32))
    monkeypatch.setattr("relay.tasks.sweep.SWEEP_SECONDS", 0.2)
    async with running_relay(tmp_path) as running:
        yield running


@pytest.mark.req("SESS-122", "SESS-136", "SESS-138", "SESS-139", "SESS-140")
async def test_a_waiting_session_goes_from_one_mark_to_the_next_until_it_ends(
    relay: RunningRelay, browser: Browser
) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    alerts = [
        {"state": "waiting", "seconds": 3, "colour": "violet"},
        {"state": "waiting", "seconds": 11, "colour": "amber"},
    ]
    await choose(relay, 1, {"timeouts.waiting": 1, "timeouts.alerts": alerts})
    with running_console(relay.url) as console:
        async with console_page(browser, console.link, email=address_of("Bob")) as page, relay.applet(through(1)):
            waited = page.locator("tbody .time")
            await expect(waited).to_have_count(1)
            first = page.locator(".waited--violet")
            await expect(first).to_contain_text("Alert level 1: longer than 0:03", timeout=15_000)
            assert await first.evaluate("each => each.scrollWidth <= each.offsetWidth"), (
                "its colour is behind all of it"
            )
            await expect(first.locator("use")).to_have_attribute("href", "#i-clock")
            second = page.locator(".waited--amber")
            await expect(second).to_contain_text("Alert level 2: longer than 0:11", timeout=20_000)
            await expect(second.locator("use")).to_have_attribute("href", "#i-alarm")
            last = page.locator(".waited--red")
            await expect(last).to_contain_text("Ends automatically in", timeout=20_000)
            await expect(last.locator("use")).to_have_attribute("href", "#i-power")
            await expect(page.get_by_text("No customer is waiting")).to_be_visible(timeout=20_000)
