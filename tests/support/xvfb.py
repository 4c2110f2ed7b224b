"""A display of its own for a test: Xvfb on a free number, with openbox on request."""

import os
import select
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

START_SECONDS = 20.0
LOOK_SECONDS = 0.03


@dataclass
class VirtualDisplay:
    """A running display. `env` is the environment for programs on it."""

    name: str
    width: int
    height: int
    process: "subprocess.Popen[bytes]"
    children: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        """The environment for programs on this display."""
        return os.environ | {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb"}

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        """Start a program on it, which ends with the display."""
        child = subprocess.Popen(
            command, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.children.append(child)
        return child

    def start_with_input(self, *command: str, text: str) -> "subprocess.Popen[bytes]":
        """Start a program on it that reads `text` first."""
        child = subprocess.Popen(
            command, env=self.env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        assert child.stdin is not None
        child.stdin.write(text.encode())
        child.stdin.close()
        self.children.append(child)
        return child

    def run(self, *command: str, text: str | None = None) -> str:
        """Run a program on it to its end and return what it wrote."""
        done = subprocess.run(command, env=self.env, input=text, capture_output=True, text=True, timeout=20, check=True)
        return done.stdout

    def restart(self, width: int, height: int) -> None:
        """Kill the display server, and start another one of this size under the same name."""
        self.process.kill()
        self.process.wait()
        command = ["Xvfb", self.name, "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.width, self.height = width, height

    def wait_for_window_manager(self) -> None:
        """Return when openbox manages the windows."""
        self._search("--class", "openbox")

    def wait_for_window(self, name: str) -> str:
        """Return the number of a window whose title contains `name`, as soon as it is visible."""
        return self._search("--onlyvisible", "--name", name)

    def _search(self, *what: str) -> str:
        """Return the first window found. Not by --sync: that fails when another window closes meanwhile."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            command = ("xdotool", "search", "--limit", "1", *what)
            found = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=20, check=False)
            if found.returncode == 0 and found.stdout.strip():
                return found.stdout.split()[0]
            time.sleep(LOOK_SECONDS)
        raise TimeoutError(f"no window {what[-1]!r} has appeared")


@contextmanager
def virtual_display(
    width: int = 1280, height: int = 800, window_manager: bool = False, depth: int = 24, without: Sequence[str] = ()
) -> Iterator[VirtualDisplay]:
    """Run Xvfb while the block runs; `without` names extensions that it does not have."""
    reader, writer = os.pipe()
    screen = f"{width}x{height}x{depth}"
    more = [word for name in without for word in ("-extension", name)]
    process = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(writer),
            "-screen",
            "0",
            screen,
            "-nolisten",
            "tcp",
            "-dpi",
            "96",
            "-noreset",
            *more,
        ],
        pass_fds=(writer,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    display = VirtualDisplay(f":{_number(reader, process)}", width, height, process)
    try:
        if window_manager:
            display.start("openbox")
            display.wait_for_window_manager()
        yield display
    finally:
        for child in (*reversed(display.children), display.process):
            end(child)


def end(process: "subprocess.Popen[Any]", seconds: float = 5.0) -> None:
    """End a process that the test started."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(seconds)


def _number(reader: int, process: "subprocess.Popen[bytes]") -> int:
    """Wait until Xvfb says which number it has taken."""
    written = b""
    until = time.monotonic() + START_SECONDS
    with os.fdopen(reader, "rb", buffering=0) as pipe:
        while not written.endswith(b"\n"):
            ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
            part = pipe.read(16) if ready else b""
            if not part:
                raise RuntimeError(f"Xvfb did not start (exit code {process.poll()})")
            written += part
    return int(written)
