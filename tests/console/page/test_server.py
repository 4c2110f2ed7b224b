"""What comes to the page's address is a page's or is refused, whatever it is."""

import logging
from types import SimpleNamespace
from typing import cast

import aiohttp
import pytest
from aiohttp import WSMsgType, web

from console.engine import Engine
from console.page.server import PageServer
from tests.support.relays import free_port

DEEP = "[" * 998


async def test_no_depth_of_brackets_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    host = f"127.0.0.1:{free_port()}"
    server = PageServer(cast(Engine, SimpleNamespace()), host, lambda _code: None, lambda _warning: None)
    runner = web.AppRunner(server.application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(host.rpartition(":")[2])).start()
    try:
        async with aiohttp.ClientSession() as http:
            for body in (DEEP, '{"code": 7}', '{"code": "\\ud800"}', "[]", "", "\x00"):
                async with http.post(f"http://{host}/open", data=body) as answer:
                    assert answer.status == 403, body
            for first in (DEEP, '{"key": 7}', "[]"):
                async with http.ws_connect(f"http://{host}/page", origin=f"http://{host}") as socket:
                    await socket.send_str(first)
                    assert (await socket.receive(timeout=5)).type is WSMsgType.CLOSE
                    assert socket.close_code == aiohttp.WSCloseCode.POLICY_VIOLATION
    finally:
        await runner.cleanup()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
