"""Finding what changed in a 1080p picture, beside a plain memory comparison of the same two buffers."""

import ctypes
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from codec.diff import TileDiff
from codec.geometry import Grid
from tests.perf.table import Row

ROUNDS = 200


async def measure() -> list[Row]:
    """Measure on one thread; both look at all bytes, because nothing differs."""
    grid = Grid(1920, 1080)
    before = np.random.default_rng(1).integers(0, 255, (*grid.padded, 4), np.uint8)
    after = before.copy()
    diff, memcmp = TileDiff(grid), ctypes.CDLL(None).memcmp
    addresses = (ctypes.c_void_p(before.ctypes.data), ctypes.c_void_p(after.ctypes.data))
    ours = _median_ms(lambda: diff.changed(before, after))
    theirs = _median_ms(lambda: memcmp(*addresses, ctypes.c_size_t(before.nbytes)))
    return [Row("finding changes, 1080p", ours, "ms", 2.0, theirs, "memcmp")]


def _median_ms(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return 1000 * median(times)
