"""F38: a session that comes without a secret while one is awaited opens only with the technician's yes, in the page."""

from pathlib import Path

from playwright.async_api import Browser, Page, expect

from codec.wire.api_types import Method, SessionState
from codec.wire.signals import Enter, Leave, Leaving, State
from tests.support.consoles import console_page, make_pin, running_console
from tests.support.relays import running_relay


async def _secured_link(page: Page) -> None:
    await page.get_by_role("button", name="New session", exact=True).first.click()
    await page.locator(".seg-item", has_text="Link").click()
    await page.get_by_role("button", name="Create link").click()
    await expect(page.locator(".link-text")).to_be_visible()
    await page.get_by_role("button", name="Done").click()


async def test_f38_the_page_asks_before_it_opens_a_session_without_a_secret(browser: Browser, tmp_path: Path) -> None:
    recordings = str(tmp_path / "recordings")
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url, "--recordings", recordings) as console:
            async with console_page(browser, console.link, viewport={"width": 1280, "height": 800}) as page:
                await _secured_link(page)
                elsewhere = await relay.make_code(Method.PIN, "Hélène Fournier")
                async with relay.applet(Enter(2, pin=elsewhere.pin, computer="PC")) as applet:
                    await applet.hear()
                    dialog = page.get_by_role("dialog", name="Open this session without a secret?")
                    await page.get_by_role("button", name="Pick up").first.click()
                    await expect(dialog).to_contain_text("Hélène Fournier joined without one")
                    await expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
                    await page.keyboard.press("Escape")
                    await expect(dialog).to_be_hidden()
                    await page.get_by_role("button", name="Pick up").first.click()
                    await dialog.get_by_role("button", name="Open without a secret").click()
                    await expect(page.get_by_role("button", name="End session")).to_be_visible()


async def test_a_plain_pin_of_this_console_opens_unasked_while_a_link_is_unused(
    browser: Browser, tmp_path: Path
) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url, "--recordings", str(tmp_path / "recordings")) as console:
            async with console_page(browser, console.link, viewport={"width": 1280, "height": 800}) as page:
                await _secured_link(page)
                pin = (await make_pin(page, "Hélène Fournier")).replace(" ", "")
                async with relay.applet(Enter(2, pin=pin, computer="PC")) as applet:
                    await applet.hear()
                    await expect(page.get_by_role("button", name="End session")).to_be_visible()
                    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_session_whose_secret_is_gone_can_be_ended_from_the_list(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        code = await relay.make_code(Method.LINK, "Hélène Fournier")  # by another console
        assert code.path is not None
        with running_console(relay.url, "--recordings", str(tmp_path / "recordings")) as console:
            async with (
                console_page(browser, console.link, viewport={"width": 1280, "height": 800}) as page,
                relay.applet(Enter(2, link=code.path.rpartition("/")[2], computer="PC")) as applet,
            ):
                await page.get_by_role("button", name="Pick up").click()
                dialog = page.get_by_role("dialog", name="The session with Hélène Fournier cannot be opened")
                await expect(dialog).to_contain_text("Only the console that created this PIN or link knows its secret")
                await dialog.get_by_role("button", name="End session").click()
                await expect(dialog).to_be_hidden()
                while (await applet.hear_a(State)).state is not SessionState.CLOSED_BY_TECHNICIAN:
                    pass


async def test_after_wrong_extra_digits_the_page_speaks_of_no_tries_and_of_no_screen_that_was_seen(
    browser: Browser, tmp_path: Path
) -> None:
    """A PIN lets in once: the same PIN with the right digits is refused by the relay."""
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url, "--recordings", str(tmp_path / "recordings")) as console:
            async with console_page(browser, console.link, viewport={"width": 1280, "height": 800}) as page:
                await page.get_by_role("button", name="New session", exact=True).first.click()
                await page.get_by_text("Add four secret digits").click()
                await page.get_by_role("button", name="Create PIN").click()
                await expect(page.locator(".pin").first).to_be_visible()
                pin = "".join(await page.locator(".pin span").all_inner_texts()).replace(" ", "")[:6]
                digits = await page.locator(".pin .extra").inner_text()
                async with relay.applet(Enter(2, pin=pin, computer="PC")) as applet:
                    await relay.enter(applet)
                    await expect(page.get_by_role("button", name="End session")).to_be_visible(timeout=10_000)
                    to_read = page.get_by_role("img", name=f"Extra digits {' '.join(digits)}")
                    await expect(to_read, "the customer may be asked for them now").to_be_visible()
                    await applet.say(Leave(Leaving.SECRETS_DIFFER))
                    head = page.locator(".sess-head")
                    await expect(head).to_contain_text("Wrong extra digits")
                    await expect(head.get_by_role("status")).to_contain_text("The extra digits or the link were wrong")
                    await expect(head.locator(".state--failed")).to_be_visible()
                    await expect(page.get_by_text("The customer’s screen was not shared.")).to_be_visible()
                    await expect(page.get_by_text("Tries left")).to_have_count(0)
