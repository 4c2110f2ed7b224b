"""The console's page as people use it: by keyboard, several sessions at once, in two languages, and for everybody."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from codec.wire.api_types import Method
from codec.wire.signals import Refused
from tests.rehearsal.prepare import ROOT
from tests.support.applets import headless_applet
from tests.support.consoles import ConsoleProcess, console_page, make_pin, running_console, sign_in
from tests.support.relays import PASSWORD, RunningRelay, enter_with, running_relay
from tests.support.xvfb import end, virtual_display

SETTLED = """Promise.allSettled(
  document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime < Infinity)
    .map((each) => each.finished)
)"""
"""Waits for all transitions that end."""
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").as_posix()
VIEWPORT = {"width": 1280, "height": 800}


@asynccontextmanager
async def console(browser: Browser, folder: Path) -> AsyncIterator[tuple[RunningRelay, ConsoleProcess, Page]]:
    """A page that is signed in."""
    async with running_relay(folder) as relay:
        with running_console(relay.url) as process:
            async with console_page(browser, process.link, viewport=VIEWPORT) as page:
                yield relay, process, page


async def violations(page: Page) -> list[str]:
    """Return what axe-core objects to, once colours have changed all the way from one theme to the other."""
    await page.evaluate(SETTLED)
    source = Path(AXE).read_text()  # noqa: ASYNC240  (a test's own file)
    await page.evaluate(source)
    found: dict[str, Any] = await page.evaluate("axe.run()")
    return [f"{each['id']}: {node['html']}" for each in found["violations"] for node in each["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_on_any_page(browser: Browser, tmp_path: Path, theme: str) -> None:
    with virtual_display() as display:
        async with console(browser, tmp_path) as (relay, _, page):
            await page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            assert await violations(page) == []
            pin = await make_pin(page, "Hélène Fournier")
            assert await violations(page) == []
            with headless_applet(display, relay.url, pin):
                await page.get_by_role("button", name="Request control").click(timeout=20_000)
                await expect(page.locator("canvas")).to_be_visible()
                assert await violations(page) == []
                await page.get_by_role("button", name="Chat and details").click()
                for each in ("Chat", "Events", "Details"):
                    await page.get_by_role("tab", name=each).click()
                    assert await violations(page) == []
                language = page.locator(".details dt:text-is('Language') + dd")
                await expect(language).to_have_text(re.compile("^[A-Z][a-z]{3,}"))  # its name, not its code
                await page.get_by_role("button", name="Show the session list").click()
                assert await violations(page) == []


async def test_a_new_session_is_made_by_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    async with console(browser, tmp_path) as (_, _, page):
        await page.get_by_role("button", name="New session").first.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#field-0")).to_be_focused()
        await page.keyboard.type("Hélène")
        await page.keyboard.press("Enter")
        await expect(page.locator(".pin")).to_be_visible()
        await expect(page.get_by_role("button", name="Copy PIN")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Copied")).to_be_visible()
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert len(copied.replace(" ", "")) == 6
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(page.get_by_text("Waiting to be used")).to_be_visible()


@pytest.mark.req("SESS-33")
async def test_a_link_carries_its_secret_behind_the_hash_only(browser: Browser, tmp_path: Path) -> None:
    async with console(browser, tmp_path) as (relay, _, page):
        await page.get_by_role("button", name="New session").first.click()
        await page.locator(".seg-item", has_text="Link").click()
        await page.get_by_role("button", name="Create link").click()
        link = await page.locator(".link-text").inner_text()
        assert link.startswith(f"{relay.url}/s/")
        path, _, secret = link.partition("#")
        _, codes = await relay.call("GET", "/codes")
        assert len(secret) >= 20
        assert secret not in str(codes)
        assert path.removeprefix(relay.url) in str(codes)


@pytest.mark.req("COMP-13", "CONS-07")
async def test_two_sessions_are_in_the_rail_and_closing_a_view_ends_nothing(browser: Browser, tmp_path: Path) -> None:
    with virtual_display() as display:
        async with console(browser, tmp_path) as (relay, _, page):
            with (
                headless_applet(display, relay.url, await make_pin(page, "First Customer")),
                headless_applet(display, relay.url, await _second(page)),
            ):
                await expect(tab(page, "Second Customer")).to_be_visible(timeout=20_000)
                await page.get_by_role("button", name="Close this view and continue the session").click()
                await expect(tab(page, "Second Customer")).to_have_count(0)
                await expect(tab(page, "First Customer")).to_have_attribute("aria-current", "page")
                await page.get_by_role("button", name="Show the session list").click()
                await expect(page.get_by_role("navigation", name="Open sessions")).to_have_count(0)
                await page.get_by_role("complementary", name="Session list").get_by_text("Second Customer").click()
                await expect(page.get_by_role("heading", name="Second Customer")).to_be_visible()


def tab(page: Page, name: str) -> Locator:
    """The button of an open session in the rail."""
    return page.get_by_role("navigation", name="Open sessions").get_by_role("button", name=name)


async def _second(page: Page) -> str:
    await expect(tab(page, "First Customer")).to_be_visible(timeout=20_000)
    return await make_pin(page, "Second Customer")


async def test_a_hostile_name_is_text_and_a_code_that_was_used_is_told(browser: Browser, tmp_path: Path) -> None:
    async with console(browser, tmp_path) as (relay, _, page):
        code = await relay.make_code(Method.PIN, "<script>alert(1)</script>")
        async with relay.applet(enter_with(code)) as applet:
            await relay.enter(applet)
            await expect(page.get_by_text("<script>alert(1)</script>")).to_be_visible()
        await expect(page.get_by_text("FRONT-DESK-2, Debian 12")).to_be_visible()
        async with relay.applet(enter_with(code)) as late:
            assert isinstance(await late.hear(), Refused)
        await expect(page.get_by_text("A customer tried a PIN or link that was used before.")).to_be_visible()


async def test_dutch_from_the_menu_and_after_a_reload(browser: Browser, tmp_path: Path) -> None:
    async with console(browser, tmp_path) as (_, _, page):
        await page.get_by_role("button", name="Appearance and language").click()
        await page.get_by_role("menuitemradio", name="Nederlands").click()
        await expect(page.get_by_role("heading", name="Sessies")).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("heading", name="Sessies")).to_be_visible()
        assert await page.evaluate("document.documentElement.lang") == "nl"


async def test_wrong_sign_in_is_told_and_a_used_address_opens_nothing(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as process:
            page = await browser.new_page()
            await page.goto(process.link)
            await page.get_by_label("E-mail address").fill("anna@northwind.example")
            await page.get_by_label("Password").fill("wrong")
            await page.get_by_role("button", name="Sign in").click()
            await expect(page.get_by_role("alert")).to_be_visible()
            assert await violations(page) == []
            await sign_in(page, PASSWORD)
            other = await browser.new_context()
            stranger = await other.new_page()
            await stranger.goto(process.link)
            await expect(stranger.get_by_role("heading", name="This link was already used")).to_be_visible()
            assert await violations(stranger) == []
            await other.close()


async def test_a_console_program_that_is_gone_is_said(browser: Browser, tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url) as process:
            page = await browser.new_page()
            await page.goto(process.link)
            await sign_in(page)
            end(process.process)
            await expect(page.get_by_role("alert")).to_contain_text("Deskside Console is not running")
