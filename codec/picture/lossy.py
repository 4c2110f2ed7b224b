"""Photographs roughly, at once: what stands in for exact tiles until the line has time for them.

Method: a tile is turned into luma and two colour differences (YCoCg-R, all of full size: 4:4:4), each of these goes
through the 16×16 integer cosine transform of H.265, and the coefficients are divided by one step, the same for all.
They are written by frequency, all tiles together, each tile only up to its last one that is not zero; the zstd stream
that everything goes through is the entropy coder.

Why this and not JPEG 4:4:4: measured on photographs at 32 to 39 dB it takes half of its bytes or less (a film's picture
13 KiB at 35.0 dB where JPEG takes 44, a photograph 57 KiB at 32 dB where JPEG takes about 115), because a tile of 16×16
holds together what JPEG cuts into four and zstd sees all tiles at once; and both decoders compute in whole numbers, so
that the page's is Python's bit for bit. 8×8 took more bytes, steps that grow with the frequency lost more than they
saved. Left out: prediction between tiles, smoothing of edges; a better picture is coming anyway.

    step      u8           coefficients of luma count in these units, those of colour in twice as many
    lengths   u8 × 3 n     luma of each tile, then Co, then Cg: how many coefficients follow the mean
    means     u8 × 3 n     less the one before it, modulo 256; luma in units of 1, colour (signed) in units of 2
    rest      i8           first coefficients of all that have one, then second ones …, in order of u + v, then of u
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from codec.picture.geometry import TILE

Colours = NDArray[np.uint8]
"""(count, 16, 16, 3): B, G, R."""

PIXELS = TILE * TILE
PLANES = 3
COLOUR = 2
"""Colour is divided by a step so many times as large: eyes see less of it."""
_Real = TypeVar("_Real", np.float32, np.float64)
_DEAD_ZONE = 0.35
"""A coefficient below 0.65 of a step becomes zero: it costs more than it shows."""
COSINES = (0, 90, 89, 87, 83, 80, 75, 70, 64, 57, 50, 43, 36, 25, 18, 9, 0)
"""ITU-T H.265, 8.6.4.2: 90.5 cos(m π / 32), tuned so that rows are nearly orthogonal."""


def _cosine(turn: int) -> int:
    turn %= 64
    sign = -1 if 16 < turn < 48 else 1
    return sign * COSINES[min(turn, 64 - turn) if sign == 1 else abs(32 - turn)]


BASIS = np.array([[64] * TILE, *([_cosine((2 * x + 1) * u) for x in range(TILE)] for u in range(1, TILE))], np.float64)
"""(frequency, place); rows have a length of 256."""
ORDER = np.array(sorted(range(PIXELS), key=lambda place: (place // TILE + place % TILE, place // TILE)))
"""Frequencies by what they are worth: place u × 16 + v, by u + v, then by u."""
_FORWARD = (BASIS / 256).astype(np.float32)
_HALF = 1 << 15


class BadLossyError(ValueError):
    """The bytes are not those of so many lossy tiles."""


def write_lossy(tiles: NDArray[np.uint32], step: int) -> bytes:
    """Return the bytes of (count, 16, 16) words; a larger `step`, 1 to 255, takes fewer and shows less."""
    planes = _luma_and_colour(tiles)
    turned = _transform(planes.astype(np.float32), _FORWARD)
    steps = np.repeat(np.array([step, step * COLOUR, step * COLOUR], np.float32), len(tiles))[:, None, None]
    size = np.floor(np.abs(turned) / steps + _DEAD_ZONE)
    levels = np.copysign(np.minimum(size, 127), turned).astype(np.int8).reshape(-1, PIXELS)[:, ORDER][:, 1:]
    present = levels != 0
    lengths = np.where(present.any(axis=1), PIXELS - 1 - present[:, ::-1].argmax(axis=1), 0).astype(np.uint8)
    units = np.repeat(np.array([1, COLOUR, COLOUR], np.float32), len(tiles))
    means = np.rint(turned[:, 0, 0] / TILE / units).astype(np.int16).astype(np.uint8)
    means[1:] -= means[:-1].copy()
    written = levels.T[_written(lengths)]
    return bytes([step]) + lengths.tobytes() + means.tobytes() + written.tobytes()


class LossyReader:
    """Reads lossy tiles one after the other, as many at a time as are asked for."""

    def __init__(self, data: bytes, start: int, count: int) -> None:
        """`count` tiles stand in `data` from `start` on, up to `end`. Raises BadLossyError."""
        planes, head = PLANES * count, start + 1 + 2 * PLANES * count
        if head > len(data) or data[start] == 0:
            raise BadLossyError("the lossy tiles are cut off")
        lengths = np.frombuffer(data, np.uint8, planes, start + 1)
        self.end = head + int(lengths.sum(dtype=np.int64))
        if self.end > len(data):
            raise BadLossyError("the lossy tiles are cut off")
        means = np.add.accumulate(np.frombuffer(data, np.uint8, planes, start + 1 + planes), dtype=np.uint8)
        self._step = data[start]
        self._lengths = lengths.reshape(PLANES, count)
        self._means = means.reshape(PLANES, count)
        self._levels = np.frombuffer(data, np.int8, self.end - head, head)
        self._cursors = _cursors(self._lengths)
        self._next = 0

    def read(self, count: int) -> Colours:
        """Return the next `count` tiles."""
        band = slice(self._next, self._next + count)
        self._next += count
        return _colours(np.stack([self._plane(part, band) for part in range(PLANES)]))

    def _plane(self, part: int, band: slice) -> NDArray[np.int32]:
        """Return one plane of each tile of a band."""
        lengths, means = self._lengths[part, band], self._means[part, band]
        unit = COLOUR if part else 1
        flat = (means.view(np.int8) if part else means).astype(np.int32) * unit
        values = np.repeat(flat, PIXELS).reshape(-1, TILE, TILE)
        detailed = np.flatnonzero(lengths)  # the others are as even as their mean
        if len(detailed) == 0:
            return values
        lengths = lengths[detailed]
        written = _written(lengths)
        cursor = self._cursors[part]
        places = cursor[:, None] + np.cumsum(written, axis=1, dtype=np.int32) - 1
        cursor += np.count_nonzero(written, axis=1)
        levels = np.zeros(written.shape, np.int8)
        levels[written] = self._levels[places[written]]
        turned = np.zeros((len(detailed), PIXELS), np.float64)
        turned[:, ORDER[1:]] = levels.T
        turned *= self._step * unit
        turned[:, 0] = flat[detailed].astype(np.float64) * TILE
        back = np.floor((_transform(turned.reshape(-1, TILE, TILE), BASIS.T) + _HALF) / (1 << 16))
        values[detailed] = back.astype(np.int32)
        return values


def lossy_bytes(data: bytes, start: int, count: int) -> int:
    """Return how many bytes of `data` from `start` on are `count` lossy tiles. Raises BadLossyError."""
    return LossyReader(data, start, count).end - start


def read_lossy(data: bytes, start: int, count: int) -> Colours:
    """Return `count` tiles from `data` at `start`. Raises BadLossyError."""
    return LossyReader(data, start, count).read(count)


def _cursors(lengths: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return, for each part and place, where its first level is: all first ones, then all second ones …."""
    longer = np.stack([np.bincount(part, minlength=PIXELS)[::-1].cumsum()[::-1][1:] for part in lengths], axis=1)
    starts = np.concatenate([[0], longer.reshape(-1).cumsum()[:-1]])
    return starts.reshape(PIXELS - 1, PLANES).T.copy()


