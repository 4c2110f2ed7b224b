"""A browser's RTCPeerConnection and Python's hold a session directly: in a page and in its worker."""

import asyncio
import hashlib
import json
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, async_playwright

from codec.session.links.direct import DirectPath
from codec.session.path_manager import LinkKind
from codec.wire.lanes import Lane
from codec.wire.roles import Role
from tests.codec.session.links.test_connection import End
from tests.rehearsal.prepare import ROOT, node_environment
from tests.support.browsers import chromium
from tests.support.devtools import plain_browser
from tests.support.firefox import firefox_page
from tests.support.waiting import becomes_true, eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = bytes([7]) * 32
PLACES = ("page", "worker", "worker by way of the page")
MANY = 700_000
SCRIPTS = ("page.mjs", "worker.mjs")
Order = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of a page and its worker."""
    folder = tmp_path_factory.mktemp("direct")
    scripts = [f"tests/browser/direct/{script}" for script in SCRIPTS]
    command = ["npx", "rolldown", *scripts, "--dir", str(folder), "--format", "esm"]
    subprocess.run(command, cwd=ROOT, check=True, env=node_environment(), stdout=subprocess.DEVNULL)
    (folder / "index.html").write_text(
        '<!doctype html><title>direct</title><script type="module" src="page.js"></script>'
    )
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(built: Path) -> AsyncIterator[str]:
    """Where the page is."""
    application = web.Application()
    application.router.add_static("/", built)
    async with TestServer(application) as server:
        yield str(server.make_url("/index.html"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chrome() -> AsyncIterator[Browser]:
    """One browser for all tests here."""
    async with async_playwright() as playwright:
        opened = await chromium(playwright)
        yield opened
        await opened.close()


@asynccontextmanager
async def ordering(chrome: Browser, address: str, where: str) -> AsyncIterator[tuple[Page, Order]]:
    """A new page, and what gives orders to its end."""
    context = await chrome.new_context()
    page = await context.new_page()
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    await page.goto(address)
    await page.wait_for_function("() => window.order !== undefined")

    async def order(*about: Any) -> dict[str, Any]:
        said: dict[str, Any] = await page.evaluate(
            "([where, ...order]) => window.order(where, ...order)", [where, *about]
        )
        return said

    try:
        yield page, order
    finally:
        await context.close()
    assert mistakes == []


@asynccontextmanager
async def session(order: Order, role: Role) -> AsyncIterator[tuple[End, DirectPath]]:
    """A session that travels directly. The browser has this role."""
    python, path = End(role.peer, SECRET), DirectPath()
    try:
        await order("begin", role.value)
        if role is Role.APPLET:
            await path.accept((await order("answer", await path.offer()))["answer"])
        else:
            await order("accept", await path.answer((await order("offer"))["answer"]))
        python.connection.add(await path.opened())
        await python.until(lambda: python.connection.kind is LinkKind.DIRECT)
        yield python, path
    finally:
        await python.connection.close()
        await path.close()


async def state(order: Order) -> dict[str, Any]:
    """Return how the browser's end is."""
    told: dict[str, Any] = (await order("state"))["answer"]
    return told


async def talk(order: Order, python: End) -> None:
    """Both ends send a short and a long message at once."""
    many = bytes((at * 31) & 0xFF for at in range(MANY))
    python.connection.send(Lane.PICTURE, many)
    python.connection.send(Lane.CONTROL, b"key")
    await order("sendMany", Lane.PICTURE, MANY)
    await order("send", Lane.CONTROL, "Y2xpY2s=")
    await python.until(lambda: len(python.messages) == 2)
    assert {bytes(message) for message in python.messages} == {many, b"click"}

    async def heard() -> bool:
        return len((await state(order))["messages"]) == 2

    await becomes_true(heard)
    told = await state(order)
    assert set(told["messages"]) == {hashlib.sha256(message).hexdigest() for message in (many, b"key")}
    assert told["kind"] == LinkKind.DIRECT


@pytest.mark.parametrize("role", list(Role), ids=lambda role: f"browser-is-{role}")
@pytest.mark.parametrize("where", PLACES)
async def test_a_session_travels_directly(chrome: Browser, address: str, where: str, role: Role) -> None:
    async with ordering(chrome, address, where) as (_page, order), session(order, role) as (python, _path):
        await talk(order, python)
        channel = {"worker by way of the page": "PassedChannel"}.get(where, "RTCDataChannel")
        assert (await state(order))["channel"] == channel
        await order("closePath")
        await python.until(lambda: python.connection.kind is None)


@pytest.mark.parametrize("where", PLACES)
async def test_an_attempt_that_is_given_up_ends_at_once_at_whatever_moment(
    chrome: Browser, address: str, where: str
) -> None:
    """A connection that was closed answers nothing that it was asked before."""
    async with ordering(chrome, address, where) as (_page, order):
        path = DirectPath()
        offer = await path.offer()
        for turns in range(6):
            async with asyncio.timeout(2):
                said = await order("giveUp", offer, turns)
            assert said.get("refused") == "LinkClosedError" or "answer" in said
        assert (await order("giveUp", "nonsense", 0))["refused"] == "LinkClosedError"
        await path.close()


@pytest.mark.parametrize("where", PLACES[1:])
async def test_a_page_behind_another_goes_on(address: str, where: str) -> None:
    """A hidden page's timers all but stand still: the session's are the worker's."""
    async with plain_browser() as chromium:
        tab = await chromium.open(address)
        await tab.until("window.order !== undefined")
        await tab.hide()

        async def order(*about: Any) -> dict[str, Any]:
            said: dict[str, Any] = await tab.evaluate(f"window.order({', '.join(map(json.dumps, (where, *about)))})")
            return said

        async with session(order, Role.APPLET) as (python, _path):
            await talk(order, python)
            await python.connection.flush(5)
            await eventually(lambda: python.connection.unacknowledged_bytes(Lane.PICTURE) == 0)
            assert await tab.evaluate("document.visibilityState") == "hidden"


@pytest.mark.parametrize("where", PLACES)
async def test_firefox_does_it_too(address: str, where: str) -> None:
    async with firefox_page() as page:
        await page.goto(address)

        async def order(*about: Any) -> dict[str, Any]:
            said: dict[str, Any] = await page.evaluate(f"window.order({', '.join(map(json.dumps, (where, *about)))})")
            return said

        async with session(order, Role.APPLET) as (python, _path):
            await talk(order, python)
        assert page.errors == []
