"""Work that is finished: not cut off when its caller is gone, tried again while all is busy, awaited to the end."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from relay.limits.fair_queue import BusyError

BUSY_SECONDS = 120.0
Made = TypeVar("Made")


def run_together(*works: Coroutine[Any, Any, None]) -> "asyncio.Future[Any]":
    """Begin work that goes on until it is cancelled; what is returned is done when the last of it has ended.

    (A plain gather is done when the first has ended: the database was closed under the others, and leaked.)
    """
    return asyncio.gather(*works, return_exceptions=True)


async def shielded(step: Awaitable[Made]) -> Made:
    """Await a step that is not cut off when we are cancelled: it ends first, then we do.

    A query that is cut off leaves its connection to be cleaned up by others, which was seen to wait for ever.
    """
    task = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


async def retry_while_busy(step: Callable[[], Coroutine[Any, Any, Made]]) -> Made:
    """Do a step that nobody will ask for again, such as noting that a customer has left: again while all is busy.

    Raises what it raises, and BusyError after BUSY_SECONDS.
    """
    until = asyncio.get_running_loop().time() + BUSY_SECONDS
    while True:
        try:
            return await shielded(step())
        except BusyError as error:
            if asyncio.get_running_loop().time() > until:
                raise
            await asyncio.sleep(error.retry_seconds)
