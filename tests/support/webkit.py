"""Debian's WebKitGTK (MiniBrowser) in a window, driven by WebDriver (https://www.w3.org/TR/webdriver2/).

The engine is that of Safari, the browser is not. Debian builds it without WebRTC, so that no direct path is tried.
What a person does is done here by real keys and clicks.
"""

import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiohttp

from tests.support.relays import free_port
from tests.support.waiting import becomes_true
from tests.support.xvfb import VirtualDisplay, end

DRIVER = "/usr/bin/WebKitWebDriver"
BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"
ENTER, TAB, SHIFT = "\ue007", "\ue004", "\ue008"
_FIND = """
const [wanted] = arguments;
const name = (each) => (each.getAttribute("aria-label") ?? each.labels?.[0]?.textContent ?? each.textContent).trim();
const all = [...document.querySelectorAll("button, a, input, textarea, summary")];
const isSeen = (each) => each.checkVisibility() && each.getBoundingClientRect().width > 1;
const found = all.find((each) => isSeen(each) && name(each) === wanted && each.ariaDisabled !== "true");
if (!found) return null;
found.scrollIntoView({ block: "nearest" });
const box = found.getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2];
"""


class WebKitPage:
    """The window's one tab. What it is asked to find must be there in time; else TimeoutError is raised."""

    def __init__(self, http: aiohttp.ClientSession, session: str) -> None:
        """`session` is the address of the driver's session."""
        self._http = http
        self._session = session

    async def goto(self, url: str) -> None:
        """Go to an address and wait until it is loaded."""
        await self._ask("POST", "/url", url=url)

    async def evaluate(self, expression: str) -> Any:
        """Return what an expression is, as JSON knows it."""
        return await self._ask("POST", "/execute/sync", script=f"return ({expression});", args=[])

    async def is_true(self, expression: str) -> None:
        """Wait until this is true of the page."""

        async def happens() -> bool:
            return bool(await self.evaluate(expression))

        await becomes_true(happens)

    async def sees(self, text: str) -> None:
        """Wait until the page shows this text."""
        await self.is_true(f"document.body?.innerText.includes({json.dumps(text)})")

    async def click(self, name: str) -> None:
        """Click on what has this name, as soon as it can be used."""
        x, y = await self._place_of(name)
        actions = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        await self._ask("POST", "/actions", actions=[{"type": "pointer", "id": "mouse", "actions": actions}])

    async def fill(self, name: str, text: str) -> None:
        """Click into a field and type."""
        await self.click(name)
        await self.press(*text)

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, wherever the focus is."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        await self._ask("POST", "/actions", actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    async def resize(self, width: int, height: int) -> None:
        """Give the window this size."""
        await self._ask("POST", "/window/rect", width=width, height=height)

    async def screenshot(self) -> str:
        """Return a picture of the page as PNG in base64."""
        return str(await self._ask("GET", "/screenshot"))

    async def _place_of(self, name: str) -> tuple[int, int]:
        found: list[float] = []

        async def is_there() -> bool:
            found[:] = await self._ask("POST", "/execute/sync", script=_FIND, args=[name]) or []
            return bool(found)

        await becomes_true(is_there)
        return round(found[0]), round(found[1])

    async def _ask(self, method: str, path: str, **body: Any) -> Any:
        data = None if method == "GET" else json.dumps(body)
        async with self._http.request(method, self._session + path, data=data) as response:
            value = (await response.json())["value"]
        if response.status != 200:
            raise AssertionError(f"{path}: {value['error']}: {value['message']}")
        return value


@contextmanager
def _driver(display: VirtualDisplay) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [DRIVER, f"--port={port}"], env=display.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        end(process)


@asynccontextmanager
async def webkit_page(display: VirtualDisplay) -> AsyncIterator[WebKitPage]:
    """Run WebKit's browser on a display, with nothing kept from one time to the next."""
    options = {"binary": BROWSER, "args": ["--automation"]}
    wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
    timeout = aiohttp.ClientTimeout(total=60)
    with _driver(display) as address:
        async with aiohttp.ClientSession(timeout=timeout) as http:

            async def listens() -> bool:
                try:
                    async with http.get(f"{address}/status") as response:
                        return response.status == 200
                except aiohttp.ClientConnectorError:
                    return False

            await becomes_true(listens)
            async with http.post(f"{address}/session", data=json.dumps(wanted)) as response:
                made = (await response.json())["value"]
            session = f"{address}/session/{made['sessionId']}"
            try:
                yield WebKitPage(http, session)
            finally:
                async with http.delete(session):
                    pass
