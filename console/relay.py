"""The relay as this console sees it: sign-in and requests over HTTP, one WebSocket for all that happens there."""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import TypeVar

import aiohttp
import msgspec

from codec.backoff import Retries
from codec.errors import MALFORMED, DesksideError
from codec.session.links.signalling import BUSY_SECONDS, ComeAgainError, LineLostError, Signalling, connect
from codec.wire.api_types import (
    About,
    ChoosePassword,
    Code,
    EditField,
    EditNotes,
    Enrol,
    Enrolled,
    NewCode,
    NewTransfer,
    PickUp,
    Problem,
    Proposed,
    Session,
    SignedIn,
    SignIn,
    TransferTargets,
)
from codec.wire.chat_log import HandIn, KeptLine
from codec.wire.messages import VERSION
from codec.wire.signals import (
    CONSOLE_PATH,
    BadSignalError,
    ConsoleSignIn,
    FromConsole,
    SignedOut,
    ToConsole,
    read_to_console,
    write,
)
from codec.wire.survey_types import Survey, SurveyAnswers

REQUEST_SECONDS = 15.0
SIGN_IN_SECONDS = 60.0
"""Where strangers try passwords of the same account, the relay looks at one after the other."""
FIRST_RETRY_SECONDS = 0.5
LAST_RETRY_SECONDS = 20.0
URGENT_RETRY_SECONDS = 2.0
"""Somebody looks at a session that stands still: they are few, and do not wait as long as consoles that are idle."""
PATIENCE_SECONDS = 45.0
"""So long a request that finds the relay busy is made again."""
SIGN_IN_PATIENCE_SECONDS = 180.0
"""In the morning everybody signs in at once, and a password takes the relay a fifth of a second."""
MOMENT_SECONDS = 5
MAX_ANSWER_BYTES = 1 << 20
_Answer = TypeVar("_Answer")
_log = logging.getLogger(__name__)


