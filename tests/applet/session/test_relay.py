"""The customer's program and a relay that is busy: who enters waits, and is told only when that does not help."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from applet.session.codes import Code
from applet.session.relay import BUSY_TRIES, RelaySocket
from codec.wire.api_types import SessionState
from codec.wire.signals import (
    APPLET_PATH,
    Enter,
    Entered,
    FromApplet,
    Refusal,
    Refused,
    Return,
    State,
    ToApplet,
    read_from_applet,
    write,
)

ENTERED = Entered(7, SessionState.WAITING, "Anna", "Northwind IT", "ticket-of-twenty-characters")


class Script:
    """A relay that says, on each socket, the next of `says`; then it closes."""

    def __init__(self, *says: list[ToApplet]) -> None:
        self.says = list(says)
        self.heard: list[FromApplet] = []
        self.came: list[float] = []

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.came.append(asyncio.get_running_loop().time())
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.heard.append(read_from_applet(await socket.receive_str()))
        for signal in self.says.pop(0):
            await socket.send_str(write(signal))
        await socket.close()
        return socket


@asynccontextmanager
async def applet_of(script: Script) -> AsyncIterator[tuple[RelaySocket, list[ToApplet]]]:
    """An applet's socket to it, and what it hands on."""
    app = web.Application()
    app.router.add_get(APPLET_PATH, script.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    heard: list[ToApplet] = []
    async with aiohttp.ClientSession() as http:
        code = Code(f"http://{host}:{port}", "482133", None, None)
        try:
            yield RelaySocket(http, code, "PC", "Linux", heard.append, lambda _online: None), heard
        finally:
            await runner.cleanup()


def busy(seconds: int = 1) -> list[ToApplet]:
    """Return what a busy relay says."""
    return [Refused(Refusal.BUSY, seconds)]


OVER = State(SessionState.CLOSED_BY_TECHNICIAN, technician_present=False)


@pytest.mark.finding("load-1.14", "field-24")
async def test_who_enters_while_the_relay_is_busy_gets_in_without_doing_anything() -> None:
    script = Script(busy(), [ENTERED, OVER])
    async with applet_of(script) as (socket, heard):
        await socket.run()
    assert heard == [ENTERED, OVER]
    assert [type(each) for each in script.heard] == [Enter, Enter]
    assert script.came[1] - script.came[0] >= 1, "as long as it was asked to wait"


@pytest.mark.finding("load-1.14")
async def test_who_comes_back_while_the_relay_is_busy_or_counts_stays_in_the_session() -> None:
    script = Script([ENTERED], busy(), [Refused(Refusal.TOO_MANY, 1)], [ENTERED, OVER])
    async with applet_of(script) as (socket, heard):
        await socket.run()
    assert heard == [ENTERED, ENTERED, OVER]
    assert [type(each) for each in script.heard] == [Enter, Return, Return, Return]


@pytest.mark.finding("load-1.14")
async def test_who_is_refused_for_good_or_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("applet.session.relay.BUSY_SECONDS", 0.0)
    monkeypatch.setattr("applet.session.relay.FIRST_RETRY_SECONDS", 0.0)
    for script, told in (
        (Script([Refused(Refusal.TOO_MANY, 600)]), Refused(Refusal.TOO_MANY, 600)),
        (Script(*(busy(0) for _ in range(BUSY_TRIES))), Refused(Refusal.BUSY, 0)),
    ):
        async with applet_of(script) as (socket, heard):
            await socket.run()
        assert heard == [told]
