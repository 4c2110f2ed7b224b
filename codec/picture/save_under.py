"""What a move does to a picture, at both ends: it shifts a rectangle and remembers what the rectangle covers.

A window that is dragged leaves behind what it had covered. So both ends keep a second picture under the first, of what
lies under moved rectangles: what a move newly covers goes there, what it uncovers can come back from there. One level
is enough: it is a guess that is checked against the screen, and what it gets wrong is written as tiles.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.picture.diff import COLOURS, Words
from codec.picture.geometry import Box, within

Pixels = NDArray[np.unsignedinteger[Any]]
"""(height, width) pixels of any form."""
BAND, LEAST_BAND, MOST_BAND = 64, 16, 128
"""Lines that are moved at once. As many as it moves by do not overlap, and need no copy in between."""


@dataclass(frozen=True)
class Move:
    """The rectangle at (x, y) shows now what stood (dx, dy) pixels before it: at (x - dx, y - dy).

    `restores`: what it left behind shows now what it had covered there, as far as that is known.
    """

    x: int
    y: int
    width: int
    height: int
    dx: int
    dy: int
    restores: bool = False

    @property
    def target(self) -> Box:
        """Where the rectangle is now."""
        return self.y, self.x, self.y + self.height, self.x + self.width

    @property
    def source(self) -> Box:
        """Where it was before."""
        top, left = self.y - self.dy, self.x - self.dx
        return top, left, top + self.height, left + self.width

    @property
    def covers(self) -> list[Box]:
        """What it covers now and did not before."""
        return _without(self.target, self.source)

    @property
    def uncovers(self) -> list[Box]:
        """What it covered before and does no more."""
        return _without(self.source, self.target)


class SaveUnder:
    """A picture of whole tiles, and under it what moved rectangles have covered."""

    def __init__(self, picture: Pixels) -> None:
        self.picture = picture
        self._under: Pixels | None = None
        self._blank = np.uint32(0)

    @property
    def under(self) -> Pixels:
        """What is under moved rectangles, (height, width) as the picture. It is made when it is needed first."""
        if self._under is None:
            self._under = np.full_like(self.picture, self._blank)
        return self._under

    def restart(self, blank: np.uint32) -> None:
        """Under the picture there is nothing but this colour, in the memory that there was."""
        self._blank = blank
        if self._under is not None:
            self._under[:] = blank

    def apply(self, move: Move) -> None:
        """Carry out a move. What it newly covers is kept; what it uncovers is put back where the move says so."""
        for part in move.covers:
            self.under[within(part)] = self.picture[within(part)]
        self._shift(move)
        if move.restores:
            for part in move.uncovers:
                self.picture[within(part)] = self.under[within(part)]

    def _shift(self, move: Move) -> None:
        """Copy the rectangle, band by band (each stays in a near cache), and no band before it was read."""
        lines = min(abs(move.dy), MOST_BAND) if abs(move.dy) >= LEAST_BAND else BAND
        tops = range(0, move.height, lines)
        top, left, _, right = move.target
        target, source = self.picture[:, left:right], self.picture[:, left - move.dx : right - move.dx]
        for first in reversed(tops) if move.dy > 0 else tops:
            start, stop = top + first, top + min(first + lines, move.height)
            target[start:stop] = source[start - move.dy : stop - move.dy]

    def may_restore(self, move: Move, after: Callable[[Box], Words]) -> bool:
        """Whether most of what the move uncovers is known: `after` returns a box now, but what is below the edge."""
        same = pixels = 0
        for part in move.uncovers:
            known, now = self.under[within(part)], after(part)
            same += int(np.count_nonzero(((known[: len(now)] ^ now) & COLOURS) == 0))
            same += int(np.count_nonzero((known[len(now) :] & COLOURS) == 0))
            pixels += known.size
        return same * 2 > pixels


def _without(box: Box, other: Box) -> list[Box]:
    """Return the parts of a box that lie outside another: above, below, left and right of what they share."""
    top, left, bottom, right = box
    inner = max(top, other[0]), max(left, other[1]), min(bottom, other[2]), min(right, other[3])
    if inner[0] >= inner[2] or inner[1] >= inner[3]:
        return [box]
    parts = [
        (top, left, inner[0], right),
        (inner[2], left, bottom, right),
        (inner[0], left, inner[2], inner[1]),
        (inner[0], inner[3], inner[2], right),
    ]
    return [part for part in parts if part[0] < part[2] and part[1] < part[3]]
