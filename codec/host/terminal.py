"""What each of the three programs does first, and how it speaks on a terminal and in its log.

Everything that it prints and logs goes through `safe_text` here, so that no call has to remember.
"""

import argparse
import logging
import shutil
import sys
import threading
import traceback
from types import TracebackType
from typing import IO, Any, NoReturn

from codec import __version__
from codec.errors import DesksideError
from codec.host.log_repeats import Repeats
from codec.host.private_files import keep_files_private
from codec.host.quiet_exit import OutputClosedError
from codec.host.safe_text import for_terminal, hanging, lines_for_terminal

CONTINUED = "  | "
"""Begins every line of a log that does not begin a record."""
_log = logging.getLogger(__name__)


class SafeFormatter(logging.Formatter):
    """Writes a record as one line, and tracebacks on lines that cannot be taken for records."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (its name in logging)
        """Return the record's line."""
        return for_terminal(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line, and those of its traceback. What other handlers made of it is not used."""
        cached, record.exc_text = record.exc_text, None
        try:
            return super().format(record)
        finally:
            record.exc_text = cached

    def formatException(  # noqa: N802  (its name in logging)
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Return a traceback."""
        return _continued(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802  (its name in logging)
        """Return a stack."""
        return _continued(super().formatStack(stack_info))


class OutputError(DesksideError):
    """What a command says cannot be written: the disk behind its output is full, or the like."""


class Parser(argparse.ArgumentParser):
    """Reads a command line; what it says about odd arguments is safe for the terminal, as names of files may be odd."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._shared: list[tuple[tuple[str, ...], dict[str, Any]]] = []

    def add_shared(self, *flags: str, **more: Any) -> None:
        """Add an option that may be given before a command and after it; see `after_a_command`."""
        self.add_argument(*flags, **more)
        self._shared.append((flags, more))

    def after_a_command(self) -> "Parser":
        """Return the parent of the parsers of commands: what is given after a command wins."""
        parent = Parser(add_help=False)
        group = parent.add_argument_group("options of all commands")
        for flags, more in self._shared:
            about = str(more["help"]).replace("%(default)s", str(more.get("default")).replace("%", "%%"))
            group.add_argument(*flags, **(more | {"default": argparse.SUPPRESS, "help": about}))
        return parent

    def add_version(self) -> None:
        """Add --version, which all of our programs answer in the same way."""
        self.add_argument("--version", action="version", version=f"{self.prog} {__version__}")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with a call, and end the program with 2."""
        super().error(for_terminal(message))


def begin() -> None:
    """Make this process careful: its files are private, and uncaught errors are told in its log. Call this first."""
    keep_files_private()
    logging.captureWarnings(True)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a character that the terminal has not is no reason to end
            stream.reconfigure(errors="backslashreplace")
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def start_log(level: int, line: str = "%(levelname)s %(message)s") -> None:
    """Write the log of this process to standard error, from `level` on; what repeats is summed up."""
    handler = logging.StreamHandler()
    handler.setFormatter(SafeFormatter(line))
    logging.basicConfig(level=level, handlers=[Repeats(handler)])


def say(*lines: object, to: IO[str] | None = None) -> None:
    """Print each of the lines at once, to standard output where nothing else is said.

    What is inside a line cannot look like another: where it breaks, and where a terminal would break it, it goes on
    behind a mark of ours. Raises OutputClosedError and OutputError.
    """
    stream = to or sys.stdout
    for line in lines:
        _print(hanging(line, "", CONTINUED, columns_of(stream)), stream)


def say_whole(line: object) -> None:
    """Print a line of ours, with an address or a token to copy, without breaking it.

    Raises OutputClosedError and OutputError.
    """
    _print(for_terminal(line), sys.stdout)


def hand_out(text: str) -> None:
    """Print a text of ours as it is, for a file or another program. Raises OutputClosedError and OutputError."""
    _print(text.removesuffix("\n"), sys.stdout)


def _print(text: str, stream: IO[str]) -> None:
    try:
        print(text, file=stream, flush=True)
    except OSError as error:
        if stream is sys.stderr:
            return  # there is nowhere left to say so
        if isinstance(error, BrokenPipeError):
            raise OutputClosedError from None
        raise OutputError(f"The output cannot be written: {error.strerror}.") from None


def ask(question: object) -> str:
    """Ask on the terminal and return the answer. Raises EOFError."""
    return input(hanging(question, "", CONTINUED, columns_of(sys.stdout)))


def columns_of(stream: IO[str]) -> int:
    """Return how wide the terminal is; what is no terminal breaks no lines."""
    return shutil.get_terminal_size().columns if stream.isatty() else sys.maxsize


def complain(*lines: object) -> None:
    """Print lines to standard error."""
    say(*lines, to=sys.stderr)


def _continued(text: str) -> str:
    return CONTINUED + lines_for_terminal(text, CONTINUED)


def _uncaught(kind: type[BaseException], error: BaseException | None, where: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    if logging.getLogger().handlers:
        _log.critical("unexpected error", exc_info=(kind, error or kind(), where))
    else:
        complain(*"".join(traceback.format_exception(kind, error, where)).splitlines())
