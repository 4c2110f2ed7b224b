"""A customer who takes part from a page is not asked for control. The console sends the program's link instead."""

from collections.abc import Sequence
from functools import partialmethod
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from applet.session.codes import read_code
from applet.session.relay import RelaySocket
from codec.wire.access import Access
from codec.wire.customer_kinds import CustomerKind
from codec.wire.messages import VERSION, Answered, Ask, Asking, Chat, Granted
from codec.wire.signals import Enter
from tests.browser.test_pages import violations
from tests.support.consoles import console_page, make_pin, running_console
from tests.support.hostile_applets import hostile_applet
from tests.support.relays import offer_program, running_relay


def as_a_page(socket: RelaySocket, system: str = "Linux", means: Sequence[str] = ("view", "chat")) -> Enter:
    """What a page says first."""
    code = socket._code
    return Enter(VERSION, code.pin, code.routing, "Firefox", system, CustomerKind.PAGE, list(means))


async def test_a_page_is_asked_for_its_screen_only_and_gets_the_programs_link(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RelaySocket, "_first_words", as_a_page)
    async with running_relay(tmp_path) as relay:
        offer_program(relay)
        with running_console(relay.url) as console:
            async with (
                console_page(browser, console.link) as page,
                hostile_applet(relay.url, (await make_pin(page, "Hélène")).replace(" ", "")) as applet,
            ):
                await applet.connected()
                await expect(page.get_by_role("button", name="Request viewing")).to_be_visible()
                await expect(page.get_by_role("button", name="Request control")).to_have_count(0)
                await expect(page.get_by_text("Hélène joined in a browser, which can show")).to_be_visible()

                await page.get_by_role("button", name="Request viewing").click()
                asked = await applet.hear(Ask)
                assert asked.access is Access.VIEW
                applet.say(Asking(asked.number))
                applet.say(Granted(frozenset({Access.VIEW})))
                applet.say(Answered(asked.number, True))
                toolbar = page.get_by_role("toolbar")
                await expect(toolbar.get_by_role("button", name="Control…")).to_be_visible()
                await expect(toolbar.get_by_role("button", name="Request the clipboard")).to_have_count(0)

                await toolbar.get_by_role("button", name="Control…").click()
                await page.get_by_role("button", name="Send the program’s link in the chat").click()
                line = await applet.hear(Chat)
                assert "?program#" in line.text, "the page behind it shows that way at once"
                sent = read_code(line.text.split()[-1], None)
                assert sent.relay == relay.url
                assert sent.pin, "the session goes on by it: a link would begin another one"
                await expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.req("CHAT-03")
@pytest.mark.parametrize(("system", "runs_program"), [("Linux", True), ("Android", False)])
async def test_who_can_only_chat_is_offered_nothing_else_and_the_program_where_it_runs(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, *, runs_program: bool
) -> None:
    monkeypatch.setattr(RelaySocket, "_first_words", partialmethod(as_a_page, system, ["chat"]))
    async with running_relay(tmp_path) as relay:
        offer_program(relay)
        with running_console(relay.url) as console:
            async with (
                console_page(browser, console.link) as page,
                hostile_applet(relay.url, (await make_pin(page, "Hélène")).replace(" ", "")) as applet,
            ):
                await applet.connected()
                await expect(page.get_by_text("A chat with Hélène")).to_be_visible()
                await expect(page.get_by_text("Hélène joined in a browser that can only chat.")).to_be_visible()
                await expect(page.get_by_role("button", name="Request")).to_have_count(0)
                send = page.get_by_role("button", name="Send the program’s link in the chat")
                await expect(send).to_have_count(int(runs_program))
                if not runs_program:
                    await expect(
                        page.get_by_text("it does not run on Android. It runs on Linux (X11).")
                    ).to_be_visible()
                await page.get_by_label("Message to Hélène").fill("Hello")
                await page.keyboard.press("Enter")
                assert (await applet.hear(Chat)).text == "Hello"
                assert await violations(page) == []


async def test_a_phone_in_a_chat_is_said_to_have_a_camera(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RelaySocket, "_first_words", partialmethod(as_a_page, "Android", ["camera", "chat"]))
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as console:
            async with console_page(browser, console.link) as page:
                await page.get_by_role("button", name="New session", exact=True).first.click()
                await expect(page.get_by_role("dialog")).to_contain_text("and their camera from a phone.")
                await page.get_by_role("switch", name="Start as a chat").check()
                await page.get_by_role("button", name="Create PIN").click()
                await expect(page.locator(".pin")).to_be_visible()
                pin = "".join(await page.locator(".pin span").all_inner_texts())
                async with hostile_applet(relay.url, pin) as applet:
                    await applet.connected()
                    await expect(page.get_by_role("button", name="Request the camera")).to_be_visible()
                    await expect(page.get_by_text("A phone can show its camera, but not its screen")).to_be_visible()
                    await expect(page.get_by_text("can only chat")).to_have_count(0)
