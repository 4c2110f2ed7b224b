"""SQLite in one step for each statement: how many steps there are, and that transactions are what they were."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from relay.limits.fair_queue import BusyError
from relay.organization.model import RootRow
from relay.store.database import Store, open_store
from relay.store.sqlite_driver import OneStepConnection


@pytest_asyncio.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Store]:
    """An open database in a file."""
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path / 'relay.sqlite3'}")
    yield store
    await store.close()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes through a connection's thread."""
    found: list[str] = []
    execute: Any = OneStepConnection._execute

    async def noted(self: OneStepConnection, step: Any, *given: Any, **named: Any) -> Any:
        found.append(step.__name__)
        return await execute(self, step, *given, **named)

    monkeypatch.setattr(OneStepConnection, "_execute", noted)
    return found


def row(name: str, kind: str = "administrators") -> dict[str, str]:
    """Return what is in a row."""
    return {"kind": kind, "name": name}


async def test_a_statement_is_one_step_and_the_end_another(opened: Store, steps: list[str]) -> None:
    async with opened.reading() as reading:
        await reading.scalar(select(func.count()).select_from(RootRow))  # a connection is made
    steps.clear()
    async with opened.reading() as reading:
        for _ in range(3):
            assert await reading.scalar(select(func.count()).select_from(RootRow)) == 0
    assert steps == ["_step"] * 3 + ["commit"]


async def test_where_nothing_is_asked_nothing_begins(opened: Store, steps: list[str], tmp_path: Path) -> None:
    async with opened.transaction():
        with closing(sqlite3.connect(tmp_path / "relay.sqlite3", timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")  # nobody holds it
    assert "commit" not in steps


async def test_whoever_is_to_write_holds_the_lock_from_the_first_thing_that_is_read(
    opened: Store, tmp_path: Path
) -> None:
    async with opened.transaction() as writing:
        await writing.scalar(select(RootRow.name))
        other = sqlite3.connect(tmp_path / "relay.sqlite3", timeout=0, isolation_level=None)
        with closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


async def test_who_cannot_begin_is_told_busy_and_the_connection_is_good_for_the_next(
    opened: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.store.database.BUSY_MILLISECONDS", 10)
    with closing(sqlite3.connect(tmp_path / "relay.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            with pytest.raises(BusyError):
                async with opened.transaction() as writing:
                    await writing.execute(insert(RootRow).values(row("no")))
    async with opened.transaction() as writing:
        await writing.execute(insert(RootRow).values(row("yes")))
        assert await writing.scalar(select(RootRow.name)) == "yes"


async def test_what_fails_is_undone_with_what_came_before_it(opened: Store) -> None:
    with pytest.raises(IntegrityError):
        async with opened.transaction() as writing:
            await writing.execute(insert(RootRow).values(row("one")))
            await writing.execute(insert(RootRow).values(row("again")))
    with pytest.raises(OperationalError):
        async with opened.transaction() as writing:
            await writing.execute(insert(RootRow).values(row("one")))
            await writing.execute(text("SELECT nothing FROM nowhere"))
    async with opened.reading() as reading:
        assert await reading.scalar(select(func.count()).select_from(RootRow)) == 0


async def test_rows_counts_numbers_and_what_a_statement_returns_come_back(opened: Store) -> None:
    async with opened.transaction() as writing:
        made = [row(str(number), kind) for number, kind in enumerate(("administrators", "technicians", "externals"))]
        await writing.execute(insert(RootRow), made)
        changed: Any = await writing.execute(update(RootRow).values(name="all"))
        assert changed.rowcount == 3
        gone = delete(RootRow).where(RootRow.kind == "externals").returning(RootRow.kind)
        assert list(await writing.scalars(gone)) == ["externals"]
        assert list(await writing.scalars(select(RootRow.kind).order_by(RootRow.kind))) == [
            "administrators",
            "technicians",
        ]
        assert list(await writing.scalars(select(RootRow.kind).where(RootRow.kind == "nobody"))) == []
