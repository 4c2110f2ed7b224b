"""The technician's side of one session: handshake, tunnel, direct path, messages in and out."""

import asyncio
import base64
import binascii
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import aiohttp

from codec.host import background
from codec.session.handshake import AGAIN, RANDOM_BYTES, Agreement, HandshakeError, HandshakeProblem
from codec.session.lines import Lines
from codec.session.links.base import LinkClosedError
from codec.session.links.cancelling import cancel_and_wait
from codec.session.links.connection import Connection
from codec.session.links.direct import DirectPath
from codec.session.links.tunnel import open_tunnel
from codec.session.path_manager import LinkKind
from codec.session.responder import Responder
from codec.session.stream import StreamFullError
from codec.wire.api_types import IceServer
from codec.wire.lanes import Lane
from codec.wire.messages import (
    FROM_CONSOLE,
    Answer,
    BadMessageError,
    Bye,
    Offer,
    SessionMessage,
    UnknownMessageError,
    pack,
    unpack,
)
from codec.wire.roles import Role

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PeerEvents:
    """Whom a peer tells. All are called from the event loop and must not raise."""

    signal: Callable[[str], None]
    """Say this handshake step to the relay."""
    lacks_secret: Callable[[], None]
    """The console begins over a secret that we were not given. It repeats that until we have it."""
    attempted: Callable[[int], None]
    """A console began this session's handshake for the second time or more; the argument counts them."""
    agreed: Callable[[Agreement], None]
    """There is a new key, and a new console behind it: what an earlier one was allowed no longer holds."""
    moved: Callable[[LinkKind | None], None]
    doubted: Callable[[], None]
    """The link in use may be dead."""
    message: Callable[[SessionMessage], None]
    refused: Callable[[HandshakeProblem], None]
    broken: Callable[[str], None]


class Peer:
    """The other end of one session. `close` it in the end."""

    def __init__(
        self, session: int, secret: str | None, http: aiohttp.ClientSession, relay: str, events: PeerEvents
    ) -> None:
        self.connection: Connection | None = None
        self._lines = Lines(time.monotonic())
        self._session = session
        self._http = http
        self._relay = relay
        self._events = events
        self._responder = Responder(str(session), secret, lambda: os.urandom(RANDOM_BYTES))
        self._ice_servers: Sequence[IceServer] = ()
        self._opening: asyncio.Task[None] | None = None
        self._answering: asyncio.Task[None] | None = None
        self._one_attempt = asyncio.Lock()
        """Held until an attempt has its link or has let go of its sockets: offers without end open no more of them."""
        self._closing: set[asyncio.Task[None]] = set()

    def signal(self, data: str) -> None:
        """Take the console's handshake step, as base64. What is connected lives on until a new key is agreed."""
        attempts, before = self._responder.attempt, self._responder.agreement
        try:
            step = base64.b64decode(data, validate=True)
            if self._responder.lacks_secret(step):
                self._events.lacks_secret()
                return
            said = self._responder.receive(step)
        except (HandshakeError, binascii.Error) as error:
            problem = error.problem if isinstance(error, HandshakeError) else HandshakeProblem.MALFORMED
            self._events.refused(problem)
            return
        if self._responder.attempt > max(attempts, 1):
            self._events.attempted(self._responder.attempt)
        agreement = self._responder.agreement
        if agreement is not None and agreement is not before:
            self._agree(agreement)
        if said is not None:
            self._events.signal(base64.b64encode(said).decode())
        elif self._has_lost_key:
            self.lost_key()  # the step goes on with an attempt of an earlier run of ours

    def lost_key(self) -> None:
        """Tell the console that we have no key, although it may have one of an earlier run of ours."""
        self._events.signal(base64.b64encode(AGAIN).decode())

    def give_secret(self, secret: str) -> None:
        """The person has the secret after all. The console's next step, which it repeats, is answered over it."""
        self._responder.give(secret)

    def hand_over(self) -> None:
        """Another console may take over, which has no secret."""
        self._responder.hand_over()

    def forget_key(self) -> None:
        """Whose key it is has no part in the session any more: they hear nothing, and nothing of theirs is heard."""
        self._drop_connection()
        self._lines.use(None)
        self._responder.forget()

    def tunnel(self, ticket: str, ice_servers: Sequence[IceServer]) -> None:
        """Open our leg of a new tunnel."""
        self._ice_servers = ice_servers
        if self._has_lost_key:
            self.lost_key()
        if self.connection is None:
            return
        if self._opening is not None:
            self._opening.cancel()
        self._opening = background.start(self._open_tunnel(self.connection, ticket), "the tunnel")

    def send(self, message: SessionMessage) -> None:
        """Send a message to the console. Raises StreamFullError.

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

    def discard(self, lane: Lane) -> None:
        """Do not send what waits on this lane, but for a message that is partly on its way."""
        if self.connection is not None:
            self.connection.discard(lane)

    async def close(self, flush_seconds: float = 0.0) -> None:
        """Let go of every link, after the last messages have arrived where that takes no longer than stated."""
        await cancel_and_wait([self._opening, self._answering])
        if self.connection is not None:
            if flush_seconds:
                await self.connection.flush(flush_seconds)
            await self.connection.close()
        if self._closing:
            await asyncio.wait(set(self._closing))

    @property
    def _has_lost_key(self) -> bool:
        """Whether there is no key, and no attempt that leads to one: in the middle of one, `lost_key` would end it."""
        return self.connection is None and not self._responder.is_answering

    def _agree(self, agreement: Agreement) -> None:
        self._drop_connection()
        events = self._events
        self.connection = Connection(
            Role.APPLET, agreement.root, self._message, events.moved, events.doubted, self._progress
        )
        self._lines.use(self.connection)
        self._events.agreed(agreement)

    def _progress(self) -> None:
        self._lines.hand_over(time.monotonic())

    def _drop_connection(self) -> None:
        if self.connection is not None:
            closing = background.start(self.connection.close(), "closing a session's links")
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
            self.connection = None

    async def _open_tunnel(self, connection: Connection, ticket: str) -> None:
        try:
            connection.add(await open_tunnel(self._http, self._relay, ticket))
        except LinkClosedError as error:
            _log.info("no tunnel: %s", error)

    def _message(self, _lane: Lane, data: bytes) -> None:
        if self.connection is None:
            return
        try:
            message = unpack(data)
            if not isinstance(message, FROM_CONSOLE):
                raise BadMessageError(f"a console does not say {type(message).__name__}")
        except UnknownMessageError:
            return
        except BadMessageError as error:
            self._events.broken(str(error))
            return
        if isinstance(message, Offer):
            self._take_offer(message)
        else:
            self._events.message(message)

    def _take_offer(self, offer: Offer) -> None:
        if self._answering is not None:
            self._answering.cancel()
        if self.connection is not None:
            self._answering = background.start(self._answer(self.connection, offer), "the direct path")

    async def _answer(self, connection: Connection, offer: Offer) -> None:
        async with self._one_attempt:
            path = DirectPath(self._ice_servers)
            try:
                self.send(Answer(offer.attempt, await path.answer(offer.sdp)))
                connection.add(await path.opened())
            except (LinkClosedError, StreamFullError, OSError) as error:
                _log.info("no direct path (attempt %d): %s", offer.attempt, error)
                await path.close()
            except asyncio.CancelledError:
                await path.close()
                raise
