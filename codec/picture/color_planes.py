"""Planes as browsers capture them (4:2:0) into colours, in integers: every program shows the same, bit for bit.

Method: ITU-R BT.601 or BT.709, of limited or full range, in factors of 1/65,536. Half is added before the fraction is
cut off. A chroma sample is the mean of four pixels, at an odd edge of two or one, whose luma stands for those that are
missing; what each of the four has of it is told by `chroma_from_luma`, in sixteenths.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from codec.picture.chroma_from_luma import GREY, SLOPE_BITS, Factors, Slopes, find_slopes
from codec.picture.geometry import Box

Plane = NDArray[np.uint8]
"""(height, width) of luma; of chroma half of both, rounded up."""
Rgb = NDArray[np.uint8]
"""(height, width, 3): R, G, B."""

FRACTION_BITS = 16
CHROMA_BITS = 4
"""So many bits after the point has what a pixel has of chroma."""
LUMA_SHARES = {"BT709": (0.2126, 0.0722), "BT601": (0.299, 0.114)}
"""What red and blue are of luma; green is the rest."""
REACH = 1
"""What is captured of a chroma sample has to do with the pixels of those so near."""


class Matrix(IntEnum):
    """How luma and chroma are made of red, green and blue: the number that ISO/IEC 23091-2 gives it."""

    BT709 = 1
    BT601 = 6


def _factors(matrix: str, *, full_range: bool) -> Factors:
    red, blue = LUMA_SHARES[matrix]
    green = 1 - red - blue
    luma, chroma = (1.0, 1.0) if full_range else (255 / 219, 255 / 224)
    of_red, of_blue = 2 * (1 - red) * chroma, 2 * (1 - blue) * chroma
    exact = (luma, of_red, of_blue * blue / green, of_red * red / green, of_blue)
    return Factors(0 if full_range else 16, *(round(factor * (1 << FRACTION_BITS)) for factor in exact))


FACTORS = {
    matrix: {"limited": _factors(matrix, full_range=False), "full": _factors(matrix, full_range=True)}
    for matrix in LUMA_SHARES
}


def to_rgb(luma: Plane, cb: Plane, cr: Plane, matrix: Matrix, *, full_range: bool, area: Box) -> Rgb:
    """Return the colours of an area of pixels, which is inside the picture."""
    top, left, bottom, right = area
    height, width = luma.shape
    first, last = (top // 2, left // 2), (-(-bottom // 2), -(-right // 2))
    # What is around the area bears on it.
    begin = max(first[0] - REACH, 0), max(first[1] - REACH, 0)
    end = min(last[0] + REACH, -(-height // 2)), min(last[1] + REACH, -(-width // 2))
    samples = slice(begin[0], end[0]), slice(begin[1], end[1])
    lumas = _lumas(luma[2 * begin[0] : 2 * end[0], 2 * begin[1] : 2 * end[1]])
    blues, reds = (plane[samples].astype(np.int32) for plane in (cb, cr))
    factors = FACTORS[matrix.name]["full" if full_range else "limited"]
    slopes = find_slopes(lumas, blues, reds, factors)
    rgb = _colors(lumas, blues - GREY, reds - GREY, slopes, factors)
    above, beside = top - 2 * begin[0], left - 2 * begin[1]
    return rgb[above : above + bottom - top, beside : beside + right - left]


def affected(changed: Box, width: int, height: int) -> Box:
    """Return which pixels of a picture may look different when the planes changed in an area of pixels."""
    top, left, bottom, right = changed
    more = 2 * REACH
    return (
        max(top // 2 * 2 - more, 0),
        max(left // 2 * 2 - more, 0),
        min(-(-bottom // 2) * 2 + more, height),
        min(-(-right // 2) * 2 + more, width),
    )


def _lumas(luma: Plane) -> NDArray[np.int32]:
    """Return (4, height, width): of each sample its pixel at the left above, the one to its right, the two below."""
    height, width = luma.shape
    whole = np.pad(luma, ((0, height % 2), (0, width % 2)), mode="edge") if height % 2 or width % 2 else luma
    return np.stack([whole[y::2, x::2] for y in (0, 1) for x in (0, 1)]).astype(np.int32)


def _colors(
    lumas: NDArray[np.int32], cb: NDArray[np.int32], cr: NDArray[np.int32], slopes: Slopes, factors: Factors
) -> Rgb:
    """Return the colours of all pixels of some samples."""
    height, width = cb.shape
    rgb = np.empty((height, 2, width, 2, 3), np.uint8)
    where = slopes.rows, slopes.columns
    means = lumas.sum(axis=0)[where]
    shared = [of_cb * cb + of_cr * cr for of_cb, of_cr in factors.channels]
    for place, luma in enumerate(lumas):
        pixels = rgb[:, place // 2, :, place % 2]
        grey = factors.luma * (luma - factors.black) + (1 << FRACTION_BITS - 1)
        for channel, more in enumerate(shared):
            pixels[..., channel] = _clipped(grey + more >> FRACTION_BITS)
        away = 4 * luma[where] - means
        in_cb, in_cr = (_restored(plane[where], slope * away) for plane, slope in ((cb, slopes.cb), (cr, slopes.cr)))
        fine = grey[where] << CHROMA_BITS
        for channel, (of_cb, of_cr) in enumerate(factors.channels):
            pixels[(*where, channel)] = _clipped(fine + of_cb * in_cb + of_cr * in_cr >> FRACTION_BITS + CHROMA_BITS)
    return rgb.reshape(2 * height, 2 * width, 3)


def _restored(chroma: NDArray[np.int32], more: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return a pixel's chroma in sixteenths, from its sample's and the slope times its luma."""
    bits = SLOPE_BITS - CHROMA_BITS
    fine = (chroma << CHROMA_BITS) + (more + (1 << bits - 1) >> bits)
    return np.clip(fine, -GREY << CHROMA_BITS, (GREY << CHROMA_BITS) - 1)


def _clipped(levels: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.clip(levels, 0, 255)
