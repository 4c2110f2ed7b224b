"""What recording means in an open session: when it runs, what the group demands, and what both people are told.

It runs while the customer allows to record and to see. The technician switches it on by asking the customer for it, and
off by giving that back.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from codec.host import background
from codec.recording.journal import Speaker
from codec.recording.recorder import OutputKind
from codec.recording.sink import RecordingStoppedError
from codec.session.stream import StreamFullError
from codec.wire.access import Access
from codec.wire.messages import (
    Answered,
    Ask,
    Computer,
    Granted,
    Recording,
    Refresh,
    Release,
    SessionMessage,
    SignedHead,
    SignHead,
    Stopped,
    Watch,
    Withdraw,
)
from codec.wire.signals import BeginRecording, RecordingBegun, Stamp, Stamped
from console.page.messages import Event
from console.recording.recording_policy import Outcome, RecordingPolicy, must_end
from console.recording.recordings import Recordings
from console.recording.session_recordings import SessionRecordings

REFRESH_SECONDS = 180.0
"""A journal builds on whole pictures: so often there is one, so that a part of it can be shown."""
SETTLE_SECONDS = 5.0
MISSING_SECONDS = 5.0
"""After so long without a whole picture it is asked for again."""
_NEEDS = frozenset({Access.VIEW, Access.RECORD})
_log = logging.getLogger(__name__)


class RecordedSession(Protocol):
    """What an open session lends to its recordings. All is called in the event loop."""

    def send(self, message: SessionMessage) -> None:
        """Send a message to the applet. Raises StreamFullError."""

    def pass_on(self, message: SessionMessage) -> None:
        """Send what the technician asked for: the log has a line for it. Raises StreamFullError."""

    def tell_pages(self, message: SessionMessage) -> None:
        """Tell the pages that look at the session, as if the applet had said it."""

    def note(self, event: Event, detail: str = "") -> None:
        """Write a line into the session's log."""

    def recording_changed(self) -> None:
        """The recording runs from now on, or no longer: see `RecordingController.since`."""

    def ask_relay(self, signal: BeginRecording | Stamp) -> None:
        """Have the relay vouch for a beginning, or for a time."""

    def customer(self) -> str:
        """Return the customer's name, or their computer's."""

    def so_far(self) -> list[SessionMessage]:
        """Return what still holds of what the applet said."""


