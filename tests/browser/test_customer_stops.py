"""The customer stops, or closes the page: the technician's console shows no last picture, and says who did it."""

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.test_instant_chat import made_pin
from tests.browser.test_pages import violations
from tests.support.consoles import console_page, running_console
from tests.support.join_customers import join_customer
from tests.support.relays import running_relay
from tests.support.xvfb import virtual_display

SOON = 5_000
"""A last picture stayed for the 20 s that a page may take to come again."""


async def test_no_last_picture_stays_and_the_console_says_who_stopped_and_who_ended(
    browser: Browser, tmp_path: Path
) -> None:
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay, join_customer(display, relay.url, tmp_path) as customer:
            with running_console(relay.url) as process:
                async with console_page(browser, process.link) as console:
                    await customer.enter(await made_pin(console, starts_as_chat=False))
                    await console.get_by_role("button", name="Request viewing").click()
                    await customer.says_yes()
                    picture = console.locator(".remote-frame canvas")
                    await expect(picture).to_be_visible()
                    await customer.page.get_by_role("button", name="Stop", exact=True).click()
                    await expect(console.locator(".empty")).to_contain_text("Hélène stopped showing the screen")
                    await expect(picture).to_have_count(0)
                    assert await violations(console) == []

                    await console.get_by_role("button", name="Request viewing").click()
                    await customer.says_yes()
                    await expect(picture).to_be_visible()
                    await customer.page.goto(f"{relay.url}/how-to-check")
                    await expect(console.locator(".empty")).to_contain_text("Hélène closed the page", timeout=SOON)
                    await expect(picture).to_have_count(0)
                    assert await violations(console) == []
                    ended = console.locator(".empty", has_text="The session has ended")
                    await expect(ended).to_contain_text(
                        "Hélène closed the page, so the session has ended", timeout=40_000
                    )
                    width = await ended.locator("p").last.evaluate("each => each.getBoundingClientRect().width")
                    assert width < 600, "a line across the whole picture is read by no one"
