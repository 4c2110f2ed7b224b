"""Photographs exactly: each pixel less what its neighbours say, in half bytes.

Method: planes (of a colour three, G, B - G and R - G: see codec/picture/pixel_form.py), each predicted by the median of
LOCO-I (ISO/IEC 14495-1, JPEG-LS): the pixel to the left plus the one above less the one above the left, which counts as
no more and no less than those two. What is left is small nearly everywhere and fits in half a byte, and the zstd stream
that everything goes through codes two pixels as one symbol. Tiles do not look at one another, only their first rows
form one line: so both ends work on the same place of all tiles at once, and a decoder needs no more than what it
paints.

    halves    128 bytes of each tile, plane by plane of all tiles: two neighbours in a byte, the left one in its low
              half; the difference plus 7, or 15 where it is outside -7 to 7
    rest      those differences, a byte each, in the same order

A difference is taken modulo 256: in the first row to the pixel on the left (the first one of a tile to the last of the
row of the tile before, of the first tile to zero), in the first column below to the one above, elsewhere to the median.

Why this: twenty photographs, 1080p, took 0.70 of the bytes of x264's lossless RGB (ultrafast), where rows less the row
above (tiles.py, PHOTO) took 0.97. Whole bytes in place of halves took 0.76 and twice zstd's time: its Huffman codes
give no symbol less than a bit. Left out: sorting tiles by how noisy they are (1 %), and left + above - corner alone,
which is quicker to undo and took 2 % more.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from codec.picture.geometry import TILE
from codec.picture.pixel_form import PixelForm, Planes

Buffer = bytes | memoryview

PLANES = PixelForm.COLOUR.bytes
"""Of a colour; other forms of pixels have fewer."""
PIXELS = TILE * TILE
HALVES = PIXELS // 2
"""Bytes of each plane of a tile before the differences that do not fit. With more of those than as many again it would
take more than the pixels do."""
SMALL, OUTSIDE = 7, 15
WRITTEN_AT_ONCE = 512
"""So many tiles are worked on at a time: what they take in between stays in a near cache."""


class BadMedianError(ValueError):
    """The bytes are not those of so many tiles."""


def write_median(
    tiles: NDArray[np.uint32], which: NDArray[np.intp], form: PixelForm = PixelForm.COLOUR
) -> list[Buffer] | None:
    """Return the bytes of those of (count, 16, 16) words, in parts; None where they would be more than the pixels."""
    if len(which) == 0:
        return []
    all_planes = form.bytes
    halves = np.empty((all_planes, len(which), HALVES), np.uint8)
    rest: list[list[bytes]] = [[] for _ in range(all_planes)]
    work = [np.empty(all_planes * min(WRITTEN_AT_ONCE, len(which)) * PIXELS, np.uint8) for _ in range(4)]
    limit = np.full_like(work[0], OUTSIDE)  # the minimum with an array takes a quarter of that with a number
    before = np.zeros(all_planes, np.uint8)
    outside = 0
    for first in range(0, len(which), WRITTEN_AT_ONCE):
        chosen = which[first : first + WRITTEN_AT_ONCE]
        follow = int(chosen[-1]) - int(chosen[0]) + 1 == len(chosen)
        band = tiles[int(chosen[0]) : int(chosen[-1]) + 1] if follow else tiles[chosen]
        planes, differences, low, high = (
            each[: all_planes * band.size].reshape(all_planes, len(band), -1) for each in work
        )
        form.split(band, planes.reshape(all_planes, -1))
        _subtract(planes, differences, low, high, before)
        before = planes[:, -1, TILE - 1].copy()
        small = np.add(differences, SMALL, out=low)
        np.minimum(small, limit[: small.size].reshape(small.shape), out=small)
        for plane in range(all_planes):
            large = np.flatnonzero(small[plane] == OUTSIDE)
            outside += len(large)
            rest[plane].append(differences[plane].reshape(-1).take(large).tobytes())
        pairs = small.view(np.uint16)
        halves[:, first : first + len(band)] = np.bitwise_or(pairs, pairs >> 4, out=pairs)
    if outside > all_planes * HALVES * len(which):
        return None
    return [halves.data.cast("B"), *(part for parts in rest for part in parts)]


class MedianReader:
    """Reads tiles one after the other, as many at a time as are asked for."""

    def __init__(self, data: bytes, start: int, count: int, form: PixelForm = PixelForm.COLOUR) -> None:
        """`count` tiles stand in `data` from `start` on, up to `end`. Raises BadMedianError."""
        self._data = data
        self._form = form
        all_planes = form.bytes
        rest = start + all_planes * HALVES * count
        if rest > len(data):
            raise BadMedianError("the tiles do not fill the packet")
        self._halves = np.frombuffer(data, np.uint8, rest - start, start).reshape(all_planes, count, HALVES)
        outside = [sum(map(_count_outside, _bands(plane))) for plane in self._halves]
        self._rest = [rest + sum(outside[:plane]) for plane in range(all_planes)]
        self.end = rest + sum(outside)
        if self.end > len(data):
            raise BadMedianError("the differences that are outside are missing")
        self._before = np.zeros(all_planes, np.uint8)
        self._next = 0

    def read(self, count: int) -> NDArray[np.uint32]:
        """Return the next `count` tiles, (count, 16, 16) words with the highest byte zero."""
        differences = self._differences(self._halves[:, self._next : self._next + count])
        self._next += count
        all_planes = len(differences)
        lines = differences[:, :, :TILE].reshape(all_planes, -1)
        np.add.accumulate(lines, axis=1, dtype=np.uint8, out=lines)
        lines += self._before[:, None]
        self._before = lines[:, -1].copy()
        differences[:, :, :TILE] = lines.reshape(all_planes, count, TILE)
        planes = np.ascontiguousarray(differences.reshape(all_planes * count, PIXELS).T)
        _undo(planes)
        words = self._form.joined(planes.reshape(PIXELS, all_planes, count).swapaxes(0, 1))
        return np.ascontiguousarray(words.T).reshape(-1, TILE, TILE)

    def _differences(self, halves: Planes) -> Planes:
        """Return (planes, count, 256)."""
        pairs = halves.astype(np.uint16)
        pairs |= pairs << 4
        pairs &= 0x0F0F
        differences = pairs.view(np.uint8)
        for plane in range(len(differences)):
            large = np.flatnonzero(differences[plane] == OUTSIDE)
            rest = np.frombuffer(self._data, np.uint8, len(large), self._rest[plane])
            self._rest[plane] += len(large)
            differences[plane] -= SMALL
            differences[plane].reshape(-1)[large] = rest
        return differences


def _bands(halves: Planes) -> Iterator[Planes]:
    return (halves[first : first + WRITTEN_AT_ONCE] for first in range(0, len(halves), WRITTEN_AT_ONCE))


def _count_outside(halves: Planes) -> int:
    return int(np.count_nonzero(halves >> 4 == OUTSIDE)) + int(np.count_nonzero(halves & OUTSIDE == OUTSIDE))


def _subtract(planes: Planes, differences: Planes, low: Planes, high: Planes, before: NDArray[np.uint8]) -> None:
    """Fill `differences`; `low` and `high` are work space, `before` is what stands before each plane's first row."""
    flat, count = planes.reshape(-1), planes.size - TILE - 1
    left, above, corner = flat[TILE:-1], flat[1:-TILE], flat[: -TILE - 1]
    least, most = low.reshape(-1)[:count], high.reshape(-1)[:count]
    np.minimum(left, above, out=least)
    np.maximum(left, above, out=most)
    np.maximum(least, corner, out=least)
    np.minimum(least, most, out=least)
    inner = differences.reshape(-1)[TILE + 1 :]
    np.subtract(flat[TILE + 1 :], left, out=inner)
    inner -= above
    inner += least
    # All of that is wrong in the first row and the first column, which have no such neighbours.
    columns = planes[:, :, ::TILE]
    np.subtract(columns[:, :, 1:], columns[:, :, :-1], out=differences[:, :, TILE::TILE])
    lines = planes[:, :, :TILE].reshape(len(planes), -1)
    less = lines.copy()
    less[:, 1:] -= lines[:, :-1]
    less[:, 0] -= before
    differences[:, :, :TILE] = less.reshape(len(planes), -1, TILE)


def _undo(planes: NDArray[np.uint8]) -> None:
    """Turn differences into pixels, (256, count): a place of all tiles in each row. Their first rows are pixels."""
    columns = planes[::TILE]
    np.add.accumulate(columns, axis=0, dtype=np.uint8, out=columns)
    for diagonal in range(2, 2 * TILE - 1):
        top, bottom = max(1, diagonal - TILE + 1), min(TILE - 1, diagonal - 1)
        first, stop, step = diagonal + (TILE - 1) * top, diagonal + (TILE - 1) * bottom + 1, TILE - 1
        left = planes[first - 1 : stop - 1 : step]
        above = planes[first - TILE : stop - TILE : step]
        corner = planes[first - TILE - 1 : stop - TILE - 1 : step]
        pixels = planes[first:stop:step]
        least = np.minimum(left, above)
        most = np.maximum(left, above)
        np.maximum(least, corner, out=least)
        np.minimum(least, most, out=least)
        pixels += left
        pixels += above
        pixels -= least
