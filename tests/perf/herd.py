"""Many at once, against a relay with 5,000 people in 400 groups on SQLite: a restart, a right, sign-ins, the end.

Consoles are the real client (`console.relay`), applets are sockets. All of them run in this process, which takes at
least as much of the machine as the relay does: the figures are of both together.
"""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import IO, Any

import aiohttp
from sqlalchemy import insert, update

from codec.wire.api_types import Method, NewCode
from codec.wire.signals import APPLET_PATH, Enter, Permitted, RulesChanged, read_to_applet, write
from console.relay import Relay, RelayRefusedError, RelayUnreachableError
from relay.accounts.model import PersonRow, SignInRow
from relay.accounts.service import SignInKind
from relay.config.settings import Settings
from relay.credentials.password_hashing import Passwords
from relay.organization.model import TechnicianGroupRow
from relay.secret import digest
from relay.store.database import open_store
from tests.perf.admin import fill
from tests.perf.table import Row
from tests.support.relays import PASSWORD, free_port
from tests.support.waiting import becomes_true, eventually
from tests.support.xvfb import end

CONSOLES = 1_000
"""So many come back after a restart."""
AT_WORK = 500
"""So many consoles are there when a right is taken away, each with a customer's applet."""
SIGN_INS = 100
TOP = 1
"""The group that all others are below."""
FIRST = 2
"""The first technician's number."""
HEALTH_SECONDS = 0.1
ONE_ADDRESS = {f"DESKSIDE_RELAY_MAX_{what}_PER_ADDRESS": "4000" for what in ("CONNECTIONS", "STRANGERS")} | {
    "DESKSIDE_RELAY_TRUSTED_PROXIES": "127.0.0.1/32"
}
"""Here all come from one address; elsewhere from as many as there are desks."""
LONG = 180.0
_ASKER = """
import sys, time, urllib.request
while True:
    began = time.monotonic()
    assert urllib.request.urlopen(sys.argv[1], timeout=60).status == 200
    print(time.monotonic() - began, flush=True)
    time.sleep(float(sys.argv[2]))
"""
"""Those who come are in this process, which is busy with them."""


class Console:
    """One technician's console, and when it last heard what."""

    def __init__(self, http: aiohttp.ClientSession, url: str, person: int) -> None:
        self.person = person
        self.heard: dict[str, float] = {}
        self.relay = Relay(http, url, f"console-{person:06}", self._hear, self._online)
        self.is_online = False
        self._listening: asyncio.Task[None] | None = None

    def come(self) -> None:
        """Connect with the token that is in the database."""
        self.relay._token = token_of(self.person)
        self._listening = asyncio.ensure_future(self.relay.listen())

    def go(self) -> None:
        """Disconnect."""
        if self._listening is not None:
            self._listening.cancel()

    def _hear(self, signal: Any) -> None:
        self.heard[type(signal).__name__] = time.monotonic()

    def _online(self, online: bool, _retry: float | None) -> None:
        self.is_online = online


class RelayUnderLoad:
    """The relay as a process of its own."""

    def __init__(self, folder: Path, database: str = "") -> None:
        """`database` is another one than SQLite in the folder."""
        self.folder = folder
        self._database = {"DESKSIDE_RELAY_DATABASE_URL": database} if database else {}
        self.settings = Settings(listen=f"127.0.0.1:{free_port()}", data_dir=str(folder), stun_port=0)
        self.url = f"http://{self.settings.listen}"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self, http: aiohttp.ClientSession) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "relay", "--listen", self.settings.listen, "--data", self.settings.data_dir]
        with (self.folder / "relay.log").open("ab") as log:
            self._process = await asyncio.to_thread(_popen, command, log, self._database)
        await becomes_true(lambda: _answers(http, self.url), LONG)

    async def stop(self, number: signal.Signals) -> float:
        """End it, and return how long that took."""
        assert self._process is not None
        began = time.monotonic()
        self._process.send_signal(number)
        await asyncio.to_thread(self._process.wait)
        return time.monotonic() - began

    @property
    def cpu(self) -> float:
        """Seconds that it has computed."""
        assert self._process is not None
        # (Linux's number of a process's own clock; /proc counts in steps of 10 ms, at moments that it chooses.)
        return time.clock_gettime(~self._process.pid << 3 | 2)

    @property
    def megabytes(self) -> float:
        """The most memory that it has had."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    @property
    def megabytes_now(self) -> float:
        """The memory that it has."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    @property
    def errors(self) -> int:
        """Tracebacks in its log."""
        return (self.folder / "relay.log").read_text().count("Traceback")

    def close(self) -> None:
        """End it in the end."""
        if self._process is not None:
            end(self._process)


