"""Customers read how long others waited, or their place in the queue, and it changes before their eyes."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from codec.wire.api_types import PickUp
from codec.wire.signals import Entered, Leave, Leaving
from tests.browser.test_pages import violations
from tests.support.channels import assign, choose, make_desk, sign_in, through
from tests.support.relays import running_relay

BOB = "console-of-bob"


@pytest.mark.req("SESS-57", "APP-41", "APP-46", "CHAT-09")
async def test_a_place_in_the_queue_and_then_how_long_others_waited(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        group, *_people = await make_desk(relay, "Bob")
        await assign(relay, 1, group)
        await choose(relay, 1, {"waiting.message": "position"})
        token = await sign_in(relay, "Bob")
        async with relay.console(BOB, token), relay.applet(through(1)) as first, relay.applet(through(1)) as second:
            session = (await first.hear_a(Entered)).session
            await second.hear_a(Entered)
            context = await browser.new_context(viewport={"width": 320, "height": 640})
            page = await context.new_page()
            await page.goto(f"{relay.url}/join?channel=1")
            await page.get_by_role("button", name="Continue").click()
            waits = page.get_by_role("status").filter(has=page.get_by_role("heading", name="You are waiting"))
            await expect(waits).to_contain_text("You are number 3 in line.")
            assert await violations(page) == []
            body = PickUp(console=BOB)
            assert (await relay.call("POST", f"/sessions/{session}/pick-up", body, token))[0] == 200
            await expect(waits).to_contain_text("You are number 2 in line.")
            await second.say(Leave(Leaving.CLOSED))
            await expect(waits).to_contain_text("You are next in line.")
            await choose(relay, 1, {"waiting.message": "estimate"})
            await expect(waits).to_contain_text("The last customers waited less than a minute.")
            await choose(relay, 1, {"waiting.message": "none"})
            await expect(waits).not_to_contain_text("waited")
            await context.close()
