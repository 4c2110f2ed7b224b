"""The applet's socket to the relay: enters once, and comes back by its ticket for as long as the session lives."""

import asyncio
import logging
from collections.abc import Callable

import aiohttp

from applet.session.codes import Code
from codec.backoff import Retries
from codec.session.links.signalling import BUSY_SECONDS, ComeAgainError, LineLostError, Signalling, connect
from codec.wire.messages import VERSION
from codec.wire.signals import (
    APPLET_PATH,
    MAX_TO_APPLET_BYTES,
    AppletSignal,
    BadSignalError,
    Enter,
    Entered,
    FromApplet,
    Leave,
    Leaving,
    Refusal,
    Refused,
    Replaced,
    Return,
    State,
    ToApplet,
    read_to_applet,
    write,
)

FIRST_RETRY_SECONDS = 0.3
LAST_RETRY_SECONDS = 20.0
URGENT_RETRY_SECONDS = 2.0
BUSY_TRIES = 8
"""While the relay is busy, entering is tried so many times before the customer is told."""
OUTBOX = 64
LEAVE_SECONDS = 2.0
_log = logging.getLogger(__name__)


class RelaySocket:
    """One session's socket. `run` it until it returns; `hear` gets what the relay says, `online` whether it is up.

    `lost` is called when the network turns out to be another one, or gone: other connections went with it. `is_urgent`
    says whether the session can only go on through the relay.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        code: Code,
        computer: str,
        system: str,
        hear: Callable[[ToApplet], None],
        online: Callable[[bool], None],
        lost: Callable[[], None] = lambda: None,
        is_urgent: Callable[[], bool] = lambda: False,
    ) -> None:
        self._http = http
        self._code = code
        self._computer = computer
        self._system = system
        self._hear = hear
        self._online = online
        self._lost = lost
        self._is_urgent = is_urgent
        self._retries = Retries(FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS)
        self._busy = 0
        self._ticket: str | None = None
        self._outbox: asyncio.Queue[FromApplet] = asyncio.Queue(OUTBOX)
        self._socket: Signalling | None = None
        self._over = False

    def say(self, signal: FromApplet) -> None:
        """Send a signal soon; dropped while the socket is down, because the console starts over afterwards."""
        if self._socket is None:
            return
        try:
            self._outbox.put_nowait(signal)
        except asyncio.QueueFull:
            _log.warning("the relay does not take our signals; %s dropped", type(signal).__name__)

    def signal(self, data: str) -> None:
        """Send a handshake step."""
        self.say(AppletSignal(data))

    def probe(self) -> None:
        """There is reason to doubt the network: come back over the one that there is now, where the relay is silent."""
        if self._socket is not None:
            self._socket.probe()

    async def leave(self, reason: Leaving) -> None:
        """End the session at the relay, if it can be reached, and stop."""
        self._over = True
        if self._socket is not None:
            try:
                async with asyncio.timeout(LEAVE_SECONDS):
                    await self._socket.say(write(Leave(reason)))
                    await self._socket.close()
            except (ConnectionError, TimeoutError, aiohttp.ClientError):
                _log.info("the relay did not hear that we leave")

    async def run(self) -> None:
        """Keep the socket up until the session has ended or was never entered."""
        while not self._over:
            asked, came_in = 0.0, self._ticket is not None
            try:
                await self._converse()
            except ComeAgainError as error:
                asked = error.seconds
                _log.info("the relay lets us wait for %.0f seconds", asked)
            except LineLostError as error:
                _log.info("%s", error)
                self._lost()
                continue
            except (aiohttp.ClientError, OSError, TimeoutError, BadSignalError) as error:
                _log.info("the relay's socket is down: %s", error)
                if not came_in:
                    self._give_up(Refused(Refusal.BAD_MESSAGE if isinstance(error, BadSignalError) else Refusal.ENDED))
                    return
            if self._over:
                return
            self._online(False)
            urgent = URGENT_RETRY_SECONDS if self._is_urgent() else LAST_RETRY_SECONDS
            await asyncio.sleep(self._retries.wait(asked, urgent))

    async def _converse(self) -> None:
        socket = await connect(self._http, self._code.relay + APPLET_PATH, MAX_TO_APPLET_BYTES)
        try:
            await socket.say(write(self._first_words()))
            while not self._outbox.empty():
                self._outbox.get_nowait()
            self._socket = socket
            writer = asyncio.ensure_future(self._write(socket))
            try:
                await socket.read(lambda text: self._take(read_to_applet(text)))
            finally:
                self._socket = None
                writer.cancel()
        finally:
            await socket.close()

    def _first_words(self) -> Enter | Return:
        if self._ticket is not None:
            return Return(self._ticket)
        return Enter(VERSION, self._code.pin, self._code.routing, self._computer, self._system)

    def _take(self, signal: ToApplet) -> None:
        match signal:
            case Entered(ticket=ticket):
                self._ticket = ticket
                self._retries.succeeded()
                self._online(True)
            case Refused(reason=reason, retry_seconds=seconds) if self._may_come_again(reason):
                raise ComeAgainError(seconds or BUSY_SECONDS)
            case Refused():
                self._over = True
            case Replaced():
                self._over = True
                self._socket = None  # the session goes on: nothing that is said here may end it
            case State(state=state) if state.is_final:
                self._over = True
        self._hear(signal)

    def _may_come_again(self, reason: Refusal) -> bool:
        """Whether a refusal is for now only. Who has a ticket comes again for as long as the session lives."""
        if self._ticket is not None:
            return reason in (Refusal.BUSY, Refusal.TOO_MANY)
        self._busy += reason is Refusal.BUSY
        return reason is Refusal.BUSY and self._busy < BUSY_TRIES

    def _give_up(self, refused: Refused) -> None:
        self._over = True
        self._hear(refused)

    async def _write(self, socket: Signalling) -> None:
        while True:
            signal = await self._outbox.get()
            try:
                await socket.say(write(signal))
            except (aiohttp.ClientError, ConnectionError):
                return  # the reader notices too, and ends the conversation
