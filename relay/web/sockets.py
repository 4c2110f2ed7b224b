"""WebSockets whose other end cannot keep everybody else waiting by what it sends.

aiohttp answers pings by itself, one after the other for as long as there are any, and thousands of them come in one
piece from the network: meanwhile nothing else is done. Here they are counted, and others have their turn in between.
"""

import asyncio
from contextlib import suppress

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from aiohttp.abc import AbstractStreamWriter

from codec.token_bucket import Bucket, Rate

PINGS = Rate(per_second=2.0, burst=20.0)
"""Pings and pongs of one socket. Programs ping every 15 seconds, and answer our own pings, which are as rare."""


_OPEN: web.RequestKey["Socket"] = web.RequestKey("socket", web.WebSocketResponse)  # type: ignore[arg-type]


class Socket(web.WebSocketResponse):
    """A WebSocket of the relay: nothing is compressed, and each message that is taken gives others their turn."""

    def __init__(self, *, max_msg_size: int, timeout: float, heartbeat: float | None = None) -> None:
        super().__init__(
            max_msg_size=max_msg_size, timeout=timeout, heartbeat=heartbeat, compress=False, autoping=False
        )
        self._pings: Bucket | None = None

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter:
        """See WebSocketResponse. From now on no other answer can be given to the request."""
        writer = await super().prepare(request)
        request[_OPEN] = self
        return writer

    async def receive(self, timeout: float | None = None) -> WSMessage:  # noqa: ASYNC109
        """See WebSocketResponse. A peer that pings without end is cut."""
        while True:
            await asyncio.sleep(0)
            message: WSMessage = await super().receive(timeout)
            if message.type not in (WSMsgType.PING, WSMsgType.PONG):
                return message
            if not self._may_ping():
                self.cut()
                return WSMessage(WSMsgType.CLOSED, None, None)
            if message.type is WSMsgType.PING:
                await self.pong(message.data)

    def cut(self) -> None:
        """End it at once: a polite close would wait for someone who does not read."""
        if self._req is not None and self._req.transport is not None:
            self._req.transport.abort()

    def _may_ping(self) -> bool:
        now = asyncio.get_running_loop().time()
        self._pings = self._pings or Bucket(PINGS, now)
        return self._pings.take(1, now)


async def closed(request: web.Request, code: WSCloseCode) -> web.StreamResponse | None:
    """Close the socket that a request has become, for its handler has failed; None where it has become none."""
    socket = request.get(_OPEN)
    if socket is not None:
        with suppress(ConnectionError):
            await socket.close(code=code)
    return socket
