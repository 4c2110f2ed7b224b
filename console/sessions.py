"""The sessions of this console: which there are, which are open here, and how they begin and end."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import aiohttp
import msgspec

from codec.session.handshake import Agreement, HandshakeProblem, How
from codec.session.stream import StreamFullError
from codec.wire.api_types import Method, Problem, Session, SessionState
from codec.wire.messages import Bye, Ending, SessionMessage
from codec.wire.signals import RecordingBegun, Stamped
from console.guesses import Guesses
from console.page_messages import Event
from console.pages import Pages
from console.peer import Peer, PeerEvents
from console.recording.session import Recordings
from console.relay import Relay, RelayRefusedError, RelayUnreachableError
from console.room import Audience, BadAppletError, Room
from console.tasks import Tasks

GOODBYE_SECONDS = 1.0
PARTING_SECONDS = 3.0
"""How long a relay that does not answer may hold up the end of a console; the customers are told beside it."""
_ENDINGS = {
    SessionState.CLOSED_BY_TECHNICIAN: Event.ENDED_BY_TECHNICIAN,
    SessionState.ABORTED_TECHNICIAN_REMOVED: Event.ENDED_BY_ORGANISATION,
    SessionState.TIMED_OUT: Event.ENDED_LOST,
}
SECRET_GONE = Problem(
    problem="secret_gone",
    message="Only the console that created this PIN or link knows its secret. That console was restarted, "
    "or runs on another computer. End the session, then create a new PIN or link.",
)
SECRET_BURNT = Problem(
    problem="secret_burnt",
    message="The secret of this PIN or link was tried too often without being confirmed. "
    "End the session, then create a new PIN or link.",
)
SECRET_EXPECTED = Problem(
    problem="secret_expected",
    message="You gave a link, or four more digits, to a customer who has not come yet, and this session comes without "
    "a secret. Open it only for a customer who has a plain PIN, and compare the words.",
)
_log = logging.getLogger(__name__)


class Sessions:
    """Every session that the relay tells of, and a room for each that was opened here."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        relay: Relay,
        pages: Pages,
        tasks: Tasks,
        recordings: Recordings,
        guesses: Guesses,
        burnt: Callable[[int], None],
    ) -> None:
        """`burnt` is told of a code whose secret was tried so often without being confirmed that it must go."""
        self._guesses = guesses
        self._burnt = burnt
        self._recordings = recordings
        self._http = http
        self._relay = relay
        self._pages = pages
        self._tasks = tasks
        self._functions: frozenset[str] = frozenset()
        self._known: dict[int, Session] = {}
        self._rooms: dict[int, Room] = {}

    @property
    def known(self) -> list[Session]:
        """All sessions that the relay has told of."""
        return list(self._known.values())

    @property
    def received_bytes(self) -> int:
        """What the open sessions have received since they were connected."""
        connections = [room.peer.connection for room in self._rooms.values() if not room.over]
        return sum(connection.received_bytes for connection in connections if connection is not None)

    @property
    def any_is_cut_off(self) -> bool:
        """Whether a session is open that has no way to its customer."""
        open_ones = [room.peer.connection for room in self._rooms.values() if not room.over]
        return any(connection is None or connection.kind is None for connection in open_ones)

    # ── what the relay says ────────────────────────────────────────────────────────────────────────────────────────

    def take_all(self, sessions: list[Session]) -> None:
        """The relay lists everything again, after it was away or we were."""
        self._known = {session.id: session for session in sessions}
        for number, room in list(self._rooms.items()):
            session = self._known.get(number)
            if session is None:
                self._close(room, Event.ENDED_LOST)
                del self._rooms[number]
                continue
            self.take(session)
            if session.customer_present and not room.over:
                room.peer.begin()  # steps may have been lost with the socket

    def take(self, session: Session) -> None:
        """A session has changed."""
        self._known[session.id] = session
        room = self._rooms.get(session.id)
        if room is None:
            return
        came_back = session.customer_present and not room.session.customer_present
        went_away = room.session.customer_present and not session.customer_present
        room.session = session
        if session.state.is_final:
            self._close(room, _ENDINGS.get(session.state, Event.ENDED_BY_CUSTOMER))
        elif room.over:
            self._tasks.start(self._end_at_relay(session.id))  # it ended here while the relay was away
        elif came_back:
            room.peer.begin()
        elif went_away and room.peer.connection is not None:
            room.peer.connection.ask()

    def permit(self, functions: Iterable[str]) -> None:
        """This technician's group may do this from now on."""
        self._functions = frozenset(functions)
        for number in list(self._rooms):
            self.act(number, lambda room: room.permit(self._functions))

    def network_lost(self) -> None:
        """The relay does not answer over the network that was; the links of all sessions went the same way."""
        for room in self._rooms.values():
            if not room.over and room.peer.connection is not None:
                room.peer.connection.network_lost()

    def signal(self, number: int, data: str) -> None:
        """A handshake step has come."""
        self.act(number, lambda room: room.peer.signal(data))

    def tunnel(self, number: int, open_leg: Callable[[Peer], None]) -> None:
        """A tunnel is ready to be joined."""
        self.act(number, lambda room: open_leg(room.peer))

    def vouched(self, signal: RecordingBegun | Stamped) -> None:
        """The relay has vouched for a recording; its session may be over already."""
        room = self._rooms.get(signal.session)
        if room is not None:
            room.recording.vouched(signal)

    def secret_missed(self, number: int) -> None:
        """The customer's end has found that the secrets differ, and has left."""
        room = self._rooms.get(number)
        if room is not None and not room.over:
            room.refused(HandshakeProblem.SECRETS_DIFFER)
            self._count_guess(room)

    # ── what the technician does ───────────────────────────────────────────────────────────────────────────────────

    async def open(self, number: int, secret: str | None, without_secret: bool = False) -> Room:
        """Return the room of a session, picking it up where needed. Raises RelayRefusedError, RelayUnreachableError.

        A session that comes without a secret while one is awaited needs the technician's yes, `without_secret`.
        """
        if number not in self._rooms:
            known = self._known.get(number)
            if secret is None:
                self._check_needs_none(known, without_secret)
            picked_up = await self._relay.pick_up(number)
            # A relay may answer with another session or code: what was asked for counts, and whose secret it is.
            code = picked_up.code if known is None else known.code
            self._enter(msgspec.structs.replace(picked_up, id=number), code, secret, known)
        return self._rooms[number]

    def _check_needs_none(self, session: Session | None, without_secret: bool) -> None:
        secured = session is not None and (session.method is Method.LINK or self._guesses.has_secret(session.code))
        if session is not None and self._guesses.left(session.code) == 0:
            raise RelayRefusedError(SECRET_BURNT)
        if secured:
            raise RelayRefusedError(SECRET_GONE)
        if not without_secret and self._guesses.awaits_secret(time.time()):
            raise RelayRefusedError(SECRET_EXPECTED)

    async def end(self, number: int) -> None:
        """End a session for both sides. Raises RelayRefusedError, RelayUnreachableError; it is over here anyway."""
        room = self._rooms.get(number)
        if room is not None:
            await room.stop_recording()
        try:
            await self._relay.end(number)  # first, so that the relay's record says who ended it
        finally:
            if room is not None and not room.over:
                await self._say_goodbye(room, Ending.TECHNICIAN)
                self._close(room, Event.ENDED_BY_TECHNICIAN)

    @property
    def open_count(self) -> int:
        """How many sessions are open here."""
        return sum(not room.over for room in self._rooms.values())

    async def end_all(self) -> None:
        """The technician leaves: end every session that is open here, so that its customer is told."""
        await asyncio.gather(*(self._end_soon(number) for number, room in self._rooms.items() if not room.over))

    async def _end_soon(self, number: int) -> None:
        try:
            async with asyncio.timeout(PARTING_SECONDS):
                await self.end(number)
        except (RelayRefusedError, RelayUnreachableError, TimeoutError) as error:
            _log.info("session %d could not be ended at the relay: %s", number, error)

    def act(self, number: int, deed: Callable[[Room], None]) -> None:
        """Do something in an open room; a session that is over or not open here is passed over in silence."""
        room = self._rooms.get(number)
        if room is None or room.over:
            return
        try:
            deed(room)
        except StreamFullError as error:
            self._break_off(room, str(error))

    def page_left(self, number: int) -> None:
        """A page no longer looks at this session."""
        self.act(number, lambda room: room.page_left(self._pages.looked_at(number)))

    def tick(self) -> None:
        """Let a second pass: tell the pages how their sessions are connected."""
        for number, room in self._rooms.items():
            room.tick(datetime.now(UTC))
            if not room.over and self._pages.looked_at(number):
                self._pages.tell_those_at(number, room.connected(time.monotonic()))

    async def leave(self) -> None:
        """Let go of all sessions without ending them: the relay tells the customers that we are away."""
        rooms = list(self._rooms.values())
        await asyncio.gather(*(room.stop_recording() for room in rooms))
        self._rooms.clear()
        self._known.clear()
        for room in rooms:
            await room.peer.close()

    # ── rooms ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _enter(self, session: Session, code: int, secret: str | None, known: Session | None) -> None:
        if session.id in self._rooms:
            return  # two pages opened it at the same moment
        audience = Audience(
            message=self._pages.pass_on,
            line=lambda line: self._pages.tell_those_at(line.session, line),
            connected=lambda connected: self._pages.tell_those_at(connected.session, connected),
            recording=lambda now: self._pages.tell_those_at(now.session, now),
            clipboard=lambda now: self._pages.tell_those_at(now.session, now),
        )
        room = Room(session, code, audience, self._recordings, self._relay.say, self._functions, datetime.now(UTC))
        room.peer = Peer(session.id, secret, self._http, self._relay.base, self._events(room))
        self._rooms[session.id] = room
        self._known[session.id] = session
        room.picked_up(again=known is not None and known.console is not None)
        if session.customer_present:
            room.peer.begin()

    def _events(self, room: Room) -> PeerEvents:
        def refused(problem: HandshakeProblem) -> None:
            room.refused(problem)
            self._count_guess(room)
            self._tasks.start(self._end_at_relay(room.session.id))

        def message(message: SessionMessage, data: bytes) -> None:
            self._hear(room, lambda: room.heard(message, data))
            if isinstance(message, Bye):
                self._tasks.start(room.peer.close())

        def proving() -> bool:
            room.unconfirmed = self._guesses.use(code)
            return room.unconfirmed

        def agreed(agreement: Agreement) -> None:
            if agreement.how is How.SECRET:
                self._guesses.confirmed(code)
            room.agreed(agreement)

        code = room.code
        return PeerEvents(
            signal=self._relay.say,
            proving=proving,
            agreed=agreed,
            moved=room.moved,
            doubted=self._relay.probe,
            weighed=lambda size: self._hear(room, lambda: room.weigh(size)),
            message=message,
            refused=refused,
            broken=lambda reason: self._break_off(room, reason),
        )

    def _hear(self, room: Room, work: Callable[[], None]) -> bool:
        """Let an open room hear something of its applet. Return whether the session goes on."""
        if room.over:
            return False
        try:
            work()
        except BadAppletError as error:
            self._break_off(room, str(error), error.event)
        except StreamFullError as error:
            self._break_off(room, str(error))
        return not room.over

    def _break_off(self, room: Room, reason: str, event: Event = Event.REFUSED_PROTOCOL) -> None:
        """End one session because its line or its other end cannot go on; nothing else suffers."""
        if room.over:
            return
        _log.warning("session %d ends: %s", room.session.id, reason)
        room.end(event)
        self._tasks.start(self._part(room))

    async def _part(self, room: Room) -> None:
        await self._say_goodbye(room, Ending.PROTOCOL)
        await room.peer.close()
        await self._end_at_relay(room.session.id)

    async def _say_goodbye(self, room: Room, why: Ending) -> None:
        try:
            room.peer.send(Bye(why))
        except StreamFullError:
            return
        if room.peer.connection is not None:
            await room.peer.connection.flush(GOODBYE_SECONDS)

    async def _end_at_relay(self, number: int) -> None:
        try:
            await self._relay.end(number)
        except (RelayRefusedError, RelayUnreachableError) as error:
            _log.info("session %d could not be ended at the relay: %s", number, error)

    def _close(self, room: Room, event: Event) -> None:
        room.end(event)
        self._count_guess(room)
        self._tasks.start(room.peer.close())

    def _count_guess(self, room: Room) -> None:
        """A session has ended: if our proof was never confirmed, that was a guess, and the technician hears of it."""
        if room.unconfirmed:
            room.unconfirmed = False
            left = self._guesses.left(room.code)
            room.guessed(left)
            if left == 0:
                self._burnt(room.code)
