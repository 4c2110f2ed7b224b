"""One recording while it runs: takes what the session says, with times, and hands it to whatever is written.

Ready for further sources of pictures: what records a camera, a collaboration or a monitored screen gives the same
messages under another source, to outputs of its own.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from codec.recording.film import Film
from codec.recording.journal import (
    NOTHING,
    OUTPUT_FAILED,
    Began,
    Ended,
    JournalWriter,
    Noted,
    RecorderEvent,
    Speaker,
    keeps,
    pack_event,
)
from codec.recording.sink import RecordingStoppedError
from codec.wire.messages import Message, SessionMessage, pack

SILENCE_MICROSECONDS = 1_000_000
UNEXPECTED = "Recording stopped because of an error. The part up to then was saved."
FLUSH_MICROSECONDS = 250_000
"""No more than this is missing after a crash."""


class OutputKind(StrEnum):
    """What an output is of a recording."""

    JOURNAL = "journal"
    FILM = "film"
    PROOF = "proof"


class Output(Protocol):
    """Something that a recording is written to. All methods raise RecordingStoppedError."""

    kind: OutputKind

    def take(self, time: int, source: int, message: Message, data: bytes) -> None:
        """A session message, and its bytes."""

    def note(self, time: int, event: RecorderEvent) -> None:
        """Something that the recorder itself notes."""

    def flush(self, time: int) -> None:
        """Let what was taken outlive a crash."""

    def close(self, time: int) -> None:
        """The recording is over."""


class JournalOutput:
    """Keeps everything in a `.dsr`, and once a second that time went by."""

    kind = OutputKind.JOURNAL

    def __init__(self, writer: JournalWriter) -> None:
        self._writer = writer
        self._last = 0

    def take(self, time: int, source: int, message: Message, data: bytes) -> None:
        self._add(time, source, data)

    def note(self, time: int, event: RecorderEvent) -> None:
        self._add(time, Speaker.RECORDER, pack_event(event))

    def flush(self, time: int) -> None:
        if time - self._last >= SILENCE_MICROSECONDS:
            self._add(time, Speaker.RECORDER, NOTHING)
        self._writer.flush()

    def close(self, time: int) -> None:
        self._writer.flush()

    def _add(self, time: int, source: int, data: bytes) -> None:
        self._last = time
        self._writer.add(time, source, data)


class FilmOutput:
    """Shows what was to be seen in an AVI."""

    kind = OutputKind.FILM

    def __init__(self, film: Film) -> None:
        self._film = film

    def take(self, time: int, source: int, message: Message, data: bytes) -> None:
        self._film.take(time, message)

    def note(self, time: int, event: RecorderEvent) -> None:
        pass

    def flush(self, time: int) -> None:
        self._film.flush(time)

    def close(self, time: int) -> None:
        self._film.close(time)


@dataclass(frozen=True)
class Indication:
    """What both people are shown."""

    running: bool
    seconds: float
    stopped_because: str = ""
    """Why the recording ended before it was closed; empty while all is well."""


class Recorder:
    """Give it every message of the session and call `tick` often. `now` is a monotonic clock in microseconds."""

    def __init__(
        self,
        outputs: Sequence[Output],
        began: Began,
        now: int,
        changed: Callable[[Indication], None] = lambda _: None,
        lost: Callable[[OutputKind, Exception], None] = lambda *_: None,
    ) -> None:
        """`changed` is told when the recording begins, ends or fails, `lost` when an output fails and the rest goes on.

        Raises RecordingStoppedError.
        """
        self._outputs = list(outputs)
        self._lost = lost
        self._start = now
        self._flushed = now
        self._tell = changed
        self.indication = Indication(True, 0.0)
        self._each(lambda output: output.note(0, began), now)
        self._tell(self.indication)

    def take(self, source: Speaker, message: SessionMessage, now: int, data: bytes | None = None) -> None:
        """Record a message; `data` are its bytes where they are at hand. Raises RecordingStoppedError, once."""
        if not self.indication.running or not keeps(message):
            return
        packed = pack(message) if data is None else data
        self._each(lambda output: output.take(now - self._start, source, message, packed), now)

    def note(self, what: str, now: int, detail: str = "") -> None:
        """Record that something happened. Raises as `take`."""
        if self.indication.running:
            self._each(lambda output: output.note(now - self._start, Noted(what, detail)), now)

    def tick(self, now: int) -> None:
        """Let time pass: what was taken outlives a crash after FLUSH_MICROSECONDS. Raises as `take`."""
        if self.indication.running and now - self._flushed >= FLUSH_MICROSECONDS:
            self._flushed = now
            self._each(lambda output: output.flush(now - self._start), now)

    def close(self, now: int, reason: str) -> None:
        """End the recording. Raises as `take`."""
        if not self.indication.running:
            return
        self._each(lambda output: output.note(now - self._start, Ended(reason)), now)
        self._each(lambda output: output.close(now - self._start), now)
        self._outputs.clear()
        self._indicate(Indication(False, (now - self._start) / 1e6))

    def abandon(self, now: int) -> None:
        """End it without an end, after an error: what was taken until now is written where that is still possible."""
        outputs, self._outputs = self._outputs, []
        for output in outputs:
            with suppress(Exception):
                output.flush(now - self._start)

    def _each(self, work: Callable[[Output], None], now: int) -> None:
        """Do it for every output. One that fails is left out from then on.

        The recording goes on while a file of it is written and proven, and ends with the last one.
        """
        for output in list(self._outputs):
            try:
                work(output)
            except Exception as error:
                self._leave_out(output, error, now)

    def _leave_out(self, output: Output, error: Exception, now: int) -> None:
        if output not in self._outputs:
            return
        self._outputs.remove(output)
        if output.kind is OutputKind.PROOF or all(each.kind is OutputKind.PROOF for each in self._outputs):
            self.abandon(now)
            stopped = error if isinstance(error, RecordingStoppedError) else None
            self._indicate(Indication(False, (now - self._start) / 1e6, str(stopped or UNEXPECTED)))
            if stopped is not None:
                raise stopped
            raise RecordingStoppedError(UNEXPECTED) from error
        self._lost(output.kind, error)
        self._each(lambda each: each.note(now - self._start, Noted(OUTPUT_FAILED, output.kind)), now)

    def _indicate(self, indication: Indication) -> None:
        self.indication = indication
        self._tell(indication)
