"""Reading and writing at the same time, on both kinds of database: nobody waits for ever, nothing dies (F6)."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from relay.limits.fair_queue import BusyError, Turns
from relay.organization.model import RootRow
from relay.store.database import Store, open_store
from tests.support.waiting import eventually


def root(kind: str, name: str) -> RootRow:
    """Return a row to write."""
    return RootRow(kind=kind, name=name)


async def name_of(store: Store) -> str | None:
    """Return what stands in the only row."""
    async with store.reading() as reading:
        name: str | None = await reading.scalar(select(RootRow.name))
        return name


async def test_f6_readers_wait_for_no_writer_and_see_what_was_kept(store: Store) -> None:
    """F6: every transaction, readers too, took SQLite's write lock, so bursts died as "database is locked"."""
    async with store.transaction() as writing:
        writing.add(root("administrators", "Before"))
    async with store.transaction() as writing:
        await writing.execute(update(RootRow).values(name="After"))
        async with asyncio.timeout(2):
            names = await asyncio.gather(*(name_of(store) for _ in range(30)))
    assert set(names) == {"Before"}
    assert await name_of(store) == "After"


async def test_whoever_reads_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError):
        async with store.reading() as reading:
            await reading.execute(update(RootRow).values(name="no"))
    with pytest.raises(DBAPIError):
        async with store.reading() as reading:
            reading.add(root("administrators", "no"))
    async with store.reading() as reading:
        assert await reading.scalar(select(func.count()).select_from(RootRow)) == 0


async def test_f6_many_writers_at_once_all_write(store: Store) -> None:
    async with store.transaction() as writing:
        writing.add(root("administrators", "0"))

    async def count() -> None:
        async with store.transaction(alone="count") as writing:
            row = (await writing.scalars(select(RootRow))).one()
            row.name = str(int(row.name) + 1)

    await asyncio.gather(*(count() for _ in range(60)), *(name_of(store) for _ in range(60)))
    assert await name_of(store) == "60"


async def test_f6_who_comes_when_too_many_wait_is_told_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_writers", Turns(1, 2))
    holding, go_on = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with store.transaction():
            holding.set()
            await go_on.wait()

    held = asyncio.ensure_future(hold())
    await holding.wait()
    waiting = [asyncio.ensure_future(hold()) for _ in range(2)]
    await eventually(lambda: store._writers.waiting == 2)
    with pytest.raises(BusyError):
        async with store.transaction():
            pass
    go_on.set()
    await asyncio.gather(held, *waiting)


async def test_f6_a_writer_that_waits_too_long_is_told_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relay.store.database.WAIT_SECONDS", 0.01)
    monkeypatch.setattr(store, "_writers", Turns(1, 200))
    async with store.transaction():
        with pytest.raises(BusyError):
            async with store.transaction():
                pass
    async with store.transaction():
        pass


async def test_f6_another_process_that_writes_is_no_failure_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command of the operator holds the lock longer than SQLite waits: try again, says the relay."""
    monkeypatch.setattr("relay.store.database.BUSY_MILLISECONDS", 10)
    file = tmp_path / "relay.sqlite3"
    store = await open_store(f"sqlite+aiosqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError):
            async with store.transaction() as writing:
                writing.add(root("administrators", "0"))
        assert await name_of(store) is None
    await store.close()
