"""Who is connected, and who hears what. It knows nothing of the store: what it keeps is gone with the process."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from aiohttp import WSCloseCode

from codec.token_bucket import Bucket
from codec.wire.customer_kinds import CustomerKind
from codec.wire.signals import (
    CodeChanged,
    ConsoleSignal,
    Missed,
    RelaySignal,
    Replaced,
    SessionChanged,
    SessionGone,
    SessionSignal,
    SignedOut,
    SignOutReason,
    State,
    read_to_applet,
    read_to_console,
    write,
)
from relay.bus.base import Bus, Follower, Topic, TopicKind, Unfollow
from relay.bus.local import LocalBus
from relay.sessions.queues import Technician
from relay.signalling.budgets import (
    APPLET_BYTES,
    APPLET_RETURNS,
    APPLET_SIGNALS,
    CONSOLE_BYTES,
    CONSOLE_SIGNALS,
    Budget,
)
from relay.web.send_queue import SendQueue


@dataclass(frozen=True)
class ConsoleConnection:
    """A connected console: its name, whose it is, by which sign-in (its number and digest), and from which address."""

    name: str
    person: int
    sign_in: int
    queue: SendQueue
    digest: str = ""
    address: str = ""

    @property
    def key(self) -> tuple[int, str]:
        """What it is known by."""
        return self.person, self.name


class Hub:
    """The connected applets by session, and the connected consoles.

    A console is known by its technician and its name together: a name alone would let one technician pose as another.
    """

    def __init__(self, bus: Bus | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """Without a `bus`, nothing is heard of what is published."""
        self._bus: Bus = bus or LocalBus()
        self._unfollow: dict[SendQueue, Unfollow] = {}
        self._served: dict[SendQueue, Technician] = {}
        self._clock = clock
        self._applet_budgets: dict[int, Budget] = {}
        self._returns: dict[int, Bucket] = {}
        self._console_budgets: dict[int, Budget] = {}
        self._applets: dict[int, SendQueue] = {}
        self._consoles: dict[tuple[int, str], ConsoleConnection] = {}
        self._signing_keys: dict[int, bytes] = {}

    def has_applet(self, session: int) -> bool:
        """Whether the applet of a session is connected."""
        return session in self._applets

    def has_console(self, person: int, name: str) -> bool:
        """Whether a console is connected."""
        return (person, name) in self._consoles

    def applet_connected(self, session: int, queue: SendQueue, takes_over: CustomerKind | None = None) -> None:
        """An applet is there; it replaces its own earlier socket.

        With `takes_over` the earlier socket is that of something else, which the customer no longer goes on with.
        """
        earlier = self._applets.get(session)
        self._applets[session] = queue
        self._signing_keys.pop(session, None)  # it says so again on each socket
        self._follow(Topic(TopicKind.SESSION, session), _ToApplet(queue), queue)
        if earlier is not None:
            self._end(earlier)
            if takes_over is None:
                earlier.close()
            else:
                earlier.close_with(write(Replaced(takes_over)))

    def applet_disconnected(self, session: int, queue: SendQueue) -> bool:
        """An applet's socket is gone. Return whether the applet is: False when another socket has replaced it."""
        self._end(queue)
        if self._applets.get(session) is not queue:
            return False
        del self._applets[session]
        self._signing_keys.pop(session, None)
        return True

    def applet_signs(self, session: int, key: bytes) -> bool:
        """An applet tells what it signs recordings with. Return False for another key than it told before."""
        return self._signing_keys.setdefault(session, key) == key

    def signing_key(self, session: int) -> bytes | None:
        """Return what the applet of a session signs recordings with, None while it is away or has not told."""
        return self._signing_keys.get(session)

    def console_connected(self, console: ConsoleConnection) -> None:
        """A console is there; it replaces its own earlier socket."""
        earlier = self._consoles.get(console.key)
        self._consoles[console.key] = console
        self.console_serves(console, Technician(console.person))
        if earlier is not None:
            self._end(earlier.queue)
            earlier.queue.close()

    def console_serves(self, console: ConsoleConnection, technician: Technician) -> None:
        """A console hears of its technician, and of what waits in their channels and for their group, from now on."""
        self._end(console.queue)
        self._served[console.queue] = technician
        channels = (Topic(TopicKind.CHANNEL, each) for each in technician.channels)
        group = () if technician.group is None else (Topic(TopicKind.GROUP, technician.group),)
        topics = [Topic(TopicKind.PERSON, console.person), *channels, *group]
        self._unfollow[console.queue] = self._bus.follow(topics, _ToConsole(console.queue, console.person))

    def served_by(self, console: ConsoleConnection) -> Technician:
        """Return the technician of a console, with the queues of which it hears."""
        return self._served.get(console.queue, Technician(console.person))

    def console_disconnected(self, console: ConsoleConnection) -> bool:
        """See applet_disconnected."""
        self._end(console.queue)
        if self._consoles.get(console.key) is not console:
            return False
        del self._consoles[console.key]
        return True

    def session_over(self, session: int) -> None:
        """A session has ended: what is counted of it is forgotten."""
        self._applet_budgets.pop(session, None)
        self._returns.pop(session, None)

    def people(self) -> set[int]:
        """Return the technicians whose consoles are connected."""
        return {console.person for console in self._consoles.values()}

    def consoles(self) -> list[ConsoleConnection]:
        """Return the connected consoles."""
        return list(self._consoles.values())

    @staticmethod
    def disconnect(console: ConsoleConnection, reason: SignOutReason = SignOutReason.ENDED) -> None:
        """A console may no longer be here: it is told why, hears nothing more and must sign in again."""
        console.queue.close_with(write(SignedOut(reason)))

    def signed_out(self, sign_in: int) -> None:
        """A token is dead: its console must sign in again."""
        for console in self.consoles():
            if console.sign_in == sign_in:
                self.disconnect(console)

    def signed_out_everywhere(self, person: int, kept_sign_in: int | None = None) -> None:
        """All tokens of a person are dead, except that of the sign-in `kept_sign_in`."""
        for console in self.consoles():
            if console.person == person and console.sign_in != kept_sign_in:
                self.disconnect(console)

    def applet_may_return(self, session: int) -> bool:
        """Whether an applet may come back once more now."""
        now = self._clock()
        return self._returns.setdefault(session, Bucket(APPLET_RETURNS, now)).take(1, now)

    def applet_spoke(self, session: int, size: int) -> None:
        """Count a signal of an applet. Raises TooMuchError."""
        now = self._clock()
        self._applet_budgets.setdefault(session, Budget(APPLET_SIGNALS, APPLET_BYTES, now)).spend(size, now)

    def console_spoke(self, console: ConsoleConnection, size: int) -> None:
        """Count a signal of a console. Raises TooMuchError."""
        now = self._clock()
        budget = self._console_budgets.setdefault(console.person, Budget(CONSOLE_SIGNALS, CONSOLE_BYTES, now))
        budget.spend(size, now)

    def from_applet(self, session: int, data: str, session_console: tuple[int, str] | None) -> None:
        """Pass a handshake step on to the console that holds the session.

        Dropped when there is none, or when it has not read many of this session yet.
        """
        console = None if session_console is None else self._consoles.get(session_console)
        if console is not None:
            console.queue.say(write(SessionSignal(session, data)), sender=session)

    def from_console(
        self, console: ConsoleConnection, signal: ConsoleSignal, session_console: tuple[int, str] | None
    ) -> None:
        """Pass a handshake step on to the applet.

        Dropped when the console does not hold the session, or when the applet has not read many of them yet.
        """
        applet = self._applets.get(signal.session)
        if applet is not None and session_console == console.key:
            applet.say(write(RelaySignal(signal.data)), sender=console.key)

    def sessions(self) -> list[int]:
        """Return the sessions whose applets are connected."""
        return list(self._applets)

    def applet(self, session: int) -> SendQueue | None:
        """Return the line to a session's applet."""
        return self._applets.get(session)

    def close(self) -> None:
        """The relay goes down: close every line."""
        for queue in (*self._applets.values(), *(console.queue for console in self._consoles.values())):
            queue.close()

    def _follow(self, topic: Topic, follower: Follower, queue: SendQueue) -> None:
        self._unfollow[queue] = self._bus.follow([topic], follower)

    def _end(self, queue: SendQueue) -> None:
        self._served.pop(queue, None)
        if (unfollow := self._unfollow.pop(queue, None)) is not None:
            unfollow()