class RecordingController:
    """Hears everything that is said in an open session, and records it when it may."""

    def __init__(self, session: int, common: Recordings, open_session: RecordedSession) -> None:
        self.since: datetime | None = None
        self._common = common
        self._open_session = open_session
        self._recording_policy = RecordingPolicy()
        self._granted: frozenset[Access] = frozenset()
        self._failed = False
        self._watched: int | None = None
        self._refreshed = 0.0
        self._key = b""
        self._checking: dict[int, asyncio.Task[None]] = {}
        self._session = SessionRecordings(session, common, self)

    def picked_up(self) -> None:
        """The session begins: say at once where recordings cannot go at all (REC-20)."""
        try:
            self._common.target()
        except RecordingStoppedError as error:
            self._open_session.note(Event.RECORDING_FAILED, str(error))

    def holds_back(self, message: SessionMessage) -> bool:
        """Whether a page's message to the applet is dealt with here instead of being sent: only what the group's rules
        for recordings concern. Raises StreamFullError.
        """
        match message:
            case Ask() if self._recording_policy.needs(message, self._common.rules):
                self._checking[message.number] = background.start(
                    self._ask_checked(message), "a question about a recording"
                )
            case Withdraw() if message.number in self._checking:
                self._checking.pop(message.number).cancel()
            case Withdraw():
                self._pass_on(self._recording_policy.withdraw(message))
            case Release(access=Access.RECORD) if self._common.rules.forced:
                pass  # the page shows no button for it
            case _:
                return False
        return True

    def said(self, message: SessionMessage) -> None:
        """A message of the technician's has been sent to the applet."""
        if isinstance(message, Watch):
            self._watched = message.display
        self._session.take(Speaker.CONSOLE, message)

    def heard(self, message: SessionMessage, data: bytes) -> None:
        """The applet said something, and the session has taken note of it."""
        match message:
            case SignedHead():
                self._session.signed(message)
                return
            case Granted():
                self._grant(message, data)
                return
            case Computer():
                self._key = message.signing_key
            case Stopped():
                self._forget_questions()
        self._session.take(Speaker.APPLET, message, data)
        if isinstance(message, Answered):
            self._carry_out(self._recording_policy.answered(message, self._common.rules, self._granted))

    def vouched(self, signal: RecordingBegun | Stamped) -> None:
        """The relay has vouched for the beginning of a recording, or for a time."""
        if isinstance(signal, Stamped):
            self._session.stamped(signal)
        else:
            self._session.vouched(signal)

    def tick(self, now: float) -> None:
        """Let time pass, in seconds of a steady clock: ask for whole pictures now and then, and for a missing one."""
        if not self._session.runs or self._watched is None:
            return
        patience = MISSING_SECONDS if self._session.needs_refresh else REFRESH_SECONDS
        if now - self._refreshed >= patience:
            self._refreshed = now
            self._send(Refresh(self._watched))

    def end(self, reason: str) -> None:
        """Record no more, whatever was allowed until now; the files are closed soon."""
        self._granted = frozenset()
        self._forget_questions()
        self._end(reason)

    async def settled(self) -> None:
        """Return when all files are closed, or when a disk that does not answer has been waited for long enough."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await self._session.settled()

    def _end(self, reason: str) -> None:
        if self._session.runs:
            self._session.end(reason)
            self._stopped()

    async def _ask_checked(self, message: Ask) -> None:
        """Ask once it is known whether anything can be recorded: a share that hangs must hold up nothing else."""
        problem = await self._common.checked()
        self._checking.pop(message.number, None)
        try:
            self._carry_out(self._recording_policy.ask(message, self._common.rules, self._granted, problem))
        except StreamFullError as error:
            _log.info("a question dropped: %s", error)

    def _forget_questions(self) -> None:
        self._recording_policy.forget()
        for task in self._checking.values():
            task.cancel()
        self._checking.clear()

    def _grant(self, message: Granted, data: bytes) -> None:
        self._granted = message.access
        self._failed = self._failed and Access.RECORD in message.access
        may = message.access >= _NEEDS and not self._failed
        if self._session.runs:
            self._session.take(Speaker.APPLET, message, data)
            if not may:
                self._end("no longer allowed")
        elif may:
            self._begin()
        self._end_what_must()

    def _begin(self) -> None:
        self._refreshed = 0.0
        self._session.begin(self._open_session.customer(), self._key, self._open_session.so_far())
        if self._watched is not None:
            self._send(Refresh(self._watched))

    def ask_applet(self, head: SignHead) -> None:
        """See RecordingListener."""
        self._send(head)

    def ask_relay(self, signal: BeginRecording | Stamp) -> None:
        """See RecordingListener."""
        self._open_session.ask_relay(signal)

    def recording_began(self, at: int) -> None:
        """See RecordingListener."""
        self.since = datetime.fromtimestamp(at / 1000, UTC)
        self._send(Recording(at))
        self._open_session.note(Event.RECORDING_BEGAN, "")
        if self._common.waits_for_yes:
            self._open_session.note(Event.RECORDING_UNCONFIRMED, "")
        self._open_session.recording_changed()

    def recording_failed(self, reason: str, *, runs: bool) -> None:
        """See RecordingListener: both people are told, and what may not go on without it ends."""
        self._open_session.note(Event.RECORDING_FAILED, reason)
        if not runs:
            return
        self._failed = True
        self._stopped()
        self._end_what_must()
        self._send(Release(Access.RECORD))

    def _stopped(self) -> None:
        if self.since is None:
            return
        self.since = None
        self._send(Recording(None))
        self._open_session.recording_changed()

    def output_lost(self, kind: OutputKind) -> None:
        """See RecordingListener."""
        self._open_session.note(Event.RECORDING_PARTLY, kind.value)

    def files_closed(self, path: Path, *, failed: bool) -> None:
        """See RecordingListener."""
        self._open_session.note(Event.RECORDING_SAVED if failed else Event.RECORDING_KEPT, str(path))

    def _end_what_must(self) -> None:
        ends = must_end(self._common.rules, self._granted, self._failed)
        for message in ends:
            self._send(message)
        if ends:
            self._open_session.note(Event.RECORDING_NEEDED, "")

    def _carry_out(self, outcome: Outcome) -> None:
        for event, detail in outcome.notes:
            self._open_session.note(event, detail)
        for message in outcome.pages:
            self._open_session.tell_pages(message)
        for message in outcome.send:
            if isinstance(message, Ask) and message.access is Access.RECORD:
                self._open_session.send(
                    message
                )  # the group asks for it, so the log does not say that the technician did
                self._session.take(Speaker.CONSOLE, message)
            else:
                self._pass_on(message)

    def _pass_on(self, message: SessionMessage) -> None:
        self._open_session.pass_on(message)
        self._session.take(Speaker.CONSOLE, message)

    def _send(self, message: SessionMessage) -> None:
        """Say something that nobody asked for; a line that is too slow even for this ends the session elsewhere."""
        try:
            self._open_session.send(message)
        except StreamFullError as error:
            _log.info("%s dropped: %s", type(message).__name__, error)
