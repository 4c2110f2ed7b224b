"""A TCP forwarder that stands between both programs and the relay, and can be cut like a cable."""

import asyncio
import random
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

PART = 64 * 1024
LINE_PARTS = 16
"""So many parts are in the line before its sender has to wait."""


class Forwarder:
    """Forwards every connection to `target`, "host:port", while it is not cut.

    What it does to each way of a connection may be changed at any time: `rate` is bytes a second, `delay` and `jitter`
    are seconds (what comes later never overtakes).
    """

    def __init__(
        self,
        target: str,
        bytes_per_second: float = float("inf"),
        *,
        scheme: str = "http",
        here: str = "127.0.0.1",
    ) -> None:
        self._base = f"{scheme}://{here}"
        host, _, port = target.rpartition(":")
        self._target = (host, int(port))
        self._open: dict[asyncio.StreamWriter, bytes] = {}
        """Each end, with the first line of the last request on its connection."""
        self.rate = bytes_per_second
        self.delay = self.jitter = 0.0
        self._flows = asyncio.Event()
        self._flows.set()
        self._refused: bytes | None = None
        self._whole = True
        self.port = 0

    @property
    def url(self) -> str:
        """What the programs connect to."""
        return f"{self._base}:{self.port}"

    def cut(self) -> None:
        """Every connection breaks, and new ones break at once."""
        self._whole = False
        self._abort(b"")

    def refuse(self, path: str) -> None:
        """Connections for this path break, and new ones break at once, as a proxy does that allows no sockets."""
        self._refused = path.encode()
        self._abort(self._refused)

    def hold(self) -> None:
        """Nothing gets through from now on, and no one is told: a line that is dead."""
        self._flows.clear()

    def restore(self) -> None:
        """New connections are carried again."""
        self._whole, self._refused = True, None
        self._flows.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        try:
            head = await reader.readline()
            if not self._whole or (self._refused is not None and self._refused in head):
                writer.transport.abort()
                return
            there, back = await asyncio.open_connection(*self._target)
        except (OSError, ValueError):
            writer.transport.abort()
            return
        back.write(head)
        self._open |= {writer: head, back: head}
        await asyncio.gather(self._carry(reader, back, asks=writer), self._carry(there, writer))
        for each in (writer, back):
            self._open.pop(each, None)

    def _abort(self, path: bytes) -> None:
        for writer, head in self._open.items():
            if path in head:
                writer.transport.abort()

    def _asked(self, head: bytes, *ends: asyncio.StreamWriter) -> None:
        """Another request comes on a connection that was kept."""
        for each in ends:
            self._open[each] = head
            if self._refused is not None and self._refused in head:
                each.transport.abort()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asks: asyncio.StreamWriter | None = None
    ) -> None:
        line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(LINE_PARTS)
        writing = asyncio.ensure_future(self._write(line, writer))
        due = 0.0
        with suppress(ConnectionError, OSError):
            while part := await reader.read(self._part_bytes()):
                if asks is not None and part.startswith(b"GET /"):
                    self._asked(part.partition(b"\r\n")[0], asks, writer)
                due = max(due, time.monotonic() + self.delay + random.random() * self.jitter)
                await line.put((due, part))
        await line.put((due, b""))
        await writing

    async def _write(self, line: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter) -> None:
        broken = False
        while (come := await line.get())[1]:
            due, part = come
            if broken:
                continue
            await asyncio.sleep(due - time.monotonic())
            await self._flows.wait()
            try:
                writer.write(part)
                await writer.drain()
            except (ConnectionError, OSError):
                broken = True
            if self.rate != float("inf"):
                await asyncio.sleep(len(part) / self.rate)
        writer.transport.abort()

    def _part_bytes(self) -> int:
        return PART if self.rate == float("inf") else max(1_000, int(self.rate / 100))


@asynccontextmanager
async def forwarder(
    relay: str,
    bytes_per_second: float = float("inf"),
    *,
    here: str = "127.0.0.1",
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Forwarder]:
    """Run a forwarder to a relay's address, which carries so much each way on each connection.

    It listens at `here`; with `tls` it is reached by HTTPS.
    """
    scheme = "http" if tls is None else "https"
    made = Forwarder(urlsplit(relay).netloc, bytes_per_second, scheme=scheme, here=here)
    server = await asyncio.start_server(made.serve, here, 0, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        made.restore()
        made.cut()
        server.close()
        await server.wait_closed()
