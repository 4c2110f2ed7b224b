"""Pages of the Admin Center without the tree, by keyboard and for everybody: API keys, people as a file."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Center
from tests.browser.test_pages import violations

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def tab_to(page: Page, goal: Locator) -> None:
    """Press Tab until something has the focus."""
    for _ in range(60):
        if await goal.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"Tab does not come to {goal}")


async def overflow(page: Page) -> int:
    """Return by how many pixels the page is too wide."""
    return int(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.req("API-18")
async def test_a_key_is_made_copied_and_revoked_by_keyboard_alone(center: Center) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    async with center.page(viewport=PHONE, color_scheme="dark", permissions=allowed) as page:
        await page.goto(f"{center.url}/admin/global-settings/technicians")
        await page.get_by_role("link", name="Open the list").first.focus()
        await page.keyboard.press("Enter")
        await tab_to(page, page.get_by_label("Name", exact=True))
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Name", exact=True)).to_be_focused()
        await expect(page.locator("#problem-scopes")).to_have_text("Choose at least one permission for the key.")
        assert await violations(page) == []
        await page.keyboard.type("Personnel administration, nightly")
        await tab_to(page, page.get_by_label("Read reports"))
        await page.keyboard.press("Space")
        await page.keyboard.press("Enter")
        field = page.get_by_role("textbox")
        await expect(field).to_be_focused()
        assert await violations(page) == []
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Copied")).to_be_focused()
        assert await page.evaluate("navigator.clipboard.readText()") == await field.input_value()
        await tab_to(page, page.get_by_role("link", name="Done"))
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="API keys")).to_be_visible()
        assert await overflow(page) == 0
        assert await violations(page) == []
        await tab_to(page, page.get_by_role("link", name="Revoke Personnel administration, nightly"))
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("link", name="Cancel")).to_be_focused()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator(".receipt")).to_contain_text("Revoked: Personnel administration, nightly")


async def test_a_file_of_people_is_seen_before_it_is_stored(center: Center) -> None:
    text = "email,name,group\nnoor@northwind.example,Noor Bouzid,Support Europe\nbram@northwind.example,Bram J.,\n"
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
    async with center.page() as page:
        await page.goto(f"{center.url}/admin/people")
        await page.get_by_label("CSV file").set_input_files(file)  # type: ignore[arg-type]
        await page.get_by_role("button", name="Preview changes").click()
        await expect(page.get_by_role("row", name="Bram J.")).to_contain_text("Name: Bram Janssen")
        await page.set_viewport_size(PHONE)
        assert await overflow(page) == 0
        assert await violations(page) == []
        await tab_to(page, page.get_by_role("button", name="Confirm"))
        await page.keyboard.press("Enter")
        await expect(page.locator(".receipt")).to_contain_text("Added 1, Changed 1")
        assert await violations(page) == []
        file["buffer"] = text.replace("Bram J.", "Bram Janssen").encode()
        await page.get_by_label("CSV file").set_input_files(file)  # type: ignore[arg-type]
        await page.get_by_role("button", name="Preview changes").click()
        await page.get_by_role("button", name="Confirm").click()
        await expect(page.locator(".receipt")).to_contain_text("Changed 1, Unchanged 1")


async def test_the_tree_has_the_name_that_a_second_tab_gave(center: Center) -> None:
    async with center.page() as page:
        await page.goto(center.at("night"))
        other = await page.context.new_page()
        await other.goto(center.at("night"))
        await other.locator("#field-name").fill("Late shift")
        await other.locator(".savebar .btn--primary").click()
        await expect(other.locator(".receipt")).to_be_visible()
        line = page.locator("#tree [aria-current] bdi")
        await expect(line).to_have_text("Night shift")
        await page.locator("#field-name").fill("Owls")
        await page.locator(".savebar .btn--primary").click()
        banner = page.locator(".unit-form .banner")
        await expect(banner).to_contain_text("Choose which value to keep")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Late shift")
        await expect(line).to_have_text("Late shift")
        below = page.locator(".adds")
        above, button = await banner.bounding_box(), await below.bounding_box()
        assert above is not None
        assert button is not None
        assert button["y"] - above["y"] - above["height"] >= 8, "the banner does not touch what follows"
        await page.get_by_label("Keep theirs").check()
        await other.locator("#field-name").fill("Night shift")
        await other.locator(".savebar .btn--primary").click()
        await expect(other.locator(".receipt")).to_be_visible()
        await other.close()
