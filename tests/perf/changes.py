"""Finding what changed in a 1080p picture, beside a plain memory comparison of the same two buffers."""

import ctypes
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from codec.picture.diff import Frame, TileDiff
from codec.picture.geometry import Grid
from tests.perf.table import Row

ROUNDS = 200
BAR, GOAL = 1.5, 1.3
PAIRS = 6


async def measure() -> list[Row]:
    """Measure on one thread. Pictures take turns, because a real one was just written and is in no cache."""
    grid = Grid(1920, 1080)
    pairs = [_pair(grid, seed) for seed in range(PAIRS)]
    diff, memcmp = TileDiff(grid), ctypes.CDLL(None).memcmp
    memcmp.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
    ours = _median_ms(pairs, diff.changed)
    theirs = _median_ms(pairs, lambda before, after: memcmp(before.ctypes.data, after.ctypes.data, before.nbytes))
    return [Row("finding changes, 1080p", ours, "ms", BAR, theirs, "memcmp", goal=GOAL)]


def _pair(grid: Grid, seed: int) -> tuple[Frame, Frame]:
    """Return two equal pictures: both ways must look at every byte."""
    before = np.random.default_rng(seed).integers(0, 255, (grid.height, grid.width, 4), np.uint8)
    return before, before.copy()


def _median_ms(pairs: list[tuple[Frame, Frame]], work: Callable[[Frame, Frame], object]) -> float:
    times = []
    for turn in range(ROUNDS):
        before, after = pairs[turn % len(pairs)]
        began = time.perf_counter()
        work(before, after)
        times.append(time.perf_counter() - began)
    return 1000 * median(times)
