"""A TCP forwarder that stands between both programs and the relay, and can be cut like a cable."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

PART = 64 * 1024


class Forwarder:
    """Forwards every connection to `target`, "host:port", while it is not cut."""

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
        self._open: set[asyncio.StreamWriter] = set()
        self._rate = bytes_per_second
        self._tasks: set[asyncio.Task[None]] = set()
        self._whole = True
        self.port = 0

    @property
    def url(self) -> str:
        """What the programs connect to."""
        return f"{self._base}:{self.port}"

    def cut(self) -> None:
        """Every connection breaks, and new ones break at once."""
        self._whole = False
        for writer in self._open:
            writer.transport.abort()

    def restore(self) -> None:
        """New connections are carried again."""
        self._whole = True

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        if not self._whole:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, back}
        await asyncio.gather(_copy(reader, back, self._rate), _copy(there, writer, self._rate))
        self._open -= {writer, back}


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
        made.cut()
        server.close()
        await server.wait_closed()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rate: float) -> None:
    part_bytes = PART if rate == float("inf") else max(1_000, int(rate / 100))
    with suppress(ConnectionError, OSError):
        while part := await reader.read(part_bytes):
            writer.write(part)
            await writer.drain()
            if rate != float("inf"):
                await asyncio.sleep(len(part) / rate)
    writer.transport.abort()
