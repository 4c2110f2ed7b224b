"""One code that was entered, and what it leads to: the relay's socket, and through it the technician's program."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import aiohttp

from applet.machine import computer_name, system_name
from applet.session.codes import Code
from applet.session.peer import Peer, PeerEvents
from applet.session.relay import RelaySocket
from codec.host import background
from codec.session.stream import StreamFullError
from codec.wire.lanes import Lane
from codec.wire.messages import SessionMessage
from codec.wire.signals import FromApplet, Leaving, RelaySignal, ToApplet, Tunnel

FAREWELL_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Visit:
    """Begins at once, in the running loop. `meet` the technician when the relay lets us in; `leave` in the end.

    `hear` gets what the relay says, but for what only the technician's program needs. `online` hears whether the relay
    can be reached, as long as the session itself does not tell.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        code: Code,
        hear: Callable[[ToApplet], None],
        online: Callable[[bool], None],
    ) -> None:
        self.code = code
        self._http = http
        self._hear = hear
        self._online = online
        self._peer: Peer | None = None
        about = computer_name(), system_name()
        self._relay = RelaySocket(
            http, code, *about, self._heard, self._reachable, self._network_lost, self._is_cut_off
        )
        self._running = background.start(self._relay.run(), "the line to the relay")

    @property
    def is_met(self) -> bool:
        """Whether the relay has let us in."""
        return self._peer is not None

    @property
    def is_connected(self) -> bool:
        """Whether a key was agreed with the technician's program."""
        return self._peer is not None and self._peer.connection is not None

    def meet(self, session: int, events: PeerEvents) -> None:
        """The relay has let us into this session: wait for the technician's program."""
        self._peer = Peer(session, self.code.secret, self._http, self.code.relay, events)

    def lost_key(self) -> None:
        """Tell the technician's program that we have no key, although it may have one."""
        if self._peer is not None:
            self._peer.lost_key()

    def give_secret(self, secret: str) -> None:
        """The person has the secret of this code after all."""
        self.code = replace(self.code, secret=secret)
        if self._peer is not None:
            self._peer.give_secret(secret)

    def hand_over(self) -> None:
        """Another technician may take over, whose program does not have this code's secret."""
        if self._peer is not None:
            self._peer.hand_over()

    def forget_key(self) -> None:
        """Another technician has the session now: the one before has no part in it any more."""
        if self._peer is not None and self._peer.connection is not None:
            self._peer.forget_key()

    def say(self, signal: FromApplet) -> None:
        """Say something to the relay."""
        self._relay.say(signal)

    def signal(self, data: str) -> None:
        """Send a handshake step to the technician's program."""
        self._relay.signal(data)

    def probe(self) -> None:
        """There is reason to doubt the network."""
        self._relay.probe()

    def send(self, message: SessionMessage) -> None:
        """Send a message to the technician's program, where it is connected. A line too slow for it loses it."""
        if self._peer is None:
            return
        try:
            self._peer.send(message)
        except StreamFullError as error:
            _log.info("%s dropped: %s", type(message).__name__, error)

    def discard(self, lane: Lane) -> None:
        """Forget what waits on a lane."""
        if self._peer is not None:
            self._peer.discard(lane)

    async def leave(self, leaving: Leaving) -> None:
        """Say goodbye on both sides, and let go of everything."""
        peer, self._peer = self._peer, None
        if peer is not None:
            await peer.close(FAREWELL_SECONDS)
        await self._relay.leave(leaving)
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running

    def _heard(self, signal: ToApplet) -> None:
        match signal:
            case RelaySignal(data=data):
                if self._peer is not None:
                    self._peer.signal(data)
            case Tunnel(ticket=ticket, ice_servers=servers):
                if self._peer is not None:
                    self._peer.tunnel(ticket, servers)
            case _:
                self._hear(signal)

    def _reachable(self, online: bool) -> None:
        if online or not self.is_connected:  # else the session itself tells whether there is a way
            self._online(online)

    def _network_lost(self) -> None:
        if self._peer is not None and self._peer.connection is not None:
            self._peer.connection.network_lost()

    def _is_cut_off(self) -> bool:
        connection = None if self._peer is None else self._peer.connection
        return connection is not None and connection.kind is None
