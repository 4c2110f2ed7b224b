"""A web site of another origin has a channel's form, and customers come from it into the queue."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from tests.browser.test_custom_fields import shot
from tests.browser.test_pages import violations
from tests.relay.sessions.test_custom_fields import ROWS
from tests.support.channels import address_of, assign, choose, make_desk
from tests.support.consoles import console_page, running_console
from tests.support.join_customers import join_customer
from tests.support.relays import EMAIL, PASSWORD, RunningRelay, free_port, running_relay
from tests.support.xvfb import virtual_display

TYPED = {"Name": "Lars \u202eEriksson", "Staff number": '<img src=x onerror="document.title=1">'}


@asynccontextmanager
async def site(code: str) -> AsyncIterator[str]:
    """Serve a web site with this code in its page; return the address, which is of another site than the relay's."""

    async def page(_request: web.Request) -> web.Response:
        text = f'<!doctype html><html lang="en"><title>Support</title><h1>Support</h1>{code}'
        return web.Response(text=text, content_type="text/html")

    async def no_icon(_request: web.Request) -> web.Response:
        return web.Response(status=204)

    app = web.Application()
    app.router.add_get("/", page)
    app.router.add_get("/favicon.ico", no_icon)
    runner, port = web.AppRunner(app), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://localhost:{port}/"  # the relay is at 127.0.0.1, so that this is cross-site
    finally:
        await runner.cleanup()


async def desk(relay: RunningRelay) -> None:
    """Have Bob serve channel 1, which asks for a staff number."""
    group, *_people = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    await relay.call("PATCH", "/settings/organisation/0", {"values": {"fields.1": "Staff number", "fields.2": "Floor"}})
    await choose(relay, 1, {"channel_fields.fields": ROWS})


async def code_of(browser: Browser, relay: RunningRelay) -> str:
    """Return the code as the Admin Center gives it to be copied."""
    page = await browser.new_page()
    await page.goto(f"{relay.url}/admin/channels/channel-1")
    await sign_in_at(page)
    await page.goto(f"{relay.url}/admin/channels/channel-1")
    code = await page.get_by_role("textbox", name="Form for your web site").input_value()
    await expect(page.locator(".form-preview").get_by_text("Staff number")).to_be_visible()
    await shot(page, "admin")
    assert await violations(page) == []
    await page.close()
    return code


async def sign_in_at(page: Page) -> None:
    """Sign in to the Admin Center."""
    await page.get_by_label("E-mail").fill(EMAIL)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("navigation").first).to_be_visible()


@pytest.mark.req("CHAN-29", "CHAN-31", "CHAN-33", "CHAN-34", "CHAN-35", "FIELD-05", "SESS-41")
async def test_a_customer_comes_from_a_form_of_another_site(browser: Browser, tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay, join_customer(display, relay.url, tmp_path) as customer:
            await desk(relay)
            async with site(await code_of(browser, relay)) as address:
                with running_console(relay.url) as process:
                    async with console_page(browser, process.link, email=address_of("Bob")) as bobs:
                        page = customer.page
                        await page.goto(address)
                        for label, value in TYPED.items():
                            await page.get_by_label(label).fill(value)
                        await page.get_by_label("Floor").select_option("Second")
                        await page.get_by_role("button", name="Get help").click()
                        await expect(page.get_by_role("heading", name="Northwind IT will help you")).to_be_visible()
                        assert page.url == f"{relay.url}/join", "nothing that was typed is in the address"
                        assert page.context.pages == [page], "it is the same window"
                        row = bobs.get_by_role("row").filter(has_text="Lars Eriksson")
                        await expect(row).to_contain_text(TYPED["Staff number"])
                        await expect(row).to_contain_text("Second")
                        await shot(bobs, "queue")
                        await page.reload()
                        await expect(
                            page.get_by_role("heading", name="You are waiting for a technician")
                        ).to_be_visible()
                        await bobs.get_by_role("button", name="Pick up").click()
                        await expect(page.get_by_role("heading", name="Bob is here")).to_be_visible()
                        assert await page.title() != "1"
                        assert await bobs.title() != "1"


@pytest.mark.req("CHAN-28", "CHAN-35", "FIELD-14")
@pytest.mark.parametrize("script", [True, False])
async def test_what_is_missing_is_asked_for_with_what_was_typed_kept(
    browser: Browser, tmp_path: Path, script: bool
) -> None:
    async with running_relay(tmp_path) as relay:
        await desk(relay)
        code = (await code_of(browser, relay)).replace(" required", "")  # an old copy, or one that was edited
        context = await browser.new_context(java_script_enabled=script)
        page = await context.new_page()
        async with site(code) as address:
            await page.goto(address)
            await page.get_by_label("Name").fill(TYPED["Name"])
            await page.get_by_label("Floor").select_option("Second")
            await page.get_by_role("button", name="Get help").click()
            number = page.get_by_label("Staff number")
            await expect(number).to_have_attribute("aria-invalid", "true")
            await expect(page.get_by_role("alert")).to_have_text("Fill in this field.")
            await expect(page.get_by_label("Name")).to_have_value(TYPED["Name"])
            await expect(page.get_by_label("Floor")).to_have_value("Second")
            await shot(page, f"missing-{script}")
            if script:
                await expect(number).to_be_focused()
                assert await violations(page) == []
                for name, size in (("phone", {"width": 390, "height": 844}), ("narrow", {"width": 320, "height": 700})):
                    await page.set_viewport_size({"width": size["width"], "height": size["height"]})
                    assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
                    await shot(page, name)
                await page.emulate_media(color_scheme="dark")
                await shot(page, "dark")
            await number.fill("30117")
            await page.get_by_role("button", name="Continue").click()
            if script:
                await expect(page.get_by_role("heading", name="You are waiting for a technician")).to_be_visible()
            else:
                await expect(page).to_have_url(f"{relay.url}/join?channel=1&answered#{page.url.partition('#')[2]}")
        await context.close()


@pytest.mark.req("CHAN-28")
async def test_who_filled_in_too_long_ago_fills_in_again(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        await desk(relay)
        page = await browser.new_page()
        await page.goto(f"{relay.url}/join?channel=1&answered#{'x' * 43}")
        await expect(page.get_by_text("Your answers were no longer kept")).to_be_visible()
        await expect(page.get_by_label("Staff number")).to_be_visible()
        assert unescape(page.url) == f"{relay.url}/channel/1?again"
        await page.close()
