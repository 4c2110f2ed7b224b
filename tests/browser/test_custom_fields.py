"""A technician fills in custom fields, sees them as columns of the list, and edits them there."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.test_pages import violations
from tests.relay.sessions.test_custom_fields import choose_fields
from tests.support.channels import address_of, assign, make_desk, sign_in, through
from tests.support.consoles import console_page, running_console
from tests.support.relays import running_relay

SHOTS = os.environ.get("FIELD_SHOTS")


async def shot(page: Page, name: str) -> None:
    """Keep a picture where a developer asked for one."""
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.mark.req("SESS-19", "SESS-38", "FIELD-04", "FIELD-06", "FIELD-13", "FIELD-14", "FIELD-15", "FIELD-16")
async def test_the_dialog_asks_for_the_groups_fields_and_makes_nothing_without_a_required_one(
    browser: Browser, tmp_path: Path
) -> None:
    async with running_relay(tmp_path) as relay:
        group, *_people = await make_desk(relay, "Bob")
        await choose_fields(relay, group.id)
        with running_console(relay.url) as process:
            async with console_page(browser, process.link, email=address_of("Bob")) as page:
                await page.get_by_role("button", name="New session").first.click()
                dialog = page.get_by_role("dialog")
                labels = [" ".join(each.split()) for each in await dialog.locator("label.label").all_inner_texts()]
                assert labels == ["Name optional", "Staff number required", "Floor optional"]
                await dialog.get_by_label("Name optional").fill("Lars Eriksson")
                await dialog.get_by_role("button", name="Create PIN").click()
                number = dialog.get_by_label("Staff number")
                await expect(number).to_have_attribute("aria-invalid", "true")
                await expect(number).to_be_focused()
                await expect(dialog.get_by_role("alert")).to_have_text("Fill in this field.")
                await shot(page, "dialog")
                assert await violations(page) == []
                status, codes = await relay.call("GET", "/codes")
                assert (status, codes) == (200, [])
                await number.fill("30117")
                await dialog.get_by_label("Floor").select_option("Second")
                await dialog.get_by_role("button", name="Create PIN").click()
                await expect(dialog.get_by_text("Read this to the customer")).to_be_visible()
                await dialog.get_by_role("button", name="Done").click()
                row = page.get_by_role("row").filter(has_text="Lars Eriksson")
                await expect(row).to_contain_text("30117")
                await expect(row).to_contain_text("Second")


@pytest.mark.req("CONS-09", "CONS-91", "CONS-92", "CONS-93", "FIELD-04", "FIELD-07", "FIELD-08", "FIELD-12", "FIELD-19")
async def test_what_one_edits_in_the_list_all_see_at_once(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        group, bob, _carla = await make_desk(relay, "Bob", "Carla")
        await choose_fields(relay, group.id)
        await assign(relay, 1, group)
        with running_console(relay.url) as first, running_console(relay.url) as second:
            async with (
                console_page(browser, first.link, email=address_of("Bob")) as bobs,
                console_page(browser, second.link, email=address_of("Carla")) as carlas,
                relay.applet(through(1)) as applet,
            ):
                await relay.enter(applet)
                await expect(bobs.get_by_role("columnheader", name="Staff number")).to_be_visible()
                await bobs.get_by_role("button", name="Edit Name: empty").click()
                await bobs.keyboard.type("Fatima Benali")
                await bobs.keyboard.press("Enter")
                await expect(carlas.get_by_text("Fatima Benali")).to_be_visible()
                edit = bobs.get_by_role("button", name="Edit Name: Fatima Benali")
                await expect(edit).to_be_focused()
                await edit.click()
                await bobs.keyboard.type("Nobody")
                await bobs.keyboard.press("Escape")
                await expect(edit).to_be_focused()
                await bobs.get_by_role("button", name="Edit Floor: empty").click()
                await bobs.get_by_label("Floor").select_option("First")
                await bobs.keyboard.press("Enter")
                await expect(carlas.get_by_role("row").filter(has_text="Fatima Benali")).to_contain_text("First")
                await bobs.get_by_role("button", name="Edit Staff number: empty").click()
                await bobs.keyboard.type("<b>\u202e20552</b>")
                await shot(bobs, "editing")
                await bobs.get_by_role("heading", name="Sessions").click()
                await expect(carlas.get_by_text("<b>20552</b>")).to_be_visible()
                assert await violations(bobs) == []

                await carlas.get_by_role("button", name="Columns").click()
                await carlas.get_by_role("menuitemcheckbox", name="Staff number").click()
                await carlas.get_by_role("menuitemcheckbox", name="Custom field 5").click()
                await shot(carlas, "columns")
                await carlas.keyboard.press("Escape")
                await expect(carlas.get_by_role("columnheader", name="Staff number")).to_have_count(0)
                await expect(carlas.get_by_role("columnheader", name="Custom field 5")).to_be_visible()
                await carlas.reload()
                await expect(carlas.get_by_role("columnheader", name="Custom field 5")).to_be_visible()
                await shot(carlas, "list")
                values = {"values": {"fields.5": "Cost centre"}}
                await relay.call("PATCH", "/settings/organisation/0", values)
                await expect(carlas.get_by_role("columnheader", name="Cost centre")).to_be_visible()

                token = await sign_in(relay, "Bob")
                status, answer = await relay.call(
                    "PATCH", f"/settings/person/{bob.id}", {"values": {"options.edit_in_list": False}}, token
                )
                assert status == 200, answer
                await expect(bobs.get_by_role("button", name="Edit Floor: First")).to_have_count(0)
                await expect(bobs.get_by_text("Fatima Benali")).to_be_visible()
                await carlas.get_by_role("button", name="Pick up").click()
                await carlas.get_by_role("button", name="Chat and details").click()
                await carlas.get_by_role("tab", name="Details").click()
                await expect(carlas.locator(".details")).to_contain_text("Floor")
                await expect(carlas.locator(".details")).to_contain_text("First")
                await shot(carlas, "details")
