"""The way in from the relay's first page, by keyboard alone: PIN, who is calling, words, yes, chat, stop, receipt."""

from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from codec.wire.access import Access
from codec.wire.api_types import Method
from codec.wire.chat_log import Who
from codec.wire.messages import Ask, Granted, Stopped
from console.page import messages as said
from tests.support.join_customers import join_customer
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import technician
from tests.support.xvfb import virtual_display

MANY = 40
"""So often is Tab pressed at most."""


async def tab_to(page: Page, there: Locator, key: str = "Tab") -> None:
    """Press Tab until the focus is there."""
    await expect(there).to_be_visible()
    await expect(there).to_be_enabled()  # a question takes no answer in its first second
    for _ in range(MANY):
        if await there.evaluate("each => each === document.activeElement"):
            return
        await page.keyboard.press(key)
    raise AssertionError("the keyboard does not lead there")


async def test_from_the_first_page_to_the_receipt_by_keyboard_alone(tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        async with (
            running_relay(tmp_path) as relay,
            technician(relay.url) as anna,
            join_customer(display, relay.url, tmp_path) as customer,
        ):
            page = customer.page
            await page.goto(relay.url)
            await page.keyboard.type(await spoken_code(anna))
            await page.keyboard.press("Enter")
            await tab_to(page, page.get_by_role("link", name="Show my screen from this page"))
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("heading", name="Anna de Vries from Northwind IT")).to_be_visible()
            assert page.url == f"{relay.url}/join", "the PIN is not kept in the address"
            await picked_up(anna)
            connected = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))

            anna.send(Ask(1, Access.VIEW))
            await expect(page.get_by_text("-".join(connected.words))).to_be_visible()
            await tab_to(page, page.get_by_role("button", name="Yes, choose what to show"), "Shift+Tab")
            await page.keyboard.press("Enter")
            await anna.hear(Granted, lambda granted: Access.VIEW in granted.access)
            await expect(page.get_by_role("heading", name="Anna de Vries sees your whole screen")).to_be_visible()

            await tab_to(page, page.get_by_label("Write to Anna de Vries"))
            await page.keyboard.type("It is this one")
            await page.keyboard.press("Enter")
            line = await anna.hear(said.ChatLine, lambda line: line.who is Who.CUSTOMER)
            assert line.text == "It is this one"

            await tab_to(page, page.get_by_role("button", name="Stop", exact=True), "Shift+Tab")
            await page.keyboard.press("Enter")
            await anna.hear(Stopped)
            await expect(page.get_by_role("heading", name="Anna de Vries sees nothing")).to_be_visible()
            await tab_to(page, page.get_by_role("button", name="End session"))
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("heading", name="The session has ended")).to_be_focused()
            await expect(page.get_by_text("Viewing your screen")).to_be_visible()


async def test_a_link_takes_its_secret_along_from_the_page_that_says_who_is_calling(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with (
            running_relay(tmp_path) as relay,
            technician(relay.url) as anna,
            join_customer(display, relay.url, tmp_path) as customer,
        ):
            page = customer.page
            await page.goto(await spoken_code(anna, Method.LINK))
            await page.get_by_role("link", name="Show my screen from this page").click()
            await picked_up(anna)
            connected = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
            assert connected.check is said.Check.SECRET
            await expect(page.get_by_text("Checked: only Anna de Vries has the secret")).to_be_visible()
            assert page.url == f"{relay.url}/join", "neither routing nor secret is on a shared screen"


MISSING = {
    "getDisplayMedia": "navigator.mediaDevices.getDisplayMedia = undefined",
    "WebAssembly": "delete globalThis.WebAssembly",
    "RTCPeerConnection": "delete globalThis.RTCPeerConnection",
}


async def test_a_secret_outlasts_another_language_and_the_programs_way_is_open_where_the_link_says_so(
    tmp_path: Path,
) -> None:
    """The page in Dutch had lost the secret: "Part of the link is missing"."""
    with virtual_display() as display:
        async with (
            running_relay(tmp_path) as relay,
            technician(relay.url) as anna,
            join_customer(display, relay.url, tmp_path) as customer,
        ):
            page = customer.page
            link = await spoken_code(anna, Method.LINK)
            await page.goto(link)
            await expect(page.locator("details.other-way")).not_to_have_attribute("open", "")
            await page.goto(link.replace("#", "?program#"))
            await expect(page.locator("details.other-way")).to_have_attribute("open", "")
            await page.locator("details.languages summary").click()
            await page.get_by_role("link", name="Nederlands").click()
            await expect(page.locator("html")).to_have_attribute("lang", "nl")
            await expect(page.locator("details.other-way")).to_have_attribute("open", "")
            assert page.url.endswith("#" + link.partition("#")[2])
            await page.locator("#join").click()
            await picked_up(anna)
            connected = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
            assert connected.check is said.Check.SECRET
            assert page.url == f"{relay.url}/join"


@pytest.mark.req("CHAT-02", "CHAT-10", "MOB-22", "APP-12", "APP-13")
@pytest.mark.parametrize("missing", MISSING)
async def test_a_browser_that_lacks_something_gets_as_far_as_it_can_and_both_sides_say_so(
    tmp_path: Path, missing: str
) -> None:
    shows = missing == "RTCPeerConnection"
    with virtual_display() as display:
        async with (
            running_relay(tmp_path) as relay,
            technician(relay.url) as anna,
            join_customer(display, relay.url, tmp_path) as customer,
        ):
            page = customer.page
            await page.add_init_script(MISSING[missing])
            await page.goto(f"{relay.url}/join")
            await customer.enter(await spoken_code(anna))
            asked = page.get_by_text("You are asked what to show")
            await expect(asked if shows else page.get_by_text("You write to each other")).to_be_visible()
            session = await picked_up(anna)
            assert session.means == (["view", "chat"] if shows else ["chat"])
            await expect(page.get_by_role("heading", name="Anna de Vries is here")).to_be_visible()
            await page.get_by_label("Write to Anna de Vries").fill("Hello")
            await page.keyboard.press("Enter")
            await anna.hear(said.ChatLine, lambda line: line.text == "Hello")
            anna.send(Ask(1, Access.VIEW))
            if shows:
                await expect(page.get_by_role("heading", name="Show your screen to Anna de Vries")).to_be_visible()
            else:
                await expect(page.get_by_text("You can write to each other here.")).to_be_visible()
                await expect(page.get_by_role("button", name="Yes, choose what to show")).to_have_count(0)
