"""Which tiles of a picture changed, near the speed at which memory can be read.

Method: both pictures are read as 64-bit words (two pixels), compared in one pass, and the eight booleans of a tile's
row are read as one word again; OR over the sixteen rows of a tile leaves one word for each tile. The fourth byte of a
pixel is masked: screens put noise there.
"""

import numpy as np
from numpy.typing import NDArray

from codec.geometry import TILE, Grid

Frame = NDArray[np.uint8]
"""A picture: (height, width, 4) uint8, B, G, R and a byte without meaning."""

_WORDS = TILE // 2
_COLOURS = np.uint64(0x00FFFFFF_00FFFFFF)


class TileDiff:
    """Compares pictures of one size, which must be padded to whole tiles. Keeps its work space between calls."""

    def __init__(self, grid: Grid) -> None:
        height, width = grid.padded
        self._grid = grid
        self._words = np.empty((height, width // 2), np.uint64)
        self._differs = np.empty((height, width // 2), np.bool_)

    def changed(self, before: Frame, after: Frame) -> NDArray[np.bool_]:
        """Return (rows, columns) booleans: which tiles differ in blue, green or red."""
        np.bitwise_xor(_as_words(before), _as_words(after), out=self._words)
        np.bitwise_and(self._words, _COLOURS, out=self._words)
        np.not_equal(self._words, 0, out=self._differs)
        by_row = self._differs.view(np.uint64).reshape(self._grid.rows, TILE, self._grid.columns)
        changed: NDArray[np.bool_] = np.bitwise_or.reduce(by_row, axis=1) != 0
        return changed


def _as_words(frame: Frame) -> NDArray[np.uint64]:
    return frame.reshape(frame.shape[0], -1).view(np.uint64)
