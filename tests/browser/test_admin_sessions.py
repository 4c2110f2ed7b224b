"""An administrator looks at the open sessions, starts one, hands it over, puts it on hold and closes it."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from codec.wire.api_types import SessionState
from codec.wire.signals import Entered, State
from tests.browser.test_pages import violations
from tests.relay.admin.shots import sign_in
from tests.shots.looks import LIGHT
from tests.support.channels import address_of, assign, make_desk, through
from tests.support.consoles import console_page, running_console
from tests.support.relays import AppletEnd, running_relay

POLLED = 20_000
"""Milliseconds in which the list has surely asked what is new."""


async def told(customer: AppletEnd, state: SessionState, technician: str) -> None:
    """Wait until a customer hears that the session is so, and whose."""
    while (heard := await customer.hear_a(State)).state is not state or heard.technician != technician:
        pass


@pytest.mark.req("SESS-147", "SESS-148", "SESS-150", "SESS-151", "SESS-152", "SESS-156", "SESS-157", "SESS-180")
async def test_an_administrator_starts_hands_over_and_closes_a_session(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, AsyncExitStack() as stack:
        group, *_people = await make_desk(relay, "Bob", "Carla")
        await assign(relay, 1, group)
        first, second = stack.enter_context(running_console(relay.url)), stack.enter_context(running_console(relay.url))
        bobs = await stack.enter_async_context(console_page(browser, first.link, email=address_of("Bob")))
        carlas = await stack.enter_async_context(console_page(browser, second.link, email=address_of("Carla")))
        page = await sign_in(browser, relay.url, LIGHT)
        stack.push_async_callback(page.close)
        await page.goto(f"{relay.url}/admin/sessions/technician_group-{group.id}")
        await expect(page.get_by_role("heading", name="No open sessions")).to_be_visible(timeout=POLLED)
        customer = await stack.enter_async_context(relay.applet(through(1)))
        await customer.hear_a(Entered)
        row = page.get_by_role("row").filter(has_text="Channel 1")
        await expect(row).to_contain_text("Waiting", timeout=POLLED)  # by itself: nothing was reloaded
        assert await violations(page) == []

        await row.get_by_role("link", name="Start").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_role("radio", name="Carla", exact=True)).to_be_visible()
        await dialog.get_by_role("radio", name="Bob", exact=True).check()
        assert await violations(page) == []
        await dialog.get_by_role("button", name="Start").click()
        await told(customer, SessionState.ACTIVE, "Bob")
        await expect(page.get_by_role("status").filter(has_text="Started")).to_contain_text("Bob")
        await expect(row).to_contain_text("Active", timeout=POLLED)
        await expect(row).to_contain_text("Bob", timeout=POLLED)
        await expect(bobs.get_by_role("button", name="End session")).to_be_visible()

        await row.get_by_role("link", name="Transfer").click()
        await dialog.get_by_role("radio", name="Carla", exact=True).check()
        await dialog.get_by_role("textbox", name="Comment").fill("She knows printers")
        await dialog.get_by_role("button", name="Transfer").click()
        await expect(row).to_contain_text("Being transferred to Carla", timeout=POLLED)
        incoming = carlas.get_by_role("row").filter(has=carlas.get_by_role("button", name="Pick up"))
        await expect(incoming).to_contain_text("Transferred by Anna de Vries: “She knows printers”")
        await expect(bobs.get_by_text("On its way to Carla")).to_be_visible()
        await carlas.get_by_role("button", name="Pick up").click()
        await told(customer, SessionState.ACTIVE, "Carla")
        await expect(row).to_contain_text("Carla", timeout=POLLED)
        await expect(row).to_contain_text("Active", timeout=POLLED)
        await expect(bobs.get_by_text("Carla has taken the session over").first).to_be_visible()

        await row.get_by_role("link", name="Close").click()
        await expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(row.get_by_role("link", name="Close")).to_be_visible()
        await row.get_by_role("link", name="Close").click()
        await dialog.get_by_role("button", name="Close the session").click()
        await told(customer, SessionState.CLOSED_BY_TECHNICIAN, "Carla")
        await expect(page.get_by_role("heading", name="No open sessions")).to_be_visible(timeout=POLLED)
