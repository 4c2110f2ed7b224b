"""What a browser captures of a screen: planes, as Chromium and Firefox make them (BT.601, limited range)."""

import numpy as np
from numpy.typing import NDArray

from codec.picture.diff import Frame
from codec.picture.plane_layers import CapturedPlanes


def luma_of(frame: Frame) -> NDArray[np.uint8]:
    """Return the luma of a picture, to the bit as browsers have it."""
    blue, green, red = (frame[..., place].astype(np.uint32) for place in range(3))
    return (66 * red + 129 * green + 25 * blue + 0x1080 >> 8).astype(np.uint8)


def same_planes(one: CapturedPlanes | None, other: CapturedPlanes) -> bool:
    """Whether both are the same picture."""
    return one is not None and all(
        np.array_equal(a, b) for a, b in ((one.luma, other.luma), (one.cb, other.cb), (one.cr, other.cr))
    )


def captured(frame: Frame) -> CapturedPlanes:
    """Return the planes of a picture. Chroma is the mean of 2×2 pixels, at odd edges of what there is of them."""
    height, width = frame.shape[:2]
    whole = np.pad(frame[..., :3], ((0, height % 2), (0, width % 2), (0, 0)), mode="edge").astype(np.int32)
    means = whole.reshape(-(-height // 2), 2, -(-width // 2), 2, 3).sum(axis=(1, 3)) + 2 >> 2
    blue, green, red = (means[..., place] for place in range(3))
    cb = 112 * blue - 74 * green - 38 * red + 0x8080 >> 8
    cr = 112 * red - 94 * green - 18 * blue + 0x8080 >> 8
    return CapturedPlanes(luma_of(frame), cb.astype(np.uint8), cr.astype(np.uint8))
