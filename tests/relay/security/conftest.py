"""A guarded organisation on each kind of database."""

from collections.abc import AsyncIterator

import pytest_asyncio

from relay.store import Store
from tests.relay.security.scenes import Scene, guarded


@pytest_asyncio.fixture
async def scene(store: Store) -> AsyncIterator[Scene]:
    """An organisation that has just been set up."""
    async with guarded(store) as scene:
        yield scene
