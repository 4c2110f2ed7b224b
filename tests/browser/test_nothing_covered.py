"""What must be pressed or compared is never covered by what is only said."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, WebSocketRoute, expect

from codec.wire.access import Access
from codec.wire.messages import Answered, Ask, Asking, Cause, Display, Displays, Granted, Notice, Trouble
from tests.support.consoles import make_pin, running_console, sign_in
from tests.support.hostile_applets import HostileApplet, hostile_applet
from tests.support.relays import running_relay

SIZES = [(1280, 800), (1440, 900), (390, 844)]
_IS_FREE = """each => {
    const box = each.getBoundingClientRect();
    return [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5]].every(([x, y]) => {
        const there = document.elementFromPoint(box.x + box.width * x, box.y + box.height * y);
        return each.contains(there) || there?.contains(each);
    });
}"""


class Engine:
    """Says to the page what its engine might."""

    def __init__(self, routed: WebSocketRoute) -> None:
        self._routed = routed
        server = routed.connect_to_server()
        routed.on_message(server.send)
        server.on_message(routed.send)

    def says(self, type_: str, **fields: Any) -> None:
        self._routed.send(json.dumps({"type": type_, **fields}))


async def is_free(there: Locator) -> None:
    await there.scroll_into_view_if_needed()
    assert await there.evaluate(_IS_FREE), await there.inner_text()


async def views(page: Page, applet: HostileApplet) -> None:
    await page.get_by_role("button", name="Request viewing").click(timeout=20_000)
    asked = await applet.hear(Ask)
    for message in (
        Asking(asked.number),
        Granted(frozenset({Access.VIEW})),
        Answered(asked.number, True),
        Displays([Display(0, "screen", 0, 0, 64, 48)]),
    ):
        applet.say(message)


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_no_message_covers_words_or_buttons(browser: Browser, tmp_path: Path, width: int, height: int) -> None:
    engines: list[Engine] = []
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console:
            context = await browser.new_context(viewport={"width": width, "height": height})
            page = await context.new_page()
            await page.route_web_socket("**/page", lambda routed: engines.append(Engine(routed)))
            await page.goto(console.link)
            await sign_in(page)
            async with hostile_applet(relay.url, (await make_pin(page, "Hélène")).replace(" ", "")) as applet:
                await applet.connected()
                await views(page, applet)
                engines[-1].says("online", online=False, since=datetime.now(UTC).isoformat(), retry_seconds=2)
                for reason in ("expired", "used"):
                    engines[-1].says("missed", reason=reason, at=datetime.now(UTC).isoformat())
                await expect(page.get_by_role("alert")).to_contain_text("The server does not answer")
                await expect(page.locator(".toast:visible")).to_have_count(2)
                for name in ("They match", "They differ", "End session"):
                    await is_free(page.get_by_role("button", name=name))
                await is_free(page.locator(".words--open b"))
                for button in await page.get_by_role("toolbar").get_by_role("button").all():
                    await is_free(button)
                applet.say(Notice(Trouble.CANNOT_POINT, on=True, cause=Cause.NO_OVERLAY, lasting=True))
                told = page.locator(".troubles").get_by_text("You cannot point at Hélène’s screen")
                await expect(told).to_be_visible()
                await expect(told).to_be_hidden(timeout=10_000)  # the tool's button goes on telling it
            await context.close()


async def test_what_was_said_of_pointing_goes_with_the_picture(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console:
            context = await browser.new_context(viewport={"width": 1280, "height": 800})
            page = await context.new_page()
            await page.goto(console.link)
            await sign_in(page)
            async with hostile_applet(relay.url, (await make_pin(page, "Hélène")).replace(" ", "")) as applet:
                await applet.connected()
                await views(page, applet)
                applet.say(Notice(Trouble.CANNOT_POINT, on=True, cause=Cause.NO_OVERLAY, lasting=True))
                told = page.locator(".troubles").get_by_text("You cannot point at Hélène’s screen")
                await expect(told).to_be_visible()
                applet.say(Granted(frozenset()))
                await expect(told).to_be_hidden(timeout=2_000)
            await context.close()
