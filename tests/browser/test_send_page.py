"""A technician sends a customer to a page: they read its whole address, and it opens when they choose it."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from codec.wire.messages import SendUrl, pack
from console.page import messages as said
from tests.browser.test_pages import violations
from tests.support.consoles import console_page, make_pin, open_chat, running_console
from tests.support.join_customers import join_customer
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.staff import BOB, make_technician
from tests.support.technicians import technician
from tests.support.xvfb import virtual_display


@pytest.mark.req("CONS-50", "CONS-51", "PERM-09")
async def test_a_page_is_sent_and_opens_after_a_click(browser: Browser, tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay, join_customer(display, relay.url, tmp_path) as customer:
            address = f"{relay.url}/who-sees-what"
            with running_console(relay.url, "--recordings", str(tmp_path / "recordings")) as process:
                async with console_page(browser, process.link, viewport={"width": 1280, "height": 800}) as console:
                    await console.get_by_role("button", name="Predefined replies").click()
                    await console.get_by_role("tab", name="Web addresses").click()
                    await console.get_by_role("button", name="Add new").click()
                    await console.get_by_label("Name").fill("Who sees what")
                    await console.get_by_label("Address", exact=True).fill(address)
                    await console.get_by_role("button", name="Save").click()
                    await console.get_by_role("button", name="All sessions").click()
                    page = customer.page
                    await page.goto(f"{relay.url}/join")
                    await customer.enter(await make_pin(console, "Hélène"))
                    await expect(page.get_by_role("heading", name="Anna de Vries is here")).to_be_visible()
                    await open_chat(console)
                    await console.get_by_role("button", name="Send a web page").click()
                    dialog = console.get_by_role("dialog")
                    await expect(dialog.get_by_label("Address")).to_be_focused()
                    await expect(dialog.locator(f"option[value='{address}']")).to_have_count(1)
                    await console.keyboard.type("javascript:alert(1)")
                    await console.keyboard.press("Enter")
                    await expect(dialog.get_by_role("alert")).to_contain_text("This is not the address of a web page.")
                    assert await violations(console) == []
                    await dialog.get_by_label("Address").fill(address)
                    await console.keyboard.press("Enter")
                    await expect(dialog).to_have_count(0)
                    await expect(console.get_by_role("log")).to_contain_text(address)

                    link = page.get_by_role("log").get_by_role("link", name=address)
                    await expect(link).to_be_visible()
                    assert len(page.context.pages) == 1, "it opens after a click only"
                    assert await violations(page) == []
                    async with page.context.expect_page() as opened:
                        await link.click()
                    assert (await opened.value).url == address
                    assert await (await opened.value).evaluate("opener === null")
                    await (await opened.value).close()


@pytest.mark.req("PERM-09")
async def test_without_the_permission_nothing_is_sent(tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay, join_customer(display, relay.url, tmp_path) as customer:
            await make_technician(relay.settings, ["send_urls"])
            async with technician(relay.url, email=BOB) as bob:
                await customer.page.goto(f"{relay.url}/join")
                await customer.enter(await spoken_code(bob))
                await picked_up(bob)
                await expect(customer.page.get_by_role("heading", name="Bob is here")).to_be_visible()
                bob.send(SendUrl("https://help.example/1", 1))
                bob.send_raw(pack(SendUrl("https://help.example/2", 2)))
                bob.say(said.Say(bob.session, "still here"))
                log = customer.page.get_by_role("log")
                await expect(log).to_contain_text("still here")
                await expect(log).not_to_contain_text("help.example")
                assert not [each for each in bob.heard if "help.example" in (getattr(each, "text", None) or "")]
