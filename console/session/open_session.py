"""One open session of this console: its peer, its chat log, and what a page must know of it.

It stays open while no page looks at it; the customer's picture is then switched off.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from codec.errors import DesksideError
from codec.session.handshake import Agreement, HandshakeProblem, How
from codec.session.path_manager import LinkKind
from codec.session.stream import StreamFullError
from codec.wire.access import FUNCTIONS, Access, may_ask
from codec.wire.api_types import Session
from codec.wire.chat_log import Who
from codec.wire.customer_kinds import while_interrupted, within_means
from codec.wire.lanes import Lane
from codec.wire.messages import (
    Answered,
    Ask,
    Asking,
    Bye,
    Ending,
    Granted,
    Message,
    Release,
    Withdraw,
    pack,
)
from codec.wire.permits import Function
from codec.wire.session_types import SessionType
from codec.wire.signals import BeginRecording, Stamp
from console.page.message_base import ToolMessage
from console.page.messages import (
    ChatLine,
    Connected,
    Event,
    RecordingNow,
    ToPage,
    WordsCompared,
)
from console.recording.controller import RecordingController
from console.recording.recordings import Recordings
from console.session.connection_status import ConnectionStatus
from console.session.history import ChatLog, Snapshot, asked, event_of
from console.session.message_filter import MessageFilter
from console.session.open_question import OpenQuestion
from console.session.peer import Peer
from console.session.use import SessionUse
from console.tools import TOOLS

_SHOWN = frozenset({Access.VIEW, Access.CONTROL, Access.CAMERA})
_REFUSALS = {
    HandshakeProblem.SECRETS_DIFFER: Event.REFUSED_SECRET,
    HandshakeProblem.CHANGED_ON_THE_WAY: Event.REFUSED_CHANGED,
    HandshakeProblem.MALFORMED: Event.REFUSED_PROTOCOL,
    HandshakeProblem.TOO_MANY_ATTEMPTS: Event.REFUSED_RELOADS,
    HandshakeProblem.NO_GUESS_LEFT: Event.REFUSED_BURNT,
    HandshakeProblem.UNCONFIRMED: Event.REFUSED_UNCONFIRMED,
}
LENS_QUESTION = 0
"""The number of the question for the camera that a Lens session begins with. Those of pages are random."""
_log = logging.getLogger(__name__)
_ENDINGS = {
    Ending.CUSTOMER: Event.ENDED_BY_CUSTOMER,
    Ending.TECHNICIAN: Event.ENDED_BY_TECHNICIAN,
    Ending.PROTOCOL: Event.REFUSED_PROTOCOL,
    Ending.LOST: Event.ENDED_LOST,
    Ending.FAILED: Event.ENDED_LOST,
}


class BadAppletError(DesksideError):
    """The customer's program keeps no rule of the session, which ends."""

    def __init__(self, event: Event) -> None:
        """`event` says which."""
        super().__init__(f"the customer's program keeps no rule: {event.value}")
        self.event = event


@dataclass(frozen=True)
class Audience:
    """The pages that look at a session."""

    message: Callable[[int, bytes], None]
    """A session message, for every page that looks."""
    tell: Callable[[int, ToPage], None]
    """What the engine says of a session, for the same pages."""


