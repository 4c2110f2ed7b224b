"""A session that begins as a chat, and becomes more: a real console and a real customer, each by keyboard alone."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from codec.wire.chat_log import Who
from codec.wire.signals import SessionChanged
from console.page import messages as said
from tests.browser.test_join_story import tab_to
from tests.browser.test_pages import violations
from tests.support.applets import headless_applet
from tests.support.consoles import console_page, running_console
from tests.support.join_customers import JoinCustomer, join_customer
from tests.support.relays import offer_program, running_relay
from tests.support.sessions import spoken_code
from tests.support.technicians import Technician, technician
from tests.support.xvfb import virtual_display


async def press(page: Page, there: Locator, key: str = "Enter") -> None:
    """Go there by keyboard alone, and press a key."""
    await tab_to(page, there)
    await page.keyboard.press(key)


async def made_pin(console: Page, *, starts_as_chat: bool) -> str:
    """Make a PIN for Hélène by keyboard, and read it out."""
    await press(console, console.get_by_role("button", name="New session", exact=True).first)
    await expect(console.locator("#field-0")).to_be_focused()
    await console.keyboard.type("Hélène")
    if starts_as_chat:
        await press(console, console.get_by_role("switch", name="Start as a chat"), "Space")
    assert await violations(console) == []
    await press(console, console.get_by_role("button", name="Create PIN"))
    await expect(console.locator(".pin")).to_be_visible()
    return "".join(await console.locator(".pin span").all_inner_texts())


async def enters(customer: JoinCustomer, pin: str, way: str) -> None:
    """Come in by the relay's first page."""
    page = customer.page
    await page.goto(customer.url)
    await page.keyboard.type(pin)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name=way)).to_be_visible()
    assert await violations(page) == []


async def writes(page: Page, box: str, text: str) -> None:
    """Write a line by keyboard."""
    await tab_to(page, page.get_by_label(box))
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


@pytest.mark.req("APP-09", "CHAT-02", "CHAT-03", "CHAT-11", "CHAT-12", "CHAT-14", "CHAT-15", "I18N-22")
async def test_a_chat_is_only_a_chat_until_the_technician_asks_and_the_customer_says_yes(
    browser: Browser, tmp_path: Path
) -> None:
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay, join_customer(display, relay.url, tmp_path) as customer:
            offer_program(relay)
            with running_console(relay.url) as process:
                async with console_page(browser, process.link) as console:
                    page = customer.page
                    await enters(customer, await made_pin(console, starts_as_chat=True), "Chat on this page")
                    await expect(console.get_by_role("dialog")).to_contain_text(
                        "Hélène has entered the PIN and is choosing how to continue"
                    )
                    await expect(page.get_by_text("Use the help program")).to_have_count(0)
                    await press(page, page.get_by_role("link", name="Chat on this page"))
                    await expect(page.get_by_role("heading", name="Anna de Vries is here")).to_be_visible()
                    await expect(page.get_by_text("You can write to each other here.")).to_be_visible()
                    await expect(page.get_by_text("Northwind IT · chat only")).to_be_visible()
                    assert await violations(page) == []
                    await press(page, page.locator("summary", has_text="Language:"))
                    await press(page, page.get_by_role("button", name="Nederlands"))
                    await expect(page.get_by_text("Northwind IT · alleen chat")).to_be_visible()
                    await press(page, page.locator("summary", has_text="Taal:"), "Enter")
                    await press(page, page.get_by_role("button", name="English"))

                    await expect(console.get_by_text("A chat with Hélène")).to_be_visible()
                    await expect(console.get_by_role("button", name="Turn the chat off")).to_have_count(0)
                    await expect(console.get_by_role("button", name="Request control")).to_have_count(0)
                    assert await violations(console) == []
                    await writes(console, "Message to Hélène", "Good morning")
                    await expect(page.get_by_role("log")).to_contain_text("Good morning")
                    await writes(page, "Write to Anna de Vries", "Good morning, Anna")
                    await expect(console.get_by_role("log")).to_contain_text("Good morning, Anna")

                    await press(console, console.get_by_role("tab", name="Details"))
                    for fact in ("Instant Chat", "Chrome"):
                        await expect(console.locator(".details").get_by_text(fact, exact=True)).to_be_visible()

                    await press(console, console.get_by_role("button", name="Request viewing"))
                    await expect(page.get_by_role("heading", name="Show your screen to Anna de Vries")).to_be_visible()
                    assert await violations(page) == []
                    await press(console, console.get_by_role("tab", name="Chat"))
                    await writes(console, "Message to Hélène", "Choose the entire screen")
                    await expect(page.get_by_role("log")).to_contain_text("Choose the entire screen")
                    await tab_to(page, page.get_by_role("button", name="Yes, choose what to show"), "Shift+Tab")
                    await page.keyboard.press("Enter")
                    await expect(
                        page.get_by_role("heading", name="Anna de Vries sees your whole screen")
                    ).to_be_visible()
                    await expect(console.locator("canvas")).to_be_visible()
                    await press(console, console.get_by_role("tab", name="Details"))
                    await expect(console.locator(".details").get_by_text("Chrome", exact=True)).to_be_visible()
                    await expect(console.locator(".details").get_by_text("Instant Chat")).to_have_count(0)
                    await expect(console.get_by_role("button", name="Control…")).to_be_visible()


