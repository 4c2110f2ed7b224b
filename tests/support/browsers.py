"""Debian's Chromium, driven by Playwright."""

from playwright.async_api import Browser, Playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


async def chromium(playwright: Playwright) -> Browser:
    """Start it without a window."""
    return await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
