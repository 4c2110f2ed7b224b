"""The customer's page in the browser without a session: built by Vite, served as a relay does, in made-up states."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Browser, Page

from relay.pages.join import HEADERS
from relay.web.rendering import FOLDER
from tests.rehearsal.prepare import JOIN, node_environment
from tests.support.relays import free_port


def build_join(folder: Path, mode: str = "production") -> None:
    """Build the page into a folder, or its gallery."""
    command = ["npx", "vite", "build", "--mode", mode, "--outDir", str(folder), "--emptyOutDir", "--logLevel", "error"]
    subprocess.run(command, cwd=JOIN, check=True, env=node_environment())


@dataclass(frozen=True)
class Gallery:
    """Opens made-up states. `examples` are the names of all of them."""

    url: str
    browser: Browser
    examples: list[str]

    @asynccontextmanager
    async def page(
        self, state: str, language: str = "en", theme: str = "light", direction: str = "", **options: Any
    ) -> AsyncIterator[Page]:
        """A page in this state. A mistake in its scripts, or what its policy forbids, fails the test."""
        context = await self.browser.new_context(**options)
        page = await context.new_page()
        mistakes: list[str] = []
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on("console", lambda said: mistakes.append(said.text) if said.type == "error" else None)
        turned = f"&dir={direction}" if direction else ""
        await page.goto(f"{self.url}?state={state}&lang={language}&theme={theme}{turned}")
        await page.wait_for_selector("#page h1")  # some views are loaded when they are needed
        yield page
        await context.close()
        assert mistakes == []


@asynccontextmanager
async def served_gallery(browser: Browser, folder: Path) -> AsyncIterator[Gallery]:
    """Serve a gallery that was built into `folder`, with the headers of the real page."""

    async def file(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(folder / request.match_info["name"], headers=HEADERS)

    async def remember(_request: web.Request) -> web.Response:
        return web.Response()

    application = web.Application()
    application.router.add_get("/join", remember)
    application.router.add_get("/join/{name:.+}", file)
    application.router.add_static("/static", FOLDER / "static")
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        url = f"http://127.0.0.1:{port}/join/gallery.html"
        page = await browser.new_page()
        await page.goto(url)
        examples = await page.evaluate("examples")
        await page.close()
        yield Gallery(url, browser, examples)
    finally:
        await runner.cleanup()
