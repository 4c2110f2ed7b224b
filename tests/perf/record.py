"""`python -m tests.perf record FOLDER [--size 1920x1080] [--only NAME] [--pictures 240]`: make clips for `codec`.

Real programs on a display of their own (Xvfb, openbox; mousepad, xterm, xclock, Chromium) are used by a scripted hand,
and the display is read twenty times a second by a clock that does not drift. The pictures are kept in memory until the
scene is over, so that writing them costs the programs no time; then they become a file without loss.
"""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from applet.screen.mss_screen import MssScreen
from codec.picture.diff import Frame
from tests.perf.clips import RATE, write
from tests.perf.scenes import SCENES, Scene, Stage
from tests.support.browsers import CHROMIUM
from tests.support.xvfb import virtual_display

PICTURES = 240
PROGRAMS = ("Xvfb", "openbox", "xdotool", "mousepad", "xterm", "xclock", CHROMIUM)
LATE_SECONDS = 0.02


def main(arguments: list[str]) -> int:
    """Record every scene, or the one that is named."""
    parser = argparse.ArgumentParser(prog="python -m tests.perf record", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the clips go")
    parser.add_argument("--size", default="1920x1080", metavar="WIDTHxHEIGHT")
    parser.add_argument("--only", choices=SCENES, action="append")
    parser.add_argument("--pictures", type=int, default=PICTURES, help=f"how many, {RATE} a second ({PICTURES})")
    options = parser.parse_args(arguments)
    try:
        width, height = (int(side) for side in options.size.split("x"))
    except ValueError:
        parser.error(f"--size {options.size}: expected for instance 1366x768")
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        parser.error(f"to record, these programs must be installed first: {', '.join(missing)}")
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in options.only or SCENES:
        frames, late = record(SCENES[name], width, height, options.pictures)
        count = write(options.folder / f"{name}.mkv", frames)
        print(f"{name}.mkv: {count} pictures of {width}×{height}, {late} of them late", file=sys.stderr, flush=True)
    return 0


def record(scene: Scene, width: int, height: int, pictures: int) -> tuple[list[Frame], int]:
    """Return a scene's pictures, and how many were read more than 20 ms after their time."""
    with virtual_display(width, height, window_manager=True) as display, TemporaryDirectory() as folder:
        os.environ["DISPLAY"] = display.name
        steps = scene(Stage(display, Path(folder), pictures))
        next(steps)
        return _read(steps, pictures)


def _read(steps: Iterator[None], pictures: int) -> tuple[list[Frame], int]:
    screen = MssScreen()
    number = screen.displays()[0].id
    frames: list[Frame] = []
    late, began = 0, time.monotonic()
    for turn in range(pictures):
        due = began + turn / RATE
        time.sleep(max(0.0, due - time.monotonic()))
        late += time.monotonic() - due > LATE_SECONDS
        picture = screen.grab(number)
        same = bool(frames) and np.array_equal(frames[-1], picture)
        frames.append(frames[-1] if same else picture.copy())
        next(steps, None)
    screen.close()
    return frames, late
