"""What only moved: scrolled areas and dragged windows, found by where their lines are now.

Method: a line of 64 pixels is summed up in one number (a sum of products with odd constants), so that a line that
is now elsewhere is found by sorting, whatever the distance. Lines across find vertical moves, lines along
horizontal ones, each in a few strips where most has changed; the distance that most lines agree on wins. A move in both
directions is looked for with a few striking points, whose neighbourhood in the last picture is searched. Every
candidate is then compared pixel by pixel, cut to the rectangle where it holds, and grown until its edges are exact.

Why this: scrolls and drags are what moves on desktops, and a wrong guess only costs the time to reject it, because what
a move does not explain is written as tiles afterwards. The comparison that proves a move also says which tiles it
explains, so nothing is compared twice. Left out: sub-pixel motion, scaling, and blocks that each move their own way, as
video codecs have them; text does none of that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codec.picture.diff import LINE, Flags, Words
from codec.picture.geometry import TILE, Box, within
from codec.picture.save_under import Move

MIN_TILES = 12
"""A move that explains fewer changed tiles is not worth looking at every pixel for."""
STRIP = 64
STRIPS = 3
ASKED = 256
"""About so many lines of a strip are asked where they were, one for all that lie between them."""
MIN_LINES = 8
FAR, LITTLE = 8, 16
"""Beyond so many tiles in which nothing has changed, less than a sixteenth of what has is no part of a move: a bar
beside a page that is scrolled, a clock."""
SURE = 4
"""When lines of a quarter of the height agree on a vertical move, nothing else is looked for."""
LOOKED_AT = 96
"""Of more changed tiles, only so many are looked at for striking points."""
POINTS = 12
STRIKING = 4
"""A line of a tile is striking when its colour changes so often."""
ENOUGH = 3
NEAREST = 12
REACH = 320
"""How far a point is looked for in both directions: faster drags than that, in pixels a picture, are written again."""
MAX_PLACES = 4_000
NARROWED = 8
"""Where one pixel is in more places, so many are looked for at once: letters without soft edges are all alike."""
_EIGHT_TRUE = np.uint64(0x0101_0101_0101_0101)
_FACTORS = np.random.default_rng(20_261_124).integers(0, 1 << 32, STRIP, dtype=np.uint32) | np.uint32(1)


@dataclass(frozen=True)
class Found:
    """A move, and for each tile of the area whether it shows exactly what stood there before the move."""

    move: Move
    holds: Flags


class Points(NamedTuple):
    """Striking lines: where each begins, and its sixteen pixels."""

    x: NDArray[np.intp]
    y: NDArray[np.intp]
    lines: Words


def find_move(before: Words, after: Words, changed: Flags, recent: Sequence[tuple[int, int]] = ()) -> Found | None:
    """Return the move that explains most, None when none is worth it.

    `before` and `after` are the same area of two pictures, whole tiles, but that `after` may end before the last line:
    below the edge of a screen, where all is zero. `changed` says which tiles differ. `recent` are the vectors of the
    last moves: a wheel turns by the same step again, and a hand that drags keeps its pace.
    """
    if np.count_nonzero(changed) < MIN_TILES:
        return None
    points = _points(after, changed)
    if points.x.size == 0:
        return None  # areas of one colour and soft shades: a move would spare next to nothing
    if (known := _known_move(before, after, changed, points, recent)) is not None:
        return known
    bulk = _bulk(changed)
    votes = _votes(before, after, changed)
    ranked = sorted(votes, key=lambda vector: -votes[vector])[:2]
    sure = bool(ranked) and votes[ranked[0]] * SURE >= before.shape[0]
    vectors = ranked if sure else [*_by_points(before, points), *ranked]
    best: Found | None = None
    for dx, dy in dict.fromkeys(vectors):
        found = _prove(before, after, changed, bulk, dx, dy)
        if found is not None and (best is None or _area(found) > _area(best)):
            best = found
            if sure:
                break
    return best


def find_known_move(before: Words, after: Words, changed: Flags, vectors: Sequence[tuple[int, int]]) -> Found | None:
    """Return the first move by one of these vectors that is worth it, None when none is. All else is as above."""
    if not vectors or np.count_nonzero(changed) < MIN_TILES:
        return None
    points = _points(after, changed)
    return None if points.x.size == 0 else _known_move(before, after, changed, points, vectors)


def _known_move(
    before: Words, after: Words, changed: Flags, points: Points, vectors: Sequence[tuple[int, int]]
) -> Found | None:
    bulk = _bulk(changed)
    for vector in _holding(before, points, vectors):
        if (found := _prove(before, after, changed, bulk, *vector)) is not None:
            return found
    return None


def _area(found: Found) -> int:
    return found.move.width * found.move.height


def _votes(before: Words, after: Words, changed: Flags) -> dict[tuple[int, int], int]:
    """Return how many lines speak for each vertical and each horizontal vector.

    Where no line of the busiest strip stood elsewhere, none of the others in that direction is looked at.
    """
    height, width = before.shape
    votes: dict[tuple[int, int], int] = {}
    for start in _busiest(changed.sum(axis=0), width):
        shift, lines = _shift(before[:, start : start + STRIP], after[:, start : start + STRIP])
        votes[0, shift] = votes.get((0, shift), 0) + lines
        if votes[0, shift] * SURE >= height:
            return {(0, shift): votes[0, shift]}
        if lines == 0:
            break
    for start in _busiest(changed.sum(axis=1), height):
        there = after[start : start + STRIP]
        if len(there) < STRIP:
            there = np.pad(there, ((0, STRIP - len(there)), (0, 0)))
        shift, lines = _shift(before[start : start + STRIP].T, there.T)
        votes[shift, 0] = votes.get((shift, 0), 0) + lines
        if lines == 0:
            break
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
    each = -(-len(before) // ASKED)
    before, after = np.ascontiguousarray(before), np.ascontiguousarray(after[::each])
    old, new = (np.einsum("ij,j->i", lines, _FACTORS) for lines in (before, after))
    order = np.argsort(old, kind="stable")
    values = old[order]
    at = np.minimum(np.searchsorted(values, new), len(values) - 1)
    single = np.append(values[1:] != values[:-1], True)  # where a line is the only one, the first like it is the last
    flat = (after == after[:, :1]).all(axis=1)
    known = (values[at] == new) & single[at] & ~flat
    shifts = np.flatnonzero(known) * each - order[at[known]]
    shifts = shifts[shifts != 0]
    if shifts.size == 0:
        return 0, 0
    votes = np.bincount(shifts + len(old))
    best = int(votes.argmax())
    return best - len(old), int(votes[best]) * each


def _points(after: Words, changed: Flags) -> Points:
    """Return some striking lines of tiles, spread over everything that changed.

    Not the most striking of all: those lie in what a window has just uncovered, and that stood nowhere before.
    """
    rows, columns = np.nonzero(changed)
    some = slice(None, None, -(-len(rows) // LOOKED_AT))
    ys, columns = rows[some] * TILE + TILE // 2, columns[some]
    lines = after.view(LINE)[np.minimum(ys, len(after) - 1), columns].view(np.uint32).reshape(-1, TILE)
    lines[ys >= len(after)] = 0
    striking = np.flatnonzero((lines[:, 1:] != lines[:, :-1]).sum(axis=1) >= STRIKING)
    if striking.size:
        striking = striking[np.linspace(0, striking.size - 1, POINTS, dtype=int)]
    return Points(columns[striking] * TILE, ys[striking], lines[striking])


def _holding(before: Words, points: Points, vectors: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return those vectors by which a third of the points stood there before."""
    if not vectors:
        return []
    height, width = before.shape
    across, down = np.array(vectors).T[:, :, None]
    left, top = points.x - across, points.y - down
    inside = (top >= 0) & (top < height) & (left >= 0) & (left <= width - TILE)
    stood = before[np.where(inside, top, 0)[..., None], np.where(inside, left, 0)[..., None] + np.arange(TILE)]
    found = np.count_nonzero((stood == points.lines).all(axis=2) & inside, axis=1)
    return [vector for vector, count in zip(vectors, found.tolist(), strict=True) if count * 3 >= len(points.x)]


