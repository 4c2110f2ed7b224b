"""The database: its versions, what an upgrade keeps, and that both kinds have the very same tables."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from relay import models  # noqa: F401  (fills Base.metadata)
from relay.accounts.model import LicenceRow, PersonRow, SignInRow
from relay.accounts.rules import Role, Status
from relay.organization.model import ChannelRow, RootRow, TechnicianGroupRow
from relay.store import Base, _config, open_store
from tests.support.databases import Cluster

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
