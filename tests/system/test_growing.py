"""docs/growing.md, step by step: settings and commands are read from the page. Only names, ports and folders differ."""

import asyncio
import json
import os
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from codec.wire.signals import CONSOLE_PATH, ConsoleSignIn, Desk, read_to_console, write
from relay.config.sources import read_settings
from tests.support.databases import Cluster, running_cluster
from tests.support.proxies import Proxy, caddy
from tests.support.redis_servers import running_redis
from tests.support.relay_process import RelayProcess
from tests.support.relays import CONSOLE, EMAIL, PASSWORD, free_port
from tests.support.waiting import becomes_true, written

PAGE = Path(__file__).parents[2] / "docs" / "growing.md"
SECRET = "secret-of-redis"
CHECKS = ("Redis", "relays", "relays’ clocks", "public address", "WebSocket", "TURN", "database")


def blocks(kind: str) -> list[str]:
    """Return the examples of a kind that the page shows, in order."""
    found = re.findall(rf"^( *)```{kind}\n(.*?)^ *```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL in which nothing has been made for a relay."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def folder(cluster: Cluster) -> str:
    """Where PostgreSQL is reached, with the database that the page has one make."""
    folder = cluster.url("").partition("host=")[2]
    make, _copy = blocks("sh")
    commands = make.replace("sudo -u postgres ", "")
    subprocess.run(["sh", "-ec", commands], env=os.environ | {"PGHOST": folder, "PGUSER": "postgres"}, check=True)
    return folder


def relay_with(folder: Path, text: str, *, is_first: bool = True) -> RelayProcess:
    """Return a relay whose settings are this text; its own port is written in the place of the page's."""
    folder.mkdir()
    config = folder / "relay.toml"
    relay = RelayProcess(folder, program=(sys.executable, "-m", "relay", "--config", str(config)), is_first=is_first)
    config.write_text(text.replace("10.0.0.2:8080", relay.settings.listen))
    config.chmod(0o600)
    read_settings(config, {}, {})
    return relay


async def doctor(relay: RelayProcess, folder: Path, **env: str) -> dict[str, bool | None]:
    """Return what the doctor says of each check."""
    command = [sys.executable, "-m", "relay", "--config", str(folder / "relay.toml"), "doctor", "--json"]
    command += ["--listen", relay.settings.listen, "--data", relay.settings.data_dir]
    process = await asyncio.create_subprocess_exec(*command, env=os.environ | env, stdout=asyncio.subprocess.PIPE)
    said, _nothing = await process.communicate()
    return {each["check"]: each["ok"] for each in json.loads(said)}


async def signs_in(proxy: Proxy) -> bool:
    """Whether a technician signs in through the proxy, and has a desk. It may find a relay gone at that moment."""
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=str(proxy.authority)))
    async with aiohttp.ClientSession(connector=connector) as http:
        body = {"email": EMAIL, "password": PASSWORD, "console": "test"}
        async with http.post(f"{proxy.url}/api/v1/sign-in", json=body) as response:
            if response.status in (502, 503):
                return False
            token: str = (await response.json())["token"]
        async with http.ws_connect(proxy.url + CONSOLE_PATH) as socket:
            await socket.send_str(write(ConsoleSignIn(token, CONSOLE, 1)))
            return isinstance(read_to_console(await socket.receive_str(timeout=10)), Desk)


async def test_one_relay_with_postgresql(tmp_path: Path, folder: str) -> None:
    text = blocks("toml")[0].replace("/var/run/postgresql", folder)
    relay = relay_with(tmp_path / "first", text + "stun_port = 0\n")
    try:
        await relay.start()
        said = await doctor(relay, tmp_path / "first")
        assert (said["database"], said["administrators"], said["Redis"]) == (True, True, None)
    finally:
        relay.end()


async def test_several_relays_behind_a_proxy(tmp_path: Path, folder: str) -> None:
    turn, port, front = tmp_path / "turn-secret", free_port(), free_port()
    turn.write_text("secret-of-coturn")
    turn.chmod(0o600)
    text = blocks("toml")[1]
    for given, ours in (
        ("deskside@10.0.0.4/deskside", f"deskside@/deskside?host={folder}"),
        ("10.0.0.4:6379", f"127.0.0.1:{port}"),
        ('"10.0.0.1"', '"127.0.0.1"'),
        ("https://help.example", f"https://localhost:{front}"),
        ("/etc/deskside/turn-secret", str(turn)),
    ):
        assert given in text
        text = text.replace(given, ours)
    with running_redis(port, SECRET):
        first = relay_with(tmp_path / "first", text)
        second = relay_with(tmp_path / "second", text, is_first=False)
        try:
            await first.start()
            refused = asyncio.ensure_future(second.start())
            said = await written(second.log, "Copy the files key and permit-key", 30)
            refused.cancel()
            assert f"The relay at {first.url} uses this database with other keys" in said
            second.end()
            _make, copy = blocks("sh")
            for name, relay in ((" -cf", first), (" -xpf", second)):
                copy = copy.replace(f"/var/lib/deskside-relay{name}", f"{relay.settings.data}{name}")
            copy = copy.replace("ssh 10.0.0.3", "").replace("sudo ", "")
            await asyncio.to_thread(subprocess.run, ["sh", "-ec", copy], check=True)
            await second.start()
            both = f"{first.settings.listen} {second.settings.listen}"
            with caddy(front, both, "proxies/several.Caddyfile") as proxy:
                await becomes_true(lambda: signs_in(proxy))
                for relay, name in ((first, "first"), (second, "second")):
                    found = await doctor(relay, tmp_path / name, SSL_CERT_FILE=str(proxy.authority))
                    assert [check for check in CHECKS if not found[check]] == [], (name, found)
                first.kill()
                await becomes_true(lambda: signs_in(proxy))
            for log in (first.log, second.log):
                assert SECRET not in log.read_text()
        finally:
            first.end()
            second.end()
