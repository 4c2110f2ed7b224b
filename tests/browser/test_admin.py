"""The Admin Center as people use it: tree by keyboard and by mouse, two administrators at once, and for everybody."""

import asyncio

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.browser.conftest import DESK, PHONE, Center
from tests.browser.test_pages import violations
from tests.rehearsal.organisation import LEAD

TABS = (
    "organization",
    "computers",
    "channels",
    "sessions",
    "settings",
    "reports",
    "calling-card",
    "resources",
    "global-settings",
)
pytestmark = pytest.mark.asyncio(loop_scope="module")


def item(page: Page, name: str) -> Locator:
    """The line of a unit where it really stands."""
    named = page.get_by_text(name, exact=True)
    return page.locator("#tree [role=treeitem]:not([data-linked])").filter(has=named)


async def focused(page: Page) -> str:
    """Return the name of the line that has the focus."""
    return str(await page.evaluate("document.activeElement.querySelector('bdi')?.textContent ?? ''"))


async def move_over(page: Page, place: Locator) -> None:
    """Move what is dragged over a line, as a hand does: by many small steps."""
    box = await place.bounding_box()
    assert box is not None
    for across in (40, 50):
        await page.mouse.move(box["x"] + across, box["y"] + 10, steps=4)


@pytest.mark.req("ORG-04", "ORG-11", "ORG-12")
async def test_the_tree_is_walked_by_keyboard_alone(center: Center) -> None:
    async with center.page() as page:
        await page.goto(f"{center.url}/admin/organization/technicians")
        await item(page, "Technicians").focus()
        await page.keyboard.press("ArrowDown")
        assert await focused(page) == "Support Europe"
        await page.keyboard.press("ArrowRight")
        await expect(item(page, "Service desk NL")).to_be_visible()
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("ArrowRight")
        await expect(item(page, "Bram Janssen")).to_be_visible()
        await page.keyboard.press("b")
        assert await focused(page) == "Bram Janssen"
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Bram Janssen")
        await expect(page).to_have_url(center.at("bram"))
        await expect(item(page, "Bram Janssen")).to_have_attribute("aria-current", "page")
        await item(page, "Bram Janssen").focus()
        await page.keyboard.press("ArrowLeft")
        assert await focused(page) == "Service desk NL"
        await page.keyboard.press("ArrowLeft")
        await expect(item(page, "Bram Janssen")).to_have_count(0)
        await page.keyboard.press("Shift+F10")
        await expect(page.get_by_role("menuitem", name="Create group")).to_be_visible()
        await expect(page.get_by_role("menuitem", name="Add technician")).to_be_focused()
        await page.keyboard.press("Escape")
        assert await focused(page) == "Service desk NL"
        await page.keyboard.press("/")
        await page.keyboard.type("zoë")
        await page.locator("[data-found]").wait_for()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Zoë")
        await expect(item(page, "Zoë van der Meulen-Oosterhuis")).to_be_visible()


@pytest.mark.req("ORG-11")
async def test_a_menu_that_comes_late_does_not_take_the_next_key(center: Center) -> None:
    answered = asyncio.Event()

    async def late(route: Route) -> None:
        await answered.wait()
        await route.continue_()

    async with center.page() as page:
        await page.goto(f"{center.url}/admin/organization/technicians")
        await item(page, "Technicians").focus()
        await page.route("**/admin/menu?*", late)
        async with page.expect_request("**/admin/menu?*"):
            await page.keyboard.press("Shift+F10")
        await page.keyboard.press("ArrowDown")
        async with page.expect_event("requestfinished", lambda request: "/admin/menu?" in request.url):
            answered.set()
        await page.keyboard.press("Shift+F10")
        await expect(page.get_by_role("menuitem").first).to_be_focused()
        await page.keyboard.press("Escape")
        assert await focused(page) == "Support Europe", "the menu that opened is the second one’s, of the line below"


async def test_who_goes_on_to_the_search_is_not_called_back_by_the_menu_that_closes(center: Center) -> None:
    async with center.page() as page:
        await page.goto(f"{center.url}/admin/organization/technicians")
        await item(page, "Technicians").focus()
        await page.keyboard.press("Shift+F10")
        await expect(page.get_by_role("menuitem").first).to_be_focused()
        await page.evaluate(
            """() => new Promise((closed) => {
                const menu = document.querySelector("#menu");
                menu.addEventListener("toggle", closed, { once: true });
                menu.hidePopover();
                document.querySelector("#seek").focus();
            })"""
        )
        await expect(page.locator("#seek")).to_be_focused()


