"""The customer's page in the browser, in every state: accessible, at every size, by keyboard alone."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, ViewportSize, async_playwright, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_admin_pages import overflow
from tests.browser.test_pages import violations
from tests.support.browsers import chromium
from tests.support.firefox import firefox_page
from tests.support.join_pages import Gallery, build_join, served_gallery

pytestmark = pytest.mark.asyncio(loop_scope="module")
NARROW: ViewportSize = {"width": 320, "height": 640}
ZOOMED: ViewportSize = {"width": 427, "height": 267}
"""What a window of 1280×800 is at 300 %."""
OURS = re.compile(r"\b(?:relay|applet|unit|permit|eenheid)\b", re.IGNORECASE)
"""Words that are ours, not a customer's."""
KINDS = (
    *("entry-wrong", "waiting", "quiet", "consent-recorded", "picker-denied", "shown-recorded", "record-question"),
    *("lost", "ended"),
)
"""One state of each kind of view."""
LOOKS: dict[str, dict[str, Any]] = {
    "dark": {"viewport": DESK, "theme": "dark", "language": "nl"},
    "phone": {"viewport": PHONE, "theme": "dark"},
    "rtl": {"viewport": PHONE, "direction": "rtl"},
    "forced": {"viewport": DESK, "forced_colors": "active"},
}
BAR = ".ses-top .stop"
DRAWN = """new Promise((drawn) => {
  const isDone = () => document.querySelector("h1") !== null || performance.now() > 10_000;
  const look = () => (isDone() ? drawn(null) : requestAnimationFrame(look));
  requestAnimationFrame(look);
})"""
"""Resolves when a view is there, some of which are loaded when they are needed."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gallery(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gallery]:
    folder = tmp_path_factory.mktemp("gallery")
    build_join(folder, "gallery")
    async with async_playwright() as playwright:
        browser = await chromium(playwright)
        async with served_gallery(browser, folder) as gallery:
            yield gallery
        await browser.close()


async def test_axe_finds_nothing_in_any_state(gallery: Gallery) -> None:
    found = {}
    for state in gallery.examples:
        async with gallery.page(state) as page:
            found[state] = await violations(page)
    assert {state: objections for state, objections in found.items() if objections} == {}


@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_in_any_look(gallery: Gallery, look: str) -> None:
    found = {}
    for state in KINDS:
        async with gallery.page(state, **LOOKS[look]) as page:
            found[state] = await violations(page)
    assert {state: objections for state, objections in found.items() if objections} == {}


async def test_no_state_is_wider_than_its_window(gallery: Gallery) -> None:
    found = {}
    for state in gallery.examples:
        async with gallery.page(state, "nl") as page:
            for window in (NARROW, ZOOMED, PHONE, ViewportSize(width=860, height=600)):
                await page.set_viewport_size(window)
                if too_much := await overflow(page):
                    found[f"{state} at {window['width']}"] = too_much
    assert found == {}


@pytest.mark.parametrize("language", ["en", "nl"])
async def test_customers_read_no_word_that_is_only_ours(gallery: Gallery, language: str) -> None:
    for state in gallery.examples:
        async with gallery.page(state, language) as page:
            text = await page.evaluate("document.body.innerText")
            labels = await page.evaluate(
                "[...document.querySelectorAll('[aria-label],[placeholder],[title]')]"
                ".map(each => [each.ariaLabel, each.placeholder, each.title].join(' ')).join(' ')"
            )
            assert OURS.findall(f"{text} {labels}") == [], state
            assert "{" not in text + labels, state


async def test_the_latest_line_is_in_sight_also_where_no_more_are_kept_and_a_reader_is_left_alone(
    gallery: Gallery,
) -> None:
    async with gallery.page("chat-full", viewport=DESK) as page:
        log = page.get_by_role("log")
        await expect(log.get_by_text("a" * 300 + " 119")).to_be_in_viewport()
        await page.evaluate("show('chat-full-next')")
        await expect(log.locator(".msg").last).to_contain_text("The latest line")
        assert await log.evaluate("each => each.scrollHeight - each.scrollTop - each.clientHeight") < 2
        assert await log.get_by_text("שורה 117").evaluate("each => getComputedStyle(each).direction") == "rtl"
        await log.evaluate("each => { each.scrollTop = 0; }")
        await expect(log.get_by_text("שורה 1", exact=True)).to_be_in_viewport()
        await page.evaluate("show('chat-full')")
        await expect(log.get_by_text("Line 0", exact=True)).to_be_attached()
        await expect(log.get_by_text("Line 4", exact=True)).to_be_in_viewport()


async def test_stop_is_in_sight_wherever_one_is_and_has_the_focus_at_any_zoom(gallery: Gallery) -> None:
    for window in (DESK, PHONE, NARROW):
        async with gallery.page("shown-recorded", viewport=window) as page:
            await page.mouse.wheel(0, 5_000)
            await expect(page.locator(BAR)).to_be_in_viewport(ratio=1)
    async with gallery.page("record-question", viewport=PHONE) as page:
        await page.locator(BAR).click()  # nothing is above it
        assert await page.evaluate("asked") == [{"type": "stop"}]
    async with gallery.page("shown", viewport=ZOOMED) as page:
        await page.keyboard.press("Tab")
        while await page.evaluate("document.activeElement.matches('.stop')") is False:
            await page.keyboard.press("Tab")
        await expect(page.locator(BAR)).to_be_in_viewport()
        await page.keyboard.press("Enter")
        assert await page.evaluate("asked") == [{"type": "stop"}]


@pytest.mark.parametrize("state", ["consent", "consent-recorded", "record-question"])
async def test_a_question_begins_at_no_and_only_a_choice_is_a_yes(gallery: Gallery, state: str) -> None:
    async with gallery.page(state) as page:
        no = page.get_by_role("button", name="No", exact=False).filter(has_text=re.compile("^No"))
        await expect(no).to_be_focused()
        await expect(no).to_have_attribute("aria-disabled", "false")
        await page.keyboard.press("Escape")
        assert await page.evaluate("asked") == []  # silence is no answer
        await page.keyboard.press("Enter")
        assert [each["allowed"] for each in await page.evaluate("asked")] == [[]]
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.press("Enter")
        wanted = {"consent": ["view"], "consent-recorded": ["view", "record"], "record-question": ["record"]}
        assert (await page.evaluate("asked"))[1]["allowed"] == wanted[state]


@pytest.mark.parametrize("first", ["shown", "consent", "record-question"])
async def test_what_was_meant_for_something_else_answers_no_question(gallery: Gallery, first: str) -> None:
    async with gallery.page(first) as page:
        if first != "shown":
            await expect(page.locator(".choice2").first).to_have_attribute("aria-disabled", "false")
        await page.evaluate(_ANSWER_AT_ONCE)
        assert await page.evaluate("asked") == []
        await page.locator(".choice2").first.click()
        assert [each["allowed"] for each in await page.evaluate("asked")] == [["view", "record"]]


_ANSWER_AT_ONCE = """async () => {
    show("consent-recorded");
    while (!document.body.innerText.includes("let them record it")) await new Promise(requestAnimationFrame);
    for (const choice of document.querySelectorAll(".choice2")) choice.click();
}"""
"""Another question comes, just before a click on what was there."""


async def test_a_question_while_something_is_shown_keeps_the_focus(gallery: Gallery) -> None:
    async with gallery.page("record-question") as page:
        for _ in range(5):
            await page.keyboard.press("Tab")
            assert await page.evaluate("document.activeElement.closest('.ask') !== null")


async def test_a_question_takes_the_focus_and_nothing_else_does(gallery: Gallery) -> None:
    async with gallery.page("quiet") as page:
        await page.get_by_label("Write to Anna de Vries").fill("It is on floor")
        await page.evaluate("show('shown')")
        await expect(page.get_by_label("Write to Anna de Vries")).to_be_focused()
        await expect(page.get_by_label("Write to Anna de Vries")).to_have_value("It is on floor")
        await page.evaluate("show('record-question')")
        await expect(page.locator(".ask .choice2").last).to_be_focused()
        await page.evaluate("show('ended')")
        await expect(page.get_by_role("heading", name="The session has ended")).to_be_focused()


async def test_changes_are_said_to_those_who_do_not_see_them(gallery: Gallery) -> None:
    async with gallery.page("quiet") as page:
        status = page.locator("#page > [role=status]")
        await expect(status).to_have_text("")
        for state, said in (
            ("shown", "Anna de Vries can see what you chose. Stop is at the top of this page."),
            ("shown-recorded", "Anna de Vries is recording this session."),
            ("lost", "The connection was lost."),
            ("shown", "You are connected again."),
            ("stopped", "Anna de Vries sees nothing any more."),
            ("chat-off", "The chat is off."),
        ):
            await page.evaluate("name => show(name)", state)
            await expect(status).to_have_text(said)
        await expect(page.get_by_role("log")).to_have_attribute("aria-label", "Conversation")


async def test_a_pin_is_shown_in_boxes_without_its_extra_digits_and_a_link_as_it_is(gallery: Gallery) -> None:
    async with gallery.page("entry") as page:
        field = page.get_by_label("PIN or link")
        await expect(field).to_be_focused()
        await page.keyboard.type("482 133")
        assert await boxes(page) == ["4", "8", "2", "1", "3", "3"]
        await expect(page.get_by_text("The extra digits were not sent")).to_have_count(0)
        await page.keyboard.type("7421")
        assert await boxes(page) == ["4", "8", "2", "1", "3", "3"]
        await expect(page.get_by_text("The extra digits were not sent")).to_be_visible()
        await field.fill("482 133 7421")
        assert await boxes(page) == ["4", "8", "2", "1", "3", "3"]
        await expect(page.get_by_role("link", name="How to check who is calling")).to_have_count(1)
        await field.fill("948213")
        assert len(await boxes(page)) == 9
        await field.fill("https://help.northwind.example/s/abc#secret")
        assert await boxes(page) == []
        await page.keyboard.press("Enter")
        asked = await page.evaluate("asked")
        assert asked == [{"type": "enter_code", "typed": "https://help.northwind.example/s/abc#secret"}]
    async with gallery.page("entry-busy") as page:
        await page.get_by_label("PIN or link").press("Enter")
        assert await page.evaluate("asked") == []


async def boxes(page: Page) -> list[str]:
    """Return what is in the boxes of the PIN."""
    return await page.locator(".digit").all_text_contents()


async def test_a_wrong_pin_is_said_beside_the_field_which_keeps_the_focus(gallery: Gallery) -> None:
    async with gallery.page("entry-wrong") as page:
        field = page.get_by_label("PIN or link")
        await expect(field).to_be_focused()
        await expect(field).to_have_attribute("aria-invalid", "true")
        problem = await field.get_attribute("aria-describedby")
        await expect(page.locator(f"#{problem}")).to_have_text(re.compile("No technician has this PIN"))
    async with gallery.page("digits-wrong") as page:
        await expect(page.get_by_label("Enter the extra digits")).to_be_focused()
        await page.keyboard.type("7421")
        await page.keyboard.press("Enter")
        assert await page.evaluate("asked") == [{"type": "enter_digits", "typed": "7421"}]
    async with gallery.page("link-used") as page:
        await page.get_by_role("button", name="Enter a PIN instead").click()
        await expect(page.get_by_label("PIN or link")).to_be_visible()


async def test_only_links_to_this_very_host_can_be_followed(gallery: Gallery) -> None:
    async with gallery.page("chat-links") as page:
        link = page.get_by_role("log").get_by_role("link")
        await expect(link).to_have_count(1)
        assert (await link.get_attribute("href") or "").endswith("/s/jL2g8z7p#kMxn83B1")


async def test_the_chat_is_written_by_keyboard_and_tells_who_is_typing(gallery: Gallery) -> None:
    async with gallery.page("shown") as page:
        await page.get_by_label("Write to Anna de Vries").focus()
        await page.keyboard.type("Hi")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")  # nothing is no line
        assert await page.evaluate("asked") == [
            {"type": "types", "on": True},
            {"type": "say", "text": "Hi"},
            {"type": "types", "on": False},
        ]
        await expect(page.get_by_label("Write to Anna de Vries")).to_have_value("")
    async with gallery.page("chat-off") as page:
        await expect(page.get_by_label("The chat is off")).to_be_disabled()


@pytest.mark.parametrize("state", ["waiting", "digits-wrong"])
async def test_who_is_told_to_end_the_session_can_do_so_there(gallery: Gallery, state: str) -> None:
    async with gallery.page(state) as page:
        await expect(page.get_by_text("end the session and hang up")).to_be_visible()
        await page.get_by_role("button", name="End session").click()
        assert await page.evaluate("asked") == [{"type": "leave"}]


async def test_what_is_shown_is_previewed_only_where_it_cannot_hold_this_page(gallery: Gallery) -> None:
    async with gallery.page("shown-window") as page:
        await page.wait_for_function("document.querySelector('video')?.videoWidth > 0")
    async with gallery.page("shown") as page:
        await expect(page.locator("video")).to_have_count(0)
        await page.get_by_role("button", name="Show something else").click()
        assert await page.evaluate("asked") == [{"type": "show_another"}]


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("stopped", "You stopped showing your screen"),
        ("stopped-by-browser", "Your screen is no longer shown"),
        ("stopped-by-technician", "Anna de Vries no longer sees your screen"),
        ("phone-camera-stopped-by-technician", "Anna de Vries no longer sees your camera"),
        ("stopped-unread", "Your browser could not read what you chose"),
    ],
)
async def test_why_nothing_is_shown_any_more_is_told(gallery: Gallery, state: str, title: str) -> None:
    async with gallery.page(state) as page:
        await expect(page.get_by_role("heading", name=title)).to_be_visible()


async def test_the_small_window_holds_stop_and_an_answer_and_goes_with_what_is_shown(gallery: Gallery) -> None:
    async with gallery.page("shown-recorded") as page:
        async with page.context.expect_page() as opened:
            await page.get_by_role("button", name="Keep on top").click()
        small = await opened.value
        await expect(small.get_by_role("button", name="Stop")).to_be_visible()
        await expect(small.get_by_text("Recording")).to_be_visible()
        assert (
            await small.evaluate("getComputedStyle(document.querySelector('.stop')).backgroundColor")
            != "rgba(0, 0, 0, 0)"
        )
        await small.get_by_label("Write to Anna de Vries").fill("Here")
        await small.keyboard.press("Enter")
        await small.get_by_role("button", name="Stop").click()
        assert {"type": "say", "text": "Here"} in await page.evaluate("asked")
        assert {"type": "stop"} in await page.evaluate("asked")
        async with small.expect_event("close"):
            await page.evaluate("show('stopped')")
    async with gallery.page("shown") as page:
        await page.add_init_script("delete window.documentPictureInPicture")
        await page.reload()
        await expect(page.get_by_role("button", name="Stop")).to_be_visible()
        await expect(page.get_by_role("button", name="Keep on top")).to_have_count(0)


async def test_the_small_window_shows_where_is_pointed_what_was_written_last_and_links_that_work(
    gallery: Gallery,
) -> None:
    async with gallery.page("shown-links") as page:
        async with page.context.expect_page() as opened:
            await page.get_by_role("button", name="Keep on top").click()
        small = await opened.value
        link = small.get_by_role("log").get_by_role("link")
        await expect(link).to_have_attribute("target", "_blank")
        async with page.context.expect_page() as followed:
            await link.click()
        assert "/s/jL2g8z7p" in (await followed.value).url
        assert page.url.startswith(gallery.url), "the session's own page stays where it is"
        await page.evaluate("show('shown-pointed')")
        await expect(small.get_by_role("log")).to_have_text("You That is it")
        assert 0.24 < await across(small) < 0.26
        await page.evaluate("show('shown')")
        await expect(small.locator("video")).to_have_count(0)
        await small.close()
    async with gallery.page("shown-pointed") as page:
        assert 0.24 < await across(page) < 0.26, "without a small window it is on the page"


async def across(page: Page) -> float:
    """Return how far across what is shown the technician points."""
    mark, picture = await page.locator(".mark-at i").bounding_box(), await page.locator("video").bounding_box()
    assert mark is not None
    assert picture is not None
    return (mark["x"] + mark["width"] / 2 - picture["x"]) / picture["width"]


async def test_on_a_phone_the_foot_begins_where_the_page_does_and_shows_the_mark(gallery: Gallery) -> None:
    """The last line began further in than the links: the mark before it had lost its colour."""
    for state in ("entry", "ended"):
        async with gallery.page(state, viewport=PHONE) as page:
            lefts = await page.evaluate(
                "['.help-top > :first-child', '.help-foot > a', '.help-foot .mark']"
                ".map(each => document.querySelector(each).getBoundingClientRect().left)"
            )
            assert lefts == [20, 20, 20]
            assert await page.evaluate("getComputedStyle(document.querySelector('#mark .solid')).fill") != "none"


async def test_on_a_phone_the_bar_says_whose_and_how_long_in_one_line(gallery: Gallery) -> None:
    for language in ("en", "nl"):
        async with gallery.page("phone-camera", language, viewport=PHONE) as page:
            said = page.locator(".ses-what > span")
            await expect(said).to_contain_text("Northwind IT · 6:")
            lines = await said.evaluate("each => each.offsetHeight / parseFloat(getComputedStyle(each).lineHeight)")
            assert lines == 1


async def test_the_technicians_mark_is_over_the_cameras_picture_too(gallery: Gallery) -> None:
    async with gallery.page("phone-camera-pointed", viewport=PHONE) as page:
        await expect(page.locator(".mark-at")).to_have_text("Anna de Vries")
        assert abs(await across(page) - 0.25) < 0.02


@pytest.mark.parametrize("language", ["en", "nl"])
async def test_a_phones_bar_says_in_three_lines_who_sees_nothing(gallery: Gallery, language: str) -> None:
    async with gallery.page("quiet", viewport=PHONE, language=language) as page:
        told = page.locator(".ses-what > h1, .ses-what > span")
        lines = "each => Math.round(each.offsetHeight / parseFloat(getComputedStyle(each).lineHeight))"
        assert [await each.evaluate(lines) for each in await told.all()] == [2, 1]


async def test_the_chat_is_read_and_answered_while_a_question_waits(gallery: Gallery) -> None:
    """It was hidden, and what the customer was writing was lost."""
    for viewport in (DESK, PHONE):
        async with gallery.page("quiet", viewport=viewport) as page:
            await page.get_by_label("Write to Anna de Vries").fill("One mo")
            await page.evaluate("show('consent-chat')")
            await expect(page.get_by_role("button", name="No", exact=False).first).to_be_focused()
            await expect(page.get_by_role("log")).to_contain_text("Choose OK, where the red circle is.")
            await page.get_by_role("log").scroll_into_view_if_needed()
            await expect(page.get_by_role("log")).to_be_in_viewport()
            await expect(page.get_by_label("Write to Anna de Vries")).to_have_value("One mo")


async def test_the_receipt_is_saved_as_a_text(gallery: Gallery) -> None:
    async with gallery.page("ended", timezone_id="Europe/Amsterdam", locale="en-GB") as page:
        async with page.expect_download() as saved:
            await page.get_by_role("button", name="Save receipt").click()
        download = await saved.value
        assert download.suggested_filename == "Receipt 2026-11-23 help.northwind.example.txt"
        text = (await download.path()).read_text()
        assert text.splitlines() == [
            "The session has ended",
            "23 November 2026",
            "Anna de Vries has left.",
            "",
            "Who: Anna de Vries, Northwind IT (help.northwind.example)",
            "How long: 22\u00a0minutes (14:05 to 14:27)",
            "You allowed: Viewing your screen and recording the session",
            "Recorded: 14:06 to 14:18",
            "Words: amber-canoe-violin",
            "Installed: Nothing (Everything ran in this page)",
        ]


async def test_what_took_less_than_a_minute_has_one_time_on_the_receipt(gallery: Gallery) -> None:
    """It said "5:17 PM to 5:17 PM"."""
    async with gallery.page("ended-soon", timezone_id="Europe/Amsterdam", locale="en-GB") as page:
        async with page.expect_download() as saved:
            await page.get_by_role("button", name="Save receipt").click()
        lines = (await (await saved.value).path()).read_text().splitlines()
        assert "How long: Less than a minute (14:05)" in lines
        assert "Recorded: 14:05" in lines


async def test_the_receipt_of_a_camera_speaks_of_the_camera_and_counts_the_photos(gallery: Gallery) -> None:
    """It said that the screen had been shown, and nothing of photos."""
    async with gallery.page("phone-ended") as page:
        await expect(page.get_by_text("No one can see your camera any more.")).to_be_visible()
        async with page.expect_download() as saved:
            await page.get_by_role("button", name="Save receipt").click()
        text = (await (await saved.value).path()).read_text()
        assert "You allowed: Viewing your camera\nPhotos sent: 2\n" in text
        assert "screen" not in text + await page.inner_text("body")


async def test_another_language_is_spoken_at_once_and_remembered(gallery: Gallery) -> None:
    async with gallery.page("entry") as page:
        await page.get_by_label("PIN or link").fill("482133")
        await page.get_by_text("Language: English").click()
        async with page.expect_request("**/join?lang=nl"):
            await page.get_by_role("button", name="Nederlands").click()
        await expect(page.get_by_role("heading", name="Voer de pincode van uw technicus in")).to_be_visible()
        assert await page.evaluate("document.documentElement.lang") == "nl"
        assert await page.title() == "Hulp krijgen"
        assert await boxes(page) == ["4", "8", "2", "1", "3", "3"]


async def test_firefox_draws_every_state_too(gallery: Gallery) -> None:
    found = {}
    async with firefox_page(390, 844) as page:
        for state in gallery.examples:
            await page.goto(f"{gallery.url}?state={state}&lang=nl&theme=dark")
            await page.evaluate(DRAWN)
            wide, heading = await page.evaluate(
                "[document.documentElement.scrollWidth - innerWidth, document.querySelector('h1')?.innerText]"
            )
            if wide > 0 or not heading:
                found[state] = (wide, heading)
    assert found == {}
    assert page.errors == []
