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
    Permitted,
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
from relay.bus.base import RELAYS, Bus, Topic, TopicKind, Unfollow
from relay.bus.local import LocalBus
from relay.sessions.queues import Technician
from relay.signalling.across import (
    AppletCame,
    ConsoleCame,
    ForConsole,
    console_topic,
    pass_to_console,
    read_for_console,
    read_said,
    say,
)
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

    def __init__(self, bus: Bus | None = None, clock: Callable[[], float] = time.monotonic, *, relay: int = 0) -> None:
        """Without a `bus`, nothing is heard of what is published. `relay` is our number, where there are several.

        `applet_missed` hears of sessions whose applets may not know how they stand: it has that told again.
        `applet_permitted` hears of applets that another relay has told what their technicians may do.
        """
        self._bus: Bus = bus or LocalBus()
        self._relay = relay
        self.applet_missed: Callable[[int], None] = lambda _session: None
        self.applet_permitted: Callable[[SendQueue], None] = lambda _applet: None
        self._unfollow: dict[SendQueue, Unfollow] = {}
        self._followers: dict[SendQueue, _ToConsole] = {}
        self._served: dict[SendQueue, Technician] = {}
        self._clock = clock
        self._applet_budgets: dict[int, Budget] = {}
        self._returns: dict[int, Bucket] = {}
        self._console_budgets: dict[int, Budget] = {}
        self._applets: dict[int, SendQueue] = {}
        self._consoles: dict[tuple[int, str], ConsoleConnection] = {}
        self._signing_keys: dict[int, bytes] = {}
        if relay:
            self._bus.follow([RELAYS], self)

    @property
    def is_one_of_several(self) -> bool:
        """Whether other relays share the bus."""
        return self._relay != 0

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
        follower = _ToApplet(queue, lambda: self.applet_missed(session), lambda: self.applet_permitted(queue))
        self._unfollow[queue] = self._bus.follow([Topic(TopicKind.SESSION, session)], follower)
        if earlier is not None:
            self._end(earlier)
            _close_replaced(earlier, takes_over)
        say(self._bus, AppletCame(self._relay, session, takes_over))

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
        say(self._bus, ConsoleCame(self._relay, *console.key))

    def console_serves(self, console: ConsoleConnection, technician: Technician) -> None:
        """A console hears of its technician, and of what waits in their channels and for their group, from now on."""
        self._end(console.queue)
        self._served[console.queue] = technician
        channels = (Topic(TopicKind.CHANNEL, each) for each in technician.channels)
        group = () if technician.group is None else (Topic(TopicKind.GROUP, technician.group),)
        topics = (Topic(TopicKind.PERSON, console.person), console_topic(console.person), *channels, *group)
        follower = self._followers[console.queue] = _ToConsole(console, topics)
        self._unfollow[console.queue] = self._bus.follow(topics, follower)

    async def console_hears(self, console: ConsoleConnection) -> None:
        """Wait until a console hears what happens at other relays too. What it must be told is read after this."""
        follower = self._followers.get(console.queue)
        if follower is not None:
            await self._bus.followed(follower.topics)
            follower.has_missed = False

    def console_missed(self, console: ConsoleConnection) -> bool:
        """Whether a console may have missed something since `console_hears`: what it is told must be read again."""
        follower = self._followers.get(console.queue)
        return follower is not None and follower.has_missed

    def console_told(self, console: ConsoleConnection) -> None:
        """A console has been told everything: where it misses something from now on, it must come again."""
        if (follower := self._followers.get(console.queue)) is not None:
            follower.is_told = True

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
        if session_console is None:
            return
        text, console = write(SessionSignal(session, data)), self._consoles.get(session_console)
        if console is not None:
            console.queue.say(text, sender=session)
        elif self._relay:
            person, name = session_console
            pass_to_console(self._bus, person, ForConsole(name, session, text))

    def from_console(
        self, console: ConsoleConnection, signal: ConsoleSignal, session_console: tuple[int, str] | None
    ) -> None:
        """Pass a handshake step on to the applet.

        Dropped when the console does not hold the session, or when the applet has not read many of them yet.
        """
        if session_console != console.key:
            return
        text, applet = write(RelaySignal(signal.data)), self._applets.get(signal.session)
        if applet is not None:
            applet.say(text, sender=console.key)
        elif self._relay:
            self.to_applet_elsewhere(signal.session, text)

    def to_applet_elsewhere(self, session: int, text: str) -> None:
        """Say something to a session's applet that is connected to another relay."""
        self._bus.publish(Topic(TopicKind.SESSION, session), text.encode())

    def hear(self, _topic: Topic, message: bytes) -> None:
        """Another relay has said what its sockets mean for ours. See Follower."""
        match read_said(message, self._relay):
            case AppletCame(session=session, takes_over=takes_over):
                if (applet := self._applets.pop(session, None)) is not None:
                    self._signing_keys.pop(session, None)
                    self._end(applet)
                    _close_replaced(applet, takes_over)
            case ConsoleCame(person=person, name=name):
                if (console := self._consoles.get((person, name))) is not None:
                    self._end(console.queue)
                    console.queue.close()
            case _:
                pass

    def missed(self) -> None:
        """See Follower: a socket that was replaced elsewhere ends as its own peer ends it."""

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

    def _end(self, queue: SendQueue) -> None:
        self._served.pop(queue, None)
        self._followers.pop(queue, None)
        if (unfollow := self._unfollow.pop(queue, None)) is not None:
            unfollow()


def _close_replaced(queue: SendQueue, takes_over: CustomerKind | None) -> None:
    if takes_over is None:
        queue.close()
    else:
        queue.close_with(write(Replaced(takes_over)))


class _ToConsole:
    """Says to a console what is published for its technician; one that has not read the last hears the newest only.

    Until it `is_told` everything, that can still be read again where something was missed.
    """

    def __init__(self, console: ConsoleConnection, topics: tuple[Topic, ...]) -> None:
        self._queue = console.queue
        self._person = console.person
        self._name = console.name
        self.topics = topics
        self.is_told = self.has_missed = False

    def hear(self, topic: Topic, message: bytes) -> None:
        if topic.kind is TopicKind.CONSOLE:
            passed = read_for_console(message)
            if passed.name == self._name:
                self._queue.say(passed.text, sender=passed.session)
            return
        text = message.decode()
        signal = read_to_console(text)
        if not (isinstance(signal, SessionGone) and signal.person == self._person):  # it went to this technician
            self._queue.say(text, about=_about(signal))

    def missed(self) -> None:
        self.has_missed = True
        if self.is_told:
            self._queue.close(WSCloseCode.TRY_AGAIN_LATER)  # it comes back, and is told everything


class _ToApplet:
    """Says to an applet how its session stands. When it has ended, the applet's socket is closed."""

    def __init__(self, queue: SendQueue, missed: Callable[[], None], permitted: Callable[[], None]) -> None:
        self._queue = queue
        self._permitted = permitted
        self.missed = missed

    def hear(self, _topic: Topic, message: bytes) -> None:
        text = message.decode()
        signal = read_to_applet(text)
        if isinstance(signal, RelaySignal):
            self._queue.say(text, sender=RelaySignal)
            return
        if isinstance(signal, Permitted):
            self._permitted()
        self._queue.say(text, about=type(signal))
        if isinstance(signal, State) and signal.state.is_final:
            self._queue.close()


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
