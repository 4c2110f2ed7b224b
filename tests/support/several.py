"""Two relays on one PostgreSQL and one Redis, within this process."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from relay.secret import permit_key, relay_key
from tests.support.redis_servers import RedisServer
from tests.support.relays import RunningRelay, running_relay


@dataclass
class Two:
    """Both relays, and the Redis that they share."""

    here: RunningRelay
    there: RunningRelay
    redis: RedisServer


def share_keys(first: Path, second: Path) -> None:
    """Give the relay whose data folder is `second` the keys of the first, as docs/growing.md says."""
    relay_key(first)
    permit_key(first)
    second.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("key", "permit-key"):
        shutil.copy(first / name, second / name)


@asynccontextmanager
async def two_relays(folder: Path, database_url: str, redis: RedisServer) -> AsyncIterator[Two]:
    """Run them, set up, with one master administrator who is signed in at each."""
    shared = {"database_url": database_url, "redis_url": redis.url, "trusted_proxies": ["127.0.0.1"]}
    first, second = folder / "first", folder / "second"
    async with running_relay(first, **shared) as here:
        share_keys(first / "relay", second / "relay")
        async with running_relay(second, **shared) as there:
            yield Two(here, there, redis)
