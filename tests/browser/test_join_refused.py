"""What a browser refuses on /join: the picker closed, screen or camera forbidden, nothing kept, no TLS."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from codec.picture.packet import PLANES_VERSION
from codec.wire.access import Access
from codec.wire.api_types import Method
from codec.wire.messages import Answered, Ask, Displays, Granted, Watch
from codec.wire.signals import SessionChanged
from console.page import messages as said
from relay.pages import join
from tests.browser.test_join import close_picker, meeting, shows
from tests.browser.test_join_camera import meeting as phone_meeting
from tests.support.firefox import ENTER, firefox_page
from tests.support.join_customers import WHOLE_SCREEN, JoinCustomer, join_customer
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import technician
from tests.support.xvfb import VirtualDisplay, virtual_display

FORBIDDEN = "display-capture=(), camera=(), microphone=(), geolocation=()"
BLOCKED = 2
"""What Chromium calls a site setting that refuses."""


def block(folder: Path, *kinds: str) -> None:
    """Let the browser refuse these to all sites, as its settings can."""
    profile = folder / "profile" / "Default"
    profile.mkdir(parents=True)
    values = {"default_content_setting_values": dict.fromkeys(kinds, BLOCKED)}
    (profile / "Preferences").write_text(json.dumps({"profile": values}))


async def test_a_picker_that_is_closed_ten_times_can_still_be_used(tmp_path: Path) -> None:
    async with meeting(tmp_path) as (display, customer, anna):
        page = customer.page
        anna.send(Ask(1, Access.VIEW))
        await customer.says_yes()
        for times in range(1, 11):
            await close_picker(display, customer, times)
            await expect(page.get_by_role("heading", name="Nothing was chosen")).to_be_visible()
            await page.get_by_role("button", name="Choose again").click()
        await choose_the_screen(display, customer)
        await anna.hear(Granted, lambda granted: granted.access == {Access.VIEW})
        assert [each.allowed for each in anna.heard if isinstance(each, Answered)] == [True]
        displays = await anna.hear(Displays)
        anna.send(Watch(displays.displays[0].id, packets=PLANES_VERSION))
        await anna.sees(lambda _frame: True)
        await expect(page.get_by_text("Nothing was chosen")).to_have_count(0)


async def choose_the_screen(display: VirtualDisplay, customer: JoinCustomer) -> None:
    """Choose "Entire Screen" in Chromium's picker, by clicks until that has happened: it is no window of its own.

    The clicks keep a person's pace. Chromium's questions ignore every click that follows another one within its
    interval for double clicks, half a second, so quick clicks never choose anything.
    """
    tab, screen, share = ("695", "189"), ("375", "320"), ("755", "591")
    async with asyncio.timeout(30):
        while not await customer.page.evaluate("globalThis.captured !== undefined"):
            for place in (tab, screen, share):
                await asyncio.to_thread(display.run, "xdotool", "mousemove", *place, "click", "1", "sleep", "0.7")


async def test_a_screen_that_the_pages_policy_forbids_is_told_and_the_chat_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(join.HEADERS, "Permissions-Policy", FORBIDDEN)
    async with meeting(tmp_path, WHOLE_SCREEN) as (_display, customer, anna):
        customer.may_log("Permissions policy violation")
        page = customer.page
        anna.send(Ask(1, Access.VIEW))
        await customer.says_yes()
        for _ in range(2):
            await expect(page.get_by_role("heading", name="Your browser does not allow it")).to_be_visible()
            await expect(page.get_by_text("Allow this page to share the screen")).to_be_visible()
            await page.get_by_role("button", name="Try again").click()
        assert not [each for each in anna.heard if isinstance(each, Answered)]
        await page.get_by_role("button", name="Just chat").click()
        assert not (await anna.hear(Answered)).allowed
        await customer.writes("It does not let me")
        await anna.hear(said.ChatLine, lambda line: line.text == "It does not let me")


async def test_a_camera_that_the_pages_policy_forbids_is_told_and_the_chat_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(join.HEADERS, "Permissions-Policy", FORBIDDEN)
    async with phone_meeting(tmp_path) as (customer, anna):
        customer.may_log("Permissions policy violation")
        page = customer.page
        anna.send(Ask(1, Access.CAMERA))
        await page.get_by_role("button", name="Yes, show my camera").tap()
        await expect(page.get_by_role("heading", name="Your browser does not allow it")).to_be_visible()
        await page.get_by_role("button", name="Just chat").tap()
        assert not (await anna.hear(Answered)).allowed
        await customer.writes("It does not let me")
        await anna.hear(said.ChatLine, lambda line: line.text == "It does not let me")


async def test_a_browser_that_keeps_nothing_for_pages_takes_part_all_the_same(tmp_path: Path) -> None:
    """The page stayed empty: such a browser throws as soon as its storage is named."""
    block(tmp_path, "cookies")
    async with meeting(tmp_path, WHOLE_SCREEN) as (_display, customer, anna):
        refused = "(() => { try { return !sessionStorage } catch (error) { return error.name } })()"
        assert await customer.page.evaluate(refused) == "SecurityError"
        await shows(customer, anna)
        await anna.sees(lambda _frame: True)
        await customer.writes("Do you see it?")
        await anna.hear(said.ChatLine, lambda line: line.text == "Do you see it?")
        await customer.page.reload()
        await expect(customer.page.get_by_label("PIN or link")).to_be_visible()


async def test_firefox_that_keeps_nothing_for_pages_takes_part_all_the_same(tmp_path: Path) -> None:
    async with (
        running_relay(tmp_path) as relay,
        technician(relay.url) as anna,
        firefox_page(preferences={"network.cookie.cookieBehavior": 2}) as page,
    ):
        await page.goto(f"{relay.url}/join")
        refused = "(() => { try { return !sessionStorage } catch (error) { return error.name } })()"
        assert await page.evaluate(refused) == "SecurityError"
        await page.fill("PIN or link", await spoken_code(anna))
        await page.press(ENTER)
        await picked_up(anna)
        await page.sees("Anna de Vries is here")
        assert page.errors == []


HOST = "help.northwind.example"


@asynccontextmanager
async def by_name(relay: str, folder: Path) -> AsyncIterator[tuple[JoinCustomer, str]]:
    """A customer who comes to the relay by a name of its own, without TLS. Return them and that address."""
    port = urlsplit(relay).port
    with virtual_display() as display:
        async with join_customer(display, relay, folder, (f"--host-resolver-rules=MAP {HOST} 127.0.0.1",)) as customer:
            yield customer, f"http://{HOST}:{port}"


@pytest.mark.parametrize("method", [Method.PIN, Method.LINK])
async def test_an_address_without_tls_uses_up_no_code_and_leads_to_the_encrypted_one_with_all_that_was_brought(
    tmp_path: Path, method: Method
) -> None:
    """A link went in by itself: its technician saw a customer come who could do nothing, and the link was used."""
    async with (
        running_relay(tmp_path) as relay,
        technician(relay.url) as anna,
        by_name(relay.url, tmp_path) as (
            customer,
            address,
        ),
    ):
        customer.may_log("Cross-Origin-Opener-Policy")
        code = await spoken_code(anna, method)
        brought = "/join#" + code.replace(" ", "")
        if method is Method.LINK:
            brought = code.removeprefix(relay.url).replace("/s/", "/join/")
        await customer.page.goto(address + brought)
        await expect(customer.page.get_by_role("heading", name="This address is not encrypted")).to_be_visible()
        safe = customer.page.get_by_role("link", name="Open the encrypted address")
        assert await safe.get_attribute("href") == (address + brought).replace("http:", "https:")
        for _ in range(3):  # by then, the page would have gone in
            assert await customer.page.evaluate("fetch('/join/about').then((answer) => answer.ok)")
        assert not [each for each in anna.heard if isinstance(each, SessionChanged)]
        await customer.page.goto(relay.url + brought)
        await picked_up(anna)
        await expect(customer.page.get_by_role("heading", name="Anna de Vries is here")).to_be_visible()
        assert len({each.session.id for each in anna.heard if isinstance(each, SessionChanged)}) == 1
