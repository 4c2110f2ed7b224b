"""The applet's socket to the relay: enters once, and comes back by its ticket for as long as the session lives."""

import asyncio
import logging
import random
from collections.abc import Callable

import aiohttp

from applet.codes import Code
from codec.messages import VERSION
from codec.signals import (
    APPLET_PATH,
    MAX_SIGNAL_BYTES,
    AppletSignal,
    BadSignalError,
    Enter,
    Entered,
    FromApplet,
    Leave,
    Leaving,
    Refusal,
    Refused,
    Return,
    State,
    ToApplet,
    read_to_applet,
    write,
)

FIRST_RETRY_SECONDS = 0.3
LAST_RETRY_SECONDS = 1.5
OUTBOX = 64
LEAVE_SECONDS = 2.0
_log = logging.getLogger(__name__)


class RelaySocket:
    """One session's socket. `run` it until it returns; `hear` gets what the relay says, `online` whether it stands."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        code: Code,
        computer: str,
        system: str,
        hear: Callable[[ToApplet], None],
        online: Callable[[bool], None],
    ) -> None:
        self._http = http
        self._code = code
        self._computer = computer
        self._system = system
        self._hear = hear
        self._online = online
        self._ticket: str | None = None
        self._outbox: asyncio.Queue[FromApplet] = asyncio.Queue(OUTBOX)
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._over = False

    def say(self, signal: FromApplet) -> None:
        """Send a signal soon; dropped while the socket is down, because the console begins anew afterwards."""
        if self._socket is None:
            return
        try:
            self._outbox.put_nowait(signal)
        except asyncio.QueueFull:
            _log.warning("the relay does not take our signals; %s dropped", type(signal).__name__)

    def signal(self, data: str) -> None:
        """Send a handshake step."""
        self.say(AppletSignal(data))

    async def leave(self, reason: Leaving) -> None:
        """End the session at the relay, if it can be reached, and stop."""
        self._over = True
        if self._socket is not None:
            try:
                async with asyncio.timeout(LEAVE_SECONDS):
                    await self._socket.send_str(write(Leave(reason)))
                    await self._socket.close()
            except (ConnectionError, TimeoutError, aiohttp.ClientError):
                _log.info("the relay did not hear that we leave")

    async def run(self) -> None:
        """Keep the socket up until the session has ended or was never entered."""
        retry = FIRST_RETRY_SECONDS
        while not self._over:
            try:
                await self._converse()
                retry = FIRST_RETRY_SECONDS
            except (aiohttp.ClientError, OSError, TimeoutError, BadSignalError) as error:
                _log.info("the relay's socket is down: %s", error)
                if self._ticket is None:
                    self._over = True
                    self._hear(Refused(Refusal.BAD_MESSAGE if isinstance(error, BadSignalError) else Refusal.ENDED))
                    return
            if self._over:
                return
            self._online(False)
            await asyncio.sleep(retry * random.uniform(0.7, 1.3))  # noqa: S311  (spreads over time, keeps no secret)
            retry = min(2 * retry, LAST_RETRY_SECONDS)

    async def _converse(self) -> None:
        address = self._code.relay + APPLET_PATH
        async with self._http.ws_connect(address, heartbeat=15, max_msg_size=4 * MAX_SIGNAL_BYTES) as socket:
            await socket.send_str(write(self._first_words()))
            while not self._outbox.empty():
                self._outbox.get_nowait()
            self._socket = socket
            writer = asyncio.ensure_future(self._write(socket))
            try:
                async for frame in socket:
                    if frame.type is aiohttp.WSMsgType.TEXT:
                        self._take(read_to_applet(frame.data))
            finally:
                self._socket = None
                writer.cancel()

    def _first_words(self) -> Enter | Return:
        if self._ticket is not None:
            return Return(self._ticket)
        return Enter(VERSION, self._code.pin, self._code.routing, self._computer, self._system)

    def _take(self, signal: ToApplet) -> None:
        match signal:
            case Entered(ticket=ticket):
                self._ticket = ticket
                self._online(True)
            case Refused():
                self._over = True
            case State(state=state) if state.is_final:
                self._over = True
        self._hear(signal)

    async def _write(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            signal = await self._outbox.get()
            try:
                await socket.send_str(write(signal))
            except (aiohttp.ClientError, ConnectionError):
                return  # the reader notices too, and ends the conversation
