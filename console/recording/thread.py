"""Runs a recorder on a thread of its own, so that no disk and no encoder ever holds up the session."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from codec.messages import SessionMessage
from codec.recording.film import Film
from codec.recording.journal import Source
from codec.recording.recorder import Recorder
from codec.recording.sink import RecordingStoppedError

_log = logging.getLogger(__name__)
TICK_SECONDS = 0.125
MOST_BYTES = 256 << 20
"""So much may wait for a slow disk; a recording that falls behind any further is stopped, with its reason."""


@dataclass(frozen=True)
class _Said:
    at: int
    source: Source
    message: SessionMessage
    data: bytes


class RecordingThread:
    """Feeds one recorder. `take` and `close` may be called from any thread and never wait."""

    def __init__(
        self,
        begin: Callable[[int], tuple[Recorder, list[Film]]],
        stopped: Callable[[str], None],
        clock: Callable[[], int] = lambda: time.monotonic_ns() // 1000,
    ) -> None:
        """`begin` makes the recorder, at a time in microseconds, and its films; `stopped` is told why it failed."""
        self._begin = begin
        self._stopped = stopped
        self._clock = clock
        self._waiting: queue.SimpleQueue[_Said | str] = queue.SimpleQueue()
        self._bytes = 0
        self._lock = threading.Lock()
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    def take(self, source: Source, message: SessionMessage, data: bytes) -> None:
        """Record a session message, `data` being its bytes."""
        with self._lock:
            if self._is_over:
                return
            self._bytes += len(data)
            too_slow = self._bytes > MOST_BYTES
            self._is_over = too_slow
        if too_slow:
            self._stopped("This computer or its disk is too slow to record. What was recorded until now can be opened.")
            self._waiting.put("too slow")
            return
        self._waiting.put(_Said(self._clock(), source, message, data))

    def close(self, reason: str) -> None:
        """End the recording once everything that was taken is written."""
        self._waiting.put(reason)

    def join(self, timeout: float | None = None) -> None:
        """Wait until the recording is closed."""
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            recorder, films = self._begin(self._clock())
            reason = self._feed(recorder, films)
            recorder.close(self._clock(), reason)
        except RecordingStoppedError as error:
            self._stopped(str(error))
        except Exception:  # a session must never believe that it is recorded when it is not
            _log.exception("the recording failed")
            self._stopped("The recording failed for a reason that is in the log. What was recorded can be opened.")
        finally:
            with self._lock:
                self._is_over = True

    def _feed(self, recorder: Recorder, films: list[Film]) -> str:
        """Hand everything over until the recording is to end; return why."""
        while True:
            try:
                said = self._waiting.get(timeout=TICK_SECONDS)
            except queue.Empty:
                recorder.tick(self._clock())
                continue
            if isinstance(said, str):
                return said
            for film in films:
                film.behind = not self._waiting.empty()
            recorder.take(said.source, said.message, said.at, said.data)
            recorder.tick(said.at)
            with self._lock:
                self._bytes -= len(said.data)
