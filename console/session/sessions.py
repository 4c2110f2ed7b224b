"""The sessions of this console: which there are, which are open here, and how they begin and end."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import aiohttp
import msgspec

from codec.host.background import BackgroundTasks
from codec.session.handshake import Agreement, HandshakeProblem, How
from codec.session.stream import StreamFullError
from codec.wire.api_types import Ended, Method, NewTransfer, Problem, Session, SessionState, TransferOutcome
from codec.wire.customer_kinds import CustomerKind
from codec.wire.messages import Bye, Ending, HandOver, SessionMessage
from codec.wire.signals import RecordingBegun, SessionUsed, Stamped
from console.page.messages import Event
from console.page.open_pages import Pages
from console.recording.recordings import Recordings
from console.relay import Relay, RelayRefusedError, RelayUnreachableError
from console.session.chat_keeper import ChatKeeper
from console.session.open_session import Audience, BadAppletError, OpenSession
from console.session.peer import Peer, PeerEvents
from console.session.secret_attempts import SecretAttempts

GOODBYE_SECONDS = 1.0
_HANDED_OVER = (TransferOutcome.UNDER_WAY, TransferOutcome.PICKED_UP)
UNSEEN_SECONDS = 5.0
"""So long a page that showed a session may take to come back, as after a reload."""
PARTING_SECONDS = 3.0
"""How long a relay that does not answer may hold up the end of a console; the customers are told beside it."""
_ENDINGS = {
    SessionState.CLOSED_BY_TECHNICIAN: Event.ENDED_BY_TECHNICIAN,
    SessionState.ABORTED_TECHNICIAN_REMOVED: Event.ENDED_BY_ORGANISATION,
    SessionState.TIMED_OUT: Event.ENDED_LOST,
    SessionState.TRANSFERRED: Event.TRANSFERRED,
}
SECRET_GONE = Problem(
    problem="secret_gone",
    message="Only the console that created this PIN or link knows its secret. That console was restarted, "
    "or runs on another computer. End the session, then create a new PIN or link.",
)
SECRET_STAYS = Problem(
    problem="secret_stays",
    message="Only this console can tell the customer that someone without the secret takes over. "
    "Pick up the session and wait until the customer is connected, then hand it over.",
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
    """Every session that the relay tells of, and what is open of each that was opened here."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        relay: Relay,
        pages: Pages,
        tasks: BackgroundTasks,
        recordings: Recordings,
        secret_attempts: SecretAttempts,
        burnt: Callable[[int], None],
        lets_in: Callable[[int], bool],
        was_plain: Callable[[int, int], bool],
        chat_keeper: ChatKeeper,
    ) -> None:
        """`burnt` is told of a code whose secret was tried so often without being confirmed that it must go.

        `lets_in` says whether a customer can still come with a code, by the relay's word. `was_plain` says of a code
        and a session whether that has no secret to compare.
        """
        self._chat_keeper = chat_keeper
        self._lets_in = lets_in
        self._was_plain = was_plain
        self._secret_attempts = secret_attempts
        self._burnt = burnt
        self._recordings = recordings
        self._http = http
        self._relay = relay
        self._pages = pages
        self._tasks = tasks
        self._functions: frozenset[str] = frozenset()
        self._known: dict[int, Session] = {}
        self._open_sessions: dict[int, OpenSession] = {}
        self._replaced: dict[int, int] = {}
        """Codes of links to the help program, and the session that each was sent in."""
        self._unseen: dict[int, float] = {}
        """From when on nothing may be allowed in a session, because the page that showed it is gone."""

    @property
    def known(self) -> list[Session]:
        """All sessions that the relay has told of."""
        return list(self._known.values())

    @property
    def received_bytes(self) -> int:
        """What the open sessions have received since they were connected."""
        connections = [
            open_session.peer.connection for open_session in self._open_sessions.values() if not open_session.over
        ]
        return sum(connection.received_bytes for connection in connections if connection is not None)

    @property
    def any_is_cut_off(self) -> bool:
        """Whether a session is open that has no way to its customer."""
        open_ones = [
            open_session.peer.connection for open_session in self._open_sessions.values() if not open_session.over
        ]
        return any(connection is None or connection.kind is None for connection in open_ones)

    # ── what the relay says ────────────────────────────────────────────────────────────────────────────────────────

    def take_all(self, sessions: list[Session]) -> None:
        """The relay lists everything again, after it was away or we were."""
        self._known = {session.id: session for session in sessions}
        for number, open_session in list(self._open_sessions.items()):
            session = self._known.get(number)
            if session is None:
                self._close(open_session, Event.ENDED_LOST)
                del self._open_sessions[number]
                continue
            self.take(session)
            if session.customer_present and not open_session.over:
                open_session.peer.begin()  # steps may have been lost with the socket

    def take(self, session: Session) -> None:
        """A session has changed."""
        self._known[session.id] = session
        open_session = self._open_sessions.get(session.id)
        if open_session is None:
            return
        if open_session.over and open_session.session.state is SessionState.TRANSFERRED:
            if not session.state.is_final:
                del self._open_sessions[session.id]  # it comes back to this technician, who picks it up like any other
            return
        was_on_hold = open_session.session.state is SessionState.ON_HOLD
        if was_on_hold and session.console not in (None, self._relay.console):
            self._close(open_session, Event.RESUMED_ELSEWHERE)
            del self._open_sessions[session.id]
            return
        for event, detail in news_of(open_session.session, session):
            open_session.note(event, detail)
        came_back = session.customer_present and not open_session.session.customer_present
        went_away = open_session.session.customer_present and not session.customer_present
        before = open_session.session.state
        takes_part_otherwise = _part(session) != _part(open_session.session)
        open_session.session = session
        if takes_part_otherwise:
            self.act(session.id, lambda each: each.permit(self._functions))
        if session.state.is_final:
            closed = session.ending is Ended.PAGE_CLOSED
            left = Event.ENDED_PAGE_CLOSED if closed else Event.ENDED_BY_CUSTOMER
            is_unused = before is SessionState.ACTIVE and session.state is SessionState.TIMED_OUT
            event = Event.ENDED_UNUSED if is_unused else _ENDINGS.get(session.state, left)
            if session.ending is Ended.ADMINISTRATOR:
                event = Event.ENDED_BY_ORGANISATION
            self._close(open_session, event, session.technician if event is Event.TRANSFERRED else "")
        elif open_session.over:
            self._tasks.start(
                self._end_at_relay(session.id), "ending a session at the relay"
            )  # it ended here while the relay was away
        elif came_back:
            open_session.peer.begin()
        elif went_away and open_session.peer.connection is not None:
            open_session.peer.connection.ask()

    def gone(self, number: int) -> bool:
        """A session is no longer in this technician's queue. Return False, and keep it, where it is open here."""
        if number in self._open_sessions:
            return False
        self._known.pop(number, None)
        return True

    def permit(self, functions: Iterable[str]) -> None:
        """This technician's group may do this from now on."""
        self._functions = frozenset(functions)
        for number in list(self._open_sessions):
            self.act(number, lambda open_session: open_session.permit(self._functions))

    def network_lost(self) -> None:
        """The relay does not answer over the network that was; the links of all sessions went the same way."""
        for open_session in self._open_sessions.values():
            if not open_session.over and open_session.peer.connection is not None:
                open_session.peer.connection.network_lost()

    def signal(self, number: int, data: str) -> None:
        """A handshake step has come."""
        self.act(number, lambda open_session: open_session.peer.signal(data))

    def tunnel(self, number: int, open_leg: Callable[[Peer], None]) -> None:
        """A tunnel is ready to be joined."""
        self.act(number, lambda open_session: open_leg(open_session.peer))

    def vouched(self, signal: RecordingBegun | Stamped) -> None:
        """The relay has vouched for a recording; its session may be over already."""
        open_session = self._open_sessions.get(signal.session)
        if open_session is not None:
            open_session.recording.vouched(signal)

    def secret_missed(self, number: int) -> None:
        """The customer's end has found that the secrets differ, and has left."""
        open_session = self._open_sessions.get(number)
        if open_session is not None and not open_session.over:
            open_session.refused(HandshakeProblem.SECRETS_DIFFER)
            self._see_off(open_session)

    # ── what the technician does ───────────────────────────────────────────────────────────────────────────────────

    async def open(
        self, number: int, secret: str | None, without_secret: bool = False, *, offered: bool = False
    ) -> OpenSession:
        """Return an open session, picking it up where needed. Raises RelayRefusedError, RelayUnreachableError.

        A session that comes without a secret while one is awaited needs the technician's yes, `without_secret`, unless
        it came by a PIN that was made here without one. `offered`: the relay has asked to start it.
        """
        self._unseen.pop(number, None)
        if number not in self._open_sessions:
            known = self._known.get(number)
            if secret is None:
                self._check_needs_none(known, without_secret)
            picked_up = await self._relay.pick_up(number, offered=offered)
            # A relay may answer with another session or code: what was asked for counts, and whose secret it is.
            code = picked_up.code if known is None else known.code
            self._enter(msgspec.structs.replace(picked_up, id=number), code, secret, known, offered=offered)
        return self._open_sessions[number]

    def _check_needs_none(self, session: Session | None, without_secret: bool) -> None:
        secured = session is not None and self._is_secured(session)
        if session is not None and self._secret_attempts.left(session.code) == 0:
            raise RelayRefusedError(SECRET_BURNT)
        if secured:
            raise RelayRefusedError(SECRET_GONE)
        if session is not None and self._was_plain(session.code, session.id):
            return
        if without_secret:
            self._secret_attempts.let_pass(self._is_spent, time.time())
        elif self._secret_attempts.awaits_secret(time.time()):
            raise RelayRefusedError(SECRET_EXPECTED)

    def _is_secured(self, session: Session) -> bool:
        """Whether a session has a secret. A link that a colleague made has one, but they have handed it over."""
        is_handed_over = session.transfer is not None and session.transfer.outcome in _HANDED_OVER
        is_link = session.method is Method.LINK and not is_handed_over
        return is_link or self._secret_attempts.has_secret(session.code)

    def _is_spent(self, code: int) -> bool:
        """Whether this code can no longer be used, and the customer who used it has left. The relay says so."""
        is_here = any(each.code == code and not each.state.is_final for each in self._known.values())
        return not is_here and not self._lets_in(code)

    async def open_up(self, number: int) -> None:
        """Let a session that started as a chat be more. Raises RelayRefusedError, RelayUnreachableError."""
        session = await self._relay.open_up(number)
        self.take(msgspec.structs.replace(session, id=number))

    async def hold(self, number: int) -> None:
        """Interrupt a session: nothing that the customer allowed holds any more.

        Raises RelayRefusedError, RelayUnreachableError.
        """
        await self._interrupt(number)
        self._changed(number, await self._relay.hold(number))

    async def resume(self, number: int) -> None:
        """Go on with a session that is on hold. Raises RelayRefusedError, RelayUnreachableError."""
        self._changed(number, await self._relay.pick_up(number))

    async def hand_over(self, number: int, to: NewTransfer) -> None:
        """Hand a session over to another technician, whose console does not have its secret.

        Raises RelayRefusedError, RelayUnreachableError.
        """
        session, open_session = self._known.get(number), self._open_sessions.get(number)
        connection = None if open_session is None or open_session.over else open_session.peer.connection
        if session is not None and self._is_secured(session) and connection is None:
            raise RelayRefusedError(SECRET_STAYS)
        await self._interrupt(number)
        self.act(number, lambda each: each.peer.send(HandOver()))
        if connection is not None:
            await connection.flush(GOODBYE_SECONDS)
        await self._chat_keeper.finish()  # the next technician reads it
        self._changed(number, await self._relay.transfer(number, to))

    async def take_back(self, number: int) -> None:
        """Take a session back that no one has taken over yet. Raises RelayRefusedError, RelayUnreachableError."""
        self._changed(number, await self._relay.take_back(number))

    async def decline(self, number: int) -> None:
        """Send a session back that was handed over. Raises RelayRefusedError, RelayUnreachableError."""
        await self._relay.decline(number)
        self._known.pop(number, None)

    async def _interrupt(self, number: int) -> None:
        """End all that goes on with the customer's permission, while both sides can still say so."""
        open_session = self._open_sessions.get(number)
        if open_session is not None and not open_session.over:
            await open_session.stop_recording()
            self.act(number, OpenSession.give_back)

    def _changed(self, number: int, session: Session) -> None:
        """The relay has answered: it may be heard before what it announces."""
        self.take(msgspec.structs.replace(session, id=number))

    async def end(self, number: int) -> None:
        """End a session for both sides. Raises RelayRefusedError, RelayUnreachableError; it is over here anyway."""
        open_session = self._open_sessions.get(number)
        if open_session is not None:
            await open_session.stop_recording()
        try:
            await self._relay.end(number)  # first, so that the relay's record says who ended it
        finally:
            if open_session is not None and not open_session.over:
                await self._say_goodbye(open_session, Ending.TECHNICIAN)
                self._close(open_session, Event.ENDED_BY_TECHNICIAN)

    @property
    def any_is_shown(self) -> bool:
        """Whether any open session shows the customer's screen or camera, or lets it be controlled."""
        return any(not each.over and each.is_shown for each in self._open_sessions.values())

    @property
    def open_count(self) -> int:
        """How many sessions are open here."""
        return sum(not open_session.over for open_session in self._open_sessions.values())

    async def end_all(self) -> None:
        """The technician leaves: end every session that is open here, so that its customer is told."""
        await asyncio.gather(
            *(self._end_soon(number) for number, open_session in self._open_sessions.items() if not open_session.over)
        )

    async def _end_soon(self, number: int) -> None:
        try:
            async with asyncio.timeout(PARTING_SECONDS):
                await self.end(number)
        except (RelayRefusedError, RelayUnreachableError, TimeoutError) as error:
            _log.info("session %d could not be ended at the relay: %s", number, error)

    def act(self, number: int, deed: Callable[[OpenSession], None]) -> None:
        """Do something in an open session; one that is over or not open here is passed over in silence."""
        open_session = self._open_sessions.get(number)
        if open_session is None or open_session.over:
            return
        try:
            deed(open_session)
        except StreamFullError as error:
            self._break_off(open_session, str(error))

    def page_left(self, number: int) -> None:
        """A page no longer looks at this session."""
        self.act(number, lambda open_session: open_session.page_left(self._pages.looked_at(number)))

    def page_gone(self, number: int) -> None:
        """A page that looked at this session is gone. Without one, nothing may stay allowed for long."""
        self.page_left(number)
        if not self._pages.looked_at(number):
            self._unseen[number] = time.monotonic() + UNSEEN_SECONDS

    def tick(self) -> None:
        """Let a second pass: let go of what no page shows, and tell the pages how their sessions are connected."""
        for number, until in self._unseen.items():
            if time.monotonic() >= until:
                self.act(number, OpenSession.let_go)
        for number, open_session in self._open_sessions.items():
            open_session.tick(datetime.now(UTC))
            if not open_session.over and open_session.use.is_news(time.monotonic(), is_shown=open_session.is_shown):
                self._relay.say(SessionUsed(number))
            if not open_session.over and self._pages.looked_at(number):
                self._pages.tell_those_at(number, open_session.connected(time.monotonic()))

    async def leave(self) -> None:
        """Let go of all sessions without ending them: the relay tells the customers that we are away."""
        open_sessions = list(self._open_sessions.values())
        await asyncio.gather(*(open_session.stop_recording() for open_session in open_sessions))
        self._open_sessions.clear()
        self._unseen.clear()
        self._known.clear()
        for open_session in open_sessions:
            await open_session.peer.close()

    # ── rooms ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _enter(self, session: Session, code: int, secret: str | None, known: Session | None, *, offered: bool) -> None:
        if session.id in self._open_sessions:
            return  # two pages opened it at the same moment
        audience = Audience(
            message=self._pages.pass_on,
            tell=self._pages.tell_those_at,
        )
        open_session = OpenSession(
            session,
            code,
            audience,
            self._recordings,
            self._relay.say,
            self._functions,
            datetime.now(UTC),
            lambda: self._relay.is_online,
            lambda line, keeps: self._chat_keeper.wrote(session.id, line, keeps),
        )
        self._chat_keeper.begin(session.id)
        open_session.peer = Peer(session.id, secret, self._http, self._relay.base, self._events(open_session))
        self._open_sessions[session.id] = open_session
        self._known[session.id] = session
        open_session.picked_up(again=known is not None and known.console is not None, offered=offered)
        if known is None or known.began is not None:
            self._tasks.start(self._read_earlier(open_session), "reading what was written before")
        if session.customer_present:
            open_session.peer.begin()

    async def _read_earlier(self, open_session: OpenSession) -> None:
        session = open_session.session
        try:
            open_session.write_earlier(await self._chat_keeper.earlier(session.id, session.leg))
        except (RelayRefusedError, RelayUnreachableError) as error:
            _log.info("what was written before in session %d cannot be read: %s", session.id, error)

    def _events(self, open_session: OpenSession) -> PeerEvents:
        def refused(problem: HandshakeProblem) -> None:
            open_session.refused(problem)
            self._see_off(open_session)
            self._tasks.start(open_session.peer.close(), "closing a session's links")
            self._tasks.start(self._end_at_relay(open_session.session.id), "ending a session at the relay")

        def message(message: SessionMessage, data: bytes) -> None:
            self._hear(open_session, lambda: open_session.heard(message, data))
            if isinstance(message, Bye):
                self._tasks.start(open_session.peer.close(), "closing a session's links")

        def proving() -> bool:
            open_session.unconfirmed = self._secret_attempts.use(code)
            return open_session.unconfirmed

        def agreed(agreement: Agreement) -> None:
            open_session.agreed(agreement)
            if agreement.how is How.SECRET:
                self._secret_attempts.confirmed(code)
                self._take_over(open_session.session)

        code = open_session.code
        return PeerEvents(
            signal=self._relay.say,
            proving=proving,
            agreed=agreed,
            restarted=open_session.restarted,
            moved=open_session.moved,
            doubted=self._relay.probe,
            weighed=lambda size: self._hear(open_session, lambda: open_session.weigh(size)),
            message=message,
            refused=refused,
            broken=lambda reason: self._break_off(open_session, reason),
        )

    def _hear(self, open_session: OpenSession, work: Callable[[], None]) -> bool:
        """Let an open session hear something of its applet. Return whether the session goes on."""
        if open_session.over:
            return False
        try:
            work()
        except BadAppletError as error:
            self._break_off(open_session, str(error), error.event)
        except StreamFullError as error:
            self._break_off(open_session, str(error))
        return not open_session.over

    def _break_off(self, open_session: OpenSession, reason: str, event: Event = Event.REFUSED_PROTOCOL) -> None:
        """End one session because its line or its other end cannot go on; nothing else suffers."""
        if open_session.over:
            return
        _log.warning("session %d ends: %s", open_session.session.id, reason)
        open_session.end(event)
        self._tasks.start(self._part(open_session), "leaving a session")

    async def _part(self, open_session: OpenSession) -> None:
        await self._say_goodbye(open_session, Ending.PROTOCOL)
        await open_session.peer.close()
        await self._end_at_relay(open_session.session.id)

    async def _say_goodbye(self, open_session: OpenSession, why: Ending) -> None:
        try:
            open_session.peer.send(Bye(why))
        except StreamFullError:
            return
        if open_session.peer.connection is not None:
            await open_session.peer.connection.flush(GOODBYE_SECONDS)

    async def _end_at_relay(self, number: int) -> None:
        try:
            await self._relay.end(number)
        except (RelayRefusedError, RelayUnreachableError) as error:
            _log.info("session %d could not be ended at the relay: %s", number, error)

    def _close(self, open_session: OpenSession, event: Event, detail: str = "") -> None:
        open_session.end(event, detail)
        self._see_off(open_session)
        self._tasks.start(open_session.peer.close(), "closing a session's links")

    def replaced_by(self, session: int, code: int) -> None:
        """The customer of a session was sent a link to the help program: the session ends once they come by it."""
        self._replaced[code] = session

    def _take_over(self, session: Session) -> None:
        """The customer of a page is here with the help program: what the page shows would go on beside it."""
        if session.kind is not CustomerKind.PROGRAM:
            return  # the link was opened in a browser
        page = self._replaced.pop(session.code, None)
        if page is not None:
            self._tasks.start(self._end_soon(page), "ending the session of a page")

    def _see_off(self, open_session: OpenSession) -> None:
        """A session has ended: its customer is awaited no longer.

        If our proof was never confirmed, that was a guess, and the technician hears of it.
        """
        self._secret_attempts.seen_off(open_session.code)
        if open_session.unconfirmed:
            open_session.unconfirmed = False
            left = self._secret_attempts.left(open_session.code)
            open_session.guessed(left)
            if left == 0:
                self._burnt(open_session.code)


