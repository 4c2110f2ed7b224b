"""Work that goes on beside everything else. Its failure is logged, whatever is done with the task.

On its own, asyncio reports a failed task only when the task is collected as garbage, and may collect one without an
owner before it is done.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

Made = TypeVar("Made")
_log = logging.getLogger(__name__)


def start(work: Coroutine[Any, Any, Made], name: str) -> "asyncio.Task[Made]":
    """Begin `work`, for the caller to hold, to await and to cancel. `name` is what the log calls it.

    What it raises is logged when it ends, and raised to those who await it as ever.
    """
    task = asyncio.ensure_future(work)
    task.set_name(name)
    task.add_done_callback(_log_failure)
    return task


class BackgroundTasks:
    """Owns work that is not awaited, until it is done."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Begin `work`; it ends by itself, which `finish` waits for, or at `close`."""
        task = start(work, name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def finish(self) -> None:
        """Return when everything has ended by itself."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def close(self) -> None:
        """Cancel everything that still runs, and return when it has ended."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _log_failure(task: "asyncio.Task[Any]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("%s failed", task.get_name(), exc_info=error)
