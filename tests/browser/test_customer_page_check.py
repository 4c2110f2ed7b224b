"""The technician is told of a page for customers that is not the released one, and accepts their organisation's own."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from relay.pages import join
from relay.pages.built_page import BuiltFile, BuiltPage, read_page
from tests.support.consoles import console_page, running_console
from tests.support.relays import running_relay


def changed() -> BuiltPage:
    """The page with one byte more in one file."""
    page = read_page()
    content = page.files["index.html"].content + b" "
    other = BuiltFile(content, None, "text/html", "0" * 64)
    return BuiltPage({**page.files, "index.html": other}, {**page.indexes, "en": other}, page.checks, page.manifest)


async def test_a_changed_page_is_told_at_sign_in_until_it_is_accepted(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page_served = changed()
    monkeypatch.setattr(join.JoinPage.__init__, "__defaults__", (lambda: page_served,))
    async with running_relay(tmp_path) as relay:
        with running_console(relay.url, "--data", str(tmp_path / "data")) as console:
            async with console_page(browser, console.link) as page:
                told = page.get_by_role("alert").filter(has_text="gives customers another page than the released one")
                await expect(told).to_be_visible()
                await told.get_by_role("button", name="Accept this page").click()
                await expect(told).to_be_hidden()
                await page.reload()
                await expect(page.get_by_role("heading", name="Sessions")).to_be_visible()
                await expect(told).to_be_hidden()
