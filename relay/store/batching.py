"""What many ask for at the same time, read together: one question of the database for all, instead of one for each."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextvars import Context
from typing import Generic, TypeVar

AT_ONCE = 64
"""So many are read together: more would keep the event loop from others while they are worked out."""
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Batches(Generic[Key, Value]):
    """Gives what `read` gives for a key. One batch is read at a time, and whoever comes meanwhile is in the next.

    So nobody gets what was read before they asked, and nothing is read for who has given up by then. What `read`
    raises, all of its batch are told.
    """

    def __init__(self, read: Callable[[Sequence[Key]], Awaitable[Mapping[Key, Value]]], at_once: int = AT_ONCE) -> None:
        self._read = read
        self._at_once = at_once
        self._waiting: dict[Key, list[asyncio.Future[Value]]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def get(self, key: Key) -> Value:
        """Return what holds now. Raises what `read` raises, and LookupError where it says nothing of this key."""
        mine: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(mine)
        if self._reading is None:
            self._begin()
        try:
            return await mine
        except asyncio.CancelledError:
            if self._reading is not None and mine not in self._waiting.get(key, ()):
                await asyncio.wait({self._reading})  # the database is in use for us: it may be closed when we end
            raise

    def _begin(self) -> None:
        # (An empty context: what the first of them is in the middle of is not the others' business.)
        self._reading = asyncio.get_running_loop().create_task(self._read_some(), context=Context())
        self._reading.add_done_callback(self._end)

    def _end(self, _done: "asyncio.Task[None]") -> None:
        self._reading = None
        if self._waiting:
            self._begin()

    async def _read_some(self) -> None:
        some: dict[Key, list[asyncio.Future[Value]]] = {}
        for key in list(self._waiting):
            if len(some) == self._at_once:
                break
            asking = [each for each in self._waiting.pop(key) if not each.done()]
            if asking:
                some[key] = asking
        if not some:
            return
        failed: Exception | None = None
        found: Mapping[Key, Value] = {}
        try:
            found = await self._read(list(some))
        except Exception as error:
            failed = error
        for key, asking in some.items():
            for each in [each for each in asking if not each.done()]:
                if key in found:
                    each.set_result(found[key])
                else:
                    each.set_exception(failed or LookupError(key))