def state_of(heard: object) -> str:
    """What a session has become, where that is what was heard."""
    return heard.session.state if isinstance(heard, SessionChanged) else ""


def is_line(text: str) -> Callable[[object], bool]:
    """Return whether something heard is this line."""
    return lambda heard: isinstance(heard, said.ChatLine) and heard.text == text


def lines_of(anna: Technician) -> list[str]:
    """What the customer wrote, as this technician read it."""
    return [each.text for each in anna.heard if isinstance(each, said.ChatLine) and each.who is Who.CUSTOMER]


async def test_what_one_writes_while_the_other_is_away_arrives_once_and_in_order(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, join_customer(display, relay.url, tmp_path) as customer:
            page, log = customer.page, customer.page.get_by_role("log")
            async with (
                technician(relay.url, "console-one") as anna,
                technician(relay.url, "console-two") as again,
            ):
                await customer.enter(await spoken_code(anna))
                session = (await anna.until(lambda each: state_of(each) == "waiting")).session.id
                opening = asyncio.ensure_future(anna.open(session))
                await anna.until(lambda each: isinstance(each, said.ChatLine))  # picked up, and without a key
                anna.say(said.Say(session, "Before there is a key"))
                await opening
                await expect(log).to_contain_text("Before there is a key")
                await customer.writes("First")
                await anna.hear(said.ChatLine, lambda line: line.text == "First")

                await page.goto(f"{relay.url}/how-to-check")  # the customer is away, and the page with them
                for number in range(3):
                    anna.say(said.Say(session, f"While you were away {number}"))
                await page.goto(f"{relay.url}/join")
                await expect(log).to_contain_text("While you were away 2")
                told = await log.locator(".msg p").all_inner_texts()
                assert told[-3:] == [f"While you were away {number}" for number in range(3)]
                assert told.count("First") <= 1

                await anna.vanish()
                box = page.get_by_label("Sent when you reconnect")
                for number in range(3):
                    await box.fill(f"While Anna was away {number}")
                    await page.keyboard.press("Enter")
                await again.until(lambda each: state_of(each) == "disconnected")
                await again.open(session)
                await again.hear(said.ChatLine, lambda line: line.text == "While Anna was away 2")
                told = [line for line in lines_of(again) if line != "First"]  # whose receipt the page may not have seen
                assert told == [f"While Anna was away {number}" for number in range(2)]
                await customer.writes("After")
                await again.hear(said.ChatLine, lambda line: line.text == "After")


async def test_two_hundred_lines_to_a_console_that_was_gone_arrive_once_after_a_reload_and_end_no_session(
    tmp_path: Path,
) -> None:
    wanted = [f"While Anna was away {number}" for number in range(200)]
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, join_customer(display, relay.url, tmp_path) as customer:
            page = customer.page
            async with (
                technician(relay.url, "console-one") as anna,
                technician(relay.url, "console-two") as again,
            ):
                await customer.enter(await spoken_code(anna))
                session = (await anna.until(lambda each: state_of(each) == "waiting")).session.id
                await anna.open(session)
                await customer.writes("First")
                await anna.hear(said.ChatLine, lambda line: line.text == "First")

                await anna.vanish()
                box = page.get_by_label("Sent when you reconnect")
                for line in wanted:
                    await box.fill(line)
                    await page.keyboard.press("Enter")
                await expect(page.get_by_role("log")).to_contain_text(wanted[-1])
                await page.reload()
                await again.until(lambda each: state_of(each) == "disconnected")
                await again.open(session)
                await again.until(is_line(wanted[20]))
                await page.reload()  # in the midst of it
                for line in wanted:
                    await again.until(is_line(line))
                await customer.writes("After")
                await again.hear(said.ChatLine, lambda line: line.text == "After")
                assert [line for line in lines_of(again) if line in wanted] == wanted


@pytest.mark.req("CHAT-03")
async def test_who_is_asked_for_control_in_a_browser_gets_the_program_and_gives_it_there(
    browser: Browser, tmp_path: Path
) -> None:
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay, join_customer(display, relay.url, tmp_path) as customer:
            offer_program(relay)
            with running_console(relay.url) as process:
                async with console_page(browser, process.link) as console:
                    page = customer.page
                    await enters(
                        customer, await made_pin(console, starts_as_chat=False), "Show my screen from this page"
                    )
                    await press(page, page.get_by_role("link", name="Show my screen from this page"))
                    await expect(page.get_by_role("heading", name="Anna de Vries is here")).to_be_visible()

                    await expect(console.get_by_text("cannot hand over mouse and keyboard")).to_be_visible()
                    assert await violations(console) == []
                    await press(console, console.get_by_role("button", name="Send the program’s link in the chat"))
                    link = page.get_by_role("log").get_by_role("link")
                    await expect(link).to_be_visible()
                    assert await violations(page) == []
                    async with page.expect_popup() as opening:
                        await press(page, link)
                    opened = await opening.value
                    download = opened.get_by_role("button", name="Download for Linux")
                    await expect(download).to_be_visible(timeout=30_000)  # a page of its own
                    await tab_to(opened, download)
                    assert await violations(opened) == []

                    code = str(await link.get_attribute("href"))
                    with headless_applet(display, relay.url, code):
                        await press(console, console.get_by_role("button", name="Request control"))
                        await expect(console.get_by_role("button", name="Control", exact=True)).to_be_visible()
                        await expect(console.locator("canvas")).to_be_visible()
                        assert await violations(console) == []
