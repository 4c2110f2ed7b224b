"""A desk at work: 500 technicians' consoles and 2,000 sessions at one relay, on SQLite and on PostgreSQL.

Consoles are the real client (`console.relay`), customers are sockets that came through ten channels, each served by
about fifty of the technicians. They share the machine with the relay: the figures are of both together.
"""

import asyncio
import signal
import tempfile
import time
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import quantiles
from typing import Any

import aiohttp
from sqlalchemy import insert

from codec.wire.api_types import Session, SessionState
from codec.wire.customer_kinds import CustomerKind
from codec.wire.messages import VERSION
from codec.wire.signals import APPLET_PATH, Enter, Entered, RulesChanged, SessionChanged, read_to_applet, write
from console.relay import RelayRefusedError
from relay.sessions.model import SessionRow
from relay.store.database import open_store
from tests.perf.herd import FIRST, LONG, TOP, Console, RelayUnderLoad, asking, prepare, token_of
from tests.perf.table import Row
from tests.support.databases import running_cluster
from tests.support.waiting import eventually

CONSOLES = 500
ON_HOLD = 1_600
WAITING = 400
CHANGES = 200
CHANGES_PER_SECOND = 20.0
CHANNELS = 10
RACERS = 50


_customers = count()


class Technician(Console):
    """A console that notes when it hears that a session waits."""

    def __init__(self, http: aiohttp.ClientSession, url: str, person: int) -> None:
        super().__init__(http, url, person)
        self.waits: dict[int, float] = {}

    def _hear(self, signal: Any) -> None:
        super()._hear(signal)
        if isinstance(signal, SessionChanged) and signal.session.state is SessionState.WAITING:
            self.waits.setdefault(signal.session.id, time.monotonic())


