"""A customer with a phone: the relay's page /join in a Chromium that says it is one, with a camera of its own."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import ViewportSize, async_playwright

from tests.support.browsers import ARGUMENTS, CHROMIUM
from tests.support.join_customers import JoinCustomer, is_error

PHONE: ViewportSize = {"width": 390, "height": 844}
CAMERA = "--use-fake-device-for-media-stream"
"""A camera of the browser's own: green, with a clock and a circle that runs around."""
TWO_CAMERAS = f"{CAMERA}=device-count=2"
ALLOWS = "--use-fake-ui-for-media-stream"
"""Says yes to the browser's own question."""
_AGENT = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"
_NO_SCREEN = "delete MediaDevices.prototype.getDisplayMedia;"
"""Phones cannot show their screen."""
_KEEP_STREAM = """
const devices = navigator.mediaDevices, open = devices.getUserMedia.bind(devices);
globalThis.opened = [];
const taken = ImageCapture.prototype.takePhoto;
globalThis.photos = [];
ImageCapture.prototype.takePhoto = function (size) {
  photos.push(size);
  return taken.call(this, size);
};
devices.getUserMedia = (options) => open(options).then((stream) => { opened.push(stream); return stream; });
"""


@asynccontextmanager
async def phone(
    relay: str, arguments: Sequence[str] = (CAMERA, ALLOWS), is_phone: bool = True
) -> AsyncIterator[JoinCustomer]:
    """Open the page, of a computer where it is no phone. Anything that it logs as an error fails the test."""
    errors: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *arguments])
        like_a_phone: Any = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "user_agent": _AGENT}
        context = await browser.new_context(**like_a_phone if is_phone else {})
        await context.add_init_script((_NO_SCREEN if is_phone else "") + _KEEP_STREAM)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if is_error(said) else None)
        try:
            await page.goto(f"{relay}/join")
            customer = JoinCustomer(page, relay)
            yield customer
            assert customer.unexpected(errors) == []
        finally:
            await browser.close()
