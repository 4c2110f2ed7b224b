"""The tiles that one packet writes, while it is being decided how."""

import numpy as np
from numpy.typing import NDArray

from codec.picture.diff import Flags
from codec.picture.geometry import Box, within
from codec.picture.packet import OLDEST_VERSION
from codec.picture.tile_classification import kinds_of, mark_parts
from codec.picture.tiles import MEDIAN, PHOTO, PLAIN, Kinds, Tiles

SCATTERED = 256
"""Fewer photographs and soft tiles than these are what a window uncovers. zstd has seen most lines of the soft ones
before, which a median hides: a dragged window took 6 % more."""


class Update:
    """Tiles in the order of the picture, each with its kind.

    `shown` is what they showed before; `known` says of which of them the viewer shows exactly that.
    """

    def __init__(self, flags: Flags, tiles: Tiles, shown: Tiles, known: NDArray[np.bool_]) -> None:
        self.flags = flags
        self.tiles = tiles
        self.shown = shown
        self.known = known
        self.kinds: Kinds = kinds_of(tiles)
        mark_parts(self.kinds, tiles, shown, known)

    def __len__(self) -> int:
        """How many tiles are written."""
        return len(self.tiles)

    def leave_out(self, box: Box) -> None:
        """Write nothing in this box of tiles."""
        inside = np.zeros_like(self.flags)
        inside[within(box)] = True
        keep = ~inside[self.flags]
        self.flags &= ~inside
        self.tiles, self.shown, self.known, self.kinds = (
            self.tiles[keep],
            self.shown[keep],
            self.known[keep],
            self.kinds[keep],
        )

    def add(self, flags: Flags, tiles: Tiles, kinds: Kinds) -> None:
        """Write these tiles too, which are none of those that are written already."""
        order = np.argsort(np.concatenate([np.flatnonzero(self.flags), np.flatnonzero(flags)]))
        self.tiles = np.concatenate([self.tiles, tiles])[order]
        self.shown = np.concatenate([self.shown, tiles])[order]
        self.known = np.concatenate([self.known, np.zeros(len(tiles), np.bool_)])[order]
        self.kinds = np.concatenate([self.kinds, kinds])[order]
        self.flags = self.flags | flags


def kinds_in_version(kinds: Kinds, version: int) -> Kinds:
    """Return the kinds as a version's packets have them: the oldest has no median, others prefer it to photo."""
    if version == OLDEST_VERSION:
        return np.where(kinds == MEDIAN, PLAIN, kinds).astype(np.uint8)
    if np.count_nonzero((kinds == PHOTO) | (kinds == MEDIAN)) < SCATTERED:
        kinds = np.where(kinds == MEDIAN, PLAIN, kinds)
    return np.where(kinds == PHOTO, MEDIAN, kinds).astype(np.uint8)