def _written(lengths: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return (coefficients, tiles): which are written."""
    written: NDArray[np.bool_] = np.arange(PIXELS - 1)[:, None] < lengths[None, :]
    return written


def _transform(planes: NDArray[_Real], basis: NDArray[_Real]) -> NDArray[_Real]:
    """Return basis · plane · basisᵀ for each plane, as two large products instead of many small ones."""
    across = planes.reshape(-1, TILE) @ basis.T
    turned = np.ascontiguousarray(across.reshape(-1, TILE, TILE).swapaxes(1, 2)).reshape(-1, TILE) @ basis.T
    return turned.reshape(-1, TILE, TILE).swapaxes(1, 2)


def _luma_and_colour(tiles: NDArray[np.uint32]) -> NDArray[np.int16]:
    """Return (3 n, 16, 16): Y of each tile, then Co, then Cg (Malvar and Sullivan's YCoCg-R)."""
    parts = np.ascontiguousarray(tiles).view(np.uint8).reshape(*tiles.shape, 4).astype(np.int16)
    blue, green, red = parts[..., 0], parts[..., 1], parts[..., 2]
    orange = red - blue
    middle = blue + (orange >> 1)
    greenness = green - middle
    return np.concatenate([middle + (greenness >> 1), orange, greenness])


def _colours(planes: NDArray[np.int32]) -> Colours:
    luma, orange, greenness = planes
    middle = luma - (greenness >> 1)
    green = greenness + middle
    blue = middle - (orange >> 1)
    return np.stack([blue, green, blue + orange], axis=-1).clip(0, 255).astype(np.uint8)
