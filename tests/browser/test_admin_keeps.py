"""The Admin Center keeps what was written, and where it was read: nothing is dropped unasked, no page jumps."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import DESK, PHONE, Center
from tests.browser.test_admin import TABS, item
from tests.browser.test_pages import violations
from tests.support.relays import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="module")
SCROLLED = "() => Math.round(document.querySelector('.settings-form').scrollTop)"


def question(page: Page) -> Locator:
    """The page's own question."""
    return page.get_by_role("dialog", name="Discard unsaved changes?")


async def answer(page: Page, word: str) -> None:
    """Answer it."""
    await question(page).get_by_role("button", name=word).click()
    await expect(question(page)).to_be_hidden()


@pytest.mark.finding("use-B4")
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
async def test_no_page_scrolls_into_nothing(center: Center, viewport: dict[str, int]) -> None:
    """The labels that only screen readers hear stretched the window of the permissions to 2,355 pixels."""
    places = [center.at(unit, tab) for unit in ("desk", "bram") for tab in TABS]
    places += [f"{center.url}/admin/organization/{name}" for name in ("technicians", "administrators", "channels")]
    places += [f"{center.at('desk')}/targets/transfer", f"{center.at('desk')}/more"]
    alone = ("api-keys", "people", "licences", "command-center", "help", "organization/technician-4711")
    places += [f"{center.url}/admin/{name}" for name in alone]
    async with center.page(viewport=viewport) as page:
        for place in places:
            await page.goto(place)
            size = await page.evaluate(
                "(() => { const all = document.documentElement; return [all.scrollWidth, all.scrollHeight]; })()"
            )
            assert size == [viewport["width"], viewport["height"]], place


@pytest.mark.finding("use-B5")
async def test_locking_keeps_what_is_unsaved_and_where_it_was_read(center: Center) -> None:
    async with center.page() as page:
        await page.goto(center.at("desk", "settings"))
        await page.locator("#recording-keep_days").fill("30")
        lock = page.get_by_role("button", name="Lock for everything below: File format")
        await lock.scroll_into_view_if_needed()
        before = await page.evaluate(SCROLLED)
        assert before > 0
        await lock.click()
        await expect(page.locator(".receipt")).to_contain_text("Locked for everything below: File format")
        unlock = page.get_by_role("button", name="Unlock: File format")
        await expect(unlock).to_be_focused()
        assert abs(await page.evaluate(SCROLLED) - before) <= 60, "the receipt needs a line of its own"
        await expect(page.locator("#recording-keep_days")).to_have_value("30")
        await expect(page.locator("[data-sum]")).to_have_text("1 unsaved change")
        await item(page, "Technicians").click()
        await answer(page, "Keep editing")
        await expect(page.locator("#recording-keep_days")).to_have_value("30")
        await page.get_by_role("button", name="Discard", exact=True).click()
        await expect(page.locator("#recording-keep_days")).to_have_value("0")
        await unlock.click()
        await expect(page.locator(".receipt")).to_contain_text("No longer locked")


@pytest.mark.finding("use-B5")
async def test_saving_and_taking_back_leave_the_page_where_it_was(center: Center) -> None:
    async with center.page() as page:
        await page.goto(center.at("desk", "settings"))
        box = page.locator("#recording-keep_days")
        await box.scroll_into_view_if_needed()
        await box.fill("45")
        before = await page.evaluate(SCROLLED)
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.locator(".receipt")).to_contain_text("Saved")
        assert abs(await page.evaluate(SCROLLED) - before) <= 60
        await expect(page.get_by_role("button", name="Save", exact=True)).to_be_focused()
        await box.fill("46")
        await page.get_by_role("button", name="Undo").click()
        await answer(page, "Keep editing")
        await expect(box).to_have_value("46")
        await page.get_by_role("button", name="Undo").click()
        await answer(page, "Discard")
        await expect(page.locator(".receipt")).to_contain_text("Undone")
        await expect(box).to_have_value("0")
        await page.goto(center.at("night"))
        name = page.get_by_label("Group name")
        await name.fill("Night shift NL")
        await name.press("Enter")
        await expect(page.locator(".receipt")).to_contain_text("Saved")
        await expect(item(page, "Night shift NL")).to_be_visible()
        await expect(name).to_be_focused()
        await page.get_by_role("button", name="Undo").click()
        await expect(item(page, "Night shift")).to_be_visible()


