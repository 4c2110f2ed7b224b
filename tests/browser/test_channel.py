"""A customer opens a channel's link, waits for all who serve it, and one of two technicians picks them up."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.test_pages import violations
from tests.support.channels import address_of, assign, choose, make_desk, sign_in, through
from tests.support.consoles import console_page, running_console
from tests.support.join_customers import join_customer
from tests.support.relays import running_relay
from tests.support.xvfb import virtual_display

LATE = """
const { set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
const held = [];
globalThis.release = () => held.splice(0).forEach((hear) => hear());
Object.defineProperty(WebSocket.prototype, "onmessage", {
  set(hear) {
    set.call(this, (event) => {
      const isHeld = typeof event.data === "string" && event.data.includes("session_gone");
      if (isHeld) held.push(() => hear.call(this, event));
      else hear.call(this, event);
    });
  },
});
"""
"""Has a page hear only later that someone has been picked up."""


@pytest.mark.req(
    "COMP-03",
    "CHAN-01",
    "CHAN-05",
    "CHAN-23",
    "CHAN-28",
    "CHAN-49",
    "SESS-41",
    "SESS-43",
    "SESS-47",
    "SESS-54",
    "CONS-09",
)
async def test_two_technicians_see_who_waits_and_one_helps(browser: Browser, tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay, join_customer(display, relay.url, tmp_path) as customer:
            group, *_people = await make_desk(relay, "Bob", "Carla")
            page = customer.page
            customer.may_log("WebSocket", "404")
            await page.goto(f"{relay.url}/join?channel=2")
            await expect(page.get_by_role("heading", name="No one answers this link")).to_be_visible()
            assert await violations(page) == []
            await assign(relay, 2, group)
            with running_console(relay.url) as first, running_console(relay.url) as second:
                async with (
                    console_page(browser, first.link, email=address_of("Bob")) as bobs,
                    console_page(browser, second.link, email=address_of("Carla")) as carlas,
                ):
                    await page.reload()
                    assert await violations(page) == []
                    await page.get_by_label("Name").fill("Fatima Benali")
                    await page.get_by_role("button", name="Continue").click()
                    await expect(page.get_by_role("heading", name="Northwind IT will help you")).to_be_visible()
                    await expect(page.get_by_role("heading", name="You are waiting for a technician")).to_be_visible()
                    assert "channel" not in page.url, "what is loaded again later asks no one for help"
                    assert await violations(page) == []
                    await page.reload()
                    await expect(page.get_by_role("heading", name="You are waiting for a technician")).to_be_visible()
                    for console in (bobs, carlas):
                        row = console.get_by_role("row").filter(has=console.get_by_role("button", name="Pick up"))
                        await expect(row).to_have_count(1)
                        await expect(row).to_contain_text("Channel 2")
                        await expect(row).to_contain_text("Fatima Benali")
                        await expect(console.get_by_text("Waiting in Channel 2")).to_be_visible()
                        assert await violations(console) == []
                    await bobs.get_by_role("button", name="Pick up").click()
                    await expect(page.get_by_role("heading", name="Bob is here")).to_be_visible()
                    await expect(page.get_by_text("On the phone? Ask Bob to read these three words")).to_be_visible()
                    await expect(carlas.get_by_role("button", name="Pick up")).to_have_count(0)
                    await expect(carlas.get_by_text("No customer is waiting")).to_be_visible()
                    await page.get_by_placeholder("Write to").fill("The printer is broken")
                    await page.keyboard.press("Enter")
                    await expect(bobs.get_by_role("log")).to_contain_text("The printer is broken")
                    await bobs.get_by_role("button", name="Request viewing").click()
                    await customer.says_yes()
                    await expect(page.get_by_role("heading", name="Bob sees your whole screen")).to_be_visible()
                    await bobs.get_by_role("button", name="End session").click()
                    await bobs.get_by_role("dialog").get_by_role("button", name="End session").click()
                    await expect(page.get_by_role("button", name="Save receipt")).to_be_visible()
                    await expect(page.get_by_text("PIN"), "who came through a channel never had one").to_have_count(0)


async def test_who_was_too_late_reads_who_was_first(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        group, *_people = await make_desk(relay, "Bob", "Carla")
        await assign(relay, 1, group)
        token = await sign_in(relay, "Bob")
        with running_console(relay.url) as process:
            async with (
                console_page(browser, process.link, email=address_of("Carla"), before=LATE) as carlas,
                relay.console("console-of-bob", token),
                relay.applet(through(1)) as applet,
            ):
                session = (await relay.enter(applet)).session
                pick_up = carlas.get_by_role("button", name="Pick up")
                await expect(pick_up).to_be_visible()
                status, _ = await relay.call(
                    "POST", f"/sessions/{session}/pick-up", {"console": "console-of-bob"}, token
                )
                assert status == 200
                await pick_up.click()
                await carlas.evaluate("release()")
                await expect(carlas.get_by_text("Bob has picked up this session.")).to_be_visible()
                await expect(pick_up).to_have_count(0)


@pytest.mark.req("SESS-107")
async def test_who_is_not_to_wait_is_taken_to_the_page_that_was_chosen(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        group, *_people = await make_desk(relay, "Bob")
        await assign(relay, 1, group)
        elsewhere = f"{relay.url}/who-sees-what"
        await choose(relay, 1, {"availability.closed_policy": "refuse", "availability.closed_page": elsewhere})
        await choose(relay, 1, {"availability.days": []})
        page = await browser.new_page()
        await page.goto(f"{relay.url}/join?channel=1")
        await page.wait_for_url(elsewhere)
        await page.close()


async def test_who_waits_is_sent_away_only_after_a_yes(browser: Browser, tmp_path: Path) -> None:
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, join_customer(display, relay.url, tmp_path) as customer:
            group, *_people = await make_desk(relay, "Bob")
            await assign(relay, 1, group)
            with running_console(relay.url) as process:
                async with console_page(browser, process.link, email=address_of("Bob")) as bobs:
                    await customer.page.goto(f"{relay.url}/join?channel=1")
                    await customer.page.get_by_role("button", name="Continue").click()
                    await bobs.get_by_role("button", name="Close", exact=True).click()
                    question = bobs.get_by_role("dialog", name="Close without helping?")
                    assert await violations(bobs) == []
                    await question.get_by_role("button", name="Cancel").click()
                    await expect(customer.page.get_by_role("heading", name="You are waiting")).to_be_visible()
                    await bobs.get_by_role("button", name="Close", exact=True).click()
                    await question.get_by_role("button", name="Close the session").click()
                    await expect(customer.page.get_by_text("A technician has closed your request.")).to_be_visible()
                    await expect(bobs.get_by_role("button", name="Pick up")).to_have_count(0)
