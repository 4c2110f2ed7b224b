"""The socket of `/check`: tells the time, sends some bytes and counts some, for a page that tests its way to the relay.

Strangers use it, so all of it is bounded: how often an address may come, how many are here at once, how much each may
send and have sent, and how long it may stay.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from codec.errors import MALFORMED
from codec.token_bucket import Bucket, Rate
from codec.wire.connection_check import (
    MOST_BYTES,
    MOST_SECONDS,
    PART_BYTES,
    AskBytes,
    AskTime,
    FromCheck,
    Taken,
    Time,
    ToCheck,
)
from relay.limits.rate_limiter import Limit, Limiter, TooOftenError, address_key, neighbourhood_of
from relay.web.send_queue import CLOSE_SECONDS
from relay.web.sockets import Socket

OF_ADDRESS = Limit(misses=30, seconds=60, neighbourhood=neighbourhood_of)
"""Several people behind one address may test at the same time, and each several times."""
AT_ONCE, OF_ADDRESS_AT_ONCE = 16, 4
"""In all, and from one address: or one could take every place for as long as it likes."""
MOST_PARTS = MOST_BYTES // PART_BYTES
"""Each is answered: half a million of one byte kept the relay from everyone else."""
QUESTIONS = Rate(per_second=20, burst=40)


class CheckSocket:
    """Serves `/ws/check`."""

    def __init__(self, address: Callable[[web.Request], str], clock: Callable[[], float]) -> None:
        self._address = address
        self._clock = clock
        self._limiter = Limiter({"address": OF_ADDRESS})
        self._here: Counter[str] = Counter()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle one socket, from its beginning to its end."""
        socket = Socket(max_msg_size=PART_BYTES + 1, timeout=CLOSE_SECONDS)
        address = address_key(self._address(request))
        if not self._may_come(address):
            await socket.prepare(request)
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
            return socket
        self._here[address] += 1
        try:
            await socket.prepare(request)
            with suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(MOST_SECONDS):
                    await self._answer(socket)
            if not socket.closed:
                socket.cut()
        finally:
            self._here[address] -= 1
            self._here += Counter()  # who has none is forgotten
        return socket

    def _may_come(self, address: str) -> bool:
        if self._here.total() >= AT_ONCE or self._here[address] >= OF_ADDRESS_AT_ONCE:
            return False
        try:
            self._limiter.take({"address": address}, self._clock())
        except TooOftenError:
            return False
        return True

    async def _answer(self, socket: Socket) -> None:
        """Answer until the page leaves, or says what no page of ours says."""
        questions, taken, parts, sent = Bucket(QUESTIONS, self._clock()), 0, 0, False
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                taken, parts = taken + len(message.data), parts + 1
                if not message.data or taken > MOST_BYTES or parts > MOST_PARTS:
                    break
                await _say(socket, Taken(taken))
                continue
            said = _read(message.data) if message.type is WSMsgType.TEXT else None
            if said is None or not questions.take(1, self._clock()) or (isinstance(said, AskBytes) and sent):
                break
            if isinstance(said, AskTime):
                await _say(socket, Time(datetime.now(UTC)))
            else:
                sent = True
                for _ in range(MOST_BYTES // PART_BYTES):
                    await socket.send_bytes(os.urandom(PART_BYTES))  # which no proxy can compress
        if not socket.closed:
            await socket.close(code=WSCloseCode.POLICY_VIOLATION)


async def _say(socket: Socket, said: ToCheck) -> None:
    await socket.send_str(msgspec.json.encode(said).decode())


_DECODER: msgspec.json.Decoder[FromCheck] = msgspec.json.Decoder(FromCheck)


def _read(text: str) -> FromCheck | None:
    try:
        return _DECODER.decode(text)
    except MALFORMED:
        return None
