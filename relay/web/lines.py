"""One WebSocket to say things on, without ever waiting for its reader."""

import asyncio
import logging
from collections.abc import Callable

from aiohttp import WSCloseCode, web

OUTBOX = 64
"""A reader that is so many signals behind is cut: it will come back and be told everything anew."""
CLOSE_SECONDS = 5.0
FIRST_SECONDS = 10.0
"""Who says nothing for so long is not waited for."""
_log = logging.getLogger(__name__)


class Line:
    """Says text on a socket in the order given. `write` runs until it is closed; `cut` is told of slow readers."""

    def __init__(self, socket: web.WebSocketResponse, cut: Callable[[], None]) -> None:
        self._socket = socket
        self._cut = cut
        self._outbox: asyncio.Queue[str | None] = asyncio.Queue(OUTBOX)
        self._closed = False

    def say(self, text: str) -> None:
        """Send `text` soon. A reader that is too far behind is cut instead."""
        if self._closed:
            return
        try:
            self._outbox.put_nowait(text)
        except asyncio.QueueFull:
            _log.warning("a socket's reader is %d signals behind; it is cut", OUTBOX)
            self._cut()
            self._closed = True
            self._abort()

    def close(self) -> None:
        """Close the socket after all that was said."""
        if self._closed:
            return
        self._closed = True
        try:
            self._outbox.put_nowait(None)
        except asyncio.QueueFull:
            self._abort()

    async def write(self) -> None:
        """Send what is said, until `close` or until the socket is gone."""
        while (text := await self._outbox.get()) is not None:
            try:
                await self._socket.send_str(text)
            except ConnectionError:
                return  # the reader notices too
        async with asyncio.timeout(CLOSE_SECONDS):
            await self._socket.close(code=WSCloseCode.OK)

    def _abort(self) -> None:
        """The reader does not read: a polite close would wait for it just as long."""
        transport = self._socket._req.transport if self._socket._req is not None else None  # noqa: SLF001
        if transport is not None:
            transport.abort()


async def first_text(socket: web.WebSocketResponse) -> str:
    """Return the first text that comes. Pings and pongs in between win no time.

    Raises TimeoutError after FIRST_SECONDS, TypeError for what is no text.
    """
    async with asyncio.timeout(FIRST_SECONDS):
        return str(await socket.receive_str())
