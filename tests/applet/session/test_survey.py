"""Whether something is asked after a session: told by a real relay, and by servers that say anything else."""

import asyncio
import queue
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from applet.app import EngineThread
from applet.session import survey
from applet.session.survey import survey_page
from applet.session.ui_state import EnterCode, Stage, UiState
from tests.applet.session.test_known_relays import until
from tests.relay.signalling.test_customer_settings import for_all
from tests.support.relays import running_relay
from tests.support.surveys import asking, end, helped
from tests.support.xvfb import virtual_display

TOKEN = f"7-{'a' * 64}"


@pytest.mark.req("SURV-03", "SESS-184")
async def test_the_page_to_answer_is_told_once_the_session_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "AGAIN_SECONDS", 0)
    async with running_relay(tmp_path) as relay:
        await for_all(relay, asking("customer_survey"))
        async with helped(relay, relay.token) as contact:
            assert await survey_page(relay.http, relay.url, contact.survey) == "", "it goes on"
            await end(relay, relay.token, contact.session)
        assert await survey_page(relay.http, relay.url, contact.survey) == f"{relay.url}/survey/{contact.survey}"
        await for_all(relay, {"customer_survey.mode": "none"})
        assert await survey_page(relay.http, relay.url, contact.survey) == ""


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (200, b'{"kind": "built_in", "answered": true}'),
        (200, b'{"kind": "none"}'),
        (200, b'{"kind": "gossip"}'),
        (200, b"\xff\xfe"),
        (200, b"[" * 100_000),
        (302, b'{"kind": "built_in"}'),
        (404, b'{"kind": "built_in"}'),
        (500, b""),
    ],
)
async def test_whatever_else_is_said_asks_nothing(status: int, said: bytes) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, body=said, headers={"Location": "/elsewhere"} if status == 302 else {})

    app = web.Application()
    app.router.add_get("/survey/{token}/questions", answer)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        assert await survey_page(http, str(server.make_url("")).rstrip("/"), TOKEN) == ""


async def test_without_a_network_nothing_is_asked() -> None:
    async with aiohttp.ClientSession() as http:
        assert await survey_page(http, "http://127.0.0.1:9", TOKEN) == ""


async def test_the_program_offers_what_is_asked_once_its_session_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    shown: queue.Queue[UiState] = queue.Queue()
    async with running_relay(tmp_path) as relay:
        await for_all(relay, asking("customer_survey"))
        with virtual_display() as display:
            monkeypatch.setenv("DISPLAY", display.name)
            engine = EngineThread(relay.url, shown.put, lambda _news: None)
            engine.start()
            try:
                code = await relay.make_code()
                engine.intent(EnterCode(str(code.pin)))
                await asyncio.to_thread(until, shown, lambda ui_state: ui_state.stage is Stage.WAITING)
                (session,) = (await relay.call("GET", "/sessions"))[1]
                await relay.pick_up(session["id"])
                await end(relay, relay.token, session["id"])
                over = await asyncio.to_thread(until, shown, lambda ui_state: ui_state.survey != "")
                assert over.stage is Stage.ENDED
                assert over.survey.startswith(f"{relay.url}/survey/{session['id']}-")
                engine.intent(EnterCode("000000"))
                fresh = await asyncio.to_thread(until, shown, lambda ui_state: ui_state.stage is Stage.ENTERING)
                assert fresh.survey == ""
            finally:
                await asyncio.to_thread(engine.close)
