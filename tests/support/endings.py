"""Every way in which a customer's window ends, with real processes: for the tests, and for `tests.perf endings`."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from codec.wire.access import Access
from codec.wire.api_types import SessionState
from codec.wire.messages import Ask, Asking
from codec.wire.signals import SessionChanged
from console.page import messages as said
from tests.support.closing import press_x
from tests.support.sessions import spoken_code
from tests.support.technicians import Technician
from tests.support.xvfb import VirtualDisplay, end

PROGRAM = (sys.executable, "-m", "applet")
SECONDS = 60.0
ALONE = ("×", "SIGTERM", "SIGINT", "SIGHUP")
"""Before any code is entered."""
TOGETHER = ("session SIGTERM", "session ×", "consent SIGTERM", "ended by the technician")
ALL_TOGETHER = (*TOGETHER, "session SIGINT", "consent ×")


@dataclass(frozen=True)
class Ended:
    """How one process ended: its exit code, and what it wrote to standard error."""

    way: str
    code: int
    wrote: str

    @property
    def is_clean(self) -> bool:
        """Whether nothing went wrong."""
        return self.code == 0 and not self.wrote


class Window:
    """An applet in its window. What it remembers is in `folder`, so that others may run beside it."""

    def __init__(
        self, display: VirtualDisplay, folder: Path, relay: str = "http://127.0.0.1:9", program: Sequence[str] = PROGRAM
    ) -> None:
        self.display = display
        self.process = subprocess.Popen(
            [*program, "--relay", relay],
            env=display.env | {"XDG_STATE_HOME": str(folder / "state"), "XDG_CACHE_HOME": str(folder / "cache")},
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def enter(self, code: str) -> None:
        """Give it a code on standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{code}\n")
        self.process.stdin.flush()

    async def has(self, title: str) -> str:
        """Return the number of this applet's visible window with this title, as soon as there is one."""
        search = ("xdotool", "search", "--onlyvisible", "--all", "--pid", str(self.process.pid), "--name", title)
        async with asyncio.timeout(SECONDS):
            while True:
                asked = await asyncio.create_subprocess_exec(
                    *search, env=self.display.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
                )
                found, _ = await asked.communicate()
                if found.strip():
                    return found.split()[0].decode()
                assert self.process.poll() is None, f"it ended with {self.process.returncode}"
                await asyncio.sleep(0.05)

    async def close(self, title: str) -> None:
        """Press the × of its window with this title."""
        press_x(self.display.name, await self.has(title))

    async def ended(self, way: str) -> Ended:
        """Wait until it has ended."""
        async with asyncio.timeout(SECONDS):
            wrote = await asyncio.to_thread(lambda: self.process.communicate()[1])
        return Ended(way, self.process.returncode, wrote)


@asynccontextmanager
async def window(
    display: VirtualDisplay, folder: Path, relay: str = "http://127.0.0.1:9", program: Sequence[str] = PROGRAM
) -> AsyncIterator[Window]:
    """Run an applet in its window while the block runs."""
    made = Window(display, folder, relay, program)
    try:
        yield made
    finally:
        end(made.process)
        for pipe in (made.process.stdin, made.process.stderr):
            if pipe is not None:
                pipe.close()


async def end_alone(display: VirtualDisplay, folder: Path, way: str, program: Sequence[str] = PROGRAM) -> Ended:
    """Start an applet and close it without a session."""
    async with window(display, folder, program=program) as applet:
        await applet.has("Deskside help")
        if way == "×":
            await applet.close("Deskside help")
        else:
            applet.process.send_signal(getattr(signal, way))
        return await applet.ended(f"alone {way}")


async def end_together(display: VirtualDisplay, folder: Path, relay: str, anna: Technician, way: str) -> Ended:
    """Start an applet, bring it into a session, and close it there."""
    anna.heard.clear()
    async with window(display, folder, relay) as applet:
        await applet.has("Deskside help")
        applet.enter(await spoken_code(anna))
        waiting = await anna.until(
            lambda each: isinstance(each, SessionChanged) and each.session.state is SessionState.WAITING
        )
        await anna.open(waiting.session.id)
        await applet.has("Chat with")
        where, _, how = way.partition(" ")
        if where == "consent":
            anna.send(Ask(7, Access.CONTROL))
            await anna.hear(Asking)
        if where == "ended":
            await anna.request(lambda number: said.PageEnd(number, anna.session))
            await applet.close("Your receipt")
        elif how == "×":
            await applet.close("Chat with")
            await _answer_yes(applet, await applet.has("End the session"))
            await applet.close("Your receipt")
        else:
            applet.process.send_signal(getattr(signal, how))
        return await applet.ended(way)


async def _answer_yes(applet: Window, dialog: str) -> None:
    """Press the button beside the one that has the focus."""
    steps: list[Callable[[], object]] = [
        lambda: applet.display.run("xdotool", "windowfocus", "--sync", dialog),
        lambda: applet.display.run("xdotool", "key", "shift+Tab", "space"),
    ]
    for step in steps:
        await asyncio.to_thread(step)
