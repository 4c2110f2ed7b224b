"""A WebSocket to the relay, which notices soon that the network has become another one.

A computer that goes from Wi-Fi to a mobile network hears nothing of its old connections, and they nothing of it: they
would be believed in until a heartbeat is missed, for 20 seconds. So the address that packets to the relay would leave
from is looked up every second (which sends nothing), and where it changes, or where there is reason to doubt the
network, the relay is asked whether the socket still lives. It has PROBE_SECONDS to answer.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp

from codec.errors import DesksideError
from codec.host import background

HEARTBEAT_SECONDS = 15.0
CONNECT_SECONDS = 10.0
LOOK_SECONDS = 1.0
PROBE_SECONDS = 1.5
"""Longer than any answer takes on a line that can carry a session."""
CLOSE_SECONDS = 2.0
TRY_AGAIN_LATER = aiohttp.WSCloseCode.TRY_AGAIN_LATER
BUSY_SECONDS = 2.0
"""So long one waits at least where the relay closes with TRY_AGAIN_LATER."""
Peer = tuple[Any, ...]


class LineLostError(DesksideError):
    """The relay does not answer over this socket any more: the network is another one, or gone."""


class ComeAgainError(DesksideError):
    """The relay is too busy: no one gets in for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__("the relay is busy")
        self.seconds = seconds


def address_towards(peer: Peer) -> str | None:
    """Return the address of this computer that packets to `peer` leave from, None where there is no way to it."""
    family = socket.AF_INET6 if ":" in str(peer[0]) else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as looking:
        try:
            looking.connect(peer)  # a datagram socket sends nothing by that
        except OSError:
            return None
        return str(looking.getsockname()[0])


class Signalling:
    """One such socket. Make it with `connect`, `read` it to its end, `close` it in the end."""

    def __init__(
        self, line: aiohttp.ClientWebSocketResponse, look: Callable[[Peer], str | None] = address_towards
    ) -> None:
        self._line = line
        self._look = look
        self._peer: Peer | None = line.get_extra_info("peername")
        self._address = None if self._peer is None else look(self._peer)
        self._patience = asyncio.Timeout(None)
        self._is_reading = self._is_probing = False
        self._beside: set[asyncio.Task[None]] = set()

    async def read(self, take: Callable[[str], None]) -> None:
        """Hand over what the relay says, until it closes. Raises LineLostError, ComeAgainError, what `take` raises."""
        watching = asyncio.ensure_future(self._watch())
        self._is_reading = True
        try:
            async with self._patience:
                async for frame in self._line:
                    self._heard()
                    if frame.type is aiohttp.WSMsgType.PING:
                        self._do(self._line.pong(frame.data))
                    elif frame.type is aiohttp.WSMsgType.TEXT:
                        take(frame.data)
        except TimeoutError:
            if self._patience.expired():
                raise LineLostError(LineLostError.__doc__) from None
            raise
        finally:
            self._is_reading = False
            watching.cancel()
        if self._line.close_code == TRY_AGAIN_LATER:
            raise ComeAgainError(BUSY_SECONDS)

    async def say(self, text: str) -> None:
        """Send a text. Raises ConnectionError, aiohttp.ClientError."""
        await self._line.send_str(text)

    def probe(self) -> None:
        """Ask whether the relay still answers here; where it does not, `read` ends with LineLostError."""
        if self._is_reading and not self._is_probing:
            self._is_probing = True
            self._patience.reschedule(asyncio.get_running_loop().time() + PROBE_SECONDS)
            self._do(self._line.ping())

    async def close(self) -> None:
        """Close it, without waiting for a relay that does not answer."""
        closing = asyncio.ensure_future(self._line.close())
        await asyncio.wait({closing}, timeout=CLOSE_SECONDS)
        for task in self._beside:
            task.cancel()

    def _heard(self) -> None:
        if self._is_probing:
            self._is_probing = False
            self._patience.reschedule(None)

    async def _watch(self) -> None:
        while self._peer is not None:
            await asyncio.sleep(LOOK_SECONDS)
            address = self._look(self._peer)
            if address != self._address:
                self._address = address
                self.probe()

    def _do(self, work: Any) -> None:
        task = background.start(_quietly(work), "a ping")
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)


async def connect(http: aiohttp.ClientSession, address: str, most: int) -> Signalling:
    """Open a socket at an address; a message of the relay has at most so many bytes.

    Raises ComeAgainError, TimeoutError, aiohttp.ClientError, OSError.
    """
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            line = await http.ws_connect(
                address,
                heartbeat=HEARTBEAT_SECONDS,
                max_msg_size=most,
                autoping=False,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS),
            )
    except aiohttp.WSServerHandshakeError as error:
        seconds = "" if error.headers is None else error.headers.get("Retry-After", "")
        if error.status in (429, 503):
            raise ComeAgainError(float(seconds) if seconds.isdecimal() else BUSY_SECONDS) from None
        raise
    return Signalling(line)


async def _quietly(work: Any) -> None:
    with suppress(ConnectionError, aiohttp.ClientError):  # the reader notices too
        await work