class _ToConsole:
    """Says to a console what is published for its technician; one that has not read the last hears the newest only."""

    def __init__(self, queue: SendQueue, person: int) -> None:
        self._queue = queue
        self._person = person

    def hear(self, _topic: Topic, message: bytes) -> None:
        text = message.decode()
        signal = read_to_console(text)
        if not (isinstance(signal, SessionGone) and signal.person == self._person):  # it went to this technician
            self._queue.say(text, about=_about(signal))

    def missed(self) -> None:
        self._queue.close(WSCloseCode.TRY_AGAIN_LATER)  # it comes back, and is told everything


class _ToApplet:
    """Says to an applet how its session stands. When it has ended, the applet's socket is closed."""

    def __init__(self, queue: SendQueue) -> None:
        self._queue = queue

    def hear(self, _topic: Topic, message: bytes) -> None:
        text = message.decode()
        state = read_to_applet(text)
        self._queue.say(text, about=type(state))
        if isinstance(state, State) and state.state.is_final:
            self._queue.close()

    def missed(self) -> None:
        self._queue.close(WSCloseCode.TRY_AGAIN_LATER)


def _about(signal: object) -> Hashable:
    """Return what a signal tells the state of."""
    match signal:
        case SessionChanged(session=session):
            return SessionChanged, session.id
        case SessionGone(session=number):
            return SessionChanged, number
        case CodeChanged(code=code):
            return CodeChanged, code.id
        case Missed():
            return Missed, (signal.code, signal.session)
        case _:
            return None
