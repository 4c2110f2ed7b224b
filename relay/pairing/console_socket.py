"""The console's socket: it proves its token, hears everything about its desk, and passes handshake steps."""

import asyncio
import base64
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from codec.desk import IceServer
from codec.signals import (
    MAX_SIGNAL_BYTES,
    BadSignalError,
    BeginRecording,
    ConsoleSignal,
    ConsoleSignIn,
    Desk,
    RecordingBegun,
    SessionTunnel,
    SignedOut,
    Stamp,
    Stamped,
    Tunnel,
    TunnelPlease,
    read_from_console,
    write,
)
from relay.accounts.service import Accounts, Identity
from relay.monitoring.metrics import Metrics
from relay.pairing.budgets import TooMuchError
from relay.pairing.countersigning import Countersigner
from relay.pairing.permits import Permits
from relay.pairing.service import Codes
from relay.pairing.switchboard import ConsoleLine, Switchboard
from relay.pairing.tunnel import Tunnels
from relay.secret import digest
from relay.sessions.service import Sessions
from relay.web.lines import CLOSE_SECONDS, Line, first_text
from relay.web.listener import is_known
from relay.web.sockets import Socket

HEARTBEAT_SECONDS = 15.0
_log = logging.getLogger(__name__)


class ConsoleSocket:
    """Serves `/ws/console`.

    `identify` says whose token a request brings, `address` from where; `generation` grows with every change of a rule.
    `ice_servers` gives the servers for a session, `customer_page` is what customers open, `systems` says on which kinds
    of computers they can be helped.
    """

    def __init__(
        self,
        codes: Codes,
        sessions: Sessions,
        accounts: Accounts,
        identify: Callable[[web.Request, str], Awaitable[Identity | None]],
        address: Callable[[web.Request], str],
        generation: Callable[[], int],
        permits: Permits,
        countersigner: Countersigner,
        switchboard: Switchboard,
        tunnels: Tunnels,
        metrics: Metrics,
        ice_servers: Callable[[int], list[IceServer]],
        customer_page: str,
        systems: Callable[[], list[str]],
    ) -> None:
        self._codes = codes
        self._sessions = sessions
        self._accounts = accounts
        self._identify = identify
        self._address = address
        self._generation = generation
        self._permits = permits
        self._countersigner = countersigner
        self._switchboard = switchboard
        self._tunnels = tunnels
        self._metrics = metrics
        self._ice_servers = ice_servers
        self._customer_page = customer_page
        self._systems = systems

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle one socket, from its sign-in to its end."""
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
        found = await self._admit(request, first.token)
        if found is None:
            await socket.send_str(write(SignedOut()))
            await socket.close()
            return socket
        is_known(request)
        identity, desk = found
        line = Line(socket, self._metrics.cut.labels("console").inc)
        who = identity.person.id, identity.sign_in, line, digest(first.token), self._address(request)
        await self._attend(socket, ConsoleLine(first.console, *who), desk)
        return socket

    async def _admit(self, request: web.Request, token: str) -> tuple[Identity, Desk] | None:
        """Return whose token this is, and their desk; None for nobody.

        A rule that changes meanwhile is asked again: a socket that it shuts out is not known yet to be turned out.
        """
        while True:
            generation = self._generation()
            identity = await self._identify(request, token)
            if identity is None:
                return None
            desk = await self._desk(identity)
            if generation == self._generation():
                return identity, desk

    async def _attend(self, socket: Socket, console: ConsoleLine, desk: Desk) -> None:
        line = console.line
        line.say(write(desk))
        self._switchboard.console_came(console)
        self._metrics.consoles.inc()
        writer = asyncio.ensure_future(line.write())
        closing: dict[str, Any] = {}
        try:
            await self._presence_changed(console)
            await self._listen(socket, console)
        except BadSignalError as error:
            self._metrics.bad_signals.labels("console").inc()
            _log.warning("a console said what no console says: %s", error)
        except TooMuchError:
            self._metrics.too_much.labels("console").inc()
            _log.warning("a console of person %d said more than consoles say; its socket is closed", console.person)
            closing = {"code": WSCloseCode.POLICY_VIOLATION, "message": b"too many signals"}
        finally:
            writer.cancel()
            self._metrics.consoles.dec()
            if self._switchboard.console_went(console):
                await self._presence_changed(console)
        await socket.close(**closing)

    async def _desk(self, identity: Identity) -> Desk:
        now, person = datetime.now(UTC), identity.person
        return Desk(
            person=person,
            organisation=await self._accounts.organisation(),
            customer_page=self._customer_page,
            systems=self._systems(),
            sessions=await self._sessions.listed(person.id, now),
            codes=await self._codes.listed(person.id, now),
            functions=await self._permits.functions(person.id),
            recording=await self._permits.recording_rules(person.id),
            stamp_key=base64.b64encode(self._countersigner.public_key).decode(),
            now=now,
        )

    async def _presence_changed(self, console: ConsoleLine) -> None:
        for session in await self._sessions.of_console(console.person, console.name):
            await self._sessions.presence_changed(session, datetime.now(UTC))

    async def _listen(self, socket: Socket, console: ConsoleLine) -> None:
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                raise BadSignalError("not text")
            self._switchboard.console_spoke(console, len(frame.data))
            match read_from_console(frame.data):
                case ConsoleSignal() as signal:
                    self._switchboard.from_console(console, signal)
                case TunnelPlease(session=session):
                    self._tunnel(console, session)
                case BeginRecording() as asked:
                    self._answer(console, self._countersigner.begin(console, asked, datetime.now(UTC)))
                case Stamp() as asked:
                    self._answer(console, self._countersigner.stamp(console, asked, datetime.now(UTC)))
                case _:
                    raise BadSignalError("out of order")

    @staticmethod
    def _answer(console: ConsoleLine, signed: RecordingBegun | Stamped | None) -> None:
        if signed is not None:
            console.line.say(write(signed))

    def _tunnel(self, console: ConsoleLine, session: int) -> None:
        """Issue a ticket to both ends, when both are there."""
        applet = self._switchboard.applet(session)
        if applet is None or not self._switchboard.holds(console, session):
            return
        servers = self._ice_servers(session)
        for_applet, for_console = self._tunnels.issue(session)
        applet.say(write(Tunnel(for_applet, servers)), about=Tunnel)
        console.line.say(write(SessionTunnel(session, for_console, servers)), about=(SessionTunnel, session))
