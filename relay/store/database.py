"""The relay's database: opened safely, brought to the present version, used in short transactions.

What only reads takes no lock that a writer takes: on SQLite readers see what was last kept while one writer works, and
writers wait for their turn here, in the order in which they came, instead of trying again and again there.

SQLite in WAL mode is the embedded default, PostgreSQL is for where one machine is not enough; everything that is
particular to either is in this file. Times go in and come out as aware datetimes in UTC.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

import aiosqlite
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import DateTime, Dialect, MetaData, TypeDecorator, event, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from relay.config.reference import masked
from relay.limits.fair_queue import BusyError, Turns
from relay.store.sqlite_driver import OneStepConnection, Watched, connect
from relay.store.sqlite_file import OpenFile, StoreError, back_up, check, existing_only, file_of, keep_private, said_of

MIGRATIONS = Path(__file__).parents[1] / "migrations"
BUSY_MILLISECONDS = 5_000
"""So long SQLite waits for another process that writes, such as a command of the operator."""
CONNECTIONS = 10
"""So many transactions read at once; so many write, where the database can do that."""
WRITERS_WAITING = 200
WAIT_SECONDS = 10.0
"""So long a transaction waits for its turn. Then, and where too many wait, the caller is told to try again."""
_CONTENDED = ("SQLITE_BUSY", "SQLITE_LOCKED", "40001", "40P01", "53300", "55P03")
"""Another transaction was in the way: PostgreSQL's states are a conflict, a deadlock, no connection left, no lock."""
_UNUSABLE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_CORRUPT", "SQLITE_NOTADB", "08", "53100", "57P")
"""Nothing can be read or kept until the operator does something; the last three are PostgreSQL's."""
MAX_ID = 2**31 - 1
"""The largest number that a row can have; PostgreSQL does not even look for a larger one."""


class UnusableError(StoreError):
    """The database cannot be used at the moment. The cause says why."""


class Base(DeclarativeBase):
    """Root of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. Naive datetimes are refused: nobody knows which moment they mean."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Store as UTC without a zone, which sorts and compares on every database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs its zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Store:
    """An open database. Make it with `open_store`, `close` it in the end.

    `file` is what an SQLite database was opened from; `probe` is a connection that nothing else can keep busy, and
    `watched` one that sees what others store.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        readers: AsyncEngine,
        probe: AsyncEngine,
        file: OpenFile | None = None,
        watched: Watched | None = None,
    ) -> None:
        self._engines = engine, readers, probe
        self._watched = watched
        self.file = file
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._reading = async_sessionmaker(readers, expire_on_commit=False)
        self._probing = async_sessionmaker(probe, expire_on_commit=False)
        self._joined: ContextVar[AsyncSession | None] = ContextVar("joined", default=None)
        self._writers = Turns(1 if engine.dialect.name == "sqlite" else CONNECTIONS, WRITERS_WAITING)

    @asynccontextmanager
    async def transaction(self, alone: str | None = None) -> AsyncIterator[AsyncSession]:
        """Everything in one transaction: kept when the block ends, undone when it raises.

        Raises BusyError, UnusableError; StoreError where the file that is open is not the one that will be found again.

        `alone` names a matter on which only one transaction may decide at a time, such as who is the last of its kind;
        the others wait. SQLite has one writer at a time anyway.
        """
        if self.file is not None:
            self.file.check()
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._writers.begin()
        except TimeoutError:
            raise BusyError from None
        began = asyncio.get_running_loop().time()
        try:
            async with _busy_as_such(), self._sessions() as session, session.begin():
                if alone is not None and session.get_bind().dialect.name == "postgresql":
                    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:alone))"), {"alone": alone})
                yield session
        finally:
            self._writers.end(began)

    @asynccontextmanager
    async def reading(self, *, apart: bool = False) -> AsyncIterator[AsyncSession]:
        """Read in one transaction, which waits for no writer and makes none wait. Raises BusyError, UnusableError.

        The database refuses to write in it, so that it cannot be taken for the other kind by mistake. Within
        `reading_together` it is that transaction, unless it is to be `apart`.
        """
        joined = self._joined.get()
        if joined is not None and not apart:
            yield joined
            return
        async with _busy_as_such(), self._reading() as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading_together(self) -> AsyncIterator[None]:
        """Whatever the block reads, one thing after the other, is read in one transaction. Raises as `reading`.

        What is remembered by a generation of the organisation must be read apart: this transaction may be older.
        """
        async with self.reading() as session:
            token = self._joined.set(session)
            try:
                yield
            finally:
                self._joined.reset(token)

    @asynccontextmanager
    async def probing(self) -> AsyncIterator[AsyncSession]:
        """Read over a connection of its own, to learn whether the database answers. Raises BusyError, UnusableError."""
        async with _busy_as_such(), self._probing() as session, session.begin():
            yield session

    def version(self) -> int | None:
        """Return what differs once anything was stored since, by whichever process; None where that cannot be told."""
        return None if self._watched is None else self._watched.version()

    async def close(self) -> None:
        """Let go of the database."""
        if self._watched is not None:
            self._watched.close()
        for engine in self._engines:
            await engine.dispose()


