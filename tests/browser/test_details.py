"""The smaller things of the technician's page that the first users stumbled over."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.async_api import Browser, Page, expect

from codec.picture.encoder import Encoder
from codec.wire.access import Access
from codec.wire.messages import (
    Answered,
    Ask,
    Asking,
    Chat,
    Display,
    Granted,
    Notice,
    Picture,
    PointerAt,
    Stopped,
    Trouble,
)
from tests.browser.test_hostile_applet import SMALL, hostile, watched
from tests.browser.test_pages import violations
from tests.support.applets import headless_applet
from tests.support.consoles import console_page, open_chat, running_console
from tests.support.relays import EMAIL, PASSWORD, running_relay
from tests.support.xvfb import virtual_display

CONTROL = frozenset({Access.VIEW, Access.CONTROL})


def blank(display: Display) -> bytes:
    """Return the first packet of a display on which there is nothing."""
    packet = Encoder(display.width, display.height).encode(np.zeros((display.height, display.width, 4), np.uint8))
    assert packet is not None
    return packet


@pytest.mark.finding("use-F1", "use-B8")
async def test_after_no_the_screen_says_so_and_asks_again(browser: Browser, tmp_path: Path) -> None:
    async with hostile(browser, tmp_path) as (page, applet):
        await page.get_by_role("button", name="Request viewing").click(timeout=20_000)
        asked = await applet.hear(Ask)
        applet.say(Asking(asked.number))
        await expect(page.get_by_text("Waiting for Mallory to answer")).to_be_visible()
        applet.say(Answered(asked.number, False))
        await expect(page.locator(".empty").get_by_text("Mallory said no")).to_be_visible()
        assert await violations(page) == []
        await page.get_by_role("button", name="Request viewing again").click()
        again = await applet.hear(Ask)
        assert again.access is Access.VIEW
        await expect(page.get_by_text("Mallory said no")).to_have_count(0)
        await ended_session_takes_no_message(page)


async def ended_session_takes_no_message(page: Page) -> None:
    """The technician ends it; what was focused is gone, so the focus goes to what comes next."""
    await open_chat(page)
    await expect(page.get_by_label("Message to Mallory")).to_be_visible()
    await page.get_by_role("button", name="End session").click()
    await page.get_by_role("dialog").get_by_role("button", name="End session").click()
    await expect(page.get_by_text("The session has ended. Nothing more can be sent.")).to_be_visible()
    await expect(page.get_by_label("Message to Mallory")).to_have_count(0)
    await expect(page.get_by_role("button", name="Turn the chat off")).to_have_count(0)
    await expect(page.get_by_text("Connection lost")).to_have_count(0)
    await expect(page.get_by_text("is being restored")).to_have_count(0)
    await expect(page.get_by_role("button", name="Close", exact=True)).to_be_focused()
    await page.keyboard.press("Enter")
    await duration_stands_still(page)


async def duration_stands_still(page: Page) -> None:
    """Ten and a half minutes later the session has still lasted as long as it did, and ended ten minutes ago."""
    duration = page.locator("tbody .time").first
    before = await duration.inner_text()
    await page.clock.install()
    await page.clock.fast_forward("10:30")
    await expect(page.get_by_text("Ended · 10 min. ago")).to_be_visible()
    assert await duration.inner_text() == before


@pytest.mark.finding("use-F1")
async def test_after_the_stop_key_nobody_is_said_to_use_the_mouse(browser: Browser, tmp_path: Path) -> None:
    async with hostile(browser, tmp_path) as (page, applet):
        await watched(page, applet, SMALL)
        await page.get_by_role("button", name="Request control").click()
        asked = await applet.hear(Ask)
        applet.say(Asking(asked.number))
        applet.say(Granted(CONTROL))
        applet.say(Answered(asked.number, True))
        applet.say(Notice(Trouble.CUSTOMER_HAS_HANDS_ON, True))
        hands = page.get_by_text("Mallory is using the mouse or keyboard")
        await expect(hands).to_be_visible()
        applet.say(Granted(frozenset()))
        applet.say(Stopped(True))
        await expect(page.get_by_role("button", name="Request control")).to_be_visible()
        await expect(hands).to_have_count(0)
        await page.reload()
        await expect(page.get_by_role("button", name="Request control")).to_be_visible()
        await expect(hands).to_have_count(0)


@pytest.mark.finding("use-F1")
async def test_words_that_differ_end_the_session(browser: Browser, tmp_path: Path) -> None:
    async with hostile(browser, tmp_path) as (page, _):
        await page.set_viewport_size({"width": 1280, "height": 800})
        await expect(page.get_by_text("Does Mallory see these words?")).to_be_visible(timeout=20_000)
        await page.get_by_role("button", name="They differ").click()
        dialog = page.get_by_role("dialog", name="Do the words differ?")
        await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
        assert await violations(page) == []
        await dialog.get_by_role("button", name="End session now").click()
        await expect(page.get_by_text("The session has ended").first).to_be_visible()
        await open_chat(page)
        await page.get_by_role("tab", name="Events").click()
        await expect(page.get_by_label("Events").get_by_text("The words differ")).to_be_visible()


@pytest.mark.finding("use-F1")
async def test_menus_links_and_where_the_focus_goes(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console:
            async with console_page(browser, console.link) as page:
                await expect(page.get_by_role("heading", name="Sessions")).to_be_focused()
                looks = page.get_by_role("button", name="Appearance and language")
                await looks.click()
                menu = page.get_by_role("menu", name="Appearance and language")
                for heading in ("Appearance", "Language"):
                    await expect(menu.get_by_text(heading, exact=True)).to_be_visible()
                assert await violations(page) == []
                await page.keyboard.press("Tab")
                await expect(menu).to_be_hidden()
                await page.get_by_role("button", name="You: Anna de Vries").click()
                for name, path in (("My account", "/account"), ("Admin Center", "/admin")):
                    link = page.get_by_role("menuitem", name=name)
                    assert await link.get_attribute("href") == f"{relay.url}{path}"
                    assert await link.get_attribute("rel") == "noreferrer"
                await page.get_by_role("menuitem", name="Sign out").click()
                await expect(page.get_by_label("E-mail address")).to_be_focused()
                await page.keyboard.type(EMAIL)
                await page.keyboard.press("Tab")
                await page.keyboard.type(PASSWORD)
                await page.keyboard.press("Enter")
                await expect(page.get_by_role("heading", name="Sessions")).to_be_focused()
                await a_link_can_be_mailed(page)


async def a_link_can_be_mailed(page: Page) -> None:
    """The mail holds the link, and no receiver; the dialog's buttons end where its fields do."""
    await page.get_by_role("button", name="New session").first.click()
    field, button = page.locator("#field-0"), page.get_by_role("button", name="Create PIN")
    one, other = await field.bounding_box(), await button.bounding_box()
    assert one is not None
    assert other is not None
    assert one["x"] + one["width"] == other["x"] + other["width"]
    await page.locator(".seg-item", has_text="E-mail").click()
    await page.get_by_role("button", name="Create e-mail").click()
    link = await page.locator(".link-text").inner_text()
    href = await page.get_by_role("link", name="Open e-mail program").get_attribute("href")
    assert href is not None
    mail = urlsplit(href)
    assert (mail.scheme, mail.path) == ("mailto", "")
    parts = parse_qs(mail.query)
    assert link in parts["body"][0]
    assert "#" not in parts["subject"][0]
    assert await violations(page) == []


