"""What was read, for as long as nothing at all has been stored since, by this process or another.

The database itself says whether that is so, so nothing must be told of what changed, and nothing can be forgotten. A
database that cannot say it at once is simply read each time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, Protocol, TypeVar

from relay.tasks.completion import shielded

ENTRIES = 4_096
"""The oldest of more than so many are forgotten."""
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Versioned(Protocol):
    """A store that says whether anything has changed."""

    def version(self) -> int | None:
        """Return what differs once anything was stored; None where that cannot be told without asking a server."""
        ...


class ReadCache(Generic[Key, Value]):
    """Gives what `read` gives for a key: `read` must begin a transaction of its own. Raises what `read` raises."""

    def __init__(self, store: Versioned, read: Callable[[Key], Awaitable[Value]], entries: int = ENTRIES) -> None:
        self._store = store
        self._read = read
        self._entries = entries
        self._version: int | None = None
        self._found: dict[Key, asyncio.Future[Value]] = {}

    async def get(self, key: Key) -> Value:
        """Return what holds now. Of many who ask at once, one reads."""
        version = self._store.version()
        if version is None:
            return await self._read(key)
        if version != self._version:
            # Whoever reads at this moment goes on for those who asked before the change.
            self._found, self._version = {}, version
        found = self._found.get(key)
        if found is None:
            found = self._begin(key)
        return await shielded(found)

    def _begin(self, key: Key) -> "asyncio.Future[Value]":
        if len(self._found) >= self._entries:
            del self._found[next(iter(self._found))]
        kept, reading = self._found, asyncio.ensure_future(self._read(key))
        kept[key] = reading

        def end(done: "asyncio.Future[Value]") -> None:
            if (done.cancelled() or done.exception() is not None) and kept.get(key) is done:
                del kept[key]  # a failure is nobody's answer but theirs who waited for it

        reading.add_done_callback(end)
        return reading
