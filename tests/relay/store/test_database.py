"""The database: its versions, what an upgrade keeps, that both kinds have the same tables, and who else may open it."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from relay.accounts.model import LicenceRow, PersonRow, SignInRow
from relay.accounts.rules import Role, Status
from relay.events.kinds import Created, Moved, Participant, Participation
from relay.events.log import of_session
from relay.migrations import models  # noqa: F401  (fills Base.metadata)
from relay.organization.model import ChannelRow, RootRow, TechnicianGroupRow
from relay.sessions.history import times_of
from relay.sessions.model import LegRow, SessionRow
from relay.sessions.rules import Clock
from relay.store.database import Base, _config, open_store
from relay.store.sqlite_file import StoreError
from tests.support.databases import Cluster
from tests.support.relay_process import RelayProcess
from tests.support.relays import EMAIL, PASSWORD

_PERSON = (
    "INSERT INTO person (email, email_key, name, nickname, password_hash, is_master_administrator, is_technician,"
    " made_at)"
    " VALUES ('{0}@northwind.example', '{0}@northwind.example', '{0}', '{0}', 'hash', {1}, {2}, '2026-01-01 10:00:00')"
)
_FIRST = (
    "INSERT INTO organisation (id, name) VALUES (1, 'Northwind IT')",
    _PERSON.format("anna", "true", "true"),
    _PERSON.format("boris", "true", "false"),
    _PERSON.format("chloe", "false", "true"),
    "INSERT INTO sign_in (person_id, kind, digest, console, address, made_at, used_at, expires_at) VALUES"
    " (1, 'token', 'd', '', '', '2026-01-01 10:00:00', '2026-01-01 10:00:00', '2036-01-01 10:00:00')",
)


def at_version(connection: Connection, version: str) -> None:
    """Bring a bare database to an early version."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def filled_as_before(connection: Connection) -> None:
    """Make the first version's tables, with people in them."""
    at_version(connection, "0001")
    for statement in _FIRST:
        connection.execute(text(statement))


