"""Cancelling work that has something to tidy up, such as sockets to close."""

import asyncio
from collections.abc import Iterable
from typing import Any


async def cancel_and_wait(tasks: "Iterable[asyncio.Task[Any] | None]") -> None:
    """Cancel tasks and return when they have ended; those that are None are passed over.

    Each is cancelled once, however often this is called: a second time would interrupt it while it tidies up. When the
    caller is cancelled meanwhile, the tasks end undisturbed. What they raise is not raised here.
    """
    there = [task for task in tasks if task is not None]
    for task in there:
        if not task.cancelling():
            task.cancel()
    if there:
        await asyncio.wait(there)
    for task in there:
        if not task.cancelled():
            task.exception()  # was seen: asyncio would log it otherwise
