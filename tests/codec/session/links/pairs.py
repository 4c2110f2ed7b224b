"""Two ends of one link for tests: in memory, or a real direct path between two peers of this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from codec.session.links.base import Link, LinkClosedError
from codec.session.links.direct import DirectPath
from codec.session.path_manager import LinkKind


class MemoryLink:
    """A link whose other end is in the same process. `kind` and `binding` are whatever the test wants."""

    def __init__(self, kind: LinkKind, binding: bytes = b"") -> None:
        self.kind = kind
        self.binding = binding
        self.other: MemoryLink | None = None
        self.gone = asyncio.Event()
        self._arrived: asyncio.Queue[bytes | None] = asyncio.Queue()

    @property
    def closed(self) -> bool:
        """Whether either end has closed it."""
        return self.gone.is_set()

    async def send(self, data: bytes) -> None:
        """See Link."""
        await asyncio.sleep(0)
        if self.closed or self.other is None:
            raise LinkClosedError("closed")
        self.other._arrived.put_nowait(data)

    async def receive(self) -> bytes:
        """See Link."""
        data = await self._arrived.get()
        if data is None:
            raise LinkClosedError("closed")
        return data

    async def close(self) -> None:
        """See Link. Both ends notice."""
        for end in (self, self.other):
            if end is not None and not end.closed:
                end.gone.set()
                end._arrived.put_nowait(None)


def memory_pair(kind: LinkKind, bindings: tuple[bytes, bytes] = (b"", b"")) -> tuple[MemoryLink, MemoryLink]:
    """Return two ends of one link."""
    one, other = MemoryLink(kind, bindings[0]), MemoryLink(kind, bindings[1])
    one.other, other.other = other, one
    return one, other


@asynccontextmanager
async def direct_pair() -> AsyncIterator[tuple[Link, Link]]:
    """Two ends of a real data channel."""
    console, applet = DirectPath(), DirectPath()
    try:
        await console.accept(await applet.answer(await console.offer()))
        async with asyncio.timeout(20):
            yield tuple(await asyncio.gather(console.opened(), applet.opened()))  # type: ignore[misc]
    finally:
        await asyncio.gather(console.close(), applet.close())