def _by_points(before: Words, points: Points) -> list[tuple[int, int]]:
    """Return the vectors that several points agree on."""
    votes: dict[tuple[int, int], int] = {}
    spread = np.argsort(np.arange(len(points.x)) % 3, kind="stable")
    for place, point in enumerate(spread.tolist()):
        if place == POINTS // 3 and not votes:
            break  # a third of them, from everywhere, stood nowhere
        x, y, line = int(points.x[point]), int(points.y[point]), points.lines[point]
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
    edges = np.flatnonzero(line[1:] != line[:-1]) + 1
    places = area[:, edges[0] : edges[0] + width] == line[edges[0]]
    for edge in edges[1:NARROWED]:
        if np.count_nonzero(places) <= MAX_PLACES:
            break
        places &= area[:, edge : edge + width] == line[edge]
    found = np.flatnonzero(places)  # quicker than looking for both coordinates
    if len(found) > MAX_PLACES:
        return []
    ys, xs = np.divmod(found, width)
    for offset in (0, len(line) - 1, *range(1, len(line) - 1)):
        same = area[ys, xs + offset] == line[offset]
        ys, xs = ys[same], xs[same]
    vectors = [(x - (left + int(column)), y - (top + int(row))) for row, column in zip(ys, xs, strict=True)]
    return sorted(vectors, key=lambda vector: abs(vector[0]) + abs(vector[1]))[:NEAREST]


