"""Two technicians and a customer in a browser: on hold, handed over, gone on with by another, and to its end."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.test_pages import violations
from tests.support.channels import address_of, assign, make_desk
from tests.support.consoles import console_page, running_console
from tests.support.join_customers import join_customer
from tests.support.relays import running_relay
from tests.support.xvfb import virtual_display


@pytest.mark.req("SESS-157", "SESS-159", "SESS-160", "SESS-165", "SESS-168", "SESS-169", "SESS-170", "SESS-172")
async def test_a_customer_is_put_on_hold_handed_over_and_helped_on(browser: Browser, tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay, join_customer(display, relay.url, tmp_path) as customer:
            group, *_people = await make_desk(relay, "Bob", "Carla")
            await assign(relay, 2, group)
            page = customer.page
            with running_console(relay.url) as first, running_console(relay.url) as second:
                async with (
                    console_page(browser, first.link, email=address_of("Bob")) as bobs,
                    console_page(browser, second.link, email=address_of("Carla")) as carlas,
                ):
                    await page.goto(f"{relay.url}/join?channel=2")
                    await page.get_by_role("button", name="Continue").click()
                    await bobs.get_by_role("button", name="Pick up").click()
                    await expect(page.get_by_role("heading", name="Bob is here")).to_be_visible()
                    await page.get_by_placeholder("Write to").fill("The printer is broken")
                    await page.keyboard.press("Enter")
                    await bobs.get_by_role("button", name="Request viewing").click()
                    await customer.says_yes()
                    await expect(page.get_by_role("heading", name="Bob sees your whole screen")).to_be_visible()

                    await bobs.get_by_role("button", name="Put on hold").click()
                    await expect(page.get_by_role("heading", name="Bob has put the session on hold")).to_be_visible()
                    await expect(page.get_by_role("heading", name="Bob sees nothing")).to_be_visible()
                    await expect(bobs.get_by_text("The session is on hold")).to_be_visible()
                    assert [await violations(each) for each in (page, bobs)] == [[], []]
                    await bobs.get_by_role("button", name="Continue", exact=True).click()
                    await expect(page.get_by_role("heading", name="has put the session on hold")).to_have_count(0)
                    await bobs.get_by_role("button", name="Request viewing").click()
                    await customer.says_yes()
                    await expect(page.get_by_role("heading", name="Bob sees your whole screen")).to_be_visible()

                    await bobs.get_by_role("button", name="Transfer…").click()
                    dialog = bobs.get_by_role("dialog", name="Transfer")
                    await dialog.get_by_role("searchbox").fill("nobody")
                    await expect(dialog.get_by_role("status")).to_have_text("Nothing matches “nobody”.")
                    await dialog.get_by_role("searchbox").fill("carl")
                    await dialog.get_by_role("radio", name="Carla").check()
                    await dialog.get_by_role("textbox", name="Comment").fill("It is the new printer")
                    assert await violations(bobs) == []
                    await dialog.get_by_role("button", name="Transfer").click()
                    await expect(page.get_by_role("heading", name="Bob is handing the session over")).to_be_visible()
                    await expect(bobs.get_by_text("On its way to Carla")).to_be_visible()
                    incoming = carlas.get_by_role("row").filter(has=carlas.get_by_role("button", name="Pick up"))
                    await expect(incoming).to_contain_text("Incoming")
                    await expect(incoming).to_contain_text("Transferred by Bob: “It is the new printer”")
                    assert await violations(page) == []

                    await carlas.get_by_role("button", name="Decline").click()
                    declined = bobs.get_by_text("Carla declined the session, so it is yours again")
                    await expect(declined.first).to_be_visible()
                    await expect(page.get_by_role("heading", name="Bob is handing")).to_have_count(0)

                    await bobs.get_by_role("button", name="Transfer…").click()
                    await dialog.get_by_role("radio", name="Carla").check()
                    await dialog.get_by_role("textbox", name="Comment").fill("Please do")
                    await dialog.get_by_role("button", name="Transfer").click()
                    await carlas.get_by_role("button", name="Pick up").click()
                    await expect(page.get_by_role("heading", name="Carla is here")).to_be_visible()
                    await expect(page.get_by_role("log")).to_contain_text("The printer is broken")
                    await expect(bobs.get_by_text("Carla has taken the session over").first).to_be_visible()
                    await expect(carlas.get_by_text("Transferred by Bob")).to_be_visible()
                    await expect(carlas.get_by_text("“Please do”")).to_be_visible()
                    await carlas.get_by_role("button", name="Request viewing").click()
                    await customer.says_yes()
                    await expect(page.get_by_role("heading", name="Carla sees your whole screen")).to_be_visible()
                    await carlas.get_by_role("button", name="End session").click()
                    await carlas.get_by_role("dialog").get_by_role("button", name="End session").click()
                    await expect(page.get_by_role("button", name="Save receipt")).to_be_visible()
