"""Calls of signed-in technicians, against a relay with 5,000 people in 400 groups on SQLite, in a process of its own.

`GET /me` does nothing but find out who calls and whether they may: every other call costs that and its own work.
"""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from statistics import quantiles

import aiohttp

from tests.perf import herd
from tests.perf.table import Row

CALLS = 500
CALLERS = 50
AT_ONCE = 32
HELD_SECONDS = 6.0
"""So long another process holds the database's write lock."""


async def measure() -> list[Row]:
    """Measure all of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await herd.prepare(f"sqlite+aiosqlite:///{folder / 'relay.sqlite3'}")
        relay = herd.RelayUnderLoad(folder)
        try:
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
                await relay.start(http)
                database = sqlite3.connect(folder / "relay.sqlite3", isolation_level=None)
                with closing(database):
                    return await _measured(relay, http, database)
        finally:
            relay.close()


async def _measured(relay: herd.RelayUnderLoad, http: aiohttp.ClientSession, database: sqlite3.Connection) -> list[Row]:
    async def me(number: int) -> float:
        """Call, and return how many milliseconds that took."""
        headers = {"Authorization": f"Bearer {herd.token_of(herd.FIRST + number % CALLERS)}"}
        began = time.perf_counter()
        async with http.get(f"{relay.url}/api/v1/me", headers=headers) as response:
            assert response.status == 200, await response.text()
            await response.read()
        return 1000 * (time.perf_counter() - began)

    async def one_by_one(*, stores: bool) -> float:
        before = relay.cpu
        for number in range(CALLS):
            if stores:
                database.execute("UPDATE organisation SET version = version + 1")
            await me(number)
        return 1000 * (relay.cpu - before) / CALLS

    await one_by_one(stores=False)
    at_rest, changing = await one_by_one(stores=False), await one_by_one(stores=True)
    together: list[float] = []
    for _ in range(20):
        database.execute("UPDATE organisation SET version = version + 1")
        together += await asyncio.gather(*(me(number) for number in range(AT_ONCE)))
    held = await _while_held(me, database)
    return [
        Row("GET /me: processor time", at_rest, "ms", 2.0),
        Row("GET /me, something stored before each: processor time", changing, "ms", None, goal=2.0),
        Row(f"GET /me, {AT_ONCE} at once, 95 of 100", quantiles(together, n=20)[-1], "ms", 150.0),
        Row(f"GET /me, others hold the write lock for {HELD_SECONDS:g} s: slowest", max(held), "ms", 500.0),
    ]


async def _while_held(me: Callable[[int], Awaitable[float]], database: sqlite3.Connection) -> list[float]:
    took: list[float] = []
    database.execute("BEGIN IMMEDIATE")
    until = time.monotonic() + HELD_SECONDS
    while time.monotonic() < until:
        took.append(await me(len(took)))
        await asyncio.sleep(0.05)
    database.execute("ROLLBACK")
    return took
