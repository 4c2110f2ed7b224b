"""Planes as browsers capture them (4:2:0) into colours, in integers: every program shows the same, bit for bit.

Method: ITU-R BT.601 or BT.709, of limited or full range, in factors of 1/65,536. Half is added before the fraction is
cut off. A chroma sample holds for the four pixels that it is the mean of, at an odd edge for two or one.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from codec.picture.geometry import Box, within

Plane = NDArray[np.uint8]
"""(height, width) of luma; of chroma half of both, rounded up."""
Rgb = NDArray[np.uint8]
"""(height, width, 3): R, G, B."""

FRACTION_BITS = 16
LUMA_SHARES = {"BT709": (0.2126, 0.0722), "BT601": (0.299, 0.114)}
"""What red and blue are of luma; green is the rest."""


class Matrix(IntEnum):
    """How luma and chroma are made of red, green and blue: the number that ISO/IEC 23091-2 gives it."""

    BT709 = 1
    BT601 = 6


def _factors(matrix: str, *, full_range: bool) -> tuple[int, int, int, int, int, int]:
    red, blue = LUMA_SHARES[matrix]
    green = 1 - red - blue
    luma, chroma = (1.0, 1.0) if full_range else (255 / 219, 255 / 224)
    of_red, of_blue = 2 * (1 - red) * chroma, 2 * (1 - blue) * chroma
    exact = (luma, of_red, of_blue * blue / green, of_red * red / green, of_blue)
    scaled = tuple(round(factor * (1 << FRACTION_BITS)) for factor in exact)
    return (0 if full_range else 16, *scaled)  # type: ignore[return-value]  # five of them, above


FACTORS = {
    matrix: {"limited": _factors(matrix, full_range=False), "full": _factors(matrix, full_range=True)}
    for matrix in LUMA_SHARES
}
"""Black, what luma above it counts, Cr in R, Cb in G, Cr in G, Cb in B."""


def to_rgb(luma: Plane, cb: Plane, cr: Plane, matrix: Matrix, *, full_range: bool, area: Box) -> Rgb:
    """Return the colours of an area of pixels, which is inside the picture."""
    black, of_luma, red_of_cr, green_of_cb, green_of_cr, blue_of_cb = FACTORS[matrix.name][
        "full" if full_range else "limited"
    ]
    grey = (luma[within(area)].astype(np.int32) - black) * of_luma + (1 << FRACTION_BITS - 1)
    blues, reds = (_spread(plane, area) - 128 for plane in (cb, cr))
    rgb = np.empty((*grey.shape, 3), np.uint8)
    sums = (grey + red_of_cr * reds, grey - green_of_cb * blues - green_of_cr * reds, grey + blue_of_cb * blues)
    for place, each in enumerate(sums):
        rgb[..., place] = np.clip(each >> FRACTION_BITS, 0, 255)
    return rgb


def affected(changed: Box, width: int, height: int) -> Box:
    """Return which pixels of a picture may look different when the planes changed in an area of pixels."""
    top, left, bottom, right = changed
    return top // 2 * 2, left // 2 * 2, min(-(-bottom // 2) * 2, height), min(-(-right // 2) * 2, width)


def _spread(chroma: Plane, area: Box) -> NDArray[np.int32]:
    """Return the chroma of each pixel of an area."""
    top, left, bottom, right = area
    samples = chroma[top // 2 : -(-bottom // 2), left // 2 : -(-right // 2)].astype(np.int32)
    pixels = samples.repeat(2, axis=0).repeat(2, axis=1)
    return pixels[top % 2 : top % 2 + bottom - top, left % 2 : left % 2 + right - left]
