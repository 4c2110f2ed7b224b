"""One office for all tests of a file that only look; the others make their own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.relay.api.offices import Office, running_office


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """An organisation behind a running relay."""
    async with running_office(tmp_path) as office:
        yield office
