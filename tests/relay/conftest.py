"""A database, and a relay, for each test that asks for one; both databases where the test stores something."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from relay.store.database import Store, open_store
from tests.relay.organization.organisations import Place, found
from tests.relay.sign_in.scenes import Scene, guarded
from tests.support.databases import Cluster, new_sqlite, running_cluster
from tests.support.relays import RunningRelay, free_port, running_relay


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL for all tests of this session."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return new_sqlite(tmp_path / "test.sqlite3")
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.new_database()


@pytest_asyncio.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An open database of each kind, with all tables."""
    store = await open_store(database_url)
    yield store
    await store.close()


@pytest_asyncio.fixture
async def place(store: Store) -> Place:
    """An organisation that has just been set up, on each kind of database."""
    return await found(store)


@pytest_asyncio.fixture
async def scene(store: Store) -> AsyncIterator[Scene]:
    """An organisation whose accounts are guarded, on each kind of database."""
    async with guarded(store) as scene:
        yield scene


@pytest.fixture
def without_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer wrong passwords beyond the first few at once; a relay that is started later waits seconds for each."""
    monkeypatch.setattr("relay.sign_in.throttling.SLOW_SECONDS", 0.01)


@pytest_asyncio.fixture
async def relay(tmp_path: Path, database_url: str) -> AsyncIterator[RunningRelay]:
    """A relay that is set up, with an administrator who is signed in; on each kind of database."""
    own = f"127.0.0.1:{free_port()}"
    async with running_relay(tmp_path, database_url=database_url, metrics_listen=own) as relay:
        yield relay
