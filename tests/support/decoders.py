"""The page's picture decoder alone in a browser, without the page: built by Vite, served, and called from a test."""

import base64
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from aiohttp import web
from numpy.typing import NDArray
from playwright.async_api import Browser, Page

from codec.picture.decoder import Decoder
from tests.rehearsal.prepare import UI, node_environment
from tests.support.relays import free_port

SCRIPT = Path(__file__).parents[1] / "browser" / "decoding.js"
CALL = """async ([name, ...given]) => (await import("/decoding.js"))[name](...given)"""


@dataclass(frozen=True)
class PageDecoder:
    """Calls what decoding.js exports."""

    page: Page

    async def call(self, name: str, *given: Any) -> Any:
        """Return what the function of that name makes of what is given."""
        return await self.page.evaluate(CALL, [name, *given])


def build_part(part: str, folder: Path) -> None:
    """Build one of vite.config.ts's PARTS into a folder, as `{part}.js`."""
    command = ["npx", "vite", "build", "--mode", part, "--outDir", str(folder), "--logLevel", "error"]
    subprocess.run(command, cwd=UI, check=True, env=node_environment())


def build_decoder(folder: Path) -> None:
    """Build the decoder into a folder, with what tests run beside it."""
    build_part("decoder", folder)
    shutil.copy(SCRIPT, folder)
    (folder / "index.html").write_text("<!doctype html><title>decoder</title>")


@asynccontextmanager
async def page_decoder(browser: Browser, folder: Path, before: str = "") -> AsyncIterator[PageDecoder]:
    """A page from which the decoder can be called; `before` is run before anything else in it."""
    application = web.Application()
    application.router.add_static("/", folder)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    page = await browser.new_page()
    try:
        await page.add_init_script(before)
        await page.goto(f"http://127.0.0.1:{port}/index.html")
        yield PageDecoder(page)
    finally:
        await page.close()
        await runner.cleanup()


def as_text(packets: Iterable[bytes]) -> list[str]:
    """Packets in the form in which a browser is given them."""
    return [base64.b64encode(packet).decode() for packet in packets]


def as_picture(text: str, like: Decoder) -> NDArray[np.uint8]:
    """Return what the page showed, in whole tiles as B, G, R and a fourth byte, from the text that it gives."""
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(like._picture.shape)[..., [2, 1, 0, 3]]
