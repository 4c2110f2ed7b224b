"""A browser's shared screen over a real line of 2 Mbit/s: `python -m tests.perf.poor_line`. With films, and without.

What moves is a terminal, or photographs of 800×500 twelve times a second. How old is what the technician sees, and
how long after everything has stopped are all planes as they were captured?
"""

import asyncio
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from codec.picture.diff import Frame
from tests.perf.ticker import BITS, SIDE, gray
from tests.support.captures import same_planes
from tests.support.faults import MOVES
from tests.support.poor_lines import sharing
from tests.support.technicians import Technician
from tests.support.xvfb import VirtualDisplay

WARM_UP_SECONDS, SECONDS, REST_SECONDS = 5.0, 15.0, 90.0
LOOK_SECONDS = 0.1
NUMBERS = {gray(number): number for number in range(1 << BITS)}
SCENES = {
    "terminal": ("xterm", "-geometry", "120x40+0+60", "-e", "sh", "-c", MOVES),
    "photographs": (sys.executable, "-m", "tests.support.moving_photographs", "800", "500"),
}


def number_in(frame: Frame) -> int:
    """Return the number that the ticker shows."""
    middles = (frame[SIDE // 2, bit * SIDE + SIDE // 2, 1] > 127 for bit in range(BITS))
    return NUMBERS[sum(int(is_set) << bit for bit, is_set in enumerate(middles))]


async def measure(scene: str, *, films: bool) -> None:
    """Print a line."""
    painted: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with sharing(Path(folder), films=films) as (display, customer, anna):
            ticker = _ticking(display)
            moving = display.start(*SCENES[scene])

            def read() -> None:
                assert ticker.stdout is not None
                for said in ticker.stdout:
                    number, at = said.split()
                    painted[int(number)] = float(at)

            reading = asyncio.get_running_loop().run_in_executor(None, read)
            before, delays = anna.pictures, await _watched(anna, painted)
            pictures = anna.pictures - before
            for each in (ticker, moving):
                each.send_signal(signal.SIGSTOP)
            stopped, exact = time.monotonic(), float("inf")
            while exact == float("inf") and time.monotonic() - stopped < REST_SECONDS:
                await asyncio.sleep(LOOK_SECONDS)  # to look costs the computer more than the session does
                if anna.is_covered:
                    continue
                captured = await customer.captured_planes()
                if same_planes(anna.planes, captured):
                    exact = time.monotonic() - stopped
            for each in (ticker, moving):
                each.kill()
            await reading
    delays.sort()
    print(
        f"{scene}, {'with films' if films else 'exactly only'}: seen after {delays[len(delays) // 2]:.2f} s, "
        f"95th percentile {delays[len(delays) * 19 // 20]:.2f} s, {pictures / SECONDS:.1f} pictures/s, "
        f"exact {exact:.1f} s after it stopped",
        flush=True,
    )


def _ticking(display: VirtualDisplay) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.perf.ticker"]
    return subprocess.Popen(command, env=display.env, stdout=subprocess.PIPE, text=True)


async def _watched(anna: Technician, painted: dict[int, float]) -> list[float]:
    """Return after how many seconds each number was seen, or a later one."""
    await asyncio.sleep(WARM_UP_SECONDS)
    next_number = max(painted)
    until, delays = time.monotonic() + SECONDS, list[float]()
    while time.monotonic() < until or not delays:
        await anna.until_pictures(anna.pictures + 1)
        assert anna.picture is not None
        shown = number_in(anna.picture)
        while next_number <= shown:
            delays.append(time.monotonic() - painted[next_number])
            next_number += 1
    return delays


def main() -> None:
    """Measure everything once."""
    for scene in sys.argv[1:] or SCENES:
        for films in (False, True):
            asyncio.run(measure(scene, films=films))


if __name__ == "__main__":
    main()
