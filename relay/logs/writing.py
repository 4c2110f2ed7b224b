"""How lines of the log are written: as text or JSON, on a terminal, in a file, or for the journal of systemd."""

import json
import logging
import os
import stat
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import IO

from codec.host.log_repeats import Repeats
from codec.host.safe_text import for_terminal
from codec.host.terminal import SafeFormatter

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_OURS = ("relay", "codec")
"""Only our own modules are asked for more than warnings: others write what they carry, secrets too."""
_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6), (0, 7))


class TextLines(SafeFormatter):
    """Lines for people: time, level, what happened. The journal knows time and level itself."""

    def __init__(self, *, for_journal: bool) -> None:
        super().__init__("%(message)s" if for_journal else "%(moment)s %(levelname)s %(message)s")
        self._for_journal = for_journal

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line, and those of its traceback."""
        record.moment = _moment(record)
        text = super().format(record)
        return _with_priority(text, record.levelno) if self._for_journal else text


class JsonLines(logging.Formatter):
    """One object a line; `event` names what happened, `message` is there where nothing is declared for it."""

    def __init__(self, *, for_journal: bool) -> None:
        super().__init__()
        self._for_journal = for_journal

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line."""
        told: dict[str, object] = {"time": _moment(record), "level": record.levelname.lower()}
        name = getattr(record, "event", None)
        if name is None:
            told |= {"event": "message", "logger": record.name, "message": for_terminal(record.getMessage())}
            if record.exc_info:
                told["traceback"] = for_terminal(self.formatException(record.exc_info))
        else:
            told |= {"event": name, **getattr(record, "fields", {})}
        text = json.dumps(told)
        return _with_priority(text, record.levelno) if self._for_journal else text


def start_relay_log(level: str, form: str) -> None:
    """Write the log of this process to standard error; what strangers make it repeat is summed up.

    Called again, it writes on as it is told then. Where someone else has set up logging, that stays.
    """
    root = logging.getLogger()
    before = [each for each in root.handlers if isinstance(each, Repeats)]
    if root.handlers and not before:
        return
    handler = logging.StreamHandler()
    for_journal = is_journal(sys.stderr, os.environ)
    handler.setFormatter(JsonLines(for_journal=for_journal) if form == "json" else TextLines(for_journal=for_journal))
    for each in before:
        root.removeHandler(each)
        each.close()
    root.addHandler(Repeats(handler))
    for name in _OURS:
        logging.getLogger(name).setLevel(LEVELS[level])


def is_journal(stream: IO[str], environment: Mapping[str, str]) -> bool:
    """Whether a stream is read by the journal, as systemd says in JOURNAL_STREAM (device:inode)."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError, AttributeError):
        return False
    is_line = stat.S_ISSOCK(found.st_mode) or stat.S_ISFIFO(found.st_mode)
    return is_line and environment.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def _moment(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def _with_priority(text: str, level: int) -> str:
    """Return lines that each begin with their syslog priority, as the journal reads it."""
    mark = f"<{next(priority for least, priority in _PRIORITIES if level >= least)}>"
    return mark + text.replace("\n", f"\n{mark}")