def _part(session: Session) -> tuple[str, tuple[str, ...], str, bool]:
    """Return what decides on what a customer can allow: most with the help program, in a session that is standard."""
    return session.kind, tuple(session.means), session.session_type, session.state.is_interrupted


def news_of(before: Session, after: Session) -> list[tuple[Event, str]]:
    """Return what a session's log says of a hold or a hand-over that has begun or ended. Pure."""
    transfer = after.transfer
    match before.state, after.state:
        case old, SessionState.ON_HOLD if old is not SessionState.ON_HOLD:
            return [(Event.HELD, "")]
        case SessionState.ON_HOLD, SessionState.ACTIVE:
            return [(Event.RESUMED, "")]
    if transfer is None or transfer == before.transfer:
        return []
    match transfer.outcome:
        case TransferOutcome.UNDER_WAY:
            return [(Event.HANDED_OVER, transfer.to)]
        case TransferOutcome.DECLINED:
            return [(Event.TRANSFER_DECLINED, transfer.ended_by)]
        case TransferOutcome.TIMED_OUT if not after.state.is_final:
            return [(Event.TRANSFER_TIMED_OUT, str(transfer.minutes))]
        case TransferOutcome.TAKEN_BACK:
            return [(Event.TAKEN_BACK, "")]
    return []
