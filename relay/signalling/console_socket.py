"""The console's socket: it proves its token, hears everything about its desk, and passes handshake steps."""

import asyncio
import base64
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from codec.errors import DesksideError
from codec.wire.api_types import Code, IceServer, Session
from codec.wire.signals import (
    MAX_SIGNAL_BYTES,
    Attention,
    BadSignalError,
    BeginRecording,
    ConsoleSignal,
    ConsoleSignIn,
    Desk,
    RecordingBegun,
    RulesChanged,
    Sending,
    SessionTunnel,
    SessionUsed,
    SignedOut,
    Stamp,
    Stamped,
    Tunnel,
    TunnelPlease,
    read_from_console,
    write,
)
from relay.accounts.service import Accounts, Identity
from relay.codes.service import Codes
from relay.limits.fair_queue import BusyError
from relay.metrics import Metrics
from relay.secret import digest
from relay.sessions.presence import PresenceWriter
from relay.sessions.service import Sessions
from relay.sessions.session_consoles import SessionConsoles
from relay.sessions.use import SessionUse
from relay.signalling.budgets import TooMuchError
from relay.signalling.colleagues import Colleagues
from relay.signalling.hub import ConsoleConnection, Hub
from relay.signalling.limits_told import LimitsTold
from relay.signalling.permits import Permits, Rights
from relay.signalling.recording_attestation import RecordingAttestor
from relay.signalling.served_channels import ServedChannels
from relay.signalling.tunnel import Tunnels
from relay.store.batching import Batches
from relay.store.database import Store
from relay.store.sqlite_file import StoreError
from relay.tasks.completion import shielded
from relay.tasks.pace import Pace
from relay.web.listener import is_known
from relay.web.send_queue import CLOSE_SECONDS, SendQueue, first_text
from relay.web.sockets import Socket

HEARTBEAT_SECONDS = 15.0
OPENED_AT_ONCE = 2
"""So many sockets are opened in one turn of the event loop, so that a herd keeps no other request waiting."""
_log = logging.getLogger(__name__)