async def open_store(url: str, *, upgrade: bool = True) -> Store:
    """Open the database at `url`, making or upgrading its tables. Raises StoreError.

    Without `upgrade`, one that is not of this version is an error, and nothing is made.
    """
    file = file_of(url)
    if file is not None:
        keep_private(file, make=upgrade)
        check(file)
    upgrading = _engine(existing_only(url), foreign_keys=False)
    try:
        async with upgrading.begin() as connection:
            await connection.run_sync(_upgrade if upgrade else _check_version, file)
    except (DatabaseError, CommandError, OSError) as error:
        raise StoreError(_why_not(url, error)) from None
    finally:
        await upgrading.dispose()
    # From here on a file that is gone is not made again, empty.
    engine, readers = (_engine(existing_only(url), foreign_keys=True, read_only=only) for only in (False, True))
    probe = _engine(existing_only(url), foreign_keys=True, read_only=True, connections=1)
    if file is None:
        return Store(engine, readers, probe)
    return Store(engine, readers, probe, OpenFile(file), Watched(file))


def _why_not(url: str, error: Exception) -> str:
    file, cause = file_of(url), error.orig if isinstance(error, DBAPIError) else error
    if file is not None and cause is not None and hasattr(cause, "sqlite_errorname"):
        return said_of(cause, file)
    return f"The database {masked(url)} cannot be opened or upgraded: {cause or error}"


async def schema_of(url: str) -> str:
    """Return the version of the tables of a database, which is left as it is. Raises StoreError."""
    engine = _engine(existing_only(url), foreign_keys=False, read_only=True)
    try:
        async with engine.connect() as connection:
            present = await connection.run_sync(_present_version)
    except (DatabaseError, OSError) as error:
        raise StoreError(_why_not(url, error)) from None
    finally:
        await engine.dispose()
    if present is None:
        raise StoreError("There is no relay in this database yet. Start the relay once.")
    return present


def versions() -> tuple[str, ...]:
    """Return all versions of the tables that this program knows, the oldest first."""
    script = ScriptDirectory.from_config(_config())
    return tuple(reversed([revision.revision for revision in script.walk_revisions()]))


def _engine(url: str, foreign_keys: bool, read_only: bool = False, connections: int = CONNECTIONS) -> AsyncEngine:
    """Return an engine. A migration that rebuilds a table must not have SQLite delete what refers to it meanwhile."""
    given = {"async_creator_fn": _connect_sqlite} if make_url(url).get_backend_name() == "sqlite" else {}
    engine = create_async_engine(
        url, pool_size=connections, max_overflow=0, pool_timeout=WAIT_SECONDS, pool_use_lifo=True, connect_args=given
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", partial(_prepare_sqlite, foreign_keys, read_only))
        event.listen(engine.sync_engine, "begin", partial(_begin_sqlite, read_only))
    elif read_only:
        return engine.execution_options(postgresql_readonly=True)
    return engine


@asynccontextmanager
async def _busy_as_such() -> AsyncIterator[None]:
    """Say that too much is asked of the database, or that it cannot be used, where that is what is wrong."""
    try:
        yield
    except PoolTimeoutError:
        raise BusyError from None
    except DBAPIError as error:
        said = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None) or ""
        if said.startswith(_CONTENDED):
            raise BusyError from error
        if said.startswith(_UNUSABLE):
            raise UnusableError(UnusableError.__doc__) from error
        raise
    except ConnectionError as error:  # PostgreSQL is not there
        raise UnusableError(UnusableError.__doc__) from error


async def _connect_sqlite(*args: Any, **named: Any) -> aiosqlite.Connection:
    """Connect as SQLAlchemy does, and see the end of the thread of a connection that cannot be made.

    aiosqlite tells that thread to end and does not wait: it would report to an event loop that may be gone by then.
    """
    connection = connect(*args, **named)
    thread = connection._thread  # noqa: SLF001  (SQLAlchemy's own way too: there is no public one)
    thread.daemon = True
    try:
        return await connection
    except BaseException:
        await asyncio.to_thread(thread.join)
        raise


def _prepare_sqlite(foreign_keys: bool, read_only: bool, connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin in _begin_sqlite
    cursor = connection.cursor()
    keys = f"foreign_keys = {'ON' if foreign_keys else 'OFF'}"
    only = f"query_only = {'ON' if read_only else 'OFF'}"
    for pragma in ("journal_mode = WAL", keys, f"busy_timeout = {BUSY_MILLISECONDS}", only):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(read_only: bool, connection: Connection) -> None:
    """One writer at a time from the first read on: SQLite locks no rows, so two could decide on the same one."""
    driver = cast(OneStepConnection, connection.connection.driver_connection)
    driver.begin_with("BEGIN DEFERRED" if read_only else "BEGIN IMMEDIATE")


def _upgrade(connection: Connection, file: Path | None) -> None:
    if connection.dialect.name == "postgresql":
        # Of two relays that start together, one upgrades and the other finds it done.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('upgrade'))")
    present = _present_version(connection)
    known = versions()
    if present is not None and present not in known:
        raise StoreError(f"The database was written by a newer Deskside (version {present}). Install that one again.")
    if present == known[-1]:
        return
    if file is not None and present is not None:
        back_up(file, present)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone():
        raise StoreError("The upgrade would lose related data. Nothing was changed. Please report this.")


def _check_version(connection: Connection, _file: Path | None) -> None:
    present = _present_version(connection)
    if present is None:
        raise StoreError("There is no relay in this database yet. Start the relay once.")
    if present not in versions():
        raise StoreError(f"The database was written by a newer Deskside (version {present}). Install that one again.")
    if present != versions()[-1]:
        raise StoreError(
            f"The database is of an older Deskside (version {present}). Start the relay once to upgrade it."
        )


def _present_version(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
