"""A text field that runs on a display (see `field`), and what is in it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.xvfb import VirtualDisplay, end

LOOK_SECONDS = 0.02


@dataclass
class Field:
    """A running field."""

    process: "subprocess.Popen[str]"
    display: VirtualDisplay
    window: str

    def focus(self) -> None:
        """Give it the keys."""
        self.display.run("xdotool", "windowfocus", "--sync", self.window)

    def clear(self) -> None:
        """Empty it, and give it the keys; all that was typed before has been read."""
        self.focus()
        while self._ask("clear"):
            pass

    def reads(self, text: str, seconds: float = 10.0) -> str:
        """Return what is in it as soon as that is `text`, or as long, else after so many seconds."""
        until = time.monotonic() + seconds
        while len(now := self._ask("text")) < len(text) and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
        return now

    def _ask(self, what: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        return str(json.loads(self.process.stdout.readline()))


@contextmanager
def running_field(display: VirtualDisplay, milliseconds: int = 0) -> Iterator[Field]:
    """Run a field that needs so long for each key. The display has a window manager."""
    title = f"field {time.monotonic_ns()}"
    slow = [str(milliseconds)] if milliseconds else []
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.field", title, *slow],
        env=display.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        made = Field(process, display, display.wait_for_window(title))
        made.focus()
        yield made
    finally:
        end(process)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
