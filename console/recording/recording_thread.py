"""Runs a recorder on a thread of its own, so that no disk and no encoder ever holds up the session."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from codec.recording.journal import Speaker
from codec.recording.recorder import UNEXPECTED, OutputKind
from codec.recording.sink import RecordingStoppedError
from codec.wire.messages import SessionMessage
from console.recording.start import Running

_log = logging.getLogger(__name__)
Lost = Callable[[OutputKind, Exception], None]
TICK_SECONDS = 0.125
MOST_BYTES = 256 << 20
"""So much may wait for a slow disk; a recording that falls behind any further is stopped, with its reason."""
BEHIND_SECONDS, BUSY_SECONDS = 60.0, 30.0
"""A recording that is so far behind, and has computed for so long since it was not, is stopped as well: some pictures
take much longer to look into than to send. One that waits for a disk does not compute."""
TOO_SLOW = "This computer or its disk is too slow to record. What was recorded until now can be opened."
LAST_SIGNATURES_SECONDS = 2.0
"""So long the files stay open for those who sign the end of a recording."""


class RecordingThreadListener(Protocol):
    """Whom a recording tells. All but `recording_stopped` are called on its thread, `recording_stopped` on any."""

    def recording_began(self) -> None:
        """The files are open."""

    def recording_stopped(self, reason: str) -> None:
        """Why it failed. Not another message is recorded."""

    def output_lost(self, kind: OutputKind) -> None:
        """That file ended early, the rest goes on."""

    def recording_written(self) -> None:
        """All is written, and everybody was asked to sign the end. `finish` when they have."""

    def files_closed(self, paths: list[Path]) -> None:
        """The files are closed; there may be none."""


@dataclass(frozen=True)
class _Said:
    at: int
    source: Speaker
    message: SessionMessage
    data: bytes


@dataclass(frozen=True)
class _Closing:
    reason: str


class RecordingThread:
    """Feeds one recorder. `take`, `sign`, `close` and `finish` may be called from any thread and never wait."""

    def __init__(
        self,
        begin: Callable[[int, Lost], Running],
        listener: RecordingThreadListener,
        clock: Callable[[], int] = lambda: time.monotonic_ns() // 1000,
    ) -> None:
        """`begin` opens the files, at a time in microseconds, and has `Lost` told of those that end early.

        It is called on the thread, as it may wait for a disk.
        """
        self._begin = begin
        self._listener = listener
        self._clock = clock
        self._running: Running | None = None
        self._waiting: queue.SimpleQueue[_Said | _Closing | Callable[[], None] | None] = queue.SimpleQueue()
        self._bytes = 0
        self._lock = threading.Lock()
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    @property
    def needs_refresh(self) -> bool:
        """Whether a film lacks pictures, so that the session should be asked for a whole one."""
        return self._running is not None and any(film.needs_refresh for film in self._running.films)

    def take(self, source: Speaker, message: SessionMessage, data: bytes) -> None:
        """Record a session message, `data` being its bytes."""
        with self._lock:
            if self._is_over:
                return
            self._bytes += len(data)
            too_slow = self._bytes > MOST_BYTES
            self._is_over = too_slow
        if too_slow:
            self._listener.recording_stopped(TOO_SLOW)
            self._waiting.put(_Closing("too slow"))
            return
        self._waiting.put(_Said(self._clock(), source, message, data))

    def sign(self, write: Callable[[], None]) -> None:
        """Write a signature that has come; `write` is called on the thread and may raise RecordingStoppedError."""
        self._waiting.put(write)

    def close(self, reason: str) -> None:
        """End the recording once everything that was taken is written."""
        self._waiting.put(_Closing(reason))

    def finish(self) -> None:
        """Close the files: every signature has come."""
        self._waiting.put(None)

    def join(self, timeout: float | None = None) -> None:
        """Wait until the recording is closed."""
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            running = self._running = self._begin(self._clock(), self._lose)
            self._listener.recording_began()
            reason = self._feed(running)
            running.recorder.close(self._clock(), reason)
            self._listener.recording_written()
            self._await_signatures()
        except RecordingStoppedError as error:
            self._listener.recording_stopped(str(error))
        except Exception:  # a session must never believe that it is recorded when it is not
            _log.exception("the recording failed")
            self._listener.recording_stopped(UNEXPECTED)
        finally:
            with self._lock:
                self._is_over = True
            self._let_go()

    def _lose(self, kind: OutputKind, error: Exception) -> None:
        known = isinstance(error, RecordingStoppedError)
        _log.error("the %s of a recording ended early: %s", kind.value, error, exc_info=None if known else error)
        self._listener.output_lost(kind)

    def _let_go(self) -> None:
        if self._running is not None:
            self._running.recorder.abandon(self._clock())
            self._running.let_go()
        self._listener.files_closed([] if self._running is None else self._running.paths)

    def _feed(self, running: Running) -> str:
        """Hand everything over until the recording is to end; return why."""
        recorder, busy_since = running.recorder, time.thread_time()
        while True:
            try:
                said = self._waiting.get(timeout=TICK_SECONDS)
            except queue.Empty:
                recorder.tick(self._clock())
                continue
            match said:
                case _Closing(reason):
                    return reason
                case _Said():
                    behind = (self._clock() - said.at) / 1e6
                    if behind < 1:
                        busy_since = time.thread_time()
                    elif behind > BEHIND_SECONDS and time.thread_time() - busy_since > BUSY_SECONDS:
                        with self._lock:
                            self._is_over = True
                        self._listener.recording_stopped(TOO_SLOW)
                        return "too slow"
                    for film in running.films:
                        film.behind = 0.0 if self._waiting.empty() else behind
                    recorder.take(said.source, said.message, said.at, said.data)
                    recorder.tick(said.at)
                    with self._lock:
                        self._bytes -= len(said.data)
                case None:
                    continue
                case write:
                    write()

    def _await_signatures(self) -> None:
        patience = time.monotonic() + LAST_SIGNATURES_SECONDS
        while (left := patience - time.monotonic()) > 0:
            try:
                said = self._waiting.get(timeout=left)
            except queue.Empty:
                return
            if said is None:
                return
            if callable(said):
                said()
