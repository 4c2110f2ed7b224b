"""A small process beside the applet that lets go of the customer's keyboard when the applet cannot: X11 keeps what
XTest holds after a program has crashed or was killed.

It reads lines: `holds` (said again and again while something is held) and `rests`; `lent` and `muted` with the keycodes
that bear other symbols, or do not repeat, only for now; `over` before a proper end. At any other end of its input it
lets go of everything, and also when the applet holds something and is silent for HOLD_SECONDS.
"""

import os
import select
import subprocess
import sys
import time
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from Xlib import X
from Xlib.display import Display

from applet.input.x11_leftovers import release_leftovers

HOLD_SECONDS = 3.0
SWEEPS = (0.0, 0.2, 0.8)
"""After so many seconds each: what a killed program had sent may still be on its way to the display server."""
_END_SECONDS = 2.0


class Guard:
    """The applet's end. What is told here is told to the other process; where that is gone, nothing happens."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "applet.input.guard"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the applet's terminal is not meant for it
        )
        os.set_blocking(self._pipe(), False)

    def holds(self, on: bool) -> None:
        """Something is held, or nothing."""
        self._say("holds" if on else "rests")

    def lent(self, keycodes: Collection[int]) -> None:
        """These keys bear symbols that the customer's keyboard does not have."""
        self._say(" ".join(["lent", *map(str, keycodes)]))

    def muted(self, keycodes: Collection[int]) -> None:
        """These keys do not repeat while they are held."""
        self._say(" ".join(["muted", *map(str, keycodes)]))

    def close(self) -> None:
        """End it: everything is released and put back."""
        self._say("over")
        if self._process.stdin is not None:
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)

    def _say(self, line: str) -> None:
        with suppress(OSError, ValueError):
            os.write(self._pipe(), f"{line}\n".encode())

    def _pipe(self) -> int:
        return -1 if self._process.stdin is None else self._process.stdin.fileno()


class _Watch:
    """The other process."""

    def __init__(self) -> None:
        self._display: Any = Display()
        self._holds = self._is_over = False
        self._lent: list[int] = []
        self._muted: list[int] = []

    def run(self, reader: int) -> None:
        """Read until the end."""
        rest = b""
        while True:
            ready, _, _ = select.select([reader], [], [], HOLD_SECONDS if self._holds else None)
            if not ready:
                self._holds = False
                self._let_go()
                continue
            data = os.read(reader, 65_536)
            if not data:
                break
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                self._take(line.decode().split())
        for seconds in () if self._is_over else SWEEPS:
            time.sleep(seconds)
            self._let_go()

    def _take(self, words: list[str]) -> None:
        match words:
            case ["holds"]:
                self._holds = True
            case ["rests"]:
                self._holds = False
            case ["over"]:
                self._is_over = True
            case ["lent", *keycodes]:
                self._lent = list(map(int, keycodes))
            case ["muted", *keycodes]:
                self._muted = list(map(int, keycodes))

    def _let_go(self) -> None:
        release_leftovers(self._display)
        for keycode in self._muted:
            self._display.change_keyboard_control(key=keycode, auto_repeat_mode=X.AutoRepeatModeOn)
        for keycode in self._lent:
            self._display.change_keyboard_mapping(keycode, [(0,)])
        self._display.sync()


if __name__ == "__main__":
    _Watch().run(sys.stdin.fileno())
