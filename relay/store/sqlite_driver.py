"""SQLite over aiosqlite with one step into its thread for each statement, where SQLAlchemy would take five.

A step costs more than most of the relay's questions: two switches between threads, and one turn of the event loop. So
a statement, all of its rows and the BEGIN before the first one are one step, and what needs no thread takes none.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiosqlite

CHUNK = 64  # aiosqlite's own, for what nobody here asks of it


class OneStepConnection(aiosqlite.Connection):
    """A connection as SQLAlchemy's dialect uses it. `begin_with` is what it says before the next statement."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, CHUNK)
        self._begin: str | None = None

    def begin_with(self, statement: str) -> None:
        """Begin a transaction so at its first statement; one without any never begins."""
        self._begin = statement

    def cursor(self) -> Any:
        """Return a cursor, which needs no thread until it executes."""
        return _Cursor(self)

    async def commit(self) -> None:
        """See sqlite3.Connection."""
        self._begin = None
        if self._conn.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """See sqlite3.Connection."""
        self._begin = None
        if self._conn.in_transaction:
            await super().rollback()

    async def step(self, many: bool, sql: str, parameters: Any) -> "_Done":
        """Execute a statement in the thread, after the BEGIN that is due. Raises sqlite3.Error."""
        begin, self._begin = self._begin, None
        step: Callable[..., Awaitable[_Done]] = self._execute  # aiosqlite says nothing of its types
        return await step(_step, self._conn, begin, many, sql, parameters)


class _Done:
    """What came of a statement."""

    __slots__ = ("description", "lastrowid", "rowcount", "rows")

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self.rows = cursor.fetchall() if cursor.description else []
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid


class _Cursor:
    """One statement after the other, each with all of its rows."""

    arraysize = 1

    def __init__(self, connection: OneStepConnection) -> None:
        self._connection = connection
        self._done: _Done | None = None

    async def __aenter__(self) -> "_Cursor":
        return self

    @property
    def description(self) -> Any:
        return None if self._done is None else self._done.description

    @property
    def rowcount(self) -> int:
        return -1 if self._done is None else self._done.rowcount

    @property
    def lastrowid(self) -> int | None:
        return None if self._done is None else self._done.lastrowid

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        self._done = await self._connection.step(False, sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        self._done = await self._connection.step(True, sql, parameters)

    async def fetchall(self) -> list[Any]:
        return [] if self._done is None else self._done.rows

    async def close(self) -> None:
        """Nothing is left open."""


class Watched:
    """Says whether anything was stored in a database file, by this process or another.

    It asks in the caller's own thread: SQLite answers from memory that its connections share, in 5 µs, and waits for
    no lock here.
    """

    def __init__(self, file: Path) -> None:
        url = f"file:{quote(str(file.absolute()))}?mode=rw"
        self._connection = sqlite3.connect(url, uri=True, timeout=0, isolation_level=None, check_same_thread=False)

    def version(self) -> int | None:
        """Return what differs once anything was stored; None where that cannot be told at the moment."""
        try:
            found = self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            return None
        return int(found[0])

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def connect(database: str | Path, **named: Any) -> OneStepConnection:
    """Return a connection that is made when it is awaited, as aiosqlite's own `connect` does."""
    return OneStepConnection(partial(sqlite3.connect, str(database), **named))


def _step(connection: sqlite3.Connection, begin: str | None, many: bool, sql: str, parameters: Any) -> _Done:
    if begin is not None:
        connection.execute(begin)
    cursor = connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(sql, parameters)
        return _Done(cursor)
    finally:
        cursor.close()
