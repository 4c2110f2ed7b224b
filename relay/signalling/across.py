"""What relays that share a bus say to one another of their sockets and tunnels. A relay that is alone says nothing."""

from collections.abc import Callable

import msgspec

from codec.wire.customer_kinds import CustomerKind
from relay.bus.base import RELAYS, Bus, Topic, TopicKind


class AppletCame(msgspec.Struct, frozen=True, tag="applet_came"):
    """The applet of a session has come to `relay`: an earlier socket elsewhere is over."""

    relay: int
    session: int
    takes_over: CustomerKind | None = None


class ConsoleCame(msgspec.Struct, frozen=True, tag="console_came"):
    """A console has come to `relay`: an earlier socket elsewhere is over."""

    relay: int
    person: int
    name: str


class TunnelOver(msgspec.Struct, frozen=True, tag="tunnel_over"):
    """`relay` has closed what it had of a session's tunnel; so do the others."""

    relay: int
    session: int


class TunnelsOver(msgspec.Struct, frozen=True, tag="tunnels_over"):
    """`relay` has turned a console out: no tunnel of it stays open."""

    relay: int
    person: int
    name: str


class SessionOver(msgspec.Struct, frozen=True, tag="session_over"):
    """A session has ended, by something done at `relay`: what is counted of it in memory is forgotten."""

    relay: int
    session: int


class ForConsole(msgspec.Struct, frozen=True):
    """A signal for one console of a technician, passed on for a session's applet that is connected elsewhere."""

    name: str
    session: int
    text: str


Said = AppletCame | ConsoleCame | TunnelOver | TunnelsOver | SessionOver
_said: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)
_for_console = msgspec.json.Decoder(ForConsole)


def say(bus: Bus, what: Said) -> None:
    """Tell the other relays."""
    if what.relay != 0:
        bus.publish(RELAYS, msgspec.json.encode(what))


def read_said(message: bytes, relay: int) -> Said | None:
    """Return what another relay than this one has said, None for our own words. Raises msgspec.DecodeError."""
    said = _said.decode(message)
    return None if said.relay == relay else said


def pass_to_console(bus: Bus, person: int, signal: ForConsole) -> None:
    """Pass a signal on to a console that is connected to another relay, if it is to any."""
    bus.publish(console_topic(person), msgspec.json.encode(signal))


def read_for_console(message: bytes) -> ForConsole:
    """Return what was passed on. Raises msgspec.DecodeError."""
    return _for_console.decode(message)


def console_topic(person: int) -> Topic:
    """Return on what signals are passed on to the consoles of a technician."""
    return Topic(TopicKind.CONSOLE, person)


class SessionsOver:
    """Hears of sessions that end, and says so to the other relays. `forget` is called for each, wherever it ended."""

    def __init__(self, bus: Bus, relay: int, forget: Callable[[int], None]) -> None:
        self._bus = bus
        self._relay = relay
        self._forget = forget
        if relay:
            bus.follow([RELAYS], self)

    def over(self, session: int) -> None:
        """A session has ended here."""
        say(self._bus, SessionOver(self._relay, session))
        self._forget(session)

    def hear(self, _topic: Topic, message: bytes) -> None:
        """See Follower."""
        said = read_said(message, self._relay)
        if isinstance(said, SessionOver):
            self._forget(said.session)

    def missed(self) -> None:
        """See Follower: a few bytes of a session are kept until the relay ends."""