@pytest.mark.req("ORG-04", "ORG-14")
async def test_open_branches_are_remembered(center: Center) -> None:
    async with center.page() as page:
        await page.goto(f"{center.url}/admin/organization/technicians")
        await item(page, "Administrators").locator(".twist").click()
        await expect(item(page, "Eva Lindqvist")).to_be_visible()
        await page.reload()
        await expect(item(page, "Eva Lindqvist")).to_be_visible()
        await item(page, "Administrators").locator(".twist").click()
        await page.reload()
        await expect(item(page, "Eva Lindqvist")).to_have_count(0)


@pytest.mark.req("EDGE-02", "ORG-07", "ORG-09")
async def test_a_drag_says_what_it_will_do_and_does_it_and_is_taken_back(center: Center) -> None:
    async with center.page() as page:
        await page.goto(center.at("bram"))
        await item(page, "Bram Janssen").hover()
        await page.mouse.down()
        await move_over(page, item(page, "Channels"))
        await expect(page.locator("#tip")).to_have_text("This cannot be placed there.")
        await move_over(page, item(page, "Night shift"))
        await expect(page.locator("#tip")).to_have_text("Will be moved here")
        await page.mouse.up()
        await expect(page.locator(".receipt")).to_contain_text("Moved to Night shift")
        await expect(page.locator(".crumbs")).to_contain_text("Night shift")
        await page.get_by_role("button", name="Undo").click()
        await expect(page.locator(".receipt")).to_contain_text("Undone")
        await expect(page.locator(".crumbs")).not_to_contain_text("Night shift")


@pytest.mark.req("COMP-01", "ORG-11", "ORG-13", "ORG-73")
async def test_the_menu_creates_and_removes_after_a_question(center: Center) -> None:
    async with center.page() as page:
        await page.goto(center.at("night"))
        await page.get_by_role("button", name="Commands for Night shift").click()
        await page.get_by_role("menuitem", name="Add technician").click()
        await expect(page.get_by_label("Name", exact=True)).to_be_focused()
        await page.keyboard.type("Ruth Cohen")
        await page.get_by_label("E-mail").fill("ruth@northwind.example")
        await page.get_by_role("button", name="Add technician").click()
        await expect(page.locator(".receipt")).to_contain_text("Added: Ruth Cohen")
        await item(page, "Ruth Cohen").click(button="right")
        await page.get_by_role("menuitem", name="Remove…").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("Remove “Ruth Cohen”?")
        await expect(dialog.get_by_text("Cancel")).to_be_focused()
        await dialog.get_by_role("button", name="Remove").click()
        await expect(page.locator(".receipt")).to_contain_text("Removed: Ruth Cohen")
        await item(page, "Service desk NL").click(button="right")
        await page.get_by_role("menuitem", name="Remove…").click()
        await dialog.get_by_role("button", name="Remove").click()
        await expect(dialog).to_contain_text("It is not empty.")


@pytest.mark.req("ORG-15")
async def test_nobody_leaves_changes_behind_unawares(center: Center) -> None:
    async with center.page() as page:
        await page.goto(center.at("sofie"))
        await page.get_by_label("Nickname").fill("Sofie from IT")
        await expect(page.locator("[data-sum]")).to_have_text("1 unsaved change")
        await item(page, "Daan Visser").click()
        await page.get_by_role("button", name="Keep editing").click()
        await expect(page.get_by_label("Nickname")).to_have_value("Sofie from IT")
        await page.get_by_role("button", name="Discard").click()
        await expect(page.get_by_label("Nickname")).to_have_value("")
        await page.get_by_label("E-mail").fill("nowhere")
        await page.get_by_label("E-mail").blur()
        await expect(page.locator("#problem-email")).to_contain_text("Enter an e-mail address")
        await page.get_by_role("button", name="Discard").click()


async def test_two_administrators_at_once_lose_nothing(center: Center) -> None:
    async with center.page() as mine, center.page(LEAD) as theirs:
        for page in (mine, theirs):
            await page.goto(center.at("daan"))
        await theirs.get_by_label("Nickname").fill("Theirs")
        await theirs.get_by_role("button", name="Save changes").click()
        await expect(theirs.locator(".receipt")).to_be_visible()
        await mine.get_by_label("Nickname").fill("Mine")
        await mine.get_by_label("Description").fill("Only mine")
        await mine.get_by_role("button", name="Save changes").click()
        await expect(mine.get_by_role("alert")).to_contain_text("Choose which value to keep")
        await expect(mine.locator(".clash")).to_contain_text("In the meantime Eva Lindqvist changed this to: Theirs")
        await expect(mine.get_by_label("Nickname")).to_have_value("Mine")
        assert await violations(mine) == []
        await mine.get_by_label("Keep theirs").check()
        await mine.get_by_role("button", name="Save changes").click()
        await expect(mine.locator(".receipt")).to_contain_text("Description")
        await expect(mine.get_by_label("Nickname")).to_have_value("Theirs")


