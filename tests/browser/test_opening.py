"""F15: a real browser gets in by the file that it is opened with, and who comes second with a code is told."""

import asyncio
import re
import shlex
from pathlib import Path

from playwright.async_api import Browser, expect

from console.page.browser import OpeningFile
from tests.support.consoles import running_console
from tests.support.relays import free_port

NO_RELAY = "http://127.0.0.1:9"


async def test_the_file_leads_into_the_page_and_the_code_leaves_the_address(browser: Browser, tmp_path: Path) -> None:
    with running_console(NO_RELAY, "--recordings", str(tmp_path / "recordings")) as console:
        opening = OpeningFile(console.link, tmp_path)
        page = await browser.new_page()
        await page.goto(opening.path.as_uri())
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        assert page.url == console.link.partition("#")[0]
        stranger = await (await browser.new_context()).new_page()
        await stranger.goto(console.link)
        await expect(stranger.get_by_role("alert")).to_contain_text("This link was already used at ")
        opening.remove()
        assert not opening.path.parent.exists()


async def test_a_fresh_address_opens_the_page_in_a_tab_that_was_refused(browser: Browser, tmp_path: Path) -> None:
    with running_console(NO_RELAY, "--recordings", str(tmp_path / "recordings")) as console:
        first = await browser.new_page()
        await first.goto(console.link)
        await expect(first.get_by_role("button", name="Sign in")).to_be_visible()
        assert console.process.stdout is not None
        fresh = console.process.stdout.readline().split()[-1]
        second = await (await browser.new_context()).new_page()
        await second.goto(console.link)
        await expect(second.get_by_role("alert")).to_contain_text("This link was already used at ")
        await second.goto(fresh)
        await expect(second.get_by_role("button", name="Sign in")).to_be_visible()
        assert second.url == fresh.partition("#")[0]


async def test_a_tab_without_a_code_is_not_told_of_a_link_that_was_used(browser: Browser, tmp_path: Path) -> None:
    with running_console(NO_RELAY, "--recordings", str(tmp_path / "recordings")) as console:
        page = await browser.new_page()
        await page.goto(console.link.partition("#")[0])
        await expect(page.get_by_role("heading")).to_have_text("This tab is not connected to Deskside Console")
        await expect(page.get_by_text("If Deskside Console is open in another tab, use that one.")).to_be_visible()
        told = page.get_by_text(re.compile("run .*--listen .* open in a terminal"))
        await expect(told).to_be_visible()
        await expect(page.get_by_role("alert")).to_have_count(0)
        command = (await told.inner_text()).partition(" run ")[2].partition(" in a terminal")[0]
        *start, opens = shlex.split(command)
        opening = await asyncio.create_subprocess_exec(*start, "--no-browser", opens, stdout=asyncio.subprocess.PIPE)
        said, _ = await asyncio.wait_for(opening.communicate(), 30)
        await page.goto(said.decode().split()[-1])
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_a_tab_of_a_console_that_was_restarted_says_so(browser: Browser, tmp_path: Path) -> None:
    listen = f"127.0.0.1:{free_port()}"
    options = ("--recordings", str(tmp_path / "recordings"), "--listen", listen)
    page = await browser.new_page()
    with running_console(NO_RELAY, *options) as console:
        await page.goto(console.link)
        await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    with running_console(NO_RELAY, *options):
        await expect(page.get_by_role("heading")).to_have_text("Deskside Console was restarted", timeout=10_000)
        await expect(page.get_by_text("Close it and use the new tab.")).to_be_visible()
        await expect(page.get_by_role("alert")).to_have_count(0)