@pytest.mark.finding("use-B5")
async def test_whatever_would_drop_a_form_asks_first(center: Center) -> None:
    async with center.page() as page:
        start = center.at("sofie")
        await page.goto(center.at("daan"))
        await item(page, "Sofie Maes").click()
        await page.wait_for_url(start)
        nickname = page.get_by_label("Nickname")
        ways: dict[str, Locator] = {
            "another unit": item(page, "Daan Visser"),
            "another tab": page.get_by_role("link", name="Settings", exact=True),
            "a page without the tree": page.get_by_role("link", name="Command Center"),
            "a path": page.get_by_role("navigation", name="Path").get_by_role("link").first,
            "moving": page.get_by_role("button", name="Move", exact=True),
        }
        await nickname.fill("Not saved")
        for way, element in ways.items():
            await element.click()
            await expect(question(page), way).to_contain_text("Nickname")
            if way == "another unit":
                assert await violations(page) == []
                await expect(question(page).get_by_role("button", name="Keep editing")).to_be_focused()
            await page.keyboard.press("Escape")
            await expect(nickname).to_have_value("Not saved")
            await expect(page).to_have_url(start)
        for menu, entry in (("Language:", "Nederlands"), ("Your menu", "Sign out"), ("Your menu", "My account")):
            await page.locator("summary").filter(has_text=re.compile(menu)).click()
            await page.locator("details[open] nav").get_by_text(entry, exact=True).click()
            await answer(page, "Keep editing")
            await expect(nickname).to_have_value("Not saved")
        await page.go_back()
        await answer(page, "Keep editing")
        await expect(page).to_have_url(start)
        await item(page, "Sofie Maes").click(button="right")
        await page.get_by_role("menuitem", name="Disable").click()
        await answer(page, "Keep editing")
        await (
            page.get_by_role("link", name="My account")
            .or_(page.get_by_role("link", name="Command Center"))
            .first.click()
        )
        await answer(page, "Discard")
        await expect(page.get_by_role("heading", name="Command Center")).to_be_visible()


@pytest.mark.finding("use-B5")
async def test_what_is_carried_by_the_question_for_a_password_is_not_dropped_either(center: Center) -> None:
    async with center.page() as page:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        await page.goto(f"{center.url}/admin/global-settings/technicians")
        await center.let_proofs_age()
        await page.locator("#password-age").fill("400")
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.get_by_role("heading", name="Is that you?")).to_be_visible()
        await page.get_by_role("link", name="Cancel").click()
        await answer(page, "Keep editing")
        await page.get_by_label("Your password").fill(PASSWORD)
        await page.get_by_role("button", name="Continue").click()
        await expect(page.locator(".receipt")).to_contain_text("Passwords are valid for")
        await page.goto(center.at("bram"))
        await page.get_by_label("E-mail").fill("bram2@northwind.example")
        await page.get_by_label("E-mail").blur()
        await page.get_by_role("button", name="Save changes").click()
        await expect(page.locator(".receipt")).to_contain_text("E-mail")
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_label("E-mail")).to_have_value("bram@northwind.example")
        await page.goto(f"{center.url}/admin/licences")
        await page.get_by_label("Standard").fill("40")
        await page.get_by_role("link", name="Global settings").click()
        await answer(page, "Keep editing")
        await expect(page.get_by_label("Standard")).to_have_value("40")
        assert [line for line in said if "no matches" in line] == []