async def first_version(url: str) -> None:
    """Make a database as the first version left it."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(filled_as_before)
    await engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of each kind in which there is nothing at all."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'bare.sqlite3'}"
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.bare_database()


async def test_an_upgrade_keeps_people_their_sign_ins_and_what_they_could_do(bare_url: str) -> None:
    await first_version(bare_url)
    store = await open_store(bare_url)
    try:
        async with store.transaction() as transaction:
            people = {row.name: row for row in await transaction.scalars(select(PersonRow))}
            licensed = set(await transaction.scalars(select(LicenceRow.person_id)))
            assert [row.digest for row in await transaction.scalars(select(SignInRow))] == ["d"]
            group = await transaction.scalar(select(TechnicianGroupRow.id))
            assert len(list(await transaction.scalars(select(ChannelRow)))) == 10
            assert len(list(await transaction.scalars(select(RootRow)))) == 6
    finally:
        await store.close()
    roles = {name: person.role for name, person in people.items()}
    assert roles == {"anna": Role.ACCOUNT_OWNER, "boris": Role.MASTER_ADMINISTRATOR, "chloe": Role.TECHNICIAN}
    assert people["chloe"].technician_group_id == group is not None
    assert {person.status for person in people.values()} == {Status.ENABLED}
    assert licensed == {people["anna"].id, people["chloe"].id}


_SESSION = (
    "INSERT INTO session (person_id, code_id, method, name, state, made_at, since, console, computer, system, ending)"
    " VALUES (1, 1, 'pin', 'Mrs Jansen', '{0}', '2026-11-01 10:00:00', '{1}', NULL, 'FRONT-DESK-2', 'Debian', '')"
)
_MOVE = "INSERT INTO session_event (session_id, at, old, new, actor) VALUES ({0}, '2026-11-01 {1}', {2}, '{3}', '{4}')"
_SESSIONS = (
    "INSERT INTO code (person_id, method, state, name, made_at, expires_at, misses) VALUES"
    " (1, 'pin', 'used', 'Mrs Jansen', '2026-11-01 10:00:00', '2026-11-01 10:15:00', 0)",
    _SESSION.format("closed_by_technician", "2026-11-01 10:07:30"),
    _SESSION.format("waiting", "2026-11-01 10:00:30"),
    _MOVE.format(1, "10:00:00", "NULL", "connecting", "customer"),
    _MOVE.format(2, "10:00:10", "NULL", "connecting", "customer"),
    _MOVE.format(1, "10:00:20", "'connecting'", "waiting", "customer"),
    _MOVE.format(2, "10:00:30", "'connecting'", "waiting", "customer"),
    _MOVE.format(1, "10:01:00", "'waiting'", "active", "technician"),
    _MOVE.format(1, "10:05:00", "'active'", "reconnecting", "system"),
    _MOVE.format(1, "10:06:00", "'reconnecting'", "active", "system"),
    _MOVE.format(1, "10:07:30", "'active'", "closed_by_technician", "technician"),
)


def with_sessions(connection: Connection) -> None:
    """Make the tables as they were before there were events, with two sessions in them."""
    filled_as_before(connection)
    at_version(connection, "0013")
    for statement in _SESSIONS:
        connection.execute(text(statement))


async def test_an_upgrade_keeps_sessions_and_all_that_happened_to_them(bare_url: str) -> None:
    engine = create_async_engine(bare_url)
    async with engine.begin() as connection:
        await connection.run_sync(with_sessions)
    await engine.dispose()
    store = await open_store(bare_url)
    try:
        async with store.reading() as transaction:
            ended, waits = await transaction.scalars(select(SessionRow).order_by(SessionRow.id))
            (leg,) = await transaction.scalars(select(LegRow))
            kept = [await of_session(transaction, session) for session in (1, 2)]
    finally:
        await store.close()
    seconds = {clock: round(time.total_seconds()) for clock, time in times_of(ended).of.items()}
    took = {Clock.CONNECTING: 20, Clock.WAITING: 40, Clock.ACTIVE: 330, Clock.RECONNECT: 60}
    assert seconds == dict.fromkeys(Clock, 0) | took
    assert (ended.leg_id, leg.name, leg.ended_as) == (leg.id, "anna", "closed_by_technician")
    assert leg.began_at == datetime(2026, 11, 1, 10, 1, tzinfo=UTC)
    assert (waits.leg_id, times_of(waits).of[Clock.CONNECTING]) == (None, timedelta(seconds=20))
    moves = [[each.what.new for each in events if isinstance(each.what, Moved)] for events in kept]
    assert moves == [
        ["connecting", "waiting", "active", "reconnecting", "active", "closed_by_technician"],
        ["connecting", "waiting"],
    ]
    actions = [each.what.action for each in kept[0] if isinstance(each.what, Participant)]
    assert actions == [Participation.START, Participation.END]
    assert [isinstance(events[0].what, Created) for events in kept] == [True, True]


async def test_the_tables_are_those_that_the_models_declare(bare_url: str) -> None:
    store = await open_store(bare_url)
    await store.close()
    engine = create_async_engine(bare_url)
    async with engine.begin() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), Base.metadata)
        )
    await engine.dispose()
    assert differences == []


def look_from_outside(file: Path, query: str) -> str:
    """Open the database in a process of its own, read, and close it, as a program for backups does."""
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); print(c.execute(sys.argv[2]).fetchone()[0]); c.close()"
    )
    done = subprocess.run([sys.executable, "-c", code, file, query], capture_output=True, text=True, check=True)
    return done.stdout.strip()


async def test_opening_a_database_twice_leaves_its_locks_alone(tmp_path: Path) -> None:
    """A process that closes any descriptor of a file loses all its locks on it; another one then took SQLite's log."""
    file = tmp_path / "relay.sqlite3"
    url = f"sqlite+aiosqlite:///{file}"
    store = await open_store(url)
    try:
        async with store.transaction() as transaction:
            await transaction.execute(text("CREATE TABLE kept (what TEXT)"))
        await (await open_store(url)).close()
        assert look_from_outside(file, "SELECT count(*) FROM kept") == "0"
        async with store.transaction() as transaction:
            await transaction.execute(text("INSERT INTO kept VALUES ('it')"))
        assert look_from_outside(file, "SELECT what FROM kept") == "it"
    finally:
        await store.close()


async def test_the_operators_commands_take_nothing_from_a_relay_that_runs(tmp_path: Path) -> None:
    relay, count = RelayProcess(tmp_path), "SELECT count(*) FROM sign_in"
    file = relay.settings.data / "relay.sqlite3"
    await relay.start()
    try:
        command = [sys.executable, "-m", "relay", "--listen", relay.settings.listen, "--data", relay.settings.data_dir]
        for words in (("setup-token",), ("allow-everyone",), ("reset-two-step", EMAIL), ("doctor",)):
            subprocess.run([*command, *words], capture_output=True, check=False)  # noqa: ASYNC221  (it waits anyway)
            before = int(look_from_outside(file, count))
            async with aiohttp.ClientSession() as http:
                who = {"email": EMAIL, "password": PASSWORD, "console": "c"}
                async with http.post(f"{relay.url}/api/v1/sign-in", json=who) as response:
                    assert response.status == 200, words
            assert int(look_from_outside(file, count)) == before + 1, words
    finally:
        relay.end()


@pytest.mark.parametrize(
    "place", ["postgresql+asyncpg://u:{}@127.0.0.1:1/x", "postgresql+asyncpg://127.0.0.1:1/x?password={}"]
)
async def test_no_password_is_told_of_a_database_that_cannot_be_opened(place: str) -> None:
    """Wherever it stands in the address: this goes to the log and to `doctor`."""
    with pytest.raises(StoreError) as raised:
        await open_store(place.format("opensesame"))
    assert "127.0.0.1:1" in str(raised.value)
    assert "opensesame" not in str(raised.value)
