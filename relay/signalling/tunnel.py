"""The sealed tunnel: two WebSockets joined, byte for byte.

No queue: a leg's next message is read when the last one has been written to the other leg, and writing waits while that
leg's socket is full. So a slow reader slows its sender down, and the relay holds at most one message and two socket
buffers for each leg, whatever anybody sends.

Of several relays one holds a tunnel: that of its console. A ticket names it, and a relay to which a leg of another's
tunnel comes passes that on (relay/signalling/passed_leg.py).
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from codec.session.links.tunnel import MAX_MESSAGE_BYTES, PAIRING_SECONDS
from relay.bus.base import RELAYS, Bus, Topic
from relay.bus.local import LocalBus
from relay.metrics import Metrics
from relay.secret import new_secret
from relay.sessions.session_consoles import Console
from relay.signalling.across import TunnelOver, TunnelsOver, read_said, say
from relay.signalling.passed_leg import PassedLegs, named, relay_of
from relay.web.listener import is_known
from relay.web.send_queue import first_text
from relay.web.sockets import Socket

STALL_SECONDS = 60.0
CLOSE_SECONDS = 2.0
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Leg:
    socket: Socket | None = None
    writing_since: float | None = None


@dataclass(eq=False)
class _Pair:
    session: int
    issued: float
    console: Console
    legs: tuple[_Leg, _Leg] = field(default_factory=lambda: (_Leg(), _Leg()))
    joined: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False


class Tunnels:
    """All tunnels of this relay. `sweep` must be called every few seconds.

    `relay` is our number where there are several; `passed` passes on the legs of the tunnels that others hold.
    """

    def __init__(
        self,
        metrics: Metrics,
        clock: Callable[[], float],
        bus: Bus | None = None,
        relay: int = 0,
        passed: PassedLegs | None = None,
    ) -> None:
        self._metrics = metrics
        self._clock = clock
        self._bus: Bus = bus or LocalBus()
        self._relay = relay
        self._passed = passed
        self._tickets: dict[str, tuple[_Pair, int]] = {}
        self._pairs: dict[int, _Pair] = {}
        self.is_doubtful = False
        """Whether one may be open that another relay has closed; `close_where` says which."""
        if relay:
            self._bus.follow([RELAYS], self)

    def issue(self, session: int, console: Console) -> tuple[str, str]:
        """Return a ticket for each end of a new tunnel of a console. The session's tunnel before it is closed."""
        self.close(session)
        pair = _Pair(session, self._clock(), console)
        self._pairs[session] = pair
        tickets = named(self._relay, new_secret()), named(self._relay, new_secret())
        for side, ticket in enumerate(tickets):
            self._tickets[ticket] = (pair, side)
        return tickets

    def close(self, session: int) -> None:
        """Close a session's tunnel, at whichever relay it is, and make its tickets worthless."""
        say(self._bus, TunnelOver(self._relay, session))
        self._close(session)

    def close_of(self, console: Console) -> None:
        """Close all tunnels of a console, at whichever relays they are."""
        say(self._bus, TunnelsOver(self._relay, *console))
        self._close_of(console)

    def hear(self, _topic: Topic, message: bytes) -> None:
        """See Follower."""
        match read_said(message, self._relay):
            case TunnelOver(session=session):
                self._close(session)
            case TunnelsOver(person=person, name=name):
                self._close_of((person, name))
            case _:
                pass

    def missed(self) -> None:
        """See Follower."""
        self.is_doubtful = True

    async def close_where(self, holder: Callable[[int], Awaitable[Console | None]]) -> None:
        """Where another relay may have closed some: close those of sessions that their console does not hold now."""
        if not self.is_doubtful:
            return
        self.is_doubtful = False
        for pair in list(self._pairs.values()):
            if await holder(pair.session) != pair.console:
                self._close(pair.session)

    def _close(self, session: int) -> None:
        pair = self._pairs.pop(session, None)
        if pair is None:
            return
        self._forget_tickets(pair)
        pair.closed = True
        pair.joined.set()
        for leg in pair.legs:
            _abort(leg)

    def _close_of(self, console: Console) -> None:
        for pair in [pair for pair in self._pairs.values() if pair.console == console]:
            self._close(pair.session)

    def close_all(self) -> None:
        """The relay goes down."""
        for session in list(self._pairs):
            self._close(session)

    async def expire(self, _now: datetime) -> None:
        """See `sweep`, which looks at a clock that nobody sets."""
        self.sweep()

    def sweep(self) -> None:
        """Cut legs that have taken nothing for STALL_SECONDS, and forget tickets that nobody brought."""
        now = self._clock()
        for pair in list(self._pairs.values()):
            if not pair.joined.is_set() and now - pair.issued > 2 * PAIRING_SECONDS:
                self._close(pair.session)
            for leg in pair.legs:
                if leg.writing_since is not None and now - leg.writing_since > STALL_SECONDS:
                    _log.warning(
                        "session %d: a tunnel leg took nothing for %d s; it is cut", pair.session, STALL_SECONDS
                    )
                    self._metrics.cut.labels("tunnel").inc()
                    self._close(pair.session)
                    break

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle one leg, from its ticket to its end."""
        socket = Socket(max_msg_size=MAX_MESSAGE_BYTES + 1, timeout=CLOSE_SECONDS)
        await socket.prepare(request)
        ticket = await _first(socket)
        if self._passed is not None and (holder := relay_of(ticket)) not in (0, self._relay):
            await self._passed.serve(request, socket, holder, ticket)
            return socket
        place = self._redeem(ticket)
        if place is None:
            await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"ticket")
            return socket
        is_known(request)
        pair, side = place
        leg, other = pair.legs[side], pair.legs[1 - side]
        leg.socket = socket
        try:
            first = await self._join(pair, socket)
            if not pair.closed:
                await self._copy(socket, first, other)
        except (TimeoutError, ConnectionError):
            pass
        finally:
            if self._pairs.get(pair.session) is pair:
                del self._pairs[pair.session]
            self._forget_tickets(pair)
            if other.socket is not None and not other.socket.closed:
                await other.socket.close(code=WSCloseCode.GOING_AWAY, message=b"other leg")
            await socket.close(code=WSCloseCode.GOING_AWAY)
        return socket

    def _redeem(self, ticket: str) -> tuple[_Pair, int] | None:
        place = self._tickets.pop(ticket, None)
        if place is None or self._clock() - place[0].issued > PAIRING_SECONDS:
            return None
        return place

    async def _join(self, pair: _Pair, socket: Socket) -> WSMessage:
        """Wait until both legs are there; return this one's first message, so that a leg that goes is noticed."""
        sockets = [leg.socket for leg in pair.legs if leg.socket is not None]
        if len(sockets) == len(pair.legs):
            for each in sockets:
                await each.send_str('{"type":"paired"}')
            pair.joined.set()
        first, joined = asyncio.ensure_future(socket.receive()), asyncio.ensure_future(pair.joined.wait())
        try:
            await asyncio.wait((first, joined), timeout=PAIRING_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not pair.joined.is_set() or pair.closed:
                raise TimeoutError
            return await first
        finally:
            first.cancel()
            joined.cancel()

    async def _copy(self, source: Socket, message: WSMessage, other: _Leg) -> None:
        target = other.socket
        if target is None:
            return
        count = self._metrics.tunnel_bytes.inc
        self._metrics.tunnels.inc(0.5)
        try:
            while message.type is WSMsgType.BINARY:
                data: bytes = message.data
                other.writing_since = self._clock()
                await target.send_bytes(data)
                other.writing_since = None
                count(len(data))
                message = await source.receive()
        finally:
            self._metrics.tunnels.dec(0.5)

    def _forget_tickets(self, pair: _Pair) -> None:
        for ticket in [ticket for ticket, (owner, _) in self._tickets.items() if owner is pair]:
            del self._tickets[ticket]


async def _first(socket: Socket) -> str:
    try:
        return str(json.loads(await first_text(socket))["ticket"])
    except (TypeError, ValueError, KeyError, TimeoutError, RecursionError):
        return ""


def _abort(leg: _Leg) -> None:
    """Cut at once: a peer that does not read would not read a closing frame either."""
    if leg.socket is not None:
        leg.socket.cut()
