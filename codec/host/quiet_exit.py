"""How a program ends when it is interrupted, or when its output was closed: without a traceback.

It imports next to nothing and is the first that a program imports, so that an interrupt finds it in place while the
rest loads.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

INTERRUPTED = 128 + 2
"""The exit code after Ctrl-C where that is not the usual end, as shells count it."""
OUTPUT_CLOSED = 128 + 13
"""The exit code when whatever read the output has closed it, as `program | head` does."""

_OURS = ("applet", "codec", "console", "relay")


class OutputClosedError(Exception):
    """Our output was closed, so no one reads it. No OSError, so that nothing takes it for an error of its own files."""


def quietly(load: Callable[[], Callable[[], int]], extra: str) -> int:
    """Load a program and run it as this process; return its exit code.

    `extra` of our package brings what the program needs: where that was not installed, a sentence says so. After it
    has run, an interrupt ends the process as the system does it.
    """
    try:
        with loading():
            run = load()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in _OURS:
            raise
        text = f"{error.name} is missing, which this program needs. Install it with: pip install 'deskside[{extra}]'"
        sys.stderr.write(f"{text}\n")
        return 1
    try:
        code = _code_of(run)
        _flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except OutputClosedError:
        code = OUTPUT_CLOSED
        _write_nowhere()
    finally:
        if _is_usual():
            signal.signal(signal.SIGINT, signal.SIG_DFL)
    return code


@contextmanager
def loading() -> Iterator[None]:
    """While modules load, an interrupt ends the process at once, as the system does it: they do not expect one.

    Where interrupts are ignored (nohup) or handled, that stays so.
    """
    was_usual = _is_usual()
    if was_usual:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        if was_usual:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _is_usual() -> bool:
    return (
        signal.getsignal(signal.SIGINT) is signal.default_int_handler
        and threading.current_thread() is threading.main_thread()
    )


def _code_of(run: Callable[[], int]) -> int:
    try:
        return run()
    except SystemExit as end:  # argparse's, after --help or a wrong call
        if isinstance(end.code, int) or end.code is None:
            return end.code or 0
        raise


def _flush() -> None:
    if sys.stdout is None:  # a program with windows alone has none on Windows
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise OutputClosedError from None


def _write_nowhere() -> None:
    """Let what is still to be written go nowhere: Python would complain about it at the very end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