@pytest.mark.finding("use-B6")
async def test_a_refused_save_leads_to_what_is_wrong(center: Center) -> None:
    async with center.page() as page:
        await page.goto(f"{center.url}/admin/global-settings/technicians")
        await page.locator("input[name='addresses.access'][value='denied']").check()
        box = page.locator("[name='addresses.exceptions']")
        banner = page.get_by_role("alert").filter(has_text="Nothing was saved yet")
        for text in ("not a network", "192.0.2.0/24"):
            await box.fill(text)
            await page.locator(".settings-form").evaluate("form => form.scrollTo(0, 0)")
            await page.get_by_role("button", name="Save", exact=True).click()
            await expect(banner.get_by_role("link")).to_have_text("Exceptions")
            await expect(box).to_be_focused()
            await expect(box).to_be_in_viewport()
            await expect(box).to_have_attribute("aria-invalid", "true")
            await expect(box).to_have_value(text)
        await expect(page.get_by_label("I have read the warnings. Save anyway")).to_be_visible()
        assert await violations(page) == []
        await page.locator(".settings-form").evaluate("form => form.scrollTo(0, 0)")
        await banner.get_by_role("link").click()
        await expect(box).to_be_focused()
        await page.get_by_role("button", name="Discard", exact=True).click()
        await expect(box).to_have_value("")
        await page.goto(center.at("bram"))
        await page.get_by_label("Name", exact=True).fill(" ")
        await page.locator("#sheet .scroller").evaluate("form => form.scrollTo(0, 9999)")
        await page.get_by_role("button", name="Save changes").click()
        await expect(page.get_by_role("alert").get_by_role("link")).to_have_text("Name")
        await expect(page.get_by_label("Name", exact=True)).to_be_focused()


async def test_a_warning_has_room_and_goes_with_what_it_warned_of(center: Center) -> None:
    async with center.page() as page:
        await page.goto(center.at("desk", "settings"))
        ways = page.locator("#connections .flip input[type=checkbox]:checked[name^='connections.']")
        while await ways.count():
            await ways.last.uncheck()
        await page.get_by_role("button", name="Save", exact=True).click()
        anyway = page.get_by_label("I have read the warnings. Save anyway")
        await expect(anyway).to_be_visible()
        problem = await page.locator("#problem-connections-pin").bounding_box()
        assert problem is not None
        assert problem["width"] > 200
        await page.locator("[name='connections.pin'][type=checkbox]").check()
        await expect(anyway).to_have_count(0)
        await page.get_by_role("button", name="Discard", exact=True).click()


@pytest.mark.finding("use-F2")
async def test_testing_a_location_keeps_the_focus(center: Center) -> None:
    async with center.page() as page:
        await page.goto(center.at("desk", "settings"))
        await page.locator("#recording-place").select_option("https")
        await page.locator("#recording-url").fill("https://127.0.0.1:1/recordings")
        button = page.get_by_role("button", name="Test this location")
        await button.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#tested-location")).not_to_be_empty()
        await expect(button).to_be_focused()


@pytest.mark.finding("use-F2")
async def test_settings_are_found_by_their_name_and_help(center: Center) -> None:
    async with center.page() as page:
        await page.goto(center.at("desk", "settings"))
        field = page.get_by_label("Search in the settings")
        await field.fill("stop or pause")
        await expect(page.locator(".set:visible")).to_have_count(1)
        await expect(page.locator(".set:visible")).to_contain_text("Record every session")
        await expect(page.locator("[data-found-count]")).to_have_text("1 setting")
        await expect(page.locator("[data-sum]")).to_have_text("")
        assert await violations(page) == []
        await field.fill("zebra")
        await expect(page.locator("[data-found-count]")).to_have_text("No setting fits.")
        await page.keyboard.press("Escape")
        await expect(page.locator("#recording-keep_days")).to_be_visible()


@pytest.mark.finding("use-F2")
async def test_the_audit_is_read_at_1280_in_the_readers_time_zone(center: Center) -> None:
    async with center.page(timezone_id="Europe/Amsterdam") as page:
        await page.goto(center.at("desk", "reports"))
        await expect(page.get_by_label("Time zone")).to_have_value("Europe/Amsterdam")
        await page.get_by_role("button", name="Get report").click()
        await expect(page.get_by_text("Times are in the time zone Europe/Amsterdam")).to_be_visible()
        for title in ("Changed by", "Before", "After"):
            await expect(page.get_by_role("columnheader", name=title)).to_be_in_viewport(ratio=1)
        assert await violations(page) == []
