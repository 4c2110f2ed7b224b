"""Work that goes on beside all requests, and how it ends."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Made = TypeVar("Made")


async def to_its_end(step: Coroutine[Any, Any, Made]) -> Made:
    """Await a step that is not cut off when we are cancelled: it ends first, then we do.

    A query that is cut off leaves its connection to be cleaned up by others, which was seen to wait for ever.
    """
    task = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
