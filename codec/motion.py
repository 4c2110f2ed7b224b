"""What only moved: scrolled areas and dragged windows, found by where their lines are now.

Method: a line of 64 pixels is summed up in one number (a dot product with odd constants), so that a line that stands
elsewhere now is found by sorting, whatever the distance. Lines across find vertical moves, lines along horizontal ones,
each in a few strips where most has changed; the distance that most lines agree on wins. A move in both directions is
looked for with a few striking points, whose neighbourhood in the last picture is searched. Every candidate is then
compared pixel by pixel, cut to the rectangle where it holds, and grown until its edges are exact.

Why this: scrolls and drags are what moves on desktops, and a wrong guess only costs the time to reject it, because what
a move does not explain is written as tiles afterwards. A window that is dragged leaves behind what it had covered; so
both ends keep a second picture, of what lies under moved rectangles. Left out: sub-pixel motion, scaling, and blocks
that each move their own way, as video codecs have them; text does none of that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.diff import Flags
from codec.geometry import TILE

Words = NDArray[np.uint32]
"""(height, width) pixels, one word each; the highest byte is zero."""

COLOURS = np.uint32(0x00FFFFFF)
MAX_MOVES = 3
MIN_TILES = 12
"""A move that explains fewer changed tiles is not worth looking at every pixel for."""
STRIP = 64
STRIPS = 3
MIN_LINES = 8
SURE = 4
"""When lines of a quarter of the height agree on a vertical move, nothing else is looked for."""
POINTS = 12
STRIKING = 4
"""A line of a tile is striking when its colour changes so often."""
ENOUGH = 3
NEAREST = 12
REACH = 320
"""How far a point is looked for in both directions: faster drags than that, in pixels a picture, are written anew."""
MAX_PLACES = 4_000
_EIGHT_TRUE = np.uint64(0x0101_0101_0101_0101)
_FACTORS = np.random.default_rng(20_261_124).integers(0, 1 << 63, STRIP, dtype=np.uint64) | np.uint64(1)


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


class Layers:
    """A picture, and under it what moved rectangles have covered: both ends keep both. Pixels are words."""

    def __init__(self, picture: NDArray[np.uint32]) -> None:
        self.picture = picture
        self.under = np.zeros_like(picture)

    def apply(self, move: Move) -> None:
        """Carry out a move. What it covers anew is kept; what it uncovers is put back where the move says so."""
        target, source = _target(move), _source(move)
        moved = self.picture[_slices(source)].copy()
        for part in without(target, source):
            self.under[_slices(part)] = self.picture[_slices(part)]
        self.picture[_slices(target)] = moved
        if move.restores:
            for part in without(source, target):
                self.picture[_slices(part)] = self.under[_slices(part)]

    def may_restore(self, move: Move, after: Words) -> bool:
        """Whether most of what the move uncovers is known: `after` shows what is there now."""
        same = pixels = 0
        for part in without(_source(move), _target(move)):
            known = self.under[_slices(part)]
            same += int(np.count_nonzero(((known ^ after[_slices(part)]) & COLOURS) == 0))
            pixels += known.size
        return same * 2 > pixels


Box = tuple[int, int, int, int]
"""Top, left, bottom, right, in pixels."""
Points = list[tuple[int, int, Words]]
"""Striking lines: where each begins (x, y), and its sixteen pixels."""


def find_move(before: Words, after: Words, changed: Flags, recent: Sequence[tuple[int, int]] = ()) -> Move | None:
    """Return the move that explains most, None when none is worth it.

    `before` and `after` are the same area of two pictures, whole tiles; `changed` says which tiles differ. `recent` are
    the vectors of the last moves: a wheel turns by the same step again, and a hand that drags keeps its pace.
    """
    if np.count_nonzero(changed) < MIN_TILES:
        return None
    points = _points(after, changed)
    for vector in recent:
        if _holds(before, points, vector) and (move := _prove(before, after, changed, *vector)) is not None:
            return move
    votes = _votes(before, after, changed)
    ranked = sorted(votes, key=lambda vector: -votes[vector])[:2]
    sure = bool(ranked) and votes[ranked[0]] * SURE >= before.shape[0]
    vectors = ranked if sure else [*_by_points(before, points), *ranked]
    best: Move | None = None
    for dx, dy in dict.fromkeys(vectors):
        move = _prove(before, after, changed, dx, dy)
        if move is not None and (best is None or move.width * move.height > best.width * best.height):
            best = move
            if sure:
                break
    return best


def _target(move: Move) -> Box:
    return move.y, move.x, move.y + move.height, move.x + move.width


def _source(move: Move) -> Box:
    top, left = move.y - move.dy, move.x - move.dx
    return top, left, top + move.height, left + move.width


def _slices(box: Box) -> tuple[slice, slice]:
    return slice(box[0], box[2]), slice(box[1], box[3])


def without(box: Box, other: Box) -> list[Box]:
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


def _votes(before: Words, after: Words, changed: Flags) -> dict[tuple[int, int], int]:
    """Return how many lines speak for each vertical and each horizontal vector."""
    height, width = before.shape
    votes: dict[tuple[int, int], int] = {}
    for start in _busiest(changed.sum(axis=0), width):
        shift, lines = _shift(before[:, start : start + STRIP], after[:, start : start + STRIP])
        votes[0, shift] = votes.get((0, shift), 0) + lines
    if max(votes.values(), default=0) * SURE < height:
        for start in _busiest(changed.sum(axis=1), height):
            shift, lines = _shift(before[start : start + STRIP].T, after[start : start + STRIP].T)
            votes[shift, 0] = votes.get((shift, 0), 0) + lines
    return {vector: lines for vector, lines in votes.items() if lines >= MIN_LINES}


def _busiest(counts: NDArray[np.int64], length: int) -> list[int]:
    """Return where strips should stand, in pixels: over the tiles where most has changed, not on one another."""
    places: list[int] = []
    for tile in np.argsort(-counts, kind="stable"):
        start = int(min(max(tile * TILE, 0), length - STRIP))
        if start < 0 or counts[tile] == 0 or len(places) == STRIPS:
            break
        if all(abs(start - place) >= STRIP for place in places):
            places.append(start)
    return places


def _shift(before: Words, after: Words) -> tuple[int, int]:
    """Return by how many lines most lines of a strip moved, and how many did; lines of one colour do not count."""
    old, new = before.astype(np.uint64) @ _FACTORS, after.astype(np.uint64) @ _FACTORS
    values, first, count = np.unique(old, return_index=True, return_counts=True)
    at = np.minimum(np.searchsorted(values, new), len(values) - 1)
    flat = (after == after[:, :1]).all(axis=1)
    known = (values[at] == new) & (count[at] == 1) & ~flat
    shifts = np.flatnonzero(known) - first[at[known]]
    shifts = shifts[shifts != 0]
    if shifts.size == 0:
        return 0, 0
    votes = np.bincount(shifts + len(old))
    best = int(votes.argmax())
    return best - len(old), int(votes[best])


def _points(after: Words, changed: Flags) -> Points:
    """Return some striking lines of tiles, spread over everything that changed.

    Not the most striking of all: those lie in what a window has just uncovered, and that stood nowhere before.
    """
    rows, columns = np.nonzero(changed)
    ys, xs = rows * TILE + TILE // 2, columns * TILE
    lines = np.stack([after[ys, xs + offset] for offset in range(TILE)], axis=1)
    striking = np.flatnonzero((lines[:, 1:] != lines[:, :-1]).sum(axis=1) >= STRIKING)
    if striking.size:
        striking = striking[np.linspace(0, striking.size - 1, POINTS, dtype=int)]
    return [(int(xs[tile]), int(ys[tile]), lines[tile]) for tile in striking]


def _holds(before: Words, points: Points, vector: tuple[int, int]) -> bool:
    """Whether a third of the points stood there before."""
    height, width = before.shape
    found = 0
    for x, y, line in points:
        left, top = x - vector[0], y - vector[1]
        if 0 <= top < height and 0 <= left <= width - TILE:
            found += bool((before[top, left : left + TILE] == line).all())
    return found * 3 >= len(points) > 0


def _by_points(before: Words, points: Points) -> list[tuple[int, int]]:
    """Return the vectors that several points agree on."""
    votes: dict[tuple[int, int], int] = {}
    for x, y, line in points:
        for vector in _places_of(before, line, x, y):
            votes[vector] = votes.get(vector, 0) + 1
            if votes[vector] == ENOUGH and vector != (0, 0):
                return [vector]
    agreed = [vector for vector in votes if votes[vector] > 1 and vector != (0, 0)]
    return sorted(agreed, key=lambda vector: -votes[vector])[:2]


def _places_of(before: Words, line: Words, x: int, y: int) -> list[tuple[int, int]]:
    """Return the vectors from every place near (x, y) where this line of pixels stood before."""
    top, left = max(0, y - REACH), max(0, x - REACH)
    area = before[top : y + REACH, left : x + REACH]
    width = area.shape[1] - len(line) + 1
    if width <= 0:
        return []
    rarest = int(np.argmax(line[1:] != line[:-1])) + 1
    ys, xs = np.nonzero(area[:, rarest : rarest + width] == line[rarest])
    if len(ys) > MAX_PLACES:
        return []
    for offset in (0, len(line) - 1, *range(1, len(line) - 1)):
        same = area[ys, xs + offset] == line[offset]
        ys, xs = ys[same], xs[same]
    vectors = [(x - (left + int(column)), y - (top + int(row))) for row, column in zip(ys, xs, strict=True)]
    return sorted(vectors, key=lambda vector: abs(vector[0]) + abs(vector[1]))[:NEAREST]


def _prove(before: Words, after: Words, changed: Flags, dx: int, dy: int) -> Move | None:
    """Return the rectangle in which this vector holds for every pixel that matters, None where that is too little."""
    height, width = after.shape
    if abs(dx) >= width or abs(dy) >= height:
        return None
    same = np.zeros((height, width), np.bool_)
    target = (slice(max(dy, 0), height + min(dy, 0)), slice(max(dx, 0), width + min(dx, 0)))
    source = (slice(max(-dy, 0), height - max(dy, 0)), slice(max(-dx, 0), width - max(dx, 0)))
    np.equal(after[target], before[source], out=same[target])
    by_row = np.bitwise_and.reduce(same.view(np.uint64).reshape(height // TILE, TILE, width // TILE, 2), axis=1)
    whole = (by_row[..., 0] & by_row[..., 1]) == _EIGHT_TRUE
    good = whole & changed
    rows, columns = _span(good.sum(axis=1)), _span(good.sum(axis=0))
    if rows is None or columns is None:
        return None
    inside = (slice(*rows), slice(*columns))
    gained = np.count_nonzero(good[inside])
    spoilt = np.count_nonzero(~whole[inside] & ~changed[inside])
    if gained < MIN_TILES or spoilt * 2 > gained:
        return None
    top, bottom = _grow(_all(same[:, columns[0] * TILE : columns[1] * TILE], 1), rows[0] * TILE, rows[1] * TILE)
    left, right = _grow(_all(same[top:bottom], 0), columns[0] * TILE, columns[1] * TILE)
    return Move(left, top, right - left, bottom - top, dx, dy)


def _all(flags: Flags, axis: int) -> Flags:
    every: Flags = np.logical_and.reduce(flags, axis=axis)
    return every


def _span(counts: NDArray[np.int64]) -> tuple[int, int] | None:
    """Return from where to where there is much; single tiles that match by chance lie outside."""
    much = np.flatnonzero(counts * 4 >= max(int(counts.max(initial=0)), 1))
    return None if counts.max(initial=0) == 0 else (int(much[0]), int(much[-1]) + 1)


def _grow(holds: Flags, start: int, end: int) -> tuple[int, int]:
    """Widen a range while the lines beyond it hold too."""
    while start > 0 and holds[start - 1]:
        start -= 1
    while end < len(holds) and holds[end]:
        end += 1
    return start, end
