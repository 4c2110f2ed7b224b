"""A log in which nothing that happens again and again fills the disk: after a few lines of a kind, their number.

A kind is what the program wrote, without the numbers and names that it filled in. So strangers who make a program say
something thousands of times get five lines and one that counts the rest. A record may say itself of which kind it is,
by an attribute `repeats`: a tuple of texts, or None for what is always written.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

FIRST = 5
"""So many lines of a kind are written in a window."""
WINDOW_SECONDS = 60.0
MOST_KINDS = 256
"""Beyond it, lines are counted together by their level."""
MOST_MARKED = 4_096
"""The same for lines that say themselves what repeats, such as one refusal from one address."""
_CHANGES = re.compile(r"0x[0-9a-fA-F]+|[0-9]+")
_Kind = tuple[str | int, ...]


@dataclass
class _Window:
    began: float
    count: int = 0
    last: logging.LogRecord | None = None


def _later(seconds: float, do: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, do)
    timer.daemon = True
    timer.start()


class Repeats(logging.Handler):
    """Hands records on to another handler, and sums up those that repeat.

    `clock` is in seconds and steady; `later` does something after some seconds, on whatever thread.
    """

    def __init__(
        self,
        target: logging.Handler,
        clock: Callable[[], float] = time.monotonic,
        later: Callable[[float, Callable[[], None]], None] = _later,
    ) -> None:
        super().__init__()
        self._target, self._clock, self._later = target, clock, later
        self._windows: dict[_Kind, _Window] = {}
        self._marked: dict[_Kind, _Window] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler; it is called under this handler's lock."""
        now = self._clock()
        self._sum_up(now)
        marked = getattr(record, "repeats", ())
        if marked is None:
            self._target.handle(record)
            return
        if marked:
            windows, kind, most = self._marked, (record.levelno, *marked), MOST_MARKED
        else:
            windows, kind, most = self._windows, _kind(record), MOST_KINDS
        if kind not in windows and len(windows) >= most:
            kind = ("", record.levelno, *marked[:1])
        window = windows.setdefault(kind, _Window(now))
        window.count += 1
        if window.count <= FIRST:
            self._target.handle(record)
            return
        if window.last is None:
            self._later(window.began + WINDOW_SECONDS - now, self._time_is_over)
        window.last = record

    def flush(self) -> None:
        """See logging.Handler."""
        self._target.flush()

    def close(self) -> None:
        """See logging.Handler; what was counted is written."""
        with self.lock or threading.RLock():
            self._sum_up(float("inf"))
        self._target.close()
        super().close()

    def _time_is_over(self) -> None:
        with self.lock or threading.RLock():
            self._sum_up(self._clock())

    def _sum_up(self, now: float) -> None:
        for windows in (self._windows, self._marked):
            for kind, window in list(_over(windows, now)):
                del windows[kind]
                if window.last is not None:
                    self._target.handle(_summary(window.last, window.count - FIRST))


def _over(windows: dict[_Kind, _Window], now: float) -> Iterator[tuple[_Kind, _Window]]:
    """Yield the windows that are over; they are in the order in which they began."""
    for kind, window in windows.items():
        if now - window.began < WINDOW_SECONDS:
            return
        yield kind, window


def _kind(record: logging.LogRecord) -> _Kind:
    text = _CHANGES.sub("#", str(record.msg).partition("\n")[0][:200])
    error = record.exc_info[0] if record.exc_info else None
    return record.name, record.levelno, text, error.__name__ if error else ""


def _summary(last: logging.LogRecord, count: int) -> logging.LogRecord:
    """Return a record that says how often the last one came."""
    text = last.getMessage().partition("\n")[0]
    times = "once more" if count == 1 else f"repeated {count:,} times"
    summary = logging.LogRecord(
        last.name, last.levelno, last.pathname, last.lineno, "%s … %s in %d s", (text, times, WINDOW_SECONDS), None
    )
    summary.created, summary.msecs = last.created, last.msecs
    return summary
