"""One session from the console's side: the handshake, the tunnel, the attempts at a direct path, the messages.

The relay brings the handshake steps and the tunnel's tickets; everything else travels on the session's own links.
"""

import asyncio
import base64
import binascii
import logging
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import aiohttp

from codec.backoff import Retries
from codec.host import background
from codec.host.background import BackgroundTasks
from codec.session.handshake import AGAIN, RANDOM_BYTES, Agreement, Handshake, HandshakeError, HandshakeProblem, How
from codec.session.lines import Lines
from codec.session.links.base import LinkClosedError
from codec.session.links.cancelling import cancel_and_wait
from codec.session.links.connection import Connection
from codec.session.links.direct import DirectPath
from codec.session.links.tunnel import open_tunnel
from codec.session.path_manager import LinkKind
from codec.session.responder import ATTEMPTS
from codec.session.stream import StreamFullError
from codec.wire.api_types import IceServer
from codec.wire.lanes import Lane
from codec.wire.messages import (
    FROM_APPLET,
    Answer,
    BadMessageError,
    Bye,
    Offer,
    SessionMessage,
    UnknownMessageError,
    pack,
    unpack,
)
from codec.wire.pins import can_be_secret
from codec.wire.roles import Role
from codec.wire.signals import ConsoleSignal, TunnelPlease

