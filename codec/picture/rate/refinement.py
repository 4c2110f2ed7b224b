"""Which tiles the viewer sees only lossy, until they are written exactly.

Each tile has a step: 0 where it is exact, else the step it was written with (codec/picture/lossy). Steps move with what
moves, and stay with what is covered. A tile is made exact when it has been quiet for a moment; where that would take
long, the coarsest are made a little finer first.
"""

import numpy as np
from numpy.typing import NDArray

from codec.picture.diff import Flags
from codec.picture.geometry import TILE, Grid, covering
from codec.picture.save_under import Move

QUIET_SECONDS = 0.08
"""A tile that changed more recently is likely to change again before the exact one is there."""
Steps = NDArray[np.uint8]
"""(rows, columns): the step a tile was written with, 0 where it is exact."""


class Refinement:
    """The steps of one picture. At first every tile is exact."""

    def __init__(self, grid: Grid) -> None:
        shape = (grid.rows, grid.columns)
        self.steps: Steps = np.zeros(shape, np.uint8)
        self._under: Steps = np.zeros(shape, np.uint8)
        self._since = np.full(shape, -np.inf)
        self._any = False

    def __bool__(self) -> bool:
        """Whether any tile is lossy."""
        return self._any and bool(self.steps.any())

    def forget(self) -> None:
        """Every tile is exact: the viewer gets a key."""
        self.steps[:] = self._under[:] = 0
        self._any = False

    def mark_lossy(self, tiles: Flags, step: int, now: float) -> None:
        """These tiles are shown with this step from now on."""
        self.steps[tiles] = step
        self._since[tiles] = now
        self._any = True

    def touch(self, tiles: Flags, now: float) -> None:
        """These tiles change: they are not quiet."""
        self._since[tiles] = now

    def mark_exact(self, tiles: Flags) -> None:
        """These tiles are exact now."""
        self.steps[tiles] = 0

    def move(self, move: Move) -> None:
        """What moves takes its steps along. A tile that got a lossy pixel is lossy."""
        if not self._any:
            return
        for part in move.covers:
            top, left, bottom, right = covering(part)
            self._under[top:bottom, left:right] = np.maximum(
                self._under[top:bottom, left:right], self.steps[top:bottom, left:right]
            )
        moved = self._moved(move)
        top, left, bottom, right = covering(move.target)
        # At the edges, where a tile is only partly covered, what was lossy there still is.
        self.steps[top:bottom, left:right] = np.maximum(moved, self._edges(move))
        if move.restores:
            for part in move.uncovers:
                top, left, bottom, right = covering(part)
                self.steps[top:bottom, left:right] = np.maximum(
                    self.steps[top:bottom, left:right], self._under[top:bottom, left:right]
                )

    def quiet(self, now: float, but: Flags) -> Flags:
        """Return the lossy tiles that have not changed for a moment, apart from `but`."""
        return (self.steps > 0) & (self._since <= now - QUIET_SECONDS) & ~but

    def _moved(self, move: Move) -> Steps:
        """Return for each tile of the target the coarsest step of the tiles that its pixels come from."""
        top, left, bottom, right = covering(move.target)
        down, across = move.dy // TILE, move.dx // TILE
        padded = np.pad(self.steps, 1)
        found = np.zeros((bottom - top, right - left), np.uint8)
        for rows in {down, -(-move.dy // TILE)}:
            for columns in {across, -(-move.dx // TILE)}:
                ys = np.clip(np.arange(top, bottom) - rows + 1, 0, padded.shape[0] - 1)
                xs = np.clip(np.arange(left, right) - columns + 1, 0, padded.shape[1] - 1)
                np.maximum(found, padded[np.ix_(ys, xs)], out=found)
        return found

    def _edges(self, move: Move) -> Steps:
        """Return the steps of the tiles that the target covers only in part, 0 in the others."""
        top, left, bottom, right = covering(move.target)
        edges = self.steps[top:bottom, left:right].copy()
        inner = (-(-move.y // TILE) - top, -(-move.x // TILE) - left)
        outer = ((move.y + move.height) // TILE - top, (move.x + move.width) // TILE - left)
        edges[inner[0] : max(outer[0], inner[0]), inner[1] : max(outer[1], inner[1])] = 0
        return edges
