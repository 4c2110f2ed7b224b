"""A technician's status in the console's page: chosen in the menu, seen by colleagues."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from codec.wire.signals import Attention
from codec.wire.technician_status import TechnicianStatus
from tests.support.channels import address_of, make_desk, sign_in
from tests.support.consoles import console_page, running_console
from tests.support.relays import RunningRelay, running_relay


@pytest.fixture
async def relay(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    """Run a relay."""
    async with running_relay(tmp_path) as running:
        yield running


@pytest.mark.req("TECH-17", "TECH-18")
async def test_a_status_is_chosen_with_the_keyboard_and_colleagues_are_seen(
    relay: RunningRelay, browser: Browser
) -> None:
    await make_desk(relay, "Bob", "Carla")
    with running_console(relay.url) as console:
        async with console_page(browser, console.link, email=address_of("Bob")) as page:
            me = page.get_by_role("button", name="You: Bob")
            await expect(me).to_have_accessible_name("You: Bob, Available")
            await me.focus()
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("menuitemradio", name="Available")).to_be_checked()
            await page.keyboard.press("ArrowDown")
            await page.keyboard.press("Enter")
            await expect(me).to_have_accessible_name("You: Bob, Busy")
            await expect(me).to_be_focused()
            await expect(me).to_contain_text("Busy")
            await page.reload()
            await expect(me).to_have_accessible_name("You: Bob, Busy")
            await page.get_by_role("button", name="Colleagues").click()
            await expect(page.get_by_text("No colleague is signed in")).to_be_visible()
            async with relay.console("console-of-carla", await sign_in(relay, "Carla")) as carla:
                await carla.say(Attention(is_here=True, chosen=TechnicianStatus.AWAY))
                await expect(page.get_by_role("listitem")).to_have_text("CarlaNo sessionsAway")
            await expect(page.get_by_text("No colleague is signed in")).to_be_visible()
