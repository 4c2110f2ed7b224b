"""An organisation on each kind of database."""

import pytest_asyncio

from relay.store import Store
from tests.relay.organization.organisations import Place, found


@pytest_asyncio.fixture
async def place(store: Store) -> Place:
    """An organisation that has just been set up."""
    return await found(store)
