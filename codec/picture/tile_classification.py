"""What a tile is, and so how it is written: few colours, a photograph, soft or plain. Whether it may be lossy. Pure.

A tile counts as a photograph when few of its pixels equal their left neighbour, and may be lossy when no one reads it:
where it is one, or has no edge as letters have them.
"""

import numpy as np
from numpy.typing import NDArray

from codec.picture.geometry import TILE
from codec.picture.tiles import MEDIAN, PART, PHOTO, PIXELS, PLAIN, SOLID, TWO, Kinds, Tiles

LOOKED_AT = slice(1, None, 4)
"""These lines say what a tile of many colours is."""
KINDS_AT_ONCE = 1_024
PHOTO_CHANGES, SOFT_CHANGES = 45, 12
"""Of the 60 pairs of neighbours in them: where more differ the tile is a photograph; with fewer it is not even soft."""
_ONES, _TOP = np.uint64(0x0101_0101_0101_0101), np.uint64(56)
EDGE = 40
"""Letters that can be read differ by more from their ground, in red, green or blue."""
PART_COLUMNS, PART_FILLED = 12, 0.9
"""A tile of many colours is written in part where a solid strip of it changes, not wider than this. Of wider ones and
of scattered changes zstd makes more when it sees whole tiles: a terminal took a third more with parts for all."""


def kinds_of(tiles: Tiles) -> Kinds:
    """Return how each tile is written best when nothing of it is known: solid, two, photo, plain, or median.

    Median are those of many colours that seem soft and are no photographs for certain.
    """
    kinds = np.empty(len(tiles), np.uint8)
    for first in range(0, len(tiles), KINDS_AT_ONCE):
        band = slice(first, first + KINDS_AT_ONCE)
        kinds[band] = _kinds_of(tiles[band])
    return kinds


def _kinds_of(tiles: Tiles) -> Kinds:
    count = len(tiles)
    some = np.ascontiguousarray(tiles[:, LOOKED_AT])
    flat = some.reshape(count, some.shape[1] * TILE)
    differs = flat != flat[:, :1]
    second = flat[np.arange(count), differs.argmax(axis=1)][:, None]
    differs &= flat != second
    has_many = differs.any(axis=1)
    kinds = np.empty(count, np.uint8)
    few, many = np.flatnonzero(~has_many), np.flatnonzero(has_many)
    kinds[few] = _few_colours(tiles if len(few) == count else tiles[few])
    kinds[many] = _many_colours(flat if len(many) == count else flat[many])
    return kinds


def _few_colours(tiles: Tiles) -> Kinds:
    """Return the kinds of tiles in which not more than two colours were seen where they were looked at."""
    flat = tiles.reshape(len(tiles), PIXELS)
    kinds = np.full(len(tiles), SOLID, np.uint8)
    many = np.flatnonzero((flat != flat[:, :1]).any(axis=1))
    flat = flat[many]
    differs = flat != flat[:, :1]
    second = flat[np.arange(len(flat)), differs.argmax(axis=1)][:, None]
    is_two = ((flat == second) | ~differs).all(axis=1)
    kinds[many] = np.where(is_two, TWO, PLAIN)
    return kinds


def _many_colours(lines: NDArray[np.uint32]) -> Kinds:
    """Return the kinds of tiles of which these are some lines, one after the other: photo, plain or median."""
    differs = np.empty(lines.shape, np.bool_)
    np.not_equal(lines[:, 1:], lines[:, :-1], out=differs[:, 1:])
    differs[:, ::TILE] = False
    # Eight booleans are added at once: no byte of the sum overflows, and the product brings all eight to the highest.
    changes = differs.view(np.uint64).sum(axis=1) * _ONES >> _TOP
    kinds = np.where(changes > PHOTO_CHANGES, PHOTO, PLAIN).astype(np.uint8)
    perhaps = np.flatnonzero((changes >= SOFT_CHANGES) & (changes <= PHOTO_CHANGES))
    greens = (lines[perhaps] >> 8).astype(np.uint8)  # hardly an edge that is none in green
    left, right = greens[:, :-1], greens[:, 1:]
    steps = np.maximum(left, right) - np.minimum(left, right)
    steps[:, TILE - 1 :: TILE] = 0  # from one line to the next
    steepest = steps.max(axis=1, initial=0)
    kinds[perhaps[steepest <= EDGE]] = MEDIAN
    return kinds


def may_be_lossy(tiles: Tiles, kinds: Kinds) -> NDArray[np.bool_]:
    """Return which tiles no one reads, one for each: photographs, and those of many colours without an edge."""
    may: NDArray[np.bool_] = kinds == PHOTO
    plain = np.flatnonzero((kinds == PLAIN) | (kinds == MEDIAN))
    levels = np.ascontiguousarray(tiles[plain]).view(np.uint8).reshape(len(plain), TILE, TILE, 4).astype(np.int16)
    across = np.abs(levels[:, :, 1:] - levels[:, :, :-1]).max(axis=(1, 2, 3), initial=0)
    down = np.abs(levels[:, 1:] - levels[:, :-1]).max(axis=(1, 2, 3), initial=0)
    may[plain[np.maximum(across, down) < EDGE]] = True
    return may


def mark_parts(kinds: Kinds, tiles: Tiles, shown: Tiles, known: NDArray[np.bool_]) -> None:
    """Make those tiles parts that change little; `known`, one for each, says where the viewer shows `shown` exactly."""
    many = np.flatnonzero((kinds >= PHOTO) & known)
    changes = tiles[many] != shown[many]
    pixels = changes.sum(axis=(1, 2))
    columns, rows = changes.any(axis=1).sum(axis=1), changes.any(axis=2).sum(axis=1)
    kinds[many[(columns <= PART_COLUMNS) & (pixels > PART_FILLED * columns * rows)]] = PART
