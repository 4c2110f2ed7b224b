"""The pointer's shape as messages carry it: straight alpha, and no larger than every viewer can show. Pure."""

import numpy as np
from numpy.typing import NDArray

from codec.wire.messages import MAX_POINTER, PointerShape


def pointer_shape(width: int, height: int, hot: tuple[int, int], argb: list[int]) -> PointerShape:
    """Return a shape from `argb` words, premultiplied, row by row; a larger one is scaled down to MAX_POINTER.

    The hot spot stays on the same part of the picture.
    """
    if width <= 0 or height <= 0 or len(argb) < width * height:
        return PointerShape(0, 0, 0, 0, b"")
    words = np.array(argb[: width * height], np.uint64).astype(np.uint32).reshape(height, width)
    bgra = np.stack([words >> shift & 255 for shift in (0, 8, 16, 24)], axis=-1).astype(np.uint8)
    step = -(-max(width, height) // MAX_POINTER)
    if step > 1:
        bgra = _shrunk(bgra, step)
    rows, columns = bgra.shape[:2]
    hot_x, hot_y = (min(max(0, at) // step, side - 1) for at, side in zip(hot, (columns, rows), strict=True))
    return PointerShape(columns, rows, hot_x, hot_y, _straight(bgra))


def _shrunk(bgra: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """Return the mean of each square of `step` pixels; beyond the edge there is nothing."""
    rows, columns = (-(-side // step) for side in bgra.shape[:2])
    padded = np.zeros((rows * step, columns * step, 4), np.uint32)
    padded[: bgra.shape[0], : bgra.shape[1]] = bgra
    squares: NDArray[np.uint32] = padded.reshape(rows, step, columns, step, 4).sum(axis=(1, 3), dtype=np.uint32)
    return (squares // (step * step)).astype(np.uint8)


def _straight(bgra: NDArray[np.uint8]) -> bytes:
    """Return RGBA that is not premultiplied."""
    alpha = bgra[..., 3:].astype(np.uint32)
    color = np.minimum(255, bgra[..., 2::-1].astype(np.uint32) * 255 // np.maximum(alpha, 1))
    return np.concatenate([np.where(alpha > 0, color, 0), alpha], axis=-1).astype(np.uint8).tobytes()
