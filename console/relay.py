"""The relay as this console sees it: sign-in and requests over HTTP, one WebSocket for all that happens there."""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import TypeVar

import aiohttp
import msgspec

from codec.desk import Code, Method, NewCode, PickUp, Problem, Session, SignedIn, SignIn
from codec.errors import MALFORMED, DesksideError
from codec.messages import VERSION
from codec.signals import (
    CONSOLE_PATH,
    BadSignalError,
    ConsoleSignIn,
    FromConsole,
    SignedOut,
    ToConsole,
    read_to_console,
    write,
)

REQUEST_SECONDS = 15.0
SIGN_IN_SECONDS = 60.0
"""Where strangers try passwords of the same account, the relay looks at one after the other."""
FIRST_RETRY_SECONDS = 0.5
LAST_RETRY_SECONDS = 1.5
MAX_ANSWER_BYTES = 1 << 20
_Answer = TypeVar("_Answer")
_log = logging.getLogger(__name__)


class RelayRefusedError(DesksideError):
    """The relay does not do what was asked. `problem` is its word for why, `message` its sentence."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class RelayUnreachableError(DesksideError):
    """The relay does not answer. Check the address and the network; open sessions on direct paths go on."""


class Relay:
    """One relay, for as long as this console runs.

    `hear` gets everything that the socket says, `online` whether the socket stands and, when it does not, in how many
    seconds the next try is. Call `sign_in` first, then `listen` (until cancelled).
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        base: str,
        console: str,
        hear: Callable[[ToConsole], None],
        online: Callable[[bool, float | None], None],
    ) -> None:
        self.base = base.rstrip("/")
        self.console = console
        self._http = http
        self._hear = hear
        self._online = online
        self._token: str | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._outbox: asyncio.Queue[FromConsole] = asyncio.Queue(256)

    @property
    def signed_in(self) -> bool:
        """Whether there is a token to listen with."""
        return self._token is not None

    async def sign_in(self, email: str, password: str, code: str = "", device: str = "") -> SignedIn:
        """Sign in and keep the token in memory; `device` is what the sign-in before gave.

        Raises RelayRefusedError or RelayUnreachableError.
        """
        body = SignIn(email=email, password=password, console=self.console, code=code, device=device)
        signed_in = await self._ask("POST", "/api/v1/sign-in", SignedIn, body, SIGN_IN_SECONDS)
        self._token = signed_in.token
        return signed_in

    async def sign_out(self) -> None:
        """Give the token back. The token is forgotten here even when the relay cannot be reached."""
        try:
            await self._ask("POST", "/api/v1/sign-out", None)
        finally:
            self._token = None

    async def make_code(self, method: Method, name: str) -> Code:
        """Make a PIN or link. Raises as `sign_in`."""
        return await self._ask("POST", "/api/v1/codes", Code, NewCode(method=method, name=name))

    async def cancel_code(self, code: int) -> None:
        """Take a code back. Raises as `sign_in`."""
        await self._ask("DELETE", f"/api/v1/codes/{code}", None)

    async def pick_up(self, session: int) -> Session:
        """Take a waiting session, or one of ours whose console is gone. Raises as `sign_in`."""
        return await self._ask("POST", f"/api/v1/sessions/{session}/pick-up", Session, PickUp(console=self.console))

    async def end(self, session: int) -> Session:
        """Close a session. Raises as `sign_in`."""
        return await self._ask("POST", f"/api/v1/sessions/{session}/end", Session)

    def say(self, signal: FromConsole) -> None:
        """Send a signal soon. While the socket is down it is dropped: whoever needs it asks again after `Desk`."""
        if self._socket is None:
            return
        try:
            self._outbox.put_nowait(signal)
        except asyncio.QueueFull:
            _log.warning("the relay does not take our signals; %s dropped", type(signal).__name__)

    async def listen(self) -> None:
        """Keep the socket up and hear it, until the relay says that the token is dead."""
        retry = FIRST_RETRY_SECONDS
        while self._token is not None:
            try:
                await self._converse()
                retry = FIRST_RETRY_SECONDS
            except (aiohttp.ClientError, OSError, TimeoutError, BadSignalError) as error:
                _log.info("the relay's socket is down: %s", error)
            if self._token is None:
                return
            wait = retry * random.uniform(0.7, 1.3)  # noqa: S311  (spreads consoles over time, keeps no secret)
            self._online(False, wait)
            await asyncio.sleep(wait)
            retry = min(2 * retry, LAST_RETRY_SECONDS)

    async def _converse(self) -> None:
        address = self.base + CONSOLE_PATH
        async with self._http.ws_connect(address, heartbeat=15, max_msg_size=MAX_ANSWER_BYTES) as socket:
            await socket.send_str(write(ConsoleSignIn(self._token or "", self.console, VERSION)))
            while not self._outbox.empty():
                self._outbox.get_nowait()
            self._socket = socket
            writer = asyncio.ensure_future(self._write(socket))
            try:
                await self._read(socket)
            finally:
                self._socket = None
                writer.cancel()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        first = True
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            signal = read_to_console(frame.data)
            if isinstance(signal, SignedOut):
                self._token = None
            elif first:
                self._online(True, None)
            first = False
            self._hear(signal)

    async def _write(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            signal = await self._outbox.get()
            try:
                await socket.send_str(write(signal))
            except (aiohttp.ClientError, ConnectionError):
                return  # the reader notices too, and ends the conversation

    async def _ask(
        self,
        method: str,
        path: str,
        answer: type[_Answer] | None,
        body: msgspec.Struct | None = None,
        seconds: float = REQUEST_SECONDS,
    ) -> _Answer:
        headers = {"Content-Type": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else msgspec.json.encode(body)
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._http.request(
                method, self.base + path, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                content = await response.content.read(MAX_ANSWER_BYTES)
                status = response.status
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise RelayUnreachableError(f"{self.base} does not answer: {error or type(error).__name__}") from None
        return _understand(status, content, answer)


def _understand(status: int, content: bytes, answer: type[_Answer] | None) -> _Answer:
    try:
        if status >= 400:
            raise RelayRefusedError(msgspec.json.decode(content, type=Problem))
        if answer is None:
            return None  # type: ignore[return-value]  # the caller said that it wants nothing
        return msgspec.json.decode(content, type=answer)
    except MALFORMED:
        raise RelayUnreachableError(f"the relay's answer ({status}) is not one of this version") from None
