"""One WebSocket to say things on, without ever waiting for its reader."""

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress

from aiohttp import WSCloseCode

from relay.web.sockets import Socket

PASSED_ON = 16
"""So many signals of one sender wait for a reader; what comes then is dropped."""
ALL_PASSED_ON = 256
"""Where more wait than this, nothing is passed on for others; the relay's own signals still are."""
OUTBOX = 2_048
"""A reader that is so many signals behind is cut: it will come back and be told everything again."""
CLOSE_SECONDS = 5.0
FIRST_SECONDS = 10.0
"""Who says nothing for so long is not waited for."""
_log = logging.getLogger(__name__)


class SendQueue:
    """Says text on a socket in the order given. `write` runs until it is closed; `cut` is told of slow readers.

    What others send never costs a reader its socket: of what says how something stands only the newest waits, and of
    what is passed on from one sender only so much. So the reader is cut for nothing but not reading.
    """

    def __init__(self, socket: Socket, cut: Callable[[], None], *, held: bool = False) -> None:
        """One that is `held` keeps what is said until `say_first` says what comes before it."""
        self._socket = socket
        self._held = held
        self._code = WSCloseCode.OK
        self._cut = cut
        self._waiting: OrderedDict[Hashable, tuple[str, Hashable]] = OrderedDict()
        self._senders: Counter[Hashable] = Counter()
        self._count = 0
        self._wake = asyncio.Event()
        self._closed = False

    def say(self, text: str, *, about: Hashable = None, sender: Hashable = None) -> bool:
        """Send `text` soon. Return False when it was dropped.

        `about` names what it tells the state of: an older one that still waits is replaced. `sender` names for whom it
        is passed on.
        """
        if self._closed:
            return False
        if sender is not None and (self._senders[sender] >= PASSED_ON or len(self._waiting) >= ALL_PASSED_ON):
            return False
        self._count += 1
        key: Hashable = self._count if about is None else ("about", about)
        self._take(key)
        if len(self._waiting) >= OUTBOX:
            _log.warning("a socket's reader is %d signals behind; it is cut", OUTBOX)
            self._cut()
            self._closed, self._held = True, False
            self._wake.set()
            self._socket.cut()
            return False
        self._waiting[key] = (text, sender)
        if sender is not None:
            self._senders[sender] += 1
        self._wake.set()
        return True

    def say_first(self, text: str, *, instead_of: Hashable = None) -> bool:
        """Send `text` before all that was said so far, which then follows. Return False when it is closed already.

        What waits about `instead_of` is in it, and dropped.
        """
        if self._closed:
            return False
        self._take(("about", instead_of))
        self._count += 1
        self._waiting[self._count] = (text, None)
        self._waiting.move_to_end(self._count, last=False)
        self._held = False
        self._wake.set()
        return True

    def close(self, code: WSCloseCode = WSCloseCode.OK) -> None:
        """Close the socket after all that was said."""
        if not self._closed:
            self._code = code
        self._closed, self._held = True, False
        self._wake.set()

    def close_with(self, text: str) -> None:
        """Say nothing of all that waits, but this, and close the socket."""
        if not self._closed:
            self._waiting.clear()
            self._senders.clear()
            self.say(text)
        self.close()

    async def write(self) -> None:
        """Send what is said, until `close` or until the socket is gone."""
        while True:
            while self._waiting and not self._held:
                try:
                    await self._socket.send_str(self._take(next(iter(self._waiting))))
                except ConnectionError:
                    return  # the reader notices too
            if self._closed:
                break
            self._wake.clear()
            await self._wake.wait()
        async with asyncio.timeout(CLOSE_SECONDS):
            await self._socket.close(code=self._code)

    def _take(self, key: Hashable) -> str:
        text, sender = self._waiting.pop(key, ("", None))
        if sender is not None:
            self._senders[sender] -= 1
            if not self._senders[sender]:
                del self._senders[sender]
        return text


async def first_text(socket: Socket) -> str:
    """Return the first text that comes. Pings and pongs in between win no time.

    Raises TimeoutError after FIRST_SECONDS, TypeError for what is no text.
    """
    async with asyncio.timeout(FIRST_SECONDS):
        return str(await socket.receive_str())


async def say_last(socket: Socket, text: str) -> None:
    """Say this and close. A peer that has gone in the meantime needs to hear nothing."""
    with suppress(ConnectionError):
        await socket.send_str(text)
    await socket.close()
