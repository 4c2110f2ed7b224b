"""The console and a relay that is busy, restarts, or sends it away: it waits as long as it is told, and says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from codec.backoff import Retries
from codec.session.links.signalling import TRY_AGAIN_LATER
from codec.wire.api_types import Method, NewCode, Person, Problem
from codec.wire.signals import CONSOLE_PATH, Desk, SignedOut, write
from console.relay import Relay, RelayRefusedError, RelayUnreachableError

DESK = Desk(Person(id=1, email="", name="", nickname=""), "", "", [], [])


class Script:
    """A relay that answers as it is told: for each request the next of `answers`, for each socket of `ends`."""

    def __init__(self) -> None:
        self.answers: list[web.Response] = []
        self.ends: list[tuple[bool, int]] = []
        self.asked: list[float] = []
        self.came: list[float] = []

    async def ask(self, _request: web.Request) -> web.Response:
        self.asked.append(asyncio.get_running_loop().time())
        return self.answers.pop(0)

    async def console(self, request: web.Request) -> web.StreamResponse:
        self.came.append(asyncio.get_running_loop().time())
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        says_desk, code = self.ends.pop(0) if self.ends else (False, 0)
        if says_desk:
            await socket.send_str(write(DESK))
        if not code:
            await socket.send_str(write(SignedOut()))
        await socket.close(code=code or 1000)
        return socket


@asynccontextmanager
async def console_of(script: Script) -> AsyncIterator[tuple[Relay, list[Any]]]:
    """A console that is signed in there, and what it was told: whether it is online, and whether the relay is busy."""
    told: list[Any] = []
    app = web.Application()
    app.router.add_get(CONSOLE_PATH, script.console)
    app.router.add_route("*", "/{any:.*}", script.ask)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    async with aiohttp.ClientSession() as http:
        relay = Relay(
            http,
            f"http://{host}:{port}",
            "console-1",
            lambda _signal: None,
            lambda online, seconds: told.append((online, seconds)),
            busy=told.append,
        )
        relay._token = "token"
        try:
            yield relay, told
        finally:
            await runner.cleanup()


def problem(word: str, status: int, seconds: int | None = None) -> web.Response:
    """Return a refusal."""
    body = msgspec.json.encode(Problem(problem=word, message="", retry_seconds=seconds))
    return web.Response(body=body, status=status, content_type="application/json")


@pytest.mark.finding("load-1.5", "field-24")
@pytest.mark.parametrize("refusal", [problem("busy", 503, 1), problem("too_many", 429, 1)])
async def test_a_console_asks_a_busy_relay_again_and_says_so_meanwhile(refusal: web.Response) -> None:
    script = Script()
    script.answers = [refusal, web.Response(status=204)]
    async with console_of(script) as (relay, told):
        await relay.cancel_code(7)
    first, second = script.asked
    assert second - first >= 1, "as long as it was asked to wait"
    assert len(told) == 2
    assert told[0] >= 1
    assert told[1] is None


@pytest.mark.finding("load-1.5")
@pytest.mark.parametrize("refusal", [problem("too_many", 429, 300), problem("wrong_sign_in", 401)])
async def test_what_does_not_pass_in_a_moment_is_told_at_once(refusal: web.Response) -> None:
    script = Script()
    script.answers = [refusal]
    async with console_of(script) as (relay, told):
        with pytest.raises(RelayRefusedError):
            await relay.sign_in("a@b.example", "secret")
    assert (len(script.asked), told) == (1, [])


@pytest.mark.finding("load-1.5")
async def test_patience_with_a_busy_relay_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.relay.PATIENCE_SECONDS", 0.5)
    script = Script()
    script.answers = [problem("busy", 503, 1)]
    async with console_of(script) as (relay, _told):
        with pytest.raises(RelayRefusedError) as refused:
            await relay.make_code(NewCode(method=Method.PIN))
    assert refused.value.problem.problem == "busy"


@pytest.mark.finding("field-24")
async def test_a_relay_that_fails_is_not_called_one_of_another_version() -> None:
    script = Script()
    script.answers = [web.Response(status=500, text="Something went wrong\n"), web.Response(status=200, text="?")]
    async with console_of(script) as (relay, _told):
        with pytest.raises(RelayUnreachableError) as failed:
            await relay.end(7)
        assert "version" not in str(failed.value)
        assert "500" in str(failed.value)
        with pytest.raises(RelayUnreachableError, match="version"):
            await relay.end(7)


@pytest.mark.finding("load-1.4")
async def test_a_relay_that_closes_at_once_is_not_hammered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a desk shows that coming back went well: before, each socket that opened brought the short wait back."""
    monkeypatch.setattr("console.relay.FIRST_RETRY_SECONDS", 0.01)
    monkeypatch.setattr("console.relay.Retries", partial(Retries, chance=lambda: 1.0))
    script = Script()
    script.ends = [(False, 1001), (False, 1001), (False, 1001), (True, 1001), (False, 1001)]
    async with console_of(script) as (relay, told):
        relay_listens = asyncio.ensure_future(relay.listen())
        await relay_listens
    waits = [seconds for online, seconds in told if not online]
    assert waits[0] < waits[1] < waits[2]
    assert waits[3] < waits[2], "it had its desk"


@pytest.mark.finding("load-1.4", "load-1.14")
async def test_a_relay_that_says_later_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codec.session.links.signalling.BUSY_SECONDS", 0.5)
    monkeypatch.setattr("console.relay.FIRST_RETRY_SECONDS", 0.01)
    script = Script()
    script.ends = [(False, TRY_AGAIN_LATER)]
    async with console_of(script) as (relay, _told):
        await relay.listen()
    assert script.came[1] - script.came[0] >= 0.5
