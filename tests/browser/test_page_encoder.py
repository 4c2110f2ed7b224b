"""The customer's encoder where it belongs, in a browser's worker: frames go straight into its memory, all is exact."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler
from playwright.async_api import Browser

from codec.picture.decoder import Decoder
from codec.picture.diff import Frame
from tests.rehearsal.prepare import ROOT
from tests.support.node import compiled_codec
from tests.support.relays import free_port
from tests.wasm import MODULE

POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'"
ENCODED = """
(asked) => new Promise((resolve, reject) => {
  const text = (bytes) => bytes && btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const worker = new Worker("/encoding.js", { type: "module" });
  worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
  worker.onmessage = ({ data }) => {
    if (typeof data === "string") reject(new Error(data));
    else resolve(data.map((pair) => pair.map(text)));
  };
  worker.postMessage(asked);
})
"""


@asynccontextmanager
async def served() -> AsyncIterator[str]:
    """The compiled codec, the module and the worker, under the policy of a page for customers."""

    @web.middleware
    async def protect(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        response.headers["Content-Security-Policy"] = POLICY
        return response

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>encoder</title>", content_type="text/html")

    async def module(_request: web.Request) -> web.Response:
        return web.Response(body=MODULE.read_bytes(), content_type="application/wasm")

    async def worker(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(ROOT / "tests" / "browser" / "encoding.js")

    application = web.Application(middlewares=[protect])
    application.router.add_get("/", page)
    application.router.add_get("/encoder.wasm", module)
    application.router.add_get("/encoding.js", worker)
    application.router.add_static("/picture", compiled_codec() / "picture")
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}/"
    await runner.cleanup()


def picture(text: str, width: int, height: int) -> Frame:
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)[..., [2, 1, 0]]


@pytest.mark.parametrize("size", [(640, 480), (333, 171), (1, 1)])
@pytest.mark.parametrize("layout", ["BGRX", "RGBX"])
async def test_a_worker_encodes_what_it_drew(browser: Browser, size: tuple[int, int], layout: str) -> None:
    width, height = size
    async with served() as address:
        page = await browser.new_page()
        await page.goto(address)
        pairs = await page.evaluate(ENCODED, {"width": width, "height": height, "format": layout})
    decoder = Decoder()
    assert pairs[0][0] is not None
    for packet, drawn in pairs:
        if packet is not None:
            shown = decoder.decode(base64.b64decode(packet))
        assert np.array_equal(shown[..., :3], picture(drawn, width, height))