DIRECT_DELAYS = (0.0, 2.0, 10.0, 30.0, 60.0)
"""Seconds before each attempt at a direct path; the last is repeated."""
RESEND_SECONDS = 2.0
"""How long an answer in the handshake may take before our step is sent again: it may have been lost with a socket."""
FIRST_TUNNEL_SECONDS, LAST_TUNNEL_SECONDS = 0.2, 20.0
ANSWER_SECONDS = 30.0
PROVEN_SECONDS = 10.0
"""A direct path that lived this long was a good one: the next attempt comes soon."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PeerEvents:
    """Whom a peer tells. All are called from the event loop and must not raise."""

    signal: Callable[[ConsoleSignal | TunnelPlease], None]
    """Say this to the relay."""
    proving: Callable[[], bool]
    """Our proof is about to be sent, which tells the other end whether it guessed the secret: count a guess, before it
    is used. False when none is left."""
    agreed: Callable[[Agreement], None]
    restarted: Callable[[], None]
    """The applet has lost its key, or what it knew of the attempt, or so the relay says: another attempt begins, while
    what is connected lives on."""
    moved: Callable[[LinkKind | None], None]
    doubted: Callable[[], None]
    """The link in use may be dead."""
    weighed: Callable[[int], bool]
    """A message of so many bytes has come. False: it is not even looked into, as the session ends."""
    message: Callable[[SessionMessage, bytes], None]
    """A message from the applet, and its bytes."""
    refused: Callable[[HandshakeProblem], None]
    """The handshake failed: the session must end."""
    broken: Callable[[str], None]
    """The applet broke the rules of the session: it must end."""


class Peer:
    """The other end of one session. `begin` it when it is picked up, `close` it in the end."""

    def __init__(
        self, session: int, secret: str | None, http: aiohttp.ClientSession, relay: str, events: PeerEvents
    ) -> None:
        self.connection: Connection | None = None
        self._session = session
        self._secret = secret
        self._http = http
        self._relay = relay
        self._events = events
        self._handshake: Handshake | None = None
        self._begun = 0
        self._refused = self._over = False
        self._patience: asyncio.TimerHandle | None = None
        self._ice_servers: Sequence[IceServer] = ()
        self._opening: asyncio.Task[None] | None = None
        self._tunnel_retries = Retries(FIRST_TUNNEL_SECONDS, LAST_TUNNEL_SECONDS)
        self._seeking: asyncio.Task[None] | None = None
        self._answer: asyncio.Future[str] | None = None
        self._attempt = 0
        self._lines = Lines(time.monotonic())
        self._retiring = BackgroundTasks()
        self.direct_failed = False
        """Whether the latest attempt at a direct path came to nothing."""

    def begin(self) -> None:
        """Start the handshake, or if there is a key already, make sure that there is a tunnel.

        Call it again whenever both ends have come (back) to the relay: steps on their way may have been lost, and are
        sent again. A peer makes one attempt, and so gives the other end one guess at most; another one only when the
        applet says that it has lost its key, and ATTEMPTS in all. Those that confirmed a secret do not count.
        """
        if self._handshake is None and self.connection is not None:
            if not self.connection.holds(LinkKind.RELAYED):
                self._events.signal(TunnelPlease(self._session))
            return
        if self._handshake is None and not self._refused:
            self._begin_attempt()
        self._send_step()

    def signal(self, data: str) -> None:
        """Take the applet's handshake step, as base64."""
        try:
            heard = base64.b64decode(data, validate=True)
        except binascii.Error:
            self._give_up(HandshakeProblem.MALFORMED)
            return
        if heard == AGAIN:
            self._begin_again()
            return
        handshake = self._handshake
        if handshake is None:
            return  # all is said, or refused
        was_out, before = handshake.proof_is_out, handshake.resend()
        try:
            step = handshake.receive(heard)
        except HandshakeError as error:
            self._give_up(error.problem)
            return
        if self._secret is not None and handshake.proof_is_out and not was_out and not self._events.proving():
            self._end(HandshakeProblem.NO_GUESS_LEFT)
            return
        if handshake.agreement is not None:
            self._agree(handshake.agreement)
        elif step is not None and step != before:
            self._send_step()

    def tunnel(self, ticket: str, ice_servers: Sequence[IceServer]) -> None:
        """Open our leg of a new tunnel."""
        self._ice_servers = ice_servers
        if self.connection is None:
            return
        if self._opening is not None:
            self._opening.cancel()
        self._opening = background.start(self._open_tunnel(self.connection, ticket), "the tunnel")

    def send(self, message: SessionMessage) -> None:
        """Send a message to the applet. Raises StreamFullError.

        It waits while there is no link, unless it matters only now. Before a key is agreed it is dropped, but for what
        people write.
        """
        if message.declared.resent:
            self._lines.add(pack(message), time.monotonic())
            return
        if self.connection is None or (message.declared.fleeting and self.connection.kind is None):
            return
        if isinstance(message, Bye):
            self._lines.end()
        self.connection.send(message.declared.lane, pack(message), newest=message.declared.supersedes)

    async def close(self) -> None:
        """Let go of every link. Nothing is told afterwards."""
        self._stop_patience()
        await cancel_and_wait([self._opening, self._seeking])
        if self.connection is not None:
            await self.connection.close()
        await self._retiring.finish()

    def _send_step(self) -> None:
        """Send our latest step, and again after a while if nothing comes back."""
        step = None if self._handshake is None else self._handshake.resend()
        if step is None:
            return
        self._events.signal(ConsoleSignal(self._session, base64.b64encode(step).decode()))
        self._stop_patience()
        self._patience = asyncio.get_running_loop().call_later(RESEND_SECONDS, self._send_step)

    def _begin_attempt(self) -> None:
        self._begun += 1
        self._handshake = Handshake(Role.CONSOLE, str(self._session), self._secret, os.urandom(RANDOM_BYTES))
        self._handshake.start()

    def _begin_again(self) -> None:
        """The applet has lost its key, or what it knew of the attempt that is under way.

        Saying so gives no one another guess at secret digits: a proof of them that was not confirmed stays the last.
        Where no attempt is left, the session ends: it would wait for ever.
        """
        handshake = self._handshake
        if handshake is not None and not handshake.proof_is_out:
            self._send_step()  # anyone can answer a commit
            return
        if self._over or (self.connection is None and handshake is None):
            return
        if self._refused or (handshake is not None and self._is_guessable):
            self._end(HandshakeProblem.UNCONFIRMED)
            return
        if self._begun >= ATTEMPTS:
            self._end(HandshakeProblem.TOO_MANY_ATTEMPTS)
            return
        self._begin_attempt()
        self._events.restarted()
        self._send_step()

    @property
    def _is_guessable(self) -> bool:
        """Whether the secret is the extra digits of a PIN: no one guesses a link's."""
        return self._secret is not None and can_be_secret(self._secret)

    def _end(self, problem: HandshakeProblem) -> None:
        """The session must end."""
        self._over = self._refused = True
        self._handshake = None
        self._stop_patience()
        self._events.refused(problem)

    def _give_up(self, problem: HandshakeProblem) -> None:
        """This attempt is over. What is connected lives on: an attempt beside it may have been the relay's own."""
        handshake, self._handshake = self._handshake, None
        if handshake is None:
            return
        self._stop_patience()
        if self.connection is None:
            self._end(problem)
        else:
            self._refused = self._is_guessable and handshake.proof_is_out

    def _stop_patience(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _agree(self, agreement: Agreement) -> None:
        self._handshake = None
        if agreement.how is How.SECRET:
            self._begun -= 1  # the other end knew the secret: nothing was guessed. Words prove that to people only
        self._stop_patience()
        if self.connection is not None:
            retiring = self._retire(self.connection, (self._opening, self._seeking))
            self._retiring.start(retiring, "closing the links of an earlier key")
            self._opening = self._seeking = None
        self.connection = Connection(
            Role.CONSOLE, agreement.root, self._message, self._moved, self._events.doubted, self._progress
        )
        self._lines.use(self.connection)
        self._events.agreed(agreement)
        self._events.signal(TunnelPlease(self._session))

    async def _retire(self, connection: Connection, work: Iterable[asyncio.Task[None] | None]) -> None:
        """Let go of what an earlier key was for."""
        await cancel_and_wait(work)
        await connection.close()

    async def _open_tunnel(self, connection: Connection, ticket: str) -> None:
        """Open our leg, and ask for another tunnel once this one is gone: its other end may have changed networks."""
        try:
            gone = connection.add(await open_tunnel(self._http, self._relay, ticket))
            self._tunnel_retries.succeeded()
            await gone.wait()
        except LinkClosedError as error:
            _log.info("session %d: %s", self._session, error)
        await asyncio.sleep(self._tunnel_retries.wait())
        self._events.signal(TunnelPlease(self._session))

    def _moved(self, kind: LinkKind | None) -> None:
        if kind is not None and self._seeking is None and self.connection is not None:
            self._seeking = background.start(self._seek_direct(self.connection), "the direct path")
        self._events.moved(kind)

    def _progress(self) -> None:
        self._lines.hand_over(time.monotonic())

    def _message(self, lane: Lane, data: bytes) -> None:
        if not self._events.weighed(len(data)):
            return
        try:
            message = unpack(data)
            is_picture = message.declared.lane is Lane.PICTURE
            if not isinstance(message, FROM_APPLET) or is_picture is not (lane is Lane.PICTURE):
                raise BadMessageError(f"an applet does not say {type(message).__name__} on the {lane.name} lane")
        except UnknownMessageError:
            return
        except BadMessageError as error:
            self._events.broken(str(error))
            return
        if isinstance(message, Answer):
            self._take_answer(message)
        else:
            self._events.message(message, data)

    async def _seek_direct(self, connection: Connection) -> None:
        """Try for a direct path, at first at once and then ever less often, for as long as the session lasts."""
        failures = 0
        while True:
            await asyncio.sleep(DIRECT_DELAYS[min(failures, len(DIRECT_DELAYS) - 1)])
            try:
                gone = await self._try_direct(connection)
                self.direct_failed = False
                async with asyncio.timeout(PROVEN_SECONDS):
                    await gone.wait()
                failures += 1
            except TimeoutError:
                failures = 1
                await gone.wait()
            except (LinkClosedError, StreamFullError, OSError) as error:
                failures += 1
                self.direct_failed = True
                _log.info("session %d: no direct path (attempt %d): %s", self._session, self._attempt, error)

    async def _try_direct(self, connection: Connection) -> asyncio.Event:
        self._attempt += 1
        self._answer = asyncio.get_running_loop().create_future()
        path = DirectPath(self._ice_servers)
        try:
            self.send(Offer(self._attempt, await path.offer()))
            await path.accept(await self._awaited(self._answer))
            return connection.add(await path.opened())
        except BaseException:
            await path.close()
            raise

    async def _awaited(self, answer: asyncio.Future[str]) -> str:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answer
        except TimeoutError:
            raise LinkClosedError("the customer's side did not answer the offer") from None

    def _take_answer(self, answer: Answer) -> None:
        if answer.attempt == self._attempt and self._answer is not None and not self._answer.done():
            self._answer.set_result(answer.sdp)
