"""Chromium as a person has it, driven by raw DevTools messages: Playwright lets every page believe that it is seen."""

import asyncio
import contextlib
import itertools
import json
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.support.browsers import ARGUMENTS, CHROMIUM
from tests.support.waiting import becomes_true
from tests.support.xvfb import VirtualDisplay

_LISTENS = re.compile(rb"DevTools listening on (ws://\S+)")
SECONDS = 30


class BrowserRefusedError(AssertionError):
    """The browser did not do what it was asked."""


class Tab:
    """One tab of a browser."""

    def __init__(self, browser: "PlainBrowser", session: str, target: str) -> None:
        self._browser = browser
        self._session = session
        self._target = target

    async def evaluate(self, expression: str) -> Any:
        """Return what an expression is, once it is there. Raises AssertionError where it fails."""
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True, "userGesture": True}
        said = await self._browser.ask("Runtime.evaluate", self._session, **asked)
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until an expression is true, in this page or the one that comes next. Raises TimeoutError."""

        async def is_so() -> bool:
            try:
                return bool(await self.evaluate(expression))
            except BrowserRefusedError:
                return False  # the page has just gone

        await becomes_true(is_so)

    async def hide(self) -> None:
        """Put another tab in front."""
        await self._browser.open("about:blank")
        await self.until("document.visibilityState === 'hidden'")

    async def show(self) -> None:
        """Put this tab in front."""
        await self._browser.ask("Target.activateTarget", targetId=self._target)
        await self.until("document.visibilityState === 'visible'")


class PlainBrowser:
    """A browser and its tabs, in one window."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)

    async def open(self, url: str) -> Tab:
        """Open a tab in front of the others."""
        target = (await self.ask("Target.createTarget", url=url))["targetId"]
        session = (await self.ask("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        await self.ask("Target.activateTarget", targetId=target)
        tab = Tab(self, session, target)
        await tab.until("document.readyState === 'complete'")
        return tab

    async def ask(self, method: str, session: str | None = None, **about: Any) -> dict[str, Any]:
        """Return what the browser answers. Raises BrowserRefusedError."""
        number = next(self._numbers)
        at = {} if session is None else {"sessionId": session}
        await self._socket.send_str(json.dumps({"id": number, "method": method, "params": about} | at))
        while True:
            said = await self._socket.receive_json(timeout=SECONDS)
            if said.get("id") == number:
                if "error" in said:
                    raise BrowserRefusedError(f"{method}: {said['error']}")
                result: dict[str, Any] = said["result"]
                return result


@asynccontextmanager
async def plain_browser(*arguments: str, display: VirtualDisplay | None = None) -> AsyncIterator[PlainBrowser]:
    """A browser on a display, or without a window of the desktop's, which is ended in the end."""
    with tempfile.TemporaryDirectory(prefix="deskside-chromium-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            CHROMIUM,
            *(("--headless=new",) if display is None else ()),
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
            "--no-first-run",
            *ARGUMENTS,
            *arguments,
            env=None if display is None else display.env,
            stderr=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(SECONDS):
                address = await _address(process)
            async with aiohttp.ClientSession() as http, http.ws_connect(address, max_msg_size=0) as socket:
                yield PlainBrowser(socket)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.communicate()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async for line in process.stderr:
        if found := _LISTENS.search(line):
            return found[1].decode()
    raise AssertionError("Chromium has ended")