class ConsoleSocket:
    """Serves `/ws/console`.

    `identify` says whose token a request brings, `address` from where. `ice_servers` gives the servers for a session,
    `customer_page` is what customers open, `systems` says on which kinds of computers they can be helped, `sending`
    what can be sent to them.
    """

    def __init__(
        self,
        store: Store,
        codes: Codes,
        sessions: Sessions,
        presence: PresenceWriter,
        session_consoles: SessionConsoles,
        accounts: Accounts,
        identify: Callable[[web.Request, str], Coroutine[Any, Any, Identity | None]],
        address: Callable[[web.Request], str],
        permits: Permits,
        attestor: RecordingAttestor,
        hub: Hub,
        served: ServedChannels,
        colleagues: Colleagues,
        use: SessionUse,
        limits: LimitsTold,
        tunnels: Tunnels,
        metrics: Metrics,
        ice_servers: Callable[[int], list[IceServer]],
        customer_page: str,
        systems: Callable[[], list[str]],
        sending: Callable[[str, str], Sending],
    ) -> None:
        self._sending = sending
        self._codes = codes
        self._sessions = sessions
        self._presence = presence
        self._session_consoles = session_consoles
        self._pace = Pace(OPENED_AT_ONCE)
        self._store = store
        self._at_desks = Batches(self._read_desks)
        self._accounts = accounts
        self._identify = identify
        self._address = address
        self._permits = permits
        self._attestor = attestor
        self._hub = hub
        self._served = served
        self._colleagues = colleagues
        self._use = use
        self._limits = limits
        self._tunnels = tunnels
        self._metrics = metrics
        self._ice_servers = ice_servers
        self._customer_page = customer_page
        self._systems = systems

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle one socket, from its sign-in to its end."""
        await self._pace.begin()
        socket = Socket(max_msg_size=MAX_SIGNAL_BYTES, heartbeat=HEARTBEAT_SECONDS, timeout=CLOSE_SECONDS)
        await socket.prepare(request)
        try:
            first = read_from_console(await first_text(socket))
        except (BadSignalError, TypeError, TimeoutError):
            first = None
        if not isinstance(first, ConsoleSignIn):
            self._metrics.bad_signals.labels("console").inc()
            await socket.close()
            return socket
        await self._attend(
            _Visit(request, socket, SendQueue(socket, self._metrics.cut.labels("console").inc, held=True)), first
        )
        return socket

    async def _attend(self, visit: "_Visit", first: ConsoleSignIn) -> None:
        """Listen from the first moment on: who waits for their desk is heard, and nothing is done for who has gone."""
        writer = asyncio.ensure_future(visit.queue.write())
        opening = asyncio.ensure_future(self._open(visit, first))
        closing: dict[str, Any] = {}
        try:
            await self._listen(visit)
        except BadSignalError as error:
            self._metrics.bad_signals.labels("console").inc()
            _log.warning("a console said what no console says: %s", error)
        except TooMuchError:
            self._metrics.too_much.labels("console").inc()
            _log.warning("a console said more than consoles say; its socket is closed")
            closing = {"code": WSCloseCode.POLICY_VIOLATION, "message": b"too many signals"}
        finally:
            opening.cancel()
            writer.cancel()
            if visit.console is not None:
                self._metrics.consoles.dec()
                if self._hub.console_disconnected(visit.console):
                    self._presence.console(*visit.console.key)
                    self._colleagues.gone(visit.console)
        await visit.socket.close(**closing)

    async def _open(self, visit: "_Visit", first: ConsoleSignIn) -> None:
        """Let a console in and say its desk; close its line where that cannot be."""
        try:
            generation = self._permits.generation
            identity = await shielded(self._identify(visit.request, first.token))
            if identity is None:
                visit.queue.close_with(write(SignedOut()))
                return
            is_known(visit.request)
            who = identity.person.id, identity.sign_in, visit.queue, digest(first.token), self._address(visit.request)
            console = visit.console = ConsoleConnection(first.console, *who)
            # Listed before its desk is read: what changes meanwhile is told after it, and those turned out are.
            self._metrics.consoles.inc()
            self._hub.console_connected(console)
            self._presence.console(*console.key)
            await self._say_desk(console, identity, generation, visit.request, first.token)
        except (BusyError, StoreError) as error:
            _log.warning("a console must come again: %s", error)
            visit.queue.close(WSCloseCode.TRY_AGAIN_LATER)
        except Exception:
            _log.exception("a console could not be let in")
            visit.queue.close(WSCloseCode.INTERNAL_ERROR)

    async def _say_desk(
        self, console: ConsoleConnection, identity: Identity, generation: int, request: web.Request, token: str
    ) -> None:
        served = await self._served.of(console.person)
        while True:
            # Followed before the desk is read: what comes into a queue meanwhile is told after it.
            self._hub.console_serves(console, served)
            await self._hub.console_hears(console)
            desk, rights = await self._desk(identity)
            before, served = served, await self._served.of(console.person)
            has_missed = self._hub.console_missed(console)
            if generation == self._permits.generation and served == before and not has_missed:
                break
            # A rule has changed meanwhile: what was read may be wrong, and this console may no longer be here.
            generation = self._permits.generation
            again = await shielded(self._identify(request, token))
            if again is None:
                console.queue.close_with(write(SignedOut()))
                return
            identity = again
        if console.queue.say_first(write(desk), instead_of=RulesChanged):
            self._hub.console_told(console)
            self._permits.console_told(console.queue, rights)
            self._limits.note()

    async def _desk(self, identity: Identity) -> tuple[Desk, Rights]:
        found = await self._at_desks.get(identity.person.id)
        desk = Desk(
            person=identity.person,
            organisation=found.organisation,
            customer_page=self._customer_page,
            systems=self._systems(),
            sessions=found.sessions,
            codes=found.codes,
            functions=list(found.rights.functions),
            recording=found.rights.recording,
            settings=found.rights.settings,
            fields=list(found.rights.fields),
            sending=self._sending(found.organisation, found.language),
            stamp_key=base64.b64encode(self._attestor.public_key).decode(),
            now=found.now,
        )
        return desk, found.rights

    async def _read_desks(self, people: Sequence[int]) -> "dict[int, _AtDesk]":
        """Read what is at the desks of all of these, in as many questions as one takes."""
        now, rights = datetime.now(UTC), await self._permits.rights_of(people)
        async with self._store.reading_together():
            organisation = await self._accounts.organisation()
            language = await self._accounts.usual_language()
            sessions = await self._sessions.listed_by(people, now)
            codes = await self._codes.listed_by(people, now)
        return {
            person: _AtDesk(rights[person], organisation, language, sessions[person], codes[person], now)
            for person in people
        }

    async def _listen(self, visit: "_Visit") -> None:
        async for frame in visit.socket:
            if frame.type is not WSMsgType.TEXT:
                raise BadSignalError("not text")
            console = visit.console
            if console is None:
                raise BadSignalError("out of order")
            self._hub.console_spoke(console, len(frame.data))
            match read_from_console(frame.data):
                case ConsoleSignal() as signal:
                    self._hub.from_console(console, signal, await self._session_consoles.of(signal.session))
                case TunnelPlease(session=session):
                    await self._tunnel(console, session)
                case Attention() as said:
                    self._colleagues.says(console, said)
                case SessionUsed(session=session):
                    if await self._holds(console, session):
                        self._use.used(session)
                case BeginRecording() as asked:
                    await self._record(console, asked, datetime.now(UTC))
                case Stamp() as asked:
                    holds = await self._holds(console, asked.session)
                    self._answer(console, self._attestor.stamp(console, asked, datetime.now(UTC), holds=holds))
                case _:
                    raise BadSignalError("out of order")

    async def _record(self, console: ConsoleConnection, asked: BeginRecording, now: datetime) -> None:
        holds, elsewhere = await self._holds(console, asked.session), None
        if holds and self._hub.applet(asked.session) is None:
            elsewhere = await self._session_consoles.applet_elsewhere(asked.session)
        signed = self._attestor.begin(console, asked, now, holds=holds, elsewhere=elsewhere)
        self._answer(console, signed)
        if signed is None:
            return
        try:
            await shielded(self._sessions.is_recorded(asked.session, now))
        except DesksideError as error:  # the recording is not held up by that
            _log.error("session %d: that it is recorded could not be kept: %s", asked.session, error)

    @staticmethod
    def _answer(console: ConsoleConnection, signed: RecordingBegun | Stamped | None) -> None:
        if signed is not None:
            console.queue.say(write(signed))

    async def _holds(self, console: ConsoleConnection, session: int) -> bool:
        return await self._session_consoles.of(session) == console.key

    async def _tunnel(self, console: ConsoleConnection, session: int) -> None:
        """Issue a ticket to both ends, when both are there."""
        if not await self._holds(console, session):
            return
        applet = self._hub.applet(session)
        if applet is None and await self._session_consoles.applet_elsewhere(session) is None:
            return
        servers = self._ice_servers(session)
        for_applet, for_console = self._tunnels.issue(session, console.key)
        invitation = write(Tunnel(for_applet, servers))
        if applet is not None:
            applet.say(invitation, about=Tunnel)
        else:
            self._hub.to_applet_elsewhere(session, invitation)
        console.queue.say(write(SessionTunnel(session, for_console, servers)), about=(SessionTunnel, session))


@dataclass(frozen=True)
class _AtDesk:
    """What is at someone's desk at a moment."""

    rights: Rights
    organisation: str
    language: str
    sessions: list[Session]
    codes: list[Code]
    now: datetime


@dataclass
class _Visit:
    """One socket. `console` is what it turned out to be, once that is known."""

    request: web.Request
    socket: Socket
    queue: SendQueue
    console: ConsoleConnection | None = None
