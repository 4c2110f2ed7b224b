"""The page's decoder is Python's, pixel for pixel: golden streams, bad packets, and its speed."""

import base64
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from aiohttp import web
from playwright.async_api import Browser, Page

from codec.decoder import Decoder
from codec.diff import Frame
from codec.encoder import Encoder
from tests.rehearsal.prepare import UI, node_environment
from tests.support.desktops import DRAG, SCROLL, dragging, scrolling
from tests.support.relays import free_port

SIZES = ((64, 48), (1, 1), (17, 16), (1280, 800), (333, 777))
PICTURES = 8

DECODE = """async (packets) => {
    const { Decoder, BadPacketError, loadZstd } = await import("/decoder.js");
    const decoder = new Decoder(await loadZstd());
    const shown = [];
    for (const packet of packets) {
        const bytes = Uint8Array.from(atob(packet), (character) => character.charCodeAt(0));
        try { await decoder.decode(bytes); } catch (error) {
            if (!(error instanceof BadPacketError)) throw error;
            shown.push("bad packet");
            continue;
        }
        const pixels = new Uint8Array(decoder.pixels.buffer);
        let text = "";
        for (let at = 0; at < pixels.length; at += 32768)
            text += String.fromCharCode(...pixels.subarray(at, at + 32768));
        shown.push(btoa(text));
    }
    return shown;
}"""


@pytest.fixture(scope="module")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The decoder, built alone."""
    folder = tmp_path_factory.mktemp("decoder")
    command = ["npx", "vite", "build", "--mode", "decoder", "--outDir", str(folder), "--logLevel", "error"]
    subprocess.run(command, cwd=UI, check=True, env=node_environment())
    (folder / "index.html").write_text("<!doctype html><title>decoder</title>")
    return folder


@asynccontextmanager
async def page_with(browser: Browser, folder: Path) -> AsyncIterator[Page]:
    """A page from which the decoder can be imported."""
    application = web.Application()
    application.router.add_static("/", folder)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    page = await browser.new_page()
    try:
        await page.goto(f"http://127.0.0.1:{port}/index.html")
        yield page
    finally:
        await page.close()
        await runner.cleanup()


def story(width: int, height: int) -> list[Frame]:
    """Pictures that change in different ways: noise, stripes, a block, everything, one pixel."""
    random = np.random.default_rng(width * height)
    picture = random.integers(0, 255, (height, width, 4), np.uint8)
    pictures = [picture.copy()]
    for turn in range(1, PICTURES):
        y, x = int(random.integers(height)), int(random.integers(width))
        if turn % 3 == 0:
            picture = random.integers(0, 255, (height, width, 4), np.uint8)
        elif turn % 3 == 1:
            picture[y : y + 40, x : x + 90, :3] = turn * 20
            picture[y : y + 40, x : x + 90 : 3, 1] = 7
        else:
            picture[y, x, 0] ^= 1
        pictures.append(picture.copy())
    return pictures


STORIES = {f"{width}x{height}": (lambda size=(width, height): story(*size)) for width, height in SIZES} | {
    "drag": lambda: list(dragging(DRAG)),
    "scroll": lambda: list(scrolling(SCROLL)),
}


@pytest.mark.parametrize("name", STORIES)
async def test_the_page_decodes_what_python_decodes(browser: Browser, decoder: Path, name: str) -> None:
    pictures = STORIES[name]()
    size = (pictures[0].shape[1], pictures[0].shape[0])
    encoder, reference = Encoder(*size), Decoder()
    packets = [packet for picture in pictures if (packet := encoder.encode(picture)) is not None]
    async with page_with(browser, decoder) as page:
        shown = await page.evaluate(DECODE, [base64.b64encode(packet).decode() for packet in packets])
    stride, rows = -(-size[0] // 16) * 16, -(-size[1] // 16) * 16
    for packet, pixels in zip(packets, shown, strict=True):
        wanted = reference.decode(packet)
        got = np.frombuffer(base64.b64decode(pixels), np.uint8).reshape(rows, stride, 4)[: size[1], : size[0]]
        assert (got[..., [2, 1, 0]] == wanted[..., :3]).all()
        assert (got[..., 3] == 255).all()


async def test_damaged_packets_are_named_and_a_whole_picture_repairs_everything(
    browser: Browser, decoder: Path
) -> None:
    encoder = Encoder(64, 48)
    good, update = (encoder.encode(picture) for picture in story(64, 48)[:2])
    assert good is not None
    assert update is not None
    flipped = bytearray(update)
    flipped[14] ^= 0xFF
    bad = [update, b"", good[:9], bytes(flipped[:-3]), b"\x01" + good[1:], good[:2] + b"\xff\xff\xff\xff" + good[6:]]
    packets = [packet for each in bad for packet in (each, good)]
    async with page_with(browser, decoder) as page:
        shown = await page.evaluate(DECODE, [base64.b64encode(packet).decode() for packet in packets])
    assert shown[0::2] == ["bad packet"] * len(bad)
    assert len(set(shown[1::2])) == 1
    assert shown[1] != "bad packet"