async def measure() -> list[Row]:
    """Measure all of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await prepare(f"sqlite+aiosqlite:///{folder / 'relay.sqlite3'}")
        relay = RelayUnderLoad(folder)
        try:
            connector = aiohttp.TCPConnector(limit=0)  # each applet takes one
            async with aiohttp.ClientSession(connector=connector) as http, AsyncExitStack() as ends:
                await relay.start(http)
                consoles = [Console(http, relay.url, FIRST + number) for number in range(CONSOLES)]
                for each in consoles:
                    each.come()
                    ends.callback(each.go)
                await eventually(lambda: all(each.is_online for each in consoles), LONG)
                rows = [
                    *await _restart(relay, http, consoles, signal.SIGTERM),
                    *await _restart(relay, http, consoles, signal.SIGKILL),
                ]
                for each in consoles[AT_WORK:]:
                    each.go()
                consoles = consoles[:AT_WORK]
                rows += [
                    *await _right(relay, http, consoles, ends),
                    *await _sign_ins(relay, http),
                ]
                took = await relay.stop(signal.SIGTERM)
                rows.append(Row(f"SIGTERM with {AT_WORK} consoles and {AT_WORK} applets", took, "s", 4.0))
                rows.append(Row("tracebacks in the relay's log", relay.errors, "", 0.0))
        finally:
            relay.close()
    return rows


async def _restart(
    relay: RelayUnderLoad, http: aiohttp.ClientSession, consoles: list[Console], how: signal.Signals
) -> list[Row]:
    await relay.stop(how)
    await eventually(lambda: not any(each.is_online for each in consoles), LONG)
    await relay.start(http)
    began = time.monotonic()
    async with asking(f"{relay.url}/health") as answers:
        await eventually(lambda: all(each.is_online for each in consoles), LONG)
        back = time.monotonic() - began
    what = f"{CONSOLES} consoles after {how.name}"
    health = quantiles(answers, n=20)[-1] if len(answers) > 2 else max(answers)
    return [
        Row(f"{what}: all back after it answers", back, "s", 20.0),
        Row(f"{what}: the relay's processor time, start included", relay.cpu, "s", 12.0),
        Row(f"{what}: its memory", relay.megabytes, "MB", 250.0),
        Row(f"{what}: /health, 95 of 100", 1000 * health, "ms", 500.0, goal=100.0),
    ]


async def _right(
    relay: RelayUnderLoad, http: aiohttp.ClientSession, consoles: list[Console], ends: AsyncExitStack
) -> list[Row]:
    """Take a right away at the root, from everybody."""
    heard: dict[int, float] = {}
    for number in range(AT_WORK):
        code = await consoles[number].relay.make_code(NewCode(method=Method.LINK))
        assert code.path is not None
        socket = await ends.enter_async_context(http.ws_connect(relay.url + APPLET_PATH))
        await socket.send_str(write(Enter(1, link=code.path.removeprefix("/s/"))))
        reading = asyncio.ensure_future(_listen(socket, number, heard))
        ends.callback(reading.cancel)
    await eventually(lambda: len(heard) == AT_WORK, LONG)
    heard.clear()
    for each in consoles:
        each.heard.pop(RulesChanged.__name__, None)
    before = relay.cpu
    headers = {"Authorization": f"Bearer {token_of(1)}"}
    path = f"{relay.url}/api/v1/technician-groups/{TOP}/permissions"
    async with http.get(path, headers=headers) as response:
        version = (await response.json())["version"]
    intent = {"version": version, "permissions": {"remote_control": {"enabled": False, "locked": True}}}
    began = time.monotonic()
    async with http.patch(path, headers=headers, json=intent) as response:
        assert response.status == 200, await response.text()
    await eventually(lambda: len(heard) == AT_WORK, LONG)
    await eventually(lambda: all(RulesChanged.__name__ in each.heard for each in consoles), LONG)
    last_applet = max(heard.values()) - began
    last_console = max(each.heard[RulesChanged.__name__] for each in consoles) - began
    what = f"a right taken away at the top, {AT_WORK} consoles, {AT_WORK} applets"
    return [
        Row(f"{what}: last applet", last_applet, "s", 1.0),
        Row(f"{what}: last console", last_console, "s", 3.0, goal=1.0),
        Row(f"{what}: the relay's processor time", relay.cpu - before, "s", 2.0),
    ]


async def _listen(socket: aiohttp.ClientWebSocketResponse, number: int, heard: dict[int, float]) -> None:
    async for frame in socket:
        if frame.type is aiohttp.WSMsgType.TEXT and type(read_to_applet(frame.data)).__name__ in (
            Permitted.__name__,
            "Entered",
        ):
            heard[number] = time.monotonic()


async def _sign_ins(relay: RelayUnderLoad, http: aiohttp.ClientSession) -> list[Row]:
    """All technicians come at nine o'clock: each with the real client, which waits as it is told."""
    times: list[float] = []
    failed: list[str] = []
    began, before = time.monotonic(), relay.cpu

    async def come(number: int) -> None:
        console = Relay(http, relay.url, f"morning-{number:06}", lambda _signal: None, lambda _on, _seconds: None)
        while True:
            try:
                await console.sign_in(_email(FIRST + number), PASSWORD)
            except (RelayRefusedError, RelayUnreachableError) as error:
                failed.append(str(error))
                await asyncio.sleep(3)
            else:
                times.append(time.monotonic() - began)
                return

    await asyncio.gather(*(come(number) for number in range(SIGN_INS)))
    what = f"{SIGN_INS} sign-ins at once"
    return [
        Row(f"{what}: the last is in", max(times), "s", 120.0),
        Row(f"{what}: processor time each", (relay.cpu - before) / SIGN_INS, "s", 0.6),
        Row(f"{what}: had to be tried again by hand", len(failed), "", 0.0, note="; ".join(sorted(set(failed))[:2])),
    ]


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[list[float]]:
    """Ask again and again, from a process of its own; in the end there is how many seconds each answer took."""
    took: list[float] = []
    command = [sys.executable, "-c", _ASKER, url, str(HEALTH_SECONDS)]
    asker = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    try:
        yield took
    finally:
        asker.terminate()
        said, _ = await asker.communicate()
        took += [float(line) for line in said.split()]


