"""Where something plays: the rectangle whose tiles keep changing as photographs do.

Method: each tile has a heat, which rises by one whenever it changes like a photograph and cools with time; a video's
tiles change many times a second, a page that is read does not. The hot tiles give a rectangle (the rows, then the
columns, where there is much heat); it is a video when most of it is hot. Lines of tiles beside it that change as often,
whatever they look like, belong to it: a video seldom ends where a tile does. It ends when nothing in it has changed for
a moment, and gives way when the heat has moved. Left out: more than one video at a time; the largest is found, another
one is written lossy.
"""

import numpy as np

from codec.picture.diff import Flags
from codec.picture.geometry import Box, Grid, within

COOLING_SECONDS = 0.5
HOT = 2.0
"""Heat of a tile that changes five times a second."""
MIN_TILES = 40
FILLED = 0.6
"""So much of the rectangle must be hot."""
END_SECONDS = 0.4
STILL_FITS = 0.7
"""A rectangle stays while it and the one that is hot now share so much of what both cover."""
CHECK_SECONDS = 0.5
MARGIN = 2
"""So many lines of tiles may belong to a video that do not look like one."""


class VideoDetector:
    """Watches the tiles of one picture for a video."""

    def __init__(self, grid: Grid) -> None:
        self._heat = np.zeros((grid.rows, grid.columns), np.float32)
        self._any_heat = np.zeros_like(self._heat)
        self._cooled = 0.0
        self._checked = 0.0
        self._changed = 0.0
        self.box: Box | None = None
        """The video's rectangle, in tiles; None when there is none."""

    def note(self, changed: Flags, like_photographs: Flags, now: float) -> None:
        """These tiles changed, and some of them look like photographs."""
        cooler = np.float32(np.exp(-(now - self._cooled) / COOLING_SECONDS))
        self._cooled = now
        self._heat *= cooler
        self._any_heat *= cooler
        self._heat[like_photographs] += 1
        self._any_heat[changed] += 1
        if self.box is not None and changed[within(self.box)].any():
            self._changed = now
        self._decide(now)

    def end(self) -> None:
        """There is no video, whatever is hot."""
        self.box = None
        self._heat[:] = self._any_heat[:] = 0

    def _decide(self, now: float) -> None:
        if self.box is not None and now - self._changed > END_SECONDS:
            self.end()
        if now - self._checked < CHECK_SECONDS:
            return
        self._checked = now
        found = self._hot_rectangle()
        if found is None or (self.box is not None and _shared(found, self.box) >= STILL_FITS):
            return
        self.box, self._changed = found, now

    def _hot_rectangle(self) -> Box | None:
        hot = self._heat >= HOT
        if np.count_nonzero(hot) < MIN_TILES:
            return None
        rows = _span(hot.sum(axis=1))
        columns = _span(hot[rows[0] : rows[1]].sum(axis=0))
        rows = _span(hot[:, columns[0] : columns[1]].sum(axis=1))
        box = (rows[0], columns[0], rows[1], columns[1])
        inside = hot[within(box)]
        if inside.size < MIN_TILES or np.count_nonzero(inside) < FILLED * inside.size:
            return None
        return self._widened(box)

    def _widened(self, box: Box) -> Box:
        """Return the box with the lines of tiles around it that change as often."""
        hot, (rows, columns) = self._any_heat >= HOT, self._any_heat.shape
        top, left, bottom, right = box
        for _ in range(MARGIN):
            top -= top > 0 and _mostly(hot[top - 1, left:right])
            bottom += bottom < rows and _mostly(hot[bottom, left:right])
            left -= left > 0 and _mostly(hot[top:bottom, left - 1])
            right += right < columns and _mostly(hot[top:bottom, right])
        return top, left, bottom, right


def _mostly(line: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]") -> bool:
    return bool(np.count_nonzero(line) * 2 > line.size)


def _span(counts: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> tuple[int, int]:
    """Return from where to where there is much."""
    much = np.flatnonzero(counts * 4 >= max(int(counts.max()), 1))
    return int(much[0]), int(much[-1]) + 1


def _shared(one: Box, other: Box) -> float:
    """Return how much of what two boxes cover they share, 0 to 1."""
    height = min(one[2], other[2]) - max(one[0], other[0])
    width = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(height, 0) * max(width, 0)
    return shared / (_size(one) + _size(other) - shared)


def _size(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
