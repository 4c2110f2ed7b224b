"""The console tells of customers while its page is not in front: as the technician chose, and only after a click."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from codec.wire.messages import VERSION
from codec.wire.signals import Enter
from tests.support.consoles import CLIPBOARD, console_page, running_console
from tests.support.relays import RunningRelay, running_relay

WATCHED = """
window.shown = []; window.asked = 0; window.rung = 0; window.inFront = true;
document.hasFocus = () => window.inFront;
const Real = window.Notification;
const asks = Real.requestPermission.bind(Real);
window.Notification = class {
    constructor(title, options) { window.shown.push([title, options.body, options.tag]); window.last = this; }
    close() {}
    static get permission() { return window.answer ?? Real.permission; }
    static async requestPermission() { window.asked += 1; return window.answer ?? asks(); }
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.rung += 1; return start.call(this, at); };
"""
"""Writes down what is shown and asked, and says whether the page is in front."""
GRANTED = (*CLIPBOARD, "notifications")


async def comes(relay: RunningRelay, page: Page, name: str) -> None:
    """A customer comes with a PIN, and waits."""
    code = await relay.make_code(name=name)
    async with relay.applet(Enter(VERSION, pin=code.pin)) as applet:
        await relay.enter(applet)
        await expect(page.get_by_role("row", name=name).get_by_text("Waiting", exact=True).first).to_be_visible()


async def choose(page: Page, name: str) -> None:
    """Turn something on or off in the menu, which stays open until Escape."""
    await page.get_by_role("button", name="Appearance and language").click()
    await page.get_by_role("menuitemcheckbox", name=name).click()
    await page.keyboard.press("Escape")


@pytest.mark.req("CONS-04", "CONS-05")
async def test_a_customer_who_waits_is_told_of_only_as_chosen_and_not_in_front(
    browser: Browser, tmp_path: Path
) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console:
            async with console_page(browser, console.link, before=WATCHED, permissions=GRANTED) as page:
                assert await page.evaluate("window.asked") == 0, "only a click asks"
                await page.evaluate("window.inFront = false")
                await comes(relay, page, "Before")
                assert await page.evaluate("[window.shown.length, window.rung]") == [0, 0], "nothing was chosen"
                await choose(page, "Show desktop notifications")
                assert await page.evaluate("window.asked") == 1
                await choose(page, "Play a sound")
                assert await page.evaluate("window.rung") == 2, "two notes, so that it was heard once"
                await comes(relay, page, "Anna Jansen")
                assert [each[:2] for each in await page.evaluate("window.shown")] == [
                    ["Anna Jansen is waiting", "Northwind IT"]
                ]
                assert await page.evaluate("window.rung") == 4
                await page.evaluate("window.inFront = true")
                await comes(relay, page, "In front")
                await page.evaluate("window.inFront = false")
                await choose(page, "A customer is waiting")
                await comes(relay, page, "Not of these")
                assert await page.evaluate("window.shown.length") == 1
                await page.reload()
                await page.get_by_role("button", name="Appearance and language").click()
                for name, on in (("Show desktop notifications", "true"), ("A customer is waiting", "false")):
                    item = page.get_by_role("menuitemcheckbox", name=name)
                    await expect(item).to_have_attribute("aria-checked", on)


async def test_a_browser_that_refuses_is_told_of_and_nothing_is_ticked(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console:
            before = f"window.answer = 'denied';{WATCHED}"
            async with console_page(browser, console.link, before=before) as page:
                await choose(page, "Show desktop notifications")
                await expect(page.get_by_text("does not let this page show notifications")).to_be_visible()
                await page.get_by_role("button", name="Appearance and language").click()
                item = page.get_by_role("menuitemcheckbox", name="Show desktop notifications")
                await expect(item).to_have_attribute("aria-checked", "false")
