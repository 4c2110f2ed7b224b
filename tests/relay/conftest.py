"""A relay for each test that asks for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.support.relays import RunningRelay, running_relay


@pytest_asyncio.fixture
async def relay(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    """A relay that is set up, with an administrator who is signed in."""
    async with running_relay(tmp_path) as relay:
        yield relay
