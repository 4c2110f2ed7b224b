"""Debian's Firefox, without a window unless a display is given, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/).

Playwright drives only a Firefox of its own. What a person does is done here by real keys and clicks.
"""

import itertools
import json
import re
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import aiohttp

from tests.support.waiting import becomes_true
from tests.support.xvfb import VirtualDisplay, end

FIREFOX = "/usr/bin/firefox-esr"
ENTER = "\ue007"
_LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
_NAMED = """
    const name = (each) =>
        (each.getAttribute("aria-label") ?? each.labels?.[0]?.textContent ?? each.textContent).trim();
"""
_FIND = f"""(() => {{{_NAMED}
    const all = [...document.querySelectorAll("button, a, input, textarea, [role=menuitem]")];
    const isSeen = (each) => each.checkVisibility() && each.getBoundingClientRect().width > 1;
    const found = all.find((each) => isSeen(each) && (%(is_it)s));
    if (!found) return null;
    const box = found.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
}})()"""
_IS_FOCUSED = f"""(() => {{{_NAMED}
    return name(document.activeElement) === %(name)s;
}})()"""


class FirefoxPage:
    """One tab. What it is asked to find must be there within ten seconds; else TimeoutError is raised."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._context = ""
        self.errors: list[str] = []
        """What the page logged as errors."""

    async def begin(self, width: int, height: int) -> None:
        """Open the session of WebDriver, and a tab of this size."""
        await self._ask("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        await self._ask("session.subscribe", events=["log.entryAdded"])
        tree = await self._ask("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]
        await self._ask("browsingContext.setViewport", viewport={"width": width, "height": height}, **self._here)

    async def goto(self, url: str) -> None:
        """Go to an address and wait until it is loaded."""
        await self._ask("browsingContext.navigate", url=url, wait="complete", **self._here)

    async def evaluate(self, expression: str) -> Any:
        """Return what an expression is, as JSON knows it."""
        asked = f"(async () => JSON.stringify(await ({expression})) ?? 'null')()"
        said = await self._ask(
            "script.evaluate", expression=asked, awaitPromise=True, target=self._here, userActivation=True
        )
        if said["type"] != "success":
            raise AssertionError(said["exceptionDetails"]["text"])
        return json.loads(said["result"]["value"])

    async def sees(self, text: str) -> None:
        """Wait until the page shows this text."""

        async def shows() -> bool:
            return text in str(await self.evaluate("document.body?.innerText"))

        await becomes_true(shows)

    async def click(self, name: str) -> None:
        """Click on what has this name, as soon as it can be used."""
        await self._click_at(*await self._usable(name))

    async def can_click(self, name: str) -> None:
        """Wait until what has this name can be used."""
        await self._usable(name)

    async def fill(self, name: str, text: str) -> None:
        """Click into a field, again if the page moved it away under the click, and type."""

        async def is_focused() -> bool:
            await self.click(name)
            return bool(await self.evaluate(_IS_FOCUSED % {"name": json.dumps(name)}))

        await becomes_true(is_focused)
        await self.type(text)

    async def focus_screen(self) -> None:
        """Click on the customer's screen, in its middle."""
        await self._click_at(*await self._place_of('each.matches(".keys")'))

    async def type(self, text: str) -> None:
        """Type a text, character by character, with Shift where a keyboard needs it."""
        await self.press(*text)

    async def press(self, *keys: str, held: str = "") -> None:
        """Press keys one after the other while one is held."""
        actions = [{"type": "keyDown", "value": held}] if held else []
        for key in keys:
            actions += [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        if held:
            actions.append({"type": "keyUp", "value": held})
        keyboard = {"type": "key", "id": "keyboard", "actions": actions}
        await self._ask("input.performActions", actions=[keyboard], **self._here)

    async def screenshot(self) -> str:
        """Return a picture of the page as PNG in base64."""
        return str((await self._ask("browsingContext.captureScreenshot", **self._here))["data"])

    async def _usable(self, name: str) -> tuple[int, int]:
        return await self._place_of(f"name(each) === {json.dumps(name)} && each.ariaDisabled !== 'true'")

    async def _place_of(self, is_it: str) -> tuple[int, int]:
        """Return the middle of what is meant, once it has stopped moving."""
        found: list[float] = []

        async def is_still() -> bool:
            before = found[:]
            found[:] = await self.evaluate(_FIND % {"is_it": is_it}) or []
            return bool(found) and found == before

        await becomes_true(is_still)
        return round(found[0]), round(found[1])

    async def _click_at(self, x: int, y: int) -> None:
        moves = [{"type": "pointerMove", "x": x, "y": y}]
        presses = [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        mouse = {"type": "pointer", "id": "mouse", "actions": moves + presses}
        await self._ask("input.performActions", actions=[mouse], **self._here)

    @property
    def _here(self) -> dict[str, Any]:
        return {"context": self._context}

    async def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while True:
            said = await self._socket.receive_json(timeout=30)
            if said.get("method") == "log.entryAdded" and said["params"]["level"] == "error":
                self.errors.append(str(said["params"].get("text")))
            if said.get("id") == number:
                if "error" in said:
                    raise AssertionError(f"{method}: {said['message']}")
                result: dict[str, Any] = said["result"]
                return result


@contextmanager
def _running(display: VirtualDisplay | None, chosen: Mapping[str, object]) -> Iterator[str]:
    """Run Firefox with a profile of its own; return where it is driven. On a display it shares that without asking."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        preferences = {
            "browser.shell.checkDefaultBrowser": False,
            "media.navigator.permission.disabled": True,
            **chosen,
        }
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items()]
        Path(profile, "user.js").write_text("".join(lines))
        window = ["--headless"] if display is None else []
        command = [FIREFOX, *window, "--no-remote", "--remote-debugging-port=0", "--profile", profile]
        env = None if display is None else {**display.env}
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        try:
            yield _address_of(process.stderr)
        finally:
            end(process)
            process.stderr.close()


def _address_of(said: IO[str]) -> str:
    for line in said:
        if (found := _LISTENS.search(line)) is not None:
            return found[1]
    raise AssertionError("Firefox ended before it could be driven")


@asynccontextmanager
async def firefox_page(
    width: int = 1280,
    height: int = 800,
    display: VirtualDisplay | None = None,
    preferences: Mapping[str, object] = MappingProxyType({}),
) -> AsyncIterator[FirefoxPage]:
    """Run Firefox, with these preferences besides, and open a tab."""
    with _running(display, preferences) as address:
        async with aiohttp.ClientSession() as http, http.ws_connect(f"{address}/session", max_msg_size=0) as socket:
            page = FirefoxPage(socket)
            await page.begin(width, height)
            yield page
