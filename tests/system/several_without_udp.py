"""One of two relays is killed. Run by test_several_relays.py in a network namespace with a loopback and nothing else:
no computer there can find a direct path, so everything goes through the relays' tunnel.

Real relays, PostgreSQL, Redis and nginx, a real console engine and the real applet.
"""

import os
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from codec.wire.access import Access
from codec.wire.api_types import SessionState
from codec.wire.messages import Asking
from console.page import messages as said
from relay.config.settings import ENVIRONMENT
from tests.support.applets import headless_applet
from tests.support.databases import Cluster, running_cluster
from tests.support.proxies import nginx_in_front_of
from tests.support.redis_servers import RedisServer, running_redis
from tests.support.relay_process import RelayProcess
from tests.support.sessions import picked_up, same, screenshot, spoken_code
from tests.support.several import share_keys
from tests.support.technicians import technician
from tests.support.waiting import becomes_true, written
from tests.support.xvfb import virtual_display

BACK_SECONDS = 30.0
ONE = "written before the relay was killed"
TWO = "written after it was killed"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A real PostgreSQL."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """A real Redis."""
    with running_redis() as server:
        yield server


@dataclass
class Site:
    """Two relays behind a proxy, as processes."""

    url: str
    relays: Sequence[RelayProcess]
    database: str

    async def asked(self, query: str) -> list[tuple[object, ...]]:
        """Return what the database says."""
        connection = await asyncpg.connect(self.database.replace("postgresql+asyncpg", "postgresql"))
        try:
            return [tuple(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()

    async def numbers(self) -> dict[str, object]:
        """Return the number of each relay, by its address."""
        return {str(address): number for number, address in await self.asked("SELECT id, address FROM relay")}


@pytest_asyncio.fixture
async def site(tmp_path: Path, cluster: Cluster, redis: RedisServer, database: str) -> AsyncIterator[Site]:
    """Run both, and the proxy in front of them."""
    shared = {"DATABASE_URL": database, "REDIS_URL": redis.url, "TRUSTED_PROXIES": "127.0.0.1"}
    env = os.environ | {f"{ENVIRONMENT}{name}": value for name, value in (shared | {"STUN_PORT": "0"}).items()}
    first = RelayProcess(tmp_path / "first", env=env)
    second = RelayProcess(tmp_path / "second", env=env, is_first=False)
    for each in (first, second):
        each.log.parent.mkdir()
    try:
        await first.start()
        share_keys(first.settings.data, second.settings.data)
        await second.start()
        with nginx_in_front_of([each.settings.listen for each in (first, second)]) as url:
            yield Site(url, (first, second), database)
    finally:
        for each in (first, second):
            each.end()


@pytest.fixture
def database(cluster: Cluster) -> str:
    """A new database."""
    return cluster.new_database()


async def test_a_session_goes_on_at_the_other_relay_when_one_is_killed(tmp_path: Path, site: Site) -> None:
    with virtual_display() as display:
        async with technician(site.url) as anna:
            with headless_applet(display, site.url, await spoken_code(anna), said=tmp_path / "said"):
                await picked_up(anna)
                await anna.may(Access.CONTROL)
                await anna.watch()
                anna.say(said.Say(anna.session, ONE))
                await written(tmp_path / "said", ONE)

                async def is_spread() -> bool:
                    ((applet, console),) = await site.asked("SELECT applet_relay, console_relay FROM session")
                    return applet is not None and console is not None

                await becomes_true(is_spread)
                ((applet, _console),) = await site.asked("SELECT applet_relay, console_relay FROM session")
                numbers = await site.numbers()
                killed, stays = sorted(site.relays, key=lambda each: numbers[each.url] != applet)
                display.run("xsetroot", "-solid", "#226644")
                await anna.sees(lambda frame: same(frame, screenshot(display)))
                anna.heard.clear()
                killed.kill()

                async def is_back() -> bool:
                    found = await site.asked("SELECT applet_relay, console_relay, state FROM session")
                    return found == [(numbers[stays.url], numbers[stays.url], "active")]

                await becomes_true(is_back, BACK_SECONDS)
                anna.say(said.Say(anna.session, TWO))
                await written(tmp_path / "said", TWO, BACK_SECONDS)
                display.run("xsetroot", "-solid", "#662244")
                await anna.sees(lambda frame: same(frame, screenshot(display)))
                assert not [each for each in anna.heard if isinstance(each, Asking)], "nothing is asked once more"
                assert anna.granted == {Access.VIEW, Access.CONTROL}
                assert (tmp_path / "said").read_text().count(ONE) == 1

                async def is_forgotten() -> bool:
                    return await site.numbers() == {stays.url: numbers[stays.url]}

                await becomes_true(is_forgotten, BACK_SECONDS)
                moved = await site.asked("SELECT facts->>'new' FROM event WHERE type = 'session.state' ORDER BY id")
                assert not [state for (state,) in moved if SessionState(str(state)).is_final]
