"""A Lens session from the dialog to the picture: a real console, and a customer with a phone."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.test_pages import violations
from tests.support.applets import headless_applet
from tests.support.consoles import console_page, running_console
from tests.support.phones import phone
from tests.support.relays import running_relay
from tests.support.staff import BOB, make_technician
from tests.support.xvfb import virtual_display


async def lens_pin(console: Page) -> str:
    """Make a PIN for a Lens session, and read it out."""
    await console.get_by_role("button", name="New session", exact=True).first.click()
    await console.get_by_text("Lens, phone camera").click()
    await expect(console.get_by_role("switch", name="Start as a chat")).to_have_count(0)
    assert await violations(console) == []
    await console.get_by_role("button", name="Create PIN").click()
    await expect(console.locator(".pin")).to_be_visible()
    return "".join(await console.locator(".pin span").all_inner_texts())


@pytest.mark.req("LENS-04", "LENS-06", "LENS-07", "LENS-08", "LENS-23")
async def test_the_customer_of_a_lens_session_is_asked_for_the_camera_at_once_and_only_once(
    browser: Browser, tmp_path: Path
) -> None:
    async with running_relay(tmp_path) as relay, phone(relay.url) as customer:
        with running_console(relay.url) as process:
            async with console_page(browser, process.link) as console:
                await customer.enter(await lens_pin(console))
                page = customer.page
                await expect(page.get_by_role("button", name="Yes, show my camera")).to_be_enabled(timeout=20_000)
                await expect(console.get_by_text("to answer")).to_be_visible()
                await page.get_by_role("button", name="You can chat").tap()
                await expect(console.get_by_role("button", name="Request the camera again")).to_be_visible()
                for name in ("Request viewing", "Request control", "Send the help program"):
                    await expect(console.get_by_role("button", name=name)).to_have_count(0)

                await page.reload()
                await expect(page.get_by_role("heading", name="Anna de Vries is here")).to_be_visible(timeout=20_000)
                await expect(console.get_by_role("button", name="Request the camera")).to_be_enabled()
                await expect(page.get_by_role("button", name="Yes, show my camera")).to_have_count(0)
                await console.get_by_role("button", name="Request the camera").click()
                await page.get_by_role("button", name="Yes, show my camera").tap()
                await expect(console.locator("canvas")).to_be_visible(timeout=20_000)
                assert await violations(console) == []


async def test_a_customer_who_loads_the_page_again_before_they_answer_is_asked_again(
    browser: Browser, tmp_path: Path
) -> None:
    """The page said that nothing is seen, and the console waited for ever."""
    async with running_relay(tmp_path) as relay, phone(relay.url) as customer:
        with running_console(relay.url) as process:
            async with console_page(browser, process.link) as console:
                await customer.enter(await lens_pin(console))
                page = customer.page
                yes = page.get_by_role("button", name="Yes, show my camera")
                await expect(yes).to_be_visible(timeout=20_000)
                await expect(console.get_by_text("to answer")).to_be_visible()

                await page.reload()
                await expect(yes).to_be_enabled(timeout=20_000)
                await expect(console.get_by_text("to answer")).to_be_visible()
                await yes.tap()
                await expect(console.locator("canvas")).to_be_visible(timeout=20_000)
                await expect(console.get_by_text("to answer")).to_have_count(0)


@pytest.mark.req("LENS-05")
async def test_without_the_permission_no_session_type_is_offered(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        await make_technician(relay.settings, ["lens"])
        with running_console(relay.url) as process:
            async with console_page(browser, process.link, email=BOB) as console:
                await console.get_by_role("button", name="New session", exact=True).first.click()
                await expect(console.get_by_role("button", name="Create PIN")).to_be_visible()
                await expect(console.get_by_text("Lens, phone camera")).to_have_count(0)


async def test_a_computer_without_a_camera_says_what_is_missing_and_what_to_do(
    browser: Browser, tmp_path: Path
) -> None:
    async with running_relay(tmp_path) as relay, phone(relay.url, (), is_phone=False) as customer:
        with running_console(relay.url) as process:
            async with console_page(browser, process.link) as console:
                await customer.enter(await lens_pin(console))
                page = customer.page
                await expect(page.get_by_role("heading", name="No camera was found")).to_be_visible(timeout=20_000)
                await expect(
                    page.get_by_text("Or ask Anna de Vries for a new link, and open it on a phone.")
                ).to_be_visible()
                await page.get_by_role("button", name="Try again").click()
                await expect(page.get_by_role("heading", name="No camera was found")).to_be_visible()
                await page.get_by_role("button", name="Just chat").click()
                await expect(console.get_by_text("has no camera here")).to_be_visible()


async def test_who_comes_to_a_lens_session_without_a_camera_is_told_apart(browser: Browser, tmp_path: Path) -> None:
    """The console said that they had joined in a browser, which could show the screen: neither was so."""
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay:
            with running_console(relay.url) as process:
                async with console_page(browser, process.link) as console:
                    with headless_applet(display, relay.url, await lens_pin(console)):
                        await expect(console.get_by_text("has no camera here")).to_be_visible(timeout=20_000)
                        await expect(console.get_by_text("in a browser")).to_have_count(0)
                        await expect(console.get_by_text("A chat with")).to_have_count(0)
                        assert await violations(console) == []
