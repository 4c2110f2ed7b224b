"""The pointer in a recording: where it is, what it looks like, and how it gets into a picture."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from codec.picture.diff import Frame

OPAQUE_FROM = 128
_PLACES = np.array([1 << 16, 1 << 8, 1], np.uint32)
Shape = NDArray[np.uint8]


@dataclass(frozen=True)
class Pointer:
    """A pointer whose hot spot is at pixel (x, y). `pixels` are RGBA, not premultiplied, row by row."""

    x: int
    y: int
    width: int
    height: int
    hot_x: int
    hot_y: int
    pixels: bytes

    @property
    def shape(self) -> Shape:
        """(height, width, 4) RGBA."""
        return np.frombuffer(self.pixels, np.uint8).reshape(self.height, self.width, 4)

    @property
    def place(self) -> tuple[int, int]:
        """Left and top of the shape, in pixels; may lie outside the picture."""
        return self.x - self.hot_x, self.y - self.hot_y


def cropped(pointer: Pointer, width: int, height: int) -> tuple[int, int, Shape]:
    """Return left, top and the part of the shape that is inside a picture of `width` × `height`."""
    left, top = pointer.place
    inside = pointer.shape[max(-top, 0) : max(height - top, 0), max(-left, 0) : max(width - left, 0)]
    return max(left, 0), max(top, 0), inside


def as_shape(pointer: Pointer | None, width: int, height: int) -> tuple[int, int, Shape]:
    """Return left, top and (height, width, 3) RGB for codecs whose pointer has one transparent colour.

    That is the colour of the first pixel in the lowest row. No pointer is one transparent pixel. Half transparent
    pixels become opaque or transparent; in the very corner of a picture the first pixel may be lost.
    """
    left, top, shape = (0, 0, np.zeros((0, 0, 4), np.uint8)) if pointer is None else cropped(pointer, width, height)
    if shape.size == 0:
        return 0, 0, np.zeros((1, 1, 3), np.uint8)
    opaque = shape[..., 3] >= OPAQUE_FROM
    if opaque[-1, 0]:
        left, top, shape, opaque = _with_room(left, top, shape, opaque, height)
    made = shape[..., :3].copy()  # of one pixel, a contiguous array would be what we were given
    made[~opaque] = _free_colour(made[opaque].tobytes())
    return left, top, made


@contextmanager
def painted(frame: Frame, pointer: Pointer | None) -> Iterator[Frame]:
    """Lend `frame` with the pointer blended in; afterwards it is as it was."""
    if pointer is None:
        yield frame
        return
    left, top, shape = cropped(pointer, frame.shape[1], frame.shape[0])
    area = frame[top : top + shape.shape[0], left : left + shape.shape[1], :3]
    before = area.copy()
    alpha = shape[..., 3:].astype(np.uint16)
    area[:] = (shape[..., 2::-1] * alpha + before * (255 - alpha) + 127) // 255
    try:
        yield frame
    finally:
        area[:] = before


def _with_room(
    left: int, top: int, shape: Shape, opaque: NDArray[np.bool_], height: int
) -> tuple[int, int, Shape, NDArray[np.bool_]]:
    """Make the first pixel of the lowest row a transparent one."""
    if top + shape.shape[0] < height:
        return left, top, np.pad(shape, ((0, 1), (0, 0), (0, 0))), np.pad(opaque, ((0, 1), (0, 0)))
    if left > 0:
        return left - 1, top, np.pad(shape, ((0, 0), (1, 0), (0, 0))), np.pad(opaque, ((0, 0), (1, 0)))
    opaque = opaque.copy()
    opaque[-1, 0] = False
    return left, top, shape, opaque


@lru_cache(maxsize=8)
def _free_colour(used: bytes) -> tuple[int, int, int]:
    """Return a colour that none of these has."""
    numbers = np.unique(np.frombuffer(used, np.uint8).reshape(-1, 3).astype(np.uint32) @ _PLACES)
    free = int(np.setdiff1d(np.arange(numbers.size + 1, dtype=np.uint32), numbers)[0])
    return free >> 16, free >> 8 & 255, free & 255