async def prepare(database: str) -> None:
    """Make the organisation, a sign-in for each technician who comes, and passwords for those who sign in."""
    now = datetime.now(UTC)
    store = await open_store(database)
    passwords = Passwords()
    try:
        await fill(store)
        sign_in = {
            "kind": SignInKind.TOKEN,
            "console": "",
            "address": "",
            "made_at": now,
            "used_at": now,
            "proved_at": now,
        }
        ends = {"expires_at": now + timedelta(hours=1)}
        people = [1, *range(FIRST, FIRST + CONSOLES)]
        rows = [sign_in | ends | {"person_id": each, "digest": digest(token_of(each))} for each in people]
        stored = {"password_hash": await passwords.hash(PASSWORD), "password_changed_at": now, "password_level": "good"}
        async with store.transaction() as transaction:
            await transaction.execute(insert(SignInRow), rows)
            below = update(TechnicianGroupRow).where(
                TechnicianGroupRow.parent_id.is_(None), TechnicianGroupRow.id != TOP
            )
            await transaction.execute(below.values(parent_id=TOP))
            some = PersonRow.id.between(FIRST, FIRST + SIGN_INS)
            await transaction.execute(update(PersonRow).where(some).values(**stored))
    finally:
        passwords.close()
        await store.close()


def token_of(person: int) -> str:
    """Return the token that a person's console holds."""
    return f"token-of-{person}"


def _email(person: int) -> str:
    return f"{person}@northwind.example"


def _popen(command: list[str], log: IO[bytes], more: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | ONE_ADDRESS | more)


async def _answers(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(f"{url}/health") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False