@pytest.mark.finding("use-B8")
async def test_wrong_extra_digits_are_told_as_that(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console, virtual_display(320, 200) as display:
            async with console_page(browser, console.link, viewport={"width": 1280, "height": 800}) as page:
                await page.get_by_role("button", name="New session").first.click()
                await page.get_by_role("switch", name="Add four secret digits").check()
                await page.get_by_role("button", name="Create PIN").click()
                await expect(page.get_by_text("Then the extra digits, when they are needed")).to_be_visible()
                spoken = "".join(await page.locator(".pin span").all_inner_texts())
                wrong = f"{spoken[:-1]}{(int(spoken[-1]) + 1) % 10}"
                with headless_applet(display, relay.url, wrong):
                    await expect(page.get_by_text("The session has ended").first).to_be_visible(timeout=20_000)
                await page.get_by_role("button", name="Close", exact=True).click()
                row = page.get_by_role("row", name="Wrong extra digits · just now")
                await expect(row).to_be_visible()
                await expect(row.locator(".time")).to_have_count(0)
                await expect(page.get_by_text("Ended by the customer")).to_have_count(0)


LONG = "W" * 128
TOO_WIDE = """() => [...document.querySelectorAll("body *")].filter((each) => {
    const box = each.getBoundingClientRect();
    const cut = each.parentElement?.closest(".cut") ?? (each.matches(".cut") ? each : null); // cut off with an ellipsis
    const shown = cut?.getBoundingClientRect() ?? box;
    return box.width > 0 && (shown.right > innerWidth + 1 || shown.left < -1) && !each.closest(".sr");
}).map((each) => each.className || each.tagName)"""


async def test_a_name_that_is_one_long_word_is_inside_of_whatever_shows_it(browser: Browser, tmp_path: Path) -> None:
    async with hostile(browser, tmp_path, name=LONG) as (page, applet):
        await page.set_viewport_size({"width": 1280, "height": 800})
        await expect(page.get_by_text("Does W")).to_be_visible(timeout=20_000)
        assert await page.evaluate(TOO_WIDE) == []
        await open_chat(page)
        assert await page.evaluate(TOO_WIDE) == []
        message = page.get_by_label(f"Message to {LONG}")
        await message.click()
        await page.keyboard.type("Hello")
        await page.keyboard.press("Enter")
        await applet.hear(Chat)
        await page.get_by_role("button", name="All sessions").click()
        row = page.get_by_role("row").filter(has_text=LONG)
        via, name = await row.locator("td").nth(1).bounding_box(), await row.locator("bdi").first.bounding_box()
        assert via is not None
        assert name is not None
        assert name["x"] + name["width"] <= via["x"] + 1, "a name does not lie over the next column"
        assert await page.evaluate(TOO_WIDE) == []


async def test_what_was_wrong_is_forgotten_once_it_is_right_and_a_used_pin_waits_for_nobody(
    browser: Browser, tmp_path: Path
) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console:
            async with console_page(browser, console.link) as page:
                await page.get_by_role("button", name="New session").first.click()
                await page.locator("#field-0").evaluate("field => field.removeAttribute('maxlength')")
                await page.locator("#field-0").fill("W" * 150)
                await page.get_by_role("button", name="Create PIN").click()
                await expect(page.get_by_role("alert")).to_be_visible()
                await page.locator("#field-0").fill("Hélène")
                await page.get_by_role("button", name="Create PIN").click()
                await expect(page.locator(".pin")).to_be_visible()
                await expect(page.get_by_role("alert")).to_have_count(0)
                pin = "".join(await page.locator(".pin span").all_inner_texts())
                await page.get_by_role("dialog").get_by_role("button", name="Done").click()
                await expect(page.get_by_text("Waiting to be used")).to_be_visible()
                async with relay.http.post(f"{relay.url}/start", data={"pin": pin}) as response:
                    assert response.status == 200
                await expect(page.get_by_role("row").filter(has_text="Hélène")).to_have_count(1)
                await expect(page.get_by_text("Waiting to be used")).to_have_count(0)
                await expect(page.get_by_role("row").filter(has_text="Hélène")).to_have_count(1)


async def test_the_keyboard_goes_back_to_the_screen_and_the_pointer_is_where_it_was_moved_last(
    browser: Browser, tmp_path: Path
) -> None:
    async with hostile(browser, tmp_path) as (page, applet):
        await watched(page, applet, SMALL)
        await page.get_by_role("button", name="Request control").click()
        asked = await applet.hear(Ask)
        for message in (Asking(asked.number), Granted(CONTROL), Answered(asked.number, True)):
            applet.say(message)
        applet.say(Picture(SMALL.id, 1, blank(SMALL)))
        screen = page.locator(".keys")
        await expect(screen).to_be_focused()
        theirs = page.locator(".their-pointer")
        applet.say(PointerAt(SMALL.id, 100, 100))
        await expect(theirs).to_be_visible()
        await screen.hover(position={"x": 9, "y": 9})
        await expect(theirs).to_have_count(0)
        for choose in ("Ctrl+Alt+Del", "Type text…"):
            await page.get_by_role("button", name="Special keys and typing").click()
            await page.get_by_role("menuitem", name=choose).click()
            if choose == "Type text…":
                await page.get_by_label("Text", exact=True).fill("typed")
                await page.get_by_role("button", name="Type", exact=True).click()
            await expect(screen).to_be_focused()
