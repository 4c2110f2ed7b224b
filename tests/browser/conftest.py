"""One browser for all tests of a run; each test opens pages of its own."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.support.browsers import chromium


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser that is closed in the end."""
    async with async_playwright() as playwright:
        opened = await chromium(playwright)
        yield opened
        await opened.close()
