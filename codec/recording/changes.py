"""Which tiles changed since the last picture, for encoders that take pictures as they are and want no copy of them."""

import numpy as np

from codec.picture.diff import FEW, Flags, Frame, TileDiff
from codec.picture.geometry import TILE, Grid


class Changes:
    """Compares pictures with `shown`, (rows, columns, 4) padded to whole tiles, which its owner brings up to date."""

    def __init__(self, grid: Grid) -> None:
        self.shown = np.zeros((*grid.padded, 4), np.uint8)
        self.whole = grid.height // TILE
        """Rows of tiles that lie wholly inside the picture."""
        self._grid = grid
        self._diff = TileDiff(grid)
        self._padded = np.zeros((grid.height, grid.padded[1], 4), np.uint8)

    def pad(self, frame: Frame) -> Frame:
        """Return the picture in whole columns of tiles, without a copy if it is that already."""
        if self._grid.width % TILE == 0 and frame.flags.c_contiguous:
            return frame
        self._padded[:, : self._grid.width] = frame
        return self._padded

    def changed(self, picture: Frame, touched: Flags | None = None) -> Flags:
        """Return which tiles of a padded picture differ from `shown`.

        No others than the `touched` ones do, where that is known: to find them takes longer than all else.
        """
        shown = self.shown[: self._grid.height]
        if touched is None:
            return self._diff.changed(shown, picture)
        rows = np.flatnonzero(touched.any(axis=1))
        if rows.size == 0:
            return touched
        if np.count_nonzero(touched) <= FEW:
            return self._diff.among(touched, shown, picture)
        found = np.zeros_like(touched)
        span = slice(int(rows[0]), int(rows[-1]) + 1)
        found[span] = self.again(picture, span)
        return found

    def again(self, picture: Frame, rows: slice) -> Flags:
        """Return the same of some rows of whole tiles only."""
        lines = slice(rows.start * TILE, min(rows.stop * TILE, self._grid.height))
        return self._diff.changed(self.shown[lines], picture[lines])