async def test_whoever_is_signed_out_meanwhile_keeps_what_was_written(center: Center) -> None:
    async with center.page(LEAD) as page, center.page(LEAD) as other:
        await page.goto(center.at("sofie"))
        await page.get_by_label("Description").fill("Long thought about")
        await other.goto(f"{center.url}/account")
        await other.get_by_role("button", name="Sign out everywhere").click()
        await other.wait_for_url("**/sign-in")
        await page.get_by_role("button", name="Save changes").click()
        await expect(page.locator("[data-sum]")).to_contain_text("You were signed out.")
        await expect(page.get_by_label("Description")).to_have_value("Long thought about")


async def test_a_field_can_be_written_in_as_soon_as_what_it_depends_on_is_chosen(center: Center) -> None:
    async with center.page() as page:
        await page.goto(center.at("desk", "settings"))
        address = page.locator("#recording-url")
        await expect(address).to_be_disabled()
        await page.locator("#recording-place").select_option("https")
        await address.fill("https://files.example/recordings")
        await expect(page.get_by_role("button", name="Test this location")).to_be_enabled()
        await expect(page.locator("#recording-folder")).to_be_disabled()
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.locator(".receipt")).to_contain_text("Saved")
        await page.reload()
        await expect(address).to_have_value("https://files.example/recordings")


@pytest.mark.req("ORG-17")
async def test_settings_count_what_changed_and_help_can_be_put_away(center: Center) -> None:
    async with center.page() as page:
        await page.goto(center.at("desk", "settings"))
        box = page.locator("#timeouts-waiting")
        await box.fill("many" if await box.get_attribute("type") == "text" else "77")
        await expect(page.locator("[data-sum]")).to_have_text("1 unsaved change")
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.locator(".receipt")).to_contain_text("Saved")
        await page.get_by_role("button", name="Undo").click()
        await expect(page.locator(".receipt")).to_contain_text("Undone")
        await page.get_by_role("button", name="Show help").click()
        await expect(page.locator("#timeouts-waiting-help")).to_be_hidden()
        await page.get_by_role("tab", name="Channels").or_(page.get_by_role("link", name="Channels")).first.click()
        await expect(page).to_have_url(center.at("desk", "channels"))


@pytest.mark.parametrize("look", ["light", "dark", "rtl", "phone"])
async def test_axe_finds_nothing_on_any_tab(center: Center, look: str) -> None:
    viewport = PHONE if look == "phone" else DESK
    async with center.page(viewport=viewport, color_scheme="dark" if look == "dark" else "light") as page:
        for tab in TABS:
            await page.goto(center.at("desk", tab))
            if look == "rtl":
                await page.evaluate("document.documentElement.dir = 'rtl'")
            assert await violations(page) == [], tab
        desk = f"technician_group-{center.units['desk'].id}"
        for path in ("technicians", f"{desk}/targets/transfer", f"{desk}/more"):
            await page.goto(f"{center.url}/admin/organization/{path}")
            assert await violations(page) == [], path
        await page.goto(center.at("bram"))
        if look == "phone":
            await page.get_by_role("link", name="Back to the tree").click()
            assert await violations(page) == []
            await expect(page.get_by_label("Nickname")).to_be_hidden()
            await item(page, "Daan Visser").click()
        else:
            await item(page, "Daan Visser").click(button="right")
            await page.get_by_role("menuitem").first.wait_for()
            assert await violations(page) == []
            await page.get_by_role("menuitem", name="Move to…").click()
            await page.get_by_role("dialog").wait_for()
            assert await violations(page) == []


async def test_a_phone_and_large_text_need_no_sideways_scrolling(center: Center) -> None:
    for viewport, size in ((PHONE, "100%"), (DESK, "200%")):
        async with center.page(viewport=viewport) as page:
            for tab in TABS:
                await page.goto(center.at("desk", tab))
                await page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
                wide = await page.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                assert wide <= 0, (tab, viewport, size)


async def test_without_script_everything_can_still_be_reached_and_saved(center: Center) -> None:
    async with center.page(java_script_enabled=False) as page:
        await page.goto(f"{center.url}/admin/organization/technicians")
        for name in ("Support Europe", "Service desk NL", "Sofie Maes"):
            await item(page, name).click()
        await page.get_by_label("Nickname").fill("Sofie of IT")
        await page.get_by_role("button", name="Save changes").click()
        await expect(page.locator(".receipt")).to_contain_text("Nickname")
        await page.get_by_role("button", name="Undo").click()
        await page.get_by_role("button", name="Commands for Sofie Maes").click()
        await page.get_by_role("menuitem", name="Remove…").click()
        await expect(page.get_by_role("heading", name="Remove “Sofie Maes”?")).to_be_visible()
        await page.get_by_text("Cancel").click()
        await expect(page.get_by_label("Nickname")).to_have_value("")
