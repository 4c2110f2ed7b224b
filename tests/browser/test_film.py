"""What moves, filmed by a customer's page: frames of every kind that cameras give, and both halves of the decoder."""

import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from numpy.typing import NDArray
from playwright.async_api import Browser

from codec.picture.decoder import Decoder
from codec.picture.packet import HEAD_BYTES, VIDEO_HEAD_BYTES, parse_header
from tests.rehearsal.prepare import ROOT
from tests.support.node import compiled_codec, compiled_join
from tests.support.relays import free_port

FAST, SLOW = 2_000_000, 30_000
"""Bytes per second of a line."""
WIDTH, HEIGHT = 640, 352
ENCODED = 12.0
"""What encoding makes of a colour at most. BT.601 that is taken for BT.709 is 25 off and more."""
PATCH = 80
PAGE = """<!doctype html><title>film</title>
<script type="importmap">{"imports": {"@deskside/codec/": "/codec/"}}</script>
<script type="module" src="/filming.js"></script>
"""
Colours = NDArray[np.uint8]
"""R, G, B."""


@asynccontextmanager
async def filming(browser: Browser) -> AsyncIterator[Any]:
    """A page that films."""

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def script(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(ROOT / "tests" / "browser" / "filming.js")

    async def codec(request: web.Request) -> web.FileResponse:
        return web.FileResponse((compiled_codec() / request.match_info["name"]).with_suffix(".js"))

    application = web.Application()
    application.router.add_get("/", page)
    application.router.add_get("/filming.js", script)
    application.router.add_get("/codec/{name:.+}", codec)
    application.router.add_static("/join", compiled_join())
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    opened = await browser.new_page()
    try:
        await opened.goto(f"http://127.0.0.1:{port}/")
        await opened.wait_for_function("typeof film === 'function'")
        yield opened
    finally:
        await opened.close()
        await runner.cleanup()


def patches(width: int, height: int) -> Colours:
    """Flat patches of many colours."""
    rows, columns = -(-height // PATCH), -(-width // PATCH)
    levels = np.array([16, 90, 165, 240], np.uint8)
    numbers = (np.arange(rows * columns).reshape(rows, columns) * 7) % 64
    colours = np.stack([levels[numbers // 16], levels[numbers // 4 % 4], levels[numbers % 4]], axis=-1)
    return colours.repeat(PATCH, axis=0).repeat(PATCH, axis=1)[:height, :width]


def frame(colours: Colours, kind: str) -> dict[str, Any]:
    """Return a frame as a browser gives it: its form, what its numbers mean, and its bytes."""
    height, width = colours.shape[:2]
    form, matrix, extent = kind.split()
    init: dict[str, Any] = {"format": form, "codedWidth": width, "codedHeight": height}
    if form == "RGBX":
        data = np.dstack([colours, np.full((height, width), 255, np.uint8)])
        return init | {"data": base64.b64encode(data.tobytes()).decode()}
    red, blue = {"bt709": (0.2126, 0.0722), "smpte170m": (0.299, 0.114)}[matrix]
    r, g, b = np.moveaxis(colours / 255, -1, 0)
    light = red * r + (1 - red - blue) * g + blue * b
    black, span, colour_span = (0, 255, 255) if extent == "full" else (16, 219, 224)
    halves = [
        half.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
        for half in ((b - light) / (2 - 2 * blue), (r - light) / (2 - 2 * red))
    ]
    planes = [np.rint(black + span * light), *(np.rint(128 + colour_span * half) for half in halves)]
    if form == "NV12":
        planes[1:] = [np.stack(planes[1:], axis=-1)]
    written = b"".join(np.clip(plane, 0, 255).astype(np.uint8).tobytes() for plane in planes)
    space = {"primaries": "bt709", "transfer": "iec61966-2-1", "matrix": matrix, "fullRange": extent == "full"}
    return init | {"data": base64.b64encode(written).decode(), "colorSpace": space}


async def filmed(
    page: Any, frames: Sequence[dict[str, Any]], rates: Sequence[int], whole: Sequence[int] = ()
) -> list[tuple[bytes, Colours, Colours]]:
    """Return each packet, with what Python shows of it and what the console's page does."""
    asked = {"width": WIDTH, "height": HEIGHT, "frames": frames, "rates": rates, "whole": whole}
    found = []
    decoder = Decoder()
    for each in await page.evaluate("(asked) => film(asked)", asked):
        assert each is not None, "the encoder left a frame out"
        packet, pixels = (base64.b64decode(text) for text in each)
        there = np.frombuffer(pixels, np.uint8).reshape(HEIGHT, WIDTH, 4)[..., :3]
        found.append((packet, decoder.decode(packet)[..., 2::-1].copy(), there))
    return found


def worst(shown: Colours, drawn: Colours) -> float:
    """Return how far the mean of a patch is from its colour, at most."""
    inside = slice(8, PATCH - 8)
    return max(
        float(np.abs(shown[y : y + PATCH, x : x + PATCH][inside, inside].mean(axis=(0, 1)) - drawn[y, x]).max())
        for y in range(0, drawn.shape[0] - PATCH, PATCH)
        for x in range(0, drawn.shape[1] - PATCH, PATCH)
    )


@pytest.mark.parametrize(
    "kind",
    [
        "I420 smpte170m limited",
        "I420 smpte170m full",
        "NV12 smpte170m limited",
        "NV12 bt709 full",
        "I420 bt709 limited",
        "RGBX - -",
    ],
)
async def test_the_colours_of_every_camera_arrive_at_both_readers(browser: Browser, kind: str) -> None:
    drawn = patches(WIDTH + 6, HEIGHT + 14)
    async with filming(browser) as page:
        shown = await filmed(page, [frame(drawn, kind)] * 4, [FAST] * 4)
    assert [parse_header(packet).key for packet, *_ in shown] == [True, False, False, False]
    for _packet, python, console in shown:
        assert worst(python, drawn[:HEIGHT, :WIDTH]) < ENCODED
        assert worst(console, drawn[:HEIGHT, :WIDTH]) < ENCODED


@pytest.mark.parametrize("kind", ["I420 smpte170m limited", "NV12 smpte170m limited"])
async def test_a_screen_of_no_whole_tiles_goes_on_beyond_its_edges(browser: Browser, kind: str) -> None:
    drawn = patches(WIDTH - 6, HEIGHT - 14)
    async with filming(browser) as page:
        shown = await filmed(page, [frame(drawn, kind)] * 4, [FAST] * 4)
    for _packet, python, console in shown:
        assert worst(python, drawn) < ENCODED
        assert worst(console, drawn) < ENCODED
        for picture in (python.astype(int), console.astype(int)):
            assert (
                np.abs(picture[: HEIGHT - 14, WIDTH - 6 :] - picture[: HEIGHT - 14, WIDTH - 7 : WIDTH - 6]).mean() < 3
            )
            assert np.abs(picture[HEIGHT - 14 :] - picture[HEIGHT - 15]).mean() < 3


async def test_a_film_begins_again_where_it_is_asked_to_and_where_the_line_got_slower(browser: Browser) -> None:
    frames = [frame(patches(WIDTH, HEIGHT), "I420 smpte170m limited")] * 6
    async with filming(browser) as page:
        shown = await filmed(page, frames, [FAST, FAST, FAST, FAST, SLOW, SLOW], whole=[2])
    heads = [parse_header(packet) for packet, *_ in shown]
    assert [head.key for head in heads] == [True, False, True, False, True, False]
    for (packet, *_), head in zip(shown, heads, strict=True):
        assert head.video is not None
        assert head.video.restarts is head.key
        around = len(packet) - len(head.video.packet) - HEAD_BYTES - VIDEO_HEAD_BYTES
        assert around <= 10
