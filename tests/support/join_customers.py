"""A customer in a browser: the relay's page /join in a Chromium with a window, which really captures its display."""

import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import as_strided
from playwright.async_api import ConsoleMessage, Locator, Page, async_playwright, expect

from codec.picture.diff import Frame
from codec.picture.plane_layers import CapturedPlanes
from tests.support.browsers import CHROMIUM
from tests.support.xvfb import VirtualDisplay

WHOLE_SCREEN = "--auto-select-desktop-capture-source=Entire screen"
"""What chooses in the browser's picker in the customer's place."""
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--window-size=1000,700")
_KEEP_STREAM = """
const devices = navigator.mediaDevices, choose = devices?.getDisplayMedia.bind(devices);
globalThis.refused = 0;
if (devices) devices.getDisplayMedia = (options) => choose(options).then(
  (stream) => globalThis.captured = stream,
  (error) => { refused += 1; throw error; },
);
"""
_PIXELS = """async () => {
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = captured.clone();
    await video.play();
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    for (const track of video.srcObject.getTracks()) track.stop();
    let text = "";
    for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
    return [btoa(text), width, height];
}"""

_PLANES = """async () => {
    const track = captured.getVideoTracks()[0].clone();
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    const { value: frame } = await reader.read();
    track.stop();
    const data = new Uint8Array(frame.allocationSize());
    const layout = await frame.copyTo(data);
    const { format, visibleRect: { width, height }, colorSpace: { matrix, fullRange } } = frame;
    frame.close();
    let text = "";
    for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
    return [btoa(text), width, height, layout, `${format} ${matrix} ${fullRange}`];
}"""


@dataclass
class JoinCustomer:
    """A customer in front of the page."""

    page: Page
    url: str
    expected: list[str] = field(default_factory=list)

    def may_log(self, *words: str) -> None:
        """What the page logs with one of these words is meant to happen."""
        self.expected.extend(words)

    def unexpected(self, logged: list[str]) -> list[str]:
        """Return what of this was not meant to be logged."""
        return [each for each in logged if not any(word in each for word in self.expected)]

    async def enter(self, code: str) -> None:
        """Type a PIN, or paste a link."""
        await self.page.get_by_label("PIN or link").fill(code)
        await self.page.get_by_role("button", name="Continue").click()

    async def can_say_yes(self) -> None:
        """Wait until a yes counts: in a question's first second it does not."""
        await expect(self._yes).to_be_enabled()

    async def says_yes(self) -> None:
        """Agree to show the screen."""
        await self._yes.click()

    @property
    def _yes(self) -> Locator:
        return self.page.get_by_role("button", name="Yes, choose what to show")

    async def captured(self) -> Frame:
        """Return what the browser captures at this moment, as B, G, R and a fourth byte."""
        text, width, height = await self.page.evaluate(_PIXELS)
        pixels = np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)
        return pixels[..., [2, 1, 0, 3]]

    async def captured_planes(self) -> CapturedPlanes:
        """Return what the browser captures at this moment, as it has it (I420, BT.601 of limited range)."""
        text, width, height, layout, form = await self.page.evaluate(_PLANES)
        assert form == "I420 smpte170m false"
        data = np.frombuffer(base64.b64decode(text), np.uint8)
        half = -(-height // 2), -(-width // 2)
        planes = (
            as_strided(data[place["offset"] :], size, (place["stride"], 1)).copy()
            for place, size in zip(layout, ((height, width), half, half), strict=True)
        )
        return CapturedPlanes(*planes)

    async def writes(self, text: str) -> None:
        """Write a line to the technician."""
        await self.page.get_by_placeholder("Write to").fill(text)
        await self.page.keyboard.press("Enter")


def is_error(said: ConsoleMessage) -> bool:
    """Whether the page's console says that something is wrong."""
    return said.type == "error"


@asynccontextmanager
async def join_customer(
    display: VirtualDisplay, relay: str, folder: Path, arguments: Sequence[str] = (WHOLE_SCREEN,)
) -> AsyncIterator[JoinCustomer]:
    """Open the page. Anything that it logs as an error fails the test."""
    errors: list[str] = []
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            str(folder / "profile"),
            executable_path=CHROMIUM,
            headless=False,
            no_viewport=True,
            env={**display.env},
            args=[*ARGUMENTS, *arguments],
        )
        await context.add_init_script(_KEEP_STREAM)
        page = context.pages[0]
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if is_error(said) else None)
        try:
            await page.goto(f"{relay}/join")
            customer = JoinCustomer(page, relay)
            yield customer
            unexpected = customer.unexpected(errors)
            assert unexpected == [], unexpected
        finally:
            await context.close()
