"""What many sessions, or a long one, leave behind: `python -m tests.perf soak [--sessions N] [--minutes M]`.

A relay process, a console's engine (in this process) and an applet in its window, with a customer who answers at once.
It prints memory, descriptors, threads and tasks of each after 10 sessions (or the first minutes) and from then on.
"""

import argparse
import asyncio
import gc
import os
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from codec.wire.messages import PointerMove
from tests.support.relay_process import RelayProcess
from tests.support.short_sessions import opened_session, quick_customer, short_session
from tests.support.technicians import Technician, technician
from tests.support.xvfb import VirtualDisplay, virtual_display

FIRST_SESSIONS, FIRST_SECONDS = 10, 180.0
LOOKS = 8
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Figures:
    """What one process holds. `tasks` are those of asyncio, where we can see them."""

    megabytes: float
    descriptors: int
    threads: int
    tasks: int | None = None

    @classmethod
    def of(cls, process: int, tasks: int | None = None) -> "Figures":
        """Read them from the system."""
        folder = Path(f"/proc/{process}")
        pages = int((folder / "statm").read_text().split()[1])
        threads = len(list((folder / "task").iterdir()))
        return cls(pages * _PAGE / 1e6, len(list((folder / "fd").iterdir())), threads, tasks)

    def __str__(self) -> str:
        """Return them as a cell of the table."""
        tasks = "" if self.tasks is None else f" {self.tasks:>3} tasks"
        return f"{self.megabytes:7.1f} MB {self.descriptors:>3} fd {self.threads:>3} thr{tasks}"


@dataclass(frozen=True)
class Bench:
    """The three programs."""

    relay: RelayProcess
    anna: Technician
    display: VirtualDisplay
    customer: "subprocess.Popen[bytes]"

    def look(self, when: str) -> None:
        """Print what each holds now."""
        gc.collect()
        ours = Figures.of(os.getpid(), len(asyncio.all_tasks()))
        print(f"{when:<14} | {Figures.of(self.relay.pid)} | {ours} | {Figures.of(self.customer.pid)}", flush=True)


def main(arguments: list[str]) -> int:
    """Run both modes, as far as they are wanted."""
    parser = argparse.ArgumentParser(prog="python -m tests.perf soak", description=__doc__)
    parser.add_argument("--sessions", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=30.0)
    options = parser.parse_args(arguments)
    asyncio.run(_soak(options.sessions, options.minutes))
    return 0


async def _soak(sessions: int, minutes: float) -> None:
    print(f"{'':<14} | {'relay':<27} | {'console':<37} | applet")
    if sessions:
        async with _bench() as bench:
            await _sessions(bench, sessions)
    if minutes:
        async with _bench() as bench:
            await _long(bench, minutes * 60)


@asynccontextmanager
async def _bench() -> AsyncIterator[Bench]:
    with TemporaryDirectory() as name, virtual_display() as display:
        folder = Path(name)
        relay = RelayProcess(folder)
        await relay.start()
        try:
            async with technician(relay.url) as anna:
                with quick_customer(display, relay.url, folder) as customer:
                    yield Bench(relay, anna, display, customer)
        finally:
            relay.end()


async def _sessions(bench: Bench, sessions: int) -> None:
    every = max(1, (sessions - FIRST_SESSIONS) // LOOKS)
    for number in range(1, sessions + 1):
        await short_session(bench.anna, bench.customer)
        is_between = number > FIRST_SESSIONS and number % every == 0
        if number in (FIRST_SESSIONS, sessions) or is_between:
            bench.look(f"{number} sessions")


async def _long(bench: Bench, seconds: float) -> None:
    """One session in which the screen changes all the time, and the technician moves the pointer."""
    display = await opened_session(bench.anna, bench.customer)
    bench.display.start("xterm", "-geometry", "160x50+0+0", "-e", "while date; do sleep 0.2; done")
    began = time.monotonic()
    looks = iter([FIRST_SECONDS, *((FIRST_SECONDS + (seconds - FIRST_SECONDS) * at / LOOKS) for at in range(1, LOOKS))])
    following = next(looks)
    while (passed := time.monotonic() - began) < seconds:
        bench.anna.heard.clear()
        bench.anna.send(PointerMove(display, int(passed * 50) % 900, int(passed * 30) % 700))
        if passed >= following:
            bench.look(f"{passed / 60:.1f} min")
            following = next(looks, seconds)
        await asyncio.sleep(0.1)
    bench.look(f"{seconds / 60:.1f} min")