class OpenSession:
    """Everything about one session that outlives a page. `peer` is set by its owner before anything else happens."""

    peer: Peer

    def __init__(
        self,
        session: Session,
        code: int,
        audience: Audience,
        recordings: Recordings,
        ask_relay: Callable[[BeginRecording | Stamp], None],
        functions: Iterable[str],
        now: datetime,
        relay_present: Callable[[], bool],
        wrote: Callable[[ChatLine, bool], None],
    ) -> None:
        """`code` is the one that was opened, with its secret, whatever the relay says of the session later.

        `ask_relay` asks the relay to vouch for a recording; `functions` are what this technician may do.
        `relay_present` says whether this console's own socket to the relay is up. `wrote` is told of each line of the
        log, and whether what people write is kept.
        """
        self.session = session
        self.code = code
        self.chat = ChatLog(session.id)
        self.snapshot = Snapshot()
        self.over = False
        self.unconfirmed = False
        """Whether our proof of the secret went out and no valid one came back."""
        self.use = SessionUse(time.monotonic())
        self._again = False
        self._question = OpenQuestion()
        self._audience = audience
        self._filter = MessageFilter(_permitted(functions, session), time.monotonic())
        self._status = ConnectionStatus(self, relay_present, now)
        self._tools = {tool.name: tool(self, self._filter.rules[tool.name]) for tool in TOOLS}
        self._ask_relay = ask_relay
        self._wrote = wrote
        self.recording = RecordingController(session.id, recordings, self)

    def picked_up(self, again: bool = False, *, offered: bool = False) -> None:
        """The technician has taken the session; `again` if another console, or an earlier run of this one, had it.

        `offered`: the relay has asked to start it.
        """
        self._again = again
        self.note(Event.AUTO_STARTED if offered else Event.PICKED_UP)
        self.recording.picked_up()

    def agreed(self, agreement: Agreement) -> None:
        """The handshake is done; whatever was allowed before holds no longer. What was asked before is asked again."""
        self.unconfirmed = False
        self._status.agreed(agreement)
        if self._again and agreement.how is How.WORDS:
            self.note(Event.NEW_WORDS)
        self.recording.end("another connection")
        for tool in self._tools.values():
            tool.end()
        seen = self.snapshot.asking
        self.snapshot.forget()
        self._filter.start_over()
        self._tell_tools()
        self._tell_connected()
        if self._question.ask is None:
            self._ask_for_camera()
        else:
            self._ask_again(self._question.ask, seen)

    def _ask_again(self, ask: Ask, seen: int | None) -> None:
        """The customer's side has forgotten this question. `seen` is the number of the one that was on its screen."""
        if seen not in (None, ask.number):  # it was about the recording: the pages go back to the one behind it
            self.tell_pages(Asking(ask.number))
        if ask.access in may_ask(self._filter.functions):
            self.ask(ask)
        else:
            self.note(Event.NOT_PERMITTED)
            self.tell_pages(Answered(ask.number, allowed=False, permitted=False))

    def _ask_for_camera(self) -> None:
        """In a Lens session the customer is asked once without the technician's doing: it is what they came for."""
        is_first = self.session.session_type is SessionType.LENS and not self._again
        if is_first and FUNCTIONS[Access.CAMERA] in self._filter.functions:
            self.page_asked(Ask(LENS_QUESTION, Access.CAMERA))

    def restarted(self) -> None:
        """The customer's side has lost its key, and another handshake begins."""
        self._again |= self.peer.connection is not None
        self.note(Event.CUSTOMER_RESTARTED)

    def moved(self, kind: LinkKind | None) -> None:
        """The session travels another way, or waits for one; not once it is over, when every link closes."""
        if self.over:
            return
        for line in self._status.moved(kind, datetime.now(UTC)):
            self.note(*line)
        self._tell_connected()

    def tick(self, now: datetime) -> None:
        """Let time pass."""
        self.recording.tick(time.monotonic())
        loss = self._status.tick(now)
        if not self.over:
            self._tell_tools()
            with suppress(StreamFullError):  # a line as slow as that shows no picture anyway
                for message in self._filter.tick(time.monotonic()):
                    self.send(message)
        if loss is not None:
            self.note(loss)

    def weigh(self, size: int) -> None:
        """A message of so many bytes has come. Raises BadAppletError when that is more than any session needs."""
        if not self._filter.weigh(size, time.monotonic()):
            raise BadAppletError(Event.ENDED_FLOOD)

    def heard(self, message: Message, data: bytes) -> None:
        """A message from the applet: what passes the filter is kept where it must be, and passed on.

        Raises BadAppletError, StreamFullError.
        """
        verdict = self._filter.admit(message, time.monotonic())
        self._tell_tools()
        if verdict.ends is not None:
            raise BadAppletError(verdict.ends)
        for reply in verdict.replies:
            self.send(reply)
        if verdict.passed is not None:
            self._take(verdict.passed, data if verdict.passed is message else pack(verdict.passed))

    def _take(self, message: Message, data: bytes) -> None:
        tool = message.declared.tool
        if isinstance(message, Bye):
            self.recording.heard(message, data)
            self.end(_ENDINGS[message.reason])
            return
        self.use.heard(message, time.monotonic())
        self._status.heard(message)
        self._question.heard(message)
        if tool is None or self._tools[tool].hear(message):
            self._show(message, data)
        self.recording.heard(message, data)

    def _show(self, message: Message, data: bytes) -> None:
        """Let the pages have a message as it is, and those that come later."""
        line = event_of(message, self.snapshot.granted)
        if line is not None:
            self.note(*line)
        self.snapshot.note(message)
        self._audience.message(self.session.id, data)

    def said(self, message: ToolMessage | WordsCompared) -> None:
        """A page says something of this session to the engine. Raises StreamFullError."""
        self.use.technician_did(time.monotonic())
        if isinstance(message, ToolMessage):
            self._tools[message.tool].said(message)
            self._tell_tools()
        else:
            self.words_compared()

    @property
    def is_shown(self) -> bool:
        """Whether the customer's screen or camera may be seen or controlled now."""
        return not _SHOWN.isdisjoint(self.snapshot.granted)

    def page_asked(self, message: Message) -> None:
        """A page says something to the applet, which a tool may have wait. Raises StreamFullError."""
        self.use.technician_did(time.monotonic())
        if not any(tool.holds_back(message) for tool in self._tools.values()):
            self.ask(message)

    # ── what it lends to its tools (see ToolHost) ──────────────────────────────────────────────────────────────────

    @property
    def number(self) -> int:
        """The session's number."""
        return self.session.id

    def record(self, message: Message) -> None:
        """Let the recording have what was said to the applet."""
        self.recording.said(message)

    def tell(self, message: ToPage) -> None:
        """Tell the pages that look at the session."""
        self._audience.tell(self.session.id, message)

    def write(self, who: Who, text: str) -> None:
        """Add a line to the session's log."""
        self._add(self.chat.write(who, text, datetime.now(UTC)))

    def write_earlier(self, lines: list[ChatLine]) -> None:
        """Add what was written before this console had the session."""
        self.chat.begin_with(lines)
        for line in lines:
            self.tell(line)

    def _add(self, line: ChatLine) -> None:
        self.tell(line)
        self._wrote(line, Function.CHAT_KEPT in self._filter.functions)

    def discard(self, lane: Lane) -> None:
        """Do not send what waits on this lane."""
        if self.peer.connection is not None:
            self.peer.connection.discard(lane)

    def unacknowledged(self, lane: Lane) -> int:
        """Return how many bytes on this lane the applet has not confirmed."""
        return 0 if self.peer.connection is None else self.peer.connection.unacknowledged_bytes(lane)

    def ask(self, message: Message) -> None:
        """Pass a message on to the applet, unless the group's rules for recordings hold it back.

        Raises StreamFullError.
        """
        self._question.said(message)
        if not self.recording.holds_back(message):
            self.pass_on(message)
            self.recording.said(message)

    def page_left(self, watched: bool) -> None:
        """A page no longer looks, and can let go of nothing; `watched`: another one still does."""
        try:
            for tool in self._tools.values():
                tool.page_left(watched)
        except StreamFullError:
            return  # nothing is shown anyway: without `shown` the applet stops by itself

    def let_go(self) -> None:
        """The page that showed this session is gone: give back what the customer allowed, and take questions back."""
        if self.snapshot.granted or self._question.ask is not None:
            self.note(Event.PAGE_LOST)
            self.give_back()

    def give_back(self) -> None:
        """Give back all that the customer allowed, and take the question back. Raises StreamFullError."""
        held, question = self.snapshot.granted, self._question.ask
        if question is not None:
            self.ask(Withdraw(question.number))
        for access in (Access.CONTROL, Access.CLIPBOARD, Access.CAMERA, Access.RECORD, Access.VIEW):
            if access in held:
                self.ask(Release(access))

    def permit(self, functions: Iterable[str]) -> None:
        """The technician's group may do this from now on."""
        for message in self._filter.permit(_permitted(functions, self.session)):
            self.send(message)
        self._tell_tools()

    def words_compared(self) -> None:
        """The technician says that both screens showed the same words."""
        if self._status.words_compared():
            self.note(Event.WORDS_COMPARED)
            self._tell_connected()

    def words_differ(self) -> None:
        """The technician says that the two screens showed different words. The session is to end."""
        _log.warning("session %d: the words that were compared differ", self.session.id)
        self.note(Event.WORDS_DIFFER)

    def refused(self, problem: HandshakeProblem) -> None:
        """The handshake failed."""
        self._status.refused()
        self.end(_REFUSALS[problem])

    def guessed(self, left: int) -> None:
        """The secret was put to the proof and not confirmed; `left` such tries remain if the relay is not honest."""
        if self._status.is_refused:
            return  # that the secret was wrong has been said
        self.note(Event.SECRET_UNCONFIRMED, str(left))

    def end(self, event: Event, detail: str = "") -> None:
        """The session is over; what is known of it can still be read."""
        if self.over:
            return
        self.over = True
        self.recording.end(event.value)
        for tool in self._tools.values():
            tool.end()
        self._status.ended(datetime.now(UTC))
        self.note(event, detail)
        self.snapshot.forget()
        self._audience.message(self.session.id, pack(Granted(frozenset())))
        self._tell_connected()

    def connected(self, now: float) -> Connected:
        """Return how the session is connected; `now` in seconds of a steady clock, for the rates."""
        return self._status.connected(now)

    def opening(self) -> list[ToPage]:
        """Return what a page that opens the session must know besides what the applet said."""
        of_tools = [told for tool in self._tools.values() if (told := tool.opening()) is not None]
        return [self.connected(time.monotonic()), self.recording_now(), *of_tools]

    def recording_now(self) -> RecordingNow:
        """Return whether the session is recorded, and since when."""
        return RecordingNow(self.session.id, self.recording.since)

    async def stop_recording(self) -> None:
        """End the recording while the customer's side can still sign its end; return when the files are closed."""
        self.recording.end(Event.ENDED_BY_TECHNICIAN.value)
        await self.recording.settled()

    def tell_pages(self, message: Message) -> None:
        """Tell the pages that look, as if the applet had said it."""
        self._question.heard(message)
        self._audience.message(self.session.id, pack(message))

    def recording_changed(self) -> None:
        """The recording runs from now on, or no longer."""
        self.tell(self.recording_now())

    def ask_relay(self, signal: BeginRecording | Stamp) -> None:
        """Have the relay vouch for a beginning, or for a time."""
        self._ask_relay(signal)

    def customer(self) -> str:
        """Return the customer's name, or their computer's."""
        return self.session.name or self.session.computer

    def so_far(self) -> list[Message]:
        """Return what still holds of what the applet said."""
        return self.snapshot.replay()

    def send(self, message: Message) -> None:
        """Send a message to the applet, unless the technician may not say it now. Raises StreamFullError."""
        self._send(message)

    def _send(self, message: Message) -> bool:
        before = self._filter.granted
        may = self._filter.may_say(message, time.monotonic())
        if may:
            self._status.said(message)
            self.peer.send(message)
        if self._filter.granted != before:  # what is given back holds no longer here, whatever the applet says
            asyncio.get_running_loop().call_soon(self._tell_granted)
        self._tell_tools()
        return may

    def _tell_granted(self) -> None:
        if not self.over and self.snapshot.granted != self._filter.granted:
            granted = Granted(self._filter.granted)
            self._take(granted, pack(granted))

    def _tell_tools(self) -> None:
        for tool in self._tools.values():
            tool.changed()

    def pass_on(self, message: Message) -> None:
        """Send a message, noting what belongs into the log. Raises StreamFullError."""
        is_sent = self._send(message)
        if isinstance(message, Ask):
            self.note(asked(message.access))
        elif isinstance(message, Release):
            self.note(Event.RELEASED, message.access.value)
        elif is_sent and message.declared.tool is not None:
            self._tools[message.declared.tool].sent(message)

    def note(self, event: Event, detail: str = "") -> None:
        """Write a line into the session's log."""
        self._add(self.chat.note(event, datetime.now(UTC), detail))

    def _tell_connected(self) -> None:
        self.tell(self._status.latest())


def _permitted(functions: Iterable[str], session: Session) -> tuple[str, ...]:
    """Return what of a technician's functions this session allows now."""
    permitted = within_means(functions, session)
    return while_interrupted(permitted) if session.state.is_interrupted else permitted
