"""The applet as its own process, without a window, for own machines (or asking a terminal that the test plays)."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.xvfb import VirtualDisplay, end


@contextmanager
def headless_applet(
    display: VirtualDisplay,
    relay: str,
    code: str,
    consent: str = "control",
    said: Path | None = None,
    inside: Sequence[str] = (),
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the applet; its code goes in by standard input. `said` receives what it says on the terminal, chat too.

    `inside` goes before its command line, such as what leads into another network namespace.
    """
    applet = [sys.executable, "-m", "applet", "--relay", relay, "--headless", "--consent", consent, "--verbose"]
    command = [*inside, *applet]
    with ExitStack() as files:
        output = None if said is None else files.enter_context(said.open("wb"))
        process = subprocess.Popen(command, env=display.env, stdin=subprocess.PIPE, stdout=output)
    try:
        assert process.stdin is not None
        process.stdin.write(f"{code}\n".encode())
        process.stdin.flush()
        yield process
    finally:
        end(process)
        assert process.stdin is not None
        process.stdin.close()


@contextmanager
def applet_with_person(display: VirtualDisplay, relay: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the applet in its window, with the rehearsal's friendly customer in front of it; `tell` it codes."""
    command = [sys.executable, "-m", "tests.rehearsal.person", "--relay", relay]
    process = subprocess.Popen(command, env=display.env, stdin=subprocess.PIPE)
    try:
        yield process
    finally:
        end(process)
        assert process.stdin is not None
        process.stdin.close()


def tell(person: "subprocess.Popen[bytes]", code: str) -> None:
    """Read a code to the person at the applet."""
    assert person.stdin is not None
    person.stdin.write(f"{code}\n".encode())
    person.stdin.flush()
