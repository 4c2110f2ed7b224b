"""`make run` itself: its processes, its customer, and a newcomer who opens the console in a browser."""

from pathlib import Path

import psutil
import pytest
from playwright.async_api import async_playwright, expect

from tests.support.browsers import chromium
from tests.support.consoles import console_page, make_pin, open_chat
from tests.support.rehearsals import rehearsal
from tests.support.xvfb import end


@pytest.mark.finding("use-A2")
async def test_a_newcomer_sees_types_and_chats_and_ctrl_c_ends_every_process(tmp_path: Path) -> None:
    async with async_playwright() as playwright:
        browser = await chromium(playwright)
        with rehearsal(tmp_path) as running:
            async with console_page(browser, running.link, password=running.password) as page:
                await page.get_by_role("button", name="New session", exact=True).first.click()
                await expect(page.get_by_role("dialog")).to_contain_text("the help program, which runs on Linux (X11).")
                await page.keyboard.press("Escape")
                await make_pin(page, "Hélène Fournier")
                await page.get_by_role("button", name="Request control").click(timeout=20_000)
                await expect(page.locator("canvas")).to_be_visible(timeout=10_000)
                await expect(page.get_by_role("button", name="Control", exact=True)).to_be_visible()
                await open_chat(page)
                await page.get_by_label("Message to").fill("Can you read me?")
                await page.keyboard.press("Enter")
                await expect(page.get_by_text("Hello! Yes, I can read you.")).to_be_visible(timeout=10_000)
            children = psutil.Process(running.process.pid).children(recursive=True)
            assert len(children) >= 6
            end(running.process, 15.0)
            assert not [child for child in children if _lives(child)]


def _lives(process: psutil.Process) -> bool:
    """A zombie has ended; it only waits for a parent that asks."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