async def measure() -> list[Row]:
    """Measure on both databases."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sqlite").mkdir()
        rows += await _desk(
            "SQLite", RelayUnderLoad(folder / "sqlite"), f"sqlite+aiosqlite:///{folder}/sqlite/relay.sqlite3"
        )
        with ExitStack() as ends:
            cluster = await asyncio.to_thread(ends.enter_context, running_cluster())
            (folder / "postgresql").mkdir()
            database = await asyncio.to_thread(cluster.new_database)
            rows += await _desk("PostgreSQL", RelayUnderLoad(folder / "postgresql", database), database)
    return rows


async def _desk(name: str, relay: RelayUnderLoad, database: str) -> list[Row]:
    await prepare(database)
    await _put_on_hold(database)
    try:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as http, AsyncExitStack() as ends:
            await relay.start(http)
            customers = [await _enter(ends, http, relay.url, 1 + number % CHANNELS) for number in range(WAITING)]
            before = relay.megabytes_now
            technicians = [Technician(http, relay.url, FIRST + number) for number in range(CONSOLES)]
            for each in technicians:
                each.come()
                ends.callback(each.go)
            await eventually(lambda: all(each.is_online for each in technicians), LONG)
            kilobytes = 1024 * (relay.megabytes_now - before) / CONSOLES
            what = f"{name}, {CONSOLES} consoles, {ON_HOLD + WAITING} sessions"
            return [
                Row(f"{what}: memory for a console", kilobytes, "KB", 60.0),
                *await _changes(what, ends, http, relay, technicians),
                *await _race(what, relay, technicians, customers[0]),
                *await _right(what, http, relay, technicians),
                *await _storm(what, http, relay, technicians),
                Row(f"{what}: tracebacks in the relay's log", relay.errors, "", 0.0),
            ]
    finally:
        relay.close()


async def _put_on_hold(database: str) -> None:
    """Write sessions of the technicians that were put on hold: those never end by time."""
    store, now = await open_store(database), datetime.now(UTC)
    known = {
        "origin": "private",
        "technician": "Technician",
        "method": "pin",
        "name": "Hélène",
        "state": SessionState.ON_HOLD.value,
        "made_at": now,
        "since": now,
        "began_at": now,
        "computer": "FRONT-DESK",
        "system": "Debian 12",
    }
    rows = [known | {"person_id": FIRST + number % CONSOLES} for number in range(ON_HOLD)]
    try:
        async with store.transaction() as transaction:
            await transaction.execute(insert(SessionRow), rows)
    finally:
        await store.close()


async def _enter(ends: AsyncExitStack, http: aiohttp.ClientSession, url: str, channel: int) -> int:
    """Come through a channel; return the session."""
    number = next(_customers)
    address = {"X-Forwarded-For": f"10.0.{number // 250}.{number % 250}"}  # each has an address of their own
    socket = await ends.enter_async_context(http.ws_connect(url + APPLET_PATH, headers=address))
    first = Enter(
        VERSION, computer="Firefox", system="Windows", kind=CustomerKind.PAGE, means=["view"], channel=channel
    )
    await socket.send_str(write(first))
    async with asyncio.timeout(LONG):
        entered = read_to_applet(await socket.receive_str())
    assert isinstance(entered, Entered), entered
    return entered.session


async def _changes(
    what: str, ends: AsyncExitStack, http: aiohttp.ClientSession, relay: RelayUnderLoad, technicians: list[Technician]
) -> list[Row]:
    """Customers come, twenty a second: until each console that shows their queue has heard of each."""
    for each in technicians:
        each.waits.clear()
    began, processor = time.monotonic(), relay.cpu
    came: dict[int, float] = {}

    async def come(number: int) -> None:
        await asyncio.sleep(max(0.0, began + number / CHANGES_PER_SECOND - time.monotonic()))
        at = time.monotonic()
        came[await _enter(ends, http, relay.url, 1 + number % CHANNELS)] = at

    await asyncio.gather(*(come(number) for number in range(CHANGES)))
    concerned = CONSOLES // CHANNELS
    await eventually(lambda: sum(len(each.waits) for each in technicians) >= CHANGES * concerned * 0.9, LONG)
    await asyncio.sleep(2)
    late = [heard - came[session] for each in technicians for session, heard in each.waits.items() if session in came]
    note = f"{len(late)} times heard, slowest {1000 * max(late):.0f} ms"
    seconds = time.monotonic() - began
    return [
        Row(
            f"{what}: a customer waits → each console concerned",
            1000 * quantiles(late, n=20)[-1],
            "ms",
            250.0,
            note=note,
        ),
        Row(f"{what}: the relay's processor time meanwhile", (relay.cpu - processor) / seconds, "of one core", None),
    ]


async def _race(what: str, relay: RelayUnderLoad, technicians: list[Technician], session: int) -> list[Row]:
    """Those who serve a channel pick up the same session at once."""
    racers = [each for each in technicians if await _sees(each, session)][:RACERS]
    told: list[str] = []

    async def pick_up(technician: Technician) -> bool:
        try:
            await technician.relay.pick_up(session)
        except RelayRefusedError as error:
            told.append(error.problem.taken_by or "")
            return False
        return True

    won = await asyncio.gather(*(pick_up(each) for each in racers))
    return [
        Row(f"{what}: {len(racers)} pick up one session, winners", sum(won), "", 1.0),
        Row(f"{what}: losers who are not told who has it", sum(not name for name in told), "", 0.0),
    ]


async def _sees(technician: Technician, session: int) -> bool:
    return any(each.id == session for each in await technician.relay._ask("GET", "/api/v1/sessions", list[Session]))


async def _right(
    what: str, http: aiohttp.ClientSession, relay: RelayUnderLoad, technicians: list[Technician]
) -> list[Row]:
    """Take a right away at the root, from everybody."""
    for each in technicians:
        each.heard.pop(RulesChanged.__name__, None)
    headers = {"Authorization": f"Bearer {token_of(1)}"}
    path = f"{relay.url}/api/v1/technician-groups/{TOP}/permissions"
    async with http.get(path, headers=headers) as response:
        version = (await response.json())["version"]
    intent = {"version": version, "permissions": {"remote_control": {"enabled": False, "locked": True}}}
    async with asking(f"{relay.url}/health") as answers:
        began = time.monotonic()
        async with http.patch(path, headers=headers, json=intent) as response:
            assert response.status == 200, await response.text()
        await eventually(lambda: all(RulesChanged.__name__ in each.heard for each in technicians), LONG)
        last = max(each.heard[RulesChanged.__name__] for each in technicians) - began
    return [
        Row(f"{what}: a right taken away at the root, last console", last, "s", 2.0),
        Row(f"{what}: slowest /health meanwhile", 1000 * max(answers, default=0.0), "ms", 100.0),
    ]


async def _storm(
    what: str, http: aiohttp.ClientSession, relay: RelayUnderLoad, technicians: list[Technician]
) -> list[Row]:
    """Everybody comes back after a restart."""
    await relay.stop(signal.SIGKILL)
    await eventually(lambda: not any(each.is_online for each in technicians), LONG)
    await relay.start(http)
    began = time.monotonic()
    async with asking(f"{relay.url}/health") as answers:
        await eventually(lambda: all(each.is_online for each in technicians), LONG)
        back = time.monotonic() - began
    health = quantiles(answers, n=20)[-1] if len(answers) > 2 else max(answers)
    return [
        Row(f"{what}: all back after a restart", back, "s", 30.0),
        Row(f"{what}: /health meanwhile, 95 of 100", 1000 * health, "ms", 200.0),
    ]
