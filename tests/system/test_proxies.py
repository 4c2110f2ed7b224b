"""The relay behind the Caddy and the nginx of Debian, with the examples that docs/install.md names."""

import asyncio
import io
import json
import os
import ssl
import sys
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import aiohttp
import pytest

from codec.wire.signals import CONSOLE_PATH, ConsoleSignIn, Desk, read_to_console, write
from relay.config.settings import ENVIRONMENT
from tests.support.proxies import Front, Proxy, caddy, nginx
from tests.support.relay_process import RelayProcess
from tests.support.relays import CONSOLE, EMAIL, PASSWORD, free_port

CLAIMED, CALLER = "8.8.8.8", "127.0.0.7"
TOLERATED = {"mail", "backup", "help program"}
"""What doctor may miss here: nothing of it has to do with a proxy."""


@pytest.mark.finding("use-A5")
@pytest.mark.parametrize("front", [caddy, nginx], ids=["caddy", "nginx"])
async def test_the_relay_works_behind_it(front: Front, tmp_path: Path) -> None:
    port = free_port()
    settings = {
        "PUBLIC_URL": f"https://localhost:{port}",
        "TRUSTED_PROXIES": "127.0.0.1,::1",
        "METRICS_LISTEN": f"127.0.0.1:{free_port()}",
        "STUN_PORT": "0",
    }
    env = os.environ | {f"{ENVIRONMENT}{name}": value for name, value in settings.items()}
    relay = RelayProcess(tmp_path, env=env)
    try:
        await relay.start()
        with front(port, relay.settings.listen) as proxy:
            trusted = ssl.create_default_context(cafile=str(proxy.authority))
            connector = aiohttp.TCPConnector(ssl=trusted, local_addr=(CALLER, 0))
            async with aiohttp.ClientSession(connector=connector) as http:
                token = await _signs_in_as_the_caller_that_the_proxy_sees(http, proxy, relay)
                await _console_hears_its_desk(http, proxy, token)
                await _the_relay_itself_judges_large_uploads(http, proxy, token)
            await _plain_http_leads_to_https(proxy)
            await _doctor_is_content(relay, env | {"SSL_CERT_FILE": str(proxy.authority)})
    finally:
        relay.end()


async def _signs_in_as_the_caller_that_the_proxy_sees(
    http: aiohttp.ClientSession, proxy: Proxy, relay: RelayProcess
) -> str:
    body = {"email": EMAIL, "password": PASSWORD, "console": "test"}
    headers = {"X-Forwarded-For": CLAIMED}
    async with http.post(f"{proxy.url}/api/v1/sign-in", json=body, headers=headers) as response:
        token: str = (await response.json())["token"]
    with closing(connect(f"file:{relay.settings.data}/relay.sqlite3?mode=ro", uri=True)) as database:
        seen = {row[0] for row in database.execute("SELECT address FROM sign_in WHERE console = 'test'")}
    assert seen == {CALLER}
    return token


async def _console_hears_its_desk(http: aiohttp.ClientSession, proxy: Proxy, token: str) -> None:
    async with http.ws_connect(proxy.url + CONSOLE_PATH) as socket:
        await socket.send_str(write(ConsoleSignIn(token, CONSOLE, 1)))
        assert isinstance(read_to_console(await socket.receive_str(timeout=10)), Desk)


async def _the_relay_itself_judges_large_uploads(http: aiohttp.ClientSession, proxy: Proxy, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
    large = io.BytesIO(b"name,email\n" + b"x" * (3 << 20))
    async with http.post(f"{proxy.url}/api/v1/people?dry_run=true", data=large, headers=headers) as response:
        answer = await response.json()
    assert "problem" in answer, answer


async def _plain_http_leads_to_https(proxy: Proxy) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{proxy.plain}/sign-in", allow_redirects=False) as response:
        assert response.status in (301, 308)
        # Caddy leaves the port out: to it, the one that this test uses is the usual one.
        assert response.headers["Location"] in (f"{proxy.url}/sign-in", "https://localhost/sign-in")


async def _doctor_is_content(relay: RelayProcess, env: dict[str, str]) -> None:
    command = [sys.executable, "-m", "relay", "doctor", "--json"]
    command += ["--listen", relay.settings.listen, "--data", relay.settings.data_dir]
    process = await asyncio.create_subprocess_exec(*command, env=env, stdout=asyncio.subprocess.PIPE)
    said, _nothing = await process.communicate()
    findings = {each["check"]: each for each in json.loads(said)}
    problems = {name for name, each in findings.items() if each["ok"] is False} - TOLERATED
    assert problems == set(), findings
    for check in ("public address", "WebSocket", "proxy", "HTTPS"):
        assert findings[check]["ok"], findings[check]