class RelayRefusedError(DesksideError):
    """The relay does not do what was asked. `problem` is its word for why, `message` its sentence."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class RelayUnreachableError(DesksideError):
    """The server does not answer. Check the address and the network. Direct sessions continue."""


class Relay:
    """One relay, for as long as this console runs.

    `hear` gets everything that the socket says, `online` whether the socket stands and, when it does not, in how many
    seconds the next try is. `lost` is called when the network turns out to be another one, or gone; `busy` while the
    relay has too much to do, with the seconds until the next try, then with None. `is_urgent` says whether a session
    can only go on through the relay. Call `sign_in` first, then `listen` (until cancelled).
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        base: str,
        console: str,
        hear: Callable[[ToConsole], None],
        online: Callable[[bool, float | None], None],
        lost: Callable[[], None] = lambda: None,
        busy: Callable[[float | None], None] = lambda _seconds: None,
        is_urgent: Callable[[], bool] = lambda: False,
    ) -> None:
        self.base = base.rstrip("/")
        self.console = console
        self._http = http
        self._hear = hear
        self._online = online
        self._lost = lost
        self._busy = busy
        self._is_urgent = is_urgent
        self._is_first = True
        self._token: str | None = None
        self._socket: Signalling | None = None
        self._outbox: asyncio.Queue[FromConsole] = asyncio.Queue(256)

    @property
    def is_online(self) -> bool:
        """Whether the socket is up, and the relay has greeted us on it."""
        return self._socket is not None and not self._is_first

    @property
    def signed_in(self) -> bool:
        """Whether there is a token to listen with."""
        return self._token is not None

    async def sign_in(self, email: str, password: str, code: str = "", device: str = "") -> SignedIn:
        """Sign in and keep the token in memory; `device` is what the sign-in before gave.

        Raises RelayRefusedError or RelayUnreachableError.
        """
        body = SignIn(
            email=email,
            password=password,
            console=self.console,
            code=code,
            device=device,
            serving=True,
            version=VERSION,
        )
        patience = SIGN_IN_SECONDS, SIGN_IN_PATIENCE_SECONDS
        signed_in = await self._ask("POST", "/api/v1/sign-in", SignedIn, body, *patience)
        self._token = signed_in.token
        return signed_in

    async def about(self) -> About:
        """Return whose relay this is. Raises as `sign_in`."""
        return await self._ask("GET", "/api/v1/about", About)

    async def choose_password(self, ticket: str, new: str) -> SignedIn:
        """Choose the password that is due, with the ticket of the refusal that said so. Raises as `sign_in`."""
        body = ChoosePassword(ticket=ticket, new=new, console=self.console)
        signed_in = await self._ask("POST", "/api/v1/sign-in/password", SignedIn, body, SIGN_IN_SECONDS)
        self._token = signed_in.token
        return signed_in

    async def propose_authenticator(self, ticket: str) -> Proposed:
        """Return what goes into the authenticator app that is due. Raises as `sign_in`."""
        body = Enrol(ticket=ticket, console=self.console)
        return await self._ask("POST", "/api/v1/sign-in/second-step", Proposed, body)

    async def confirm_authenticator(self, ticket: str, code: str) -> Enrolled:
        """Show that the app has it. The token is taken unless a new password is due too. Raises as `sign_in`."""
        body = Enrol(ticket=ticket, console=self.console, code=code)
        enrolled = await self._ask("POST", "/api/v1/sign-in/second-step/confirmation", Enrolled, body)
        self._token = None if enrolled.signed_in is None else enrolled.signed_in.token
        return enrolled

    async def sign_out(self) -> None:
        """Give the token back. The token is forgotten here even when the relay cannot be reached."""
        try:
            await self._ask("POST", "/api/v1/sign-out", None)
        finally:
            self._token = None

    async def make_code(self, new: NewCode) -> Code:
        """Make a PIN or link. Raises as `sign_in`."""
        return await self._ask("POST", "/api/v1/codes", Code, new)

    async def cancel_code(self, code: int) -> None:
        """Take a code back. Raises as `sign_in`."""
        await self._ask("DELETE", f"/api/v1/codes/{code}", None)

    async def pick_up(self, session: int, *, offered: bool = False) -> Session:
        """Take a waiting session, or one of ours whose console is gone. Raises as `sign_in`.

        `offered`: the relay has asked for it.
        """
        asked = PickUp(console=self.console, offered=offered)
        return await self._ask("POST", f"/api/v1/sessions/{session}/pick-up", Session, asked)

    async def open_up(self, session: int) -> Session:
        """Let a session that started as a chat be more. Raises as `sign_in`."""
        return await self._ask("POST", f"/api/v1/sessions/{session}/open-up", Session)

    async def edit_field(self, session: int, field: int, value: str) -> Session:
        """Change the name field or a custom field of a session. Raises as `sign_in`."""
        return await self._ask(
            "PATCH", f"/api/v1/sessions/{session}/fields", Session, EditField(field=field, value=value)
        )

    async def hold(self, session: int) -> Session:
        """Interrupt a session. Raises as `sign_in`."""
        return await self._ask("POST", f"/api/v1/sessions/{session}/hold", Session)

    async def survey(self, session: int) -> Survey:
        """Return what the technician is asked after a session. Raises as `sign_in`."""
        return await self._ask("GET", f"/api/v1/sessions/{session}/survey", Survey)

    async def answer_survey(self, session: int, answers: SurveyAnswers) -> None:
        """Answer it. Raises as `sign_in`."""
        await self._ask("POST", f"/api/v1/sessions/{session}/survey", None, answers)

    async def transfer_targets(self) -> TransferTargets:
        """Return whom a session can be handed over to now. Raises as `sign_in`."""
        return await self._ask("GET", "/api/v1/transfer-targets", TransferTargets)

    async def transfer(self, session: int, to: NewTransfer) -> Session:
        """Hand a session over. Raises as `sign_in`."""
        return await self._ask("POST", f"/api/v1/sessions/{session}/transfer", Session, to)

    async def take_back(self, session: int) -> Session:
        """Take a session back that no one has taken over yet. Raises as `sign_in`."""
        return await self._ask("POST", f"/api/v1/sessions/{session}/take-back", Session)

    async def decline(self, session: int) -> Session:
        """Send a session back to who handed it over. Raises as `sign_in`."""
        return await self._ask("POST", f"/api/v1/sessions/{session}/decline", Session)

    async def write_notes(self, session: int, notes: str) -> Session:
        """Keep these notes with a session. Raises as `sign_in`."""
        return await self._ask("PATCH", f"/api/v1/sessions/{session}/notes", Session, EditNotes(notes=notes))

    async def hand_in_chat(self, session: int, lines: HandIn) -> None:
        """Have lines of a session's chat log kept. Raises as `sign_in`."""
        await self._ask("POST", f"/api/v1/sessions/{session}/chat", None, lines)

    async def read_chat(self, session: int) -> list[KeptLine]:
        """Return what is kept of a session's chat log. Raises as `sign_in`."""
        return await self._ask("GET", f"/api/v1/sessions/{session}/chat", list[KeptLine])

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

    def probe(self) -> None:
        """There is reason to doubt the network: come back over the one that there is now, where the relay is silent."""
        if self._socket is not None:
            self._socket.probe()

    async def listen(self) -> None:
        """Keep the socket up and hear it, until the relay says that the token is dead."""
        retries = Retries(FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS)
        while self._token is not None:
            asked = 0.0
            try:
                await self._converse(retries)
            except ComeAgainError as error:
                asked = error.seconds
                _log.info("the relay lets us wait for %.0f seconds", asked)
            except LineLostError as error:
                _log.info("%s", error)
                self._lost()
                self._online(False, 0.0)
                continue
            except (aiohttp.ClientError, OSError, TimeoutError, BadSignalError) as error:
                _log.info("the relay's socket is down: %s", error)
            if self._token is None:
                return
            wait = retries.wait(asked, URGENT_RETRY_SECONDS if self._is_urgent() else LAST_RETRY_SECONDS)
            self._online(False, wait)
            await asyncio.sleep(wait)

    async def _converse(self, retries: Retries) -> None:
        # No connection that was used before: one that is left over from another network would be taken for a good one.
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as http:
            socket = await connect(http, self.base + CONSOLE_PATH, MAX_ANSWER_BYTES)
            try:
                await socket.say(write(ConsoleSignIn(self._token or "", self.console, VERSION)))
                while not self._outbox.empty():
                    self._outbox.get_nowait()
                self._socket = socket
                self._is_first = True
                writer = asyncio.ensure_future(self._write(socket))
                try:
                    await socket.read(lambda text: self._take(read_to_console(text), retries))
                finally:
                    self._socket = None
                    writer.cancel()
            finally:
                await socket.close()

    def _take(self, signal: ToConsole, retries: Retries) -> None:
        if isinstance(signal, SignedOut):
            self._token = None
        elif self._is_first:
            retries.succeeded()
            self._online(True, None)
        self._is_first = False
        self._hear(signal)

    async def _write(self, socket: Signalling) -> None:
        while True:
            signal = await self._outbox.get()
            try:
                await socket.say(write(signal))
            except (aiohttp.ClientError, ConnectionError):
                return  # the reader notices too, and ends the conversation

    async def _ask(
        self,
        method: str,
        path: str,
        answer: type[_Answer] | None,
        body: msgspec.Struct | None = None,
        seconds: float = REQUEST_SECONDS,
        patience: float | None = None,
    ) -> _Answer:
        """Ask, and again for `patience` seconds where the relay says that it was busy and did nothing."""
        loop = asyncio.get_running_loop()
        until, waited = loop.time() + (PATIENCE_SECONDS if patience is None else patience), False
        try:
            while True:
                try:
                    return await self._ask_once(method, path, answer, body, seconds)
                except RelayRefusedError as error:
                    wait = _wait_for(error.problem)
                    if wait is None or loop.time() + wait > until:
                        raise
                wait += wait * random.random() / 2  # noqa: S311  (spreads consoles over time, keeps no secret)
                waited = True
                self._busy(wait)
                await asyncio.sleep(wait)
        finally:
            if waited:
                self._busy(None)

    async def _ask_once(
        self, method: str, path: str, answer: type[_Answer] | None, body: msgspec.Struct | None, seconds: float
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


def _wait_for(problem: Problem) -> float | None:
    """Return how long to wait before the same is asked again; None where that would change nothing, or takes long.

    Signing in from one place with many others is `too_many` for a moment; after wrong passwords it is for minutes.
    """
    seconds = problem.retry_seconds
    if problem.problem == "busy":
        return float(seconds or BUSY_SECONDS)
    if problem.problem == "too_many" and seconds is not None and seconds <= MOMENT_SECONDS:
        return float(seconds)
    return None


def _understand(status: int, content: bytes, answer: type[_Answer] | None) -> _Answer:
    try:
        if status >= 400:
            raise RelayRefusedError(msgspec.json.decode(content, type=Problem))
        if answer is None:
            return None  # type: ignore[return-value]  # the caller said that it wants nothing
        return msgspec.json.decode(content, type=answer)
    except MALFORMED:
        if status >= 500:
            raise RelayUnreachableError(
                f"The relay could not do this ({status}). Try again, and tell its operator if that does not help."
            ) from None
        raise RelayUnreachableError(f"the relay's answer ({status}) is not one of this version") from None