def _prove(before: Words, after: Words, changed: Flags, bulk: Box, dx: int, dy: int) -> Found | None:
    """Return the rectangle in which this vector holds for every pixel that matters, None where that is too little.

    It is looked for in `bulk` alone, a box of tiles.
    """
    here = within(bulk)
    box = (bulk[0] * TILE, bulk[1] * TILE, bulk[2] * TILE, bulk[3] * TILE)
    same, is_changed = _same(before, after, box, dx, dy), changed[here]
    by_row = np.bitwise_and.reduce(same.view(np.uint64).reshape(len(is_changed), TILE, -1, 2), axis=1)
    whole = (by_row[..., 0] & by_row[..., 1]) == _EIGHT_TRUE
    good = whole & is_changed
    rows, columns = _span(good.sum(axis=1)), _span(good.sum(axis=0))
    if rows is None or columns is None:
        return None
    inside = (slice(*rows), slice(*columns))
    gained = np.count_nonzero(good[inside])
    spoilt = np.count_nonzero(~whole[inside] & ~is_changed[inside])
    if gained < MIN_TILES or spoilt * 2 > gained:
        return None
    top, bottom = _grown(same[:, columns[0] * TILE : columns[1] * TILE], rows[0] * TILE, rows[1] * TILE)
    left, right = _grown(same[top:bottom].T, columns[0] * TILE, columns[1] * TILE)
    holds = np.zeros_like(changed)
    holds[here] = whole
    return Found(Move(box[1] + left, box[0] + top, right - left, bottom - top, dx, dy), holds)


def _same(before: Words, after: Words, box: Box, dx: int, dy: int) -> Flags:
    """Return for each pixel of the box whether it shows what was there before the move."""
    height, width = before.shape
    same = np.zeros((box[2] - box[0], box[3] - box[1]), np.bool_)
    top, left = max(box[0], dy), max(box[1], dx)
    bottom, right = min(box[2], height + dy), min(box[3], width + dx)
    if top >= bottom or left >= right:
        return same
    source = before[top - dy : bottom - dy, left - dx : right - dx]
    target = same[top - box[0] : bottom - box[0], left - box[1] : right - box[1]]
    there = min(max(len(after) - top, 0), bottom - top)
    np.equal(after[top : top + there, left:right], source[:there], out=target[:there])
    np.equal(source[there:], 0, out=target[there:])
    return same


def _bulk(changed: Flags) -> Box:
    """Return the box of tiles in which nearly all has changed."""
    (top, bottom), (left, right) = _most_of(changed.sum(axis=1)), _most_of(changed.sum(axis=0))
    return top, left, bottom, right


def _most_of(counts: NDArray[np.int64]) -> tuple[int, int]:
    """Return from where to where there is something, without a little of it that lies far away."""
    there = np.flatnonzero(counts)
    gaps = np.flatnonzero(np.diff(there) > FAR)
    first, last = there[np.append(0, gaps + 1)], there[np.append(gaps, -1)]
    much = np.flatnonzero(np.add.reduceat(counts, first) * LITTLE >= counts.sum())
    if much.size == 0:
        return int(there[0]), int(there[-1]) + 1
    return int(first[much[0]]), int(last[much[-1]]) + 1


def _span(counts: NDArray[np.int64]) -> tuple[int, int] | None:
    """Return from where to where there is much; single tiles that match by chance lie outside."""
    much = np.flatnonzero(counts * 4 >= max(int(counts.max(initial=0)), 1))
    return None if counts.max(initial=0) == 0 else (int(much[0]), int(much[-1]) + 1)


def _grown(same: Flags, start: int, end: int) -> tuple[int, int]:
    """Widen a range of lines while the lines beyond it hold too. Those inside are not looked at again."""
    above: Flags = np.logical_and.reduce(same[:start], axis=1)
    below: Flags = np.logical_and.reduce(same[end:], axis=1)
    return start - _leading(above[::-1]), end + _leading(below)


def _leading(holds: Flags) -> int:
    """Return how many hold before the first that does not."""
    return len(holds) if holds.all() else int(holds.argmin())
