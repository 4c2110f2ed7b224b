"""The lines of a screen that were read, seen as whole tiles and used where they are: memory is what takes the time."""

import numpy as np
from numpy.typing import NDArray

from codec.picture.diff import LINE, Frame, Words, words_of
from codec.picture.geometry import TILE, Box, Grid

Places = NDArray[np.intp]
"""Numbers of something, one for each tile: rows, columns, or (count, 16) lines of tiles."""
TileLines = NDArray[np.void]
"""A picture's lines of tiles, 64 bytes each, one directly after the other."""


class Capture:
    """What the screen shows from the line `top` on, the edge of a tile. Beyond the lower edge everything is zero."""

    def __init__(self, frame: Frame, top: int, grid: Grid) -> None:
        """`frame` is as wide as whole tiles, and in one piece."""
        self._words = words_of(frame)
        self._lines = lines_of(self._words)
        self._top = top
        self._grid = grid

    def area(self, box: Box) -> Words:
        """Return what is in this box of pixels; fewer lines where the box reaches beyond the lower edge."""
        return self._words[box[0] - self._top : box[2] - self._top, box[1] : box[3]]

    def tiles(self, rows: Places, columns: Places) -> NDArray[np.uint32]:
        """Return a copy of these tiles, (count, 16, 16), in the order of the picture."""
        rows = rows - self._top // TILE
        tiles = picked(self._lines, line_places(rows, columns, self._grid))
        whole, rest = divmod(len(self._words), TILE)
        if rest:
            tiles[np.searchsorted(rows, whole) :, rest:] = 0
        return tiles


def lines_of(words: Words) -> TileLines:
    """View a picture, as wide as whole tiles and in one piece, as its lines of tiles."""
    return words.view(LINE).reshape(-1)


def line_places(rows: Places, columns: Places, grid: Grid) -> Places:
    """Return where the lines of these tiles are, (count, 16)."""
    return (rows[:, None] * TILE + np.arange(TILE)) * grid.columns + columns[:, None]


def picked(lines: TileLines, places: Places) -> NDArray[np.uint32]:
    """Return a copy of the tiles whose lines are there, (count, 16, 16). Places beyond the end give anything."""
    tiles = np.empty((len(places), TILE, TILE), np.uint32)
    lines.take(places, out=lines_of(tiles.reshape(-1, TILE)).reshape(places.shape), mode="clip")
    return tiles
