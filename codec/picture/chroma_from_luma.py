"""What luma tells of the chroma that four pixels share: how much it changes from pixel to pixel.

Method: text is a mix of two colours, so between a letter and its ground chroma is a line over luma. In 3×3 chroma
samples that line is fitted by least squares (chroma from luma of AV1, CCLM of VVC, here without a bit in the packet),
Cb and Cr together. A pixel's chroma is its sample's plus the slope times what its luma is above the mean of the four:
the mean stays what was captured. Numbers are integers, so that every program shows the same.

The slope counts for less where luma explains less, and for nothing where it could do harm:

- four pixels of one luma have nothing to tell apart, and samples that hardly differ tell nothing;
- it is made smaller until the darkest and the brightest of the four are colours that exist. Black and white have one
  chroma only, so a pattern of both stays grey;
- a grey sample among grey ones is of grey pixels. Where some around it are grey, and its pixels are darker and brighter
  than all the means around it, it is part of a pattern, of which those means say nothing.

Why 3×3: the half or quarter of it that fits best was no better on text, and worse on films and photographs.
Measured, as browsers show it and so: text in colours 16 to 34 dB and 46 to 57 dB, drawn desktops 38 to 48 and 45 to 58,
recorded ones 41 to 48 and 42 to 55 (a page of text most, a photograph behind a clock least), photographs 0.2 dB more.
Where it does least: colours of one luma, whose mix luma does not show, colours whose mean is grey (from 14 to 34 dB),
and letters with fringes (subpixel rendering), which are no mix of two colours.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int32]
"""A number for each chroma sample, or for some of them."""
Wide = NDArray[np.int64]
Operation = Callable[[Samples, Samples], Samples]

FLAT = 1
"""Four pixels whose luma differs by no more keep the chroma that they share."""
LEAST_LUMA, LEAST_CHROMA = 288, 18
"""What nine samples must differ by: 81 variances, of the sum of four lumas and of Cb and Cr."""
WEIGHT = 32
"""What a slope counts: so much when luma explains 7/8 of how chroma differs, nothing when it explains 5/8."""
SLOPE_BITS = 16
MOST_SLOPE = 1 << 18
"""A slope is chroma for a quarter of a luma, with so many bits after the point."""
GREY, SOME_GREY, MOST_GREY = 128, 3, 6
"""Cb and Cr of grey, and how many of nine samples are some, or most."""
QUARTERS, PARTS = 4, 64
"""Colours that exist are looked for in quarters of a level, slopes made smaller by so many parts."""
TOLERANCES = (16, 4, 16)
"""So many quarters outside 0 to 255 red, green and blue may be, because luma and chroma were rounded."""


@dataclass(frozen=True)
class Factors:
    """How luma above black, Cb and Cr above grey count in a colour, in 1/65,536."""

    black: int
    luma: int
    red_of_cr: int
    green_of_cb: int
    green_of_cr: int
    blue_of_cb: int

    @property
    def channels(self) -> tuple[tuple[int, int], ...]:
        """What Cb and Cr count in red, green and blue."""
        return (0, self.red_of_cr), (-self.green_of_cb, -self.green_of_cr), (self.blue_of_cb, 0)


@dataclass(frozen=True)
class Slopes:
    """The samples that have one: where they are, and what Cb and Cr change by."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    cb: Samples
    cr: Samples


def find_slopes(lumas: Samples, cb: Samples, cr: Samples, factors: Factors) -> Slopes:
    """Return the slopes of an area: `lumas` has four pixels for each sample, (4, height, width)."""
    sums, low, high = lumas.sum(axis=0, dtype=np.int32), lumas.min(axis=0), lumas.max(axis=0)
    all_luma, all_cb, all_cr = _around(sums), _around(cb), _around(cr)
    luma_spread = 9 * _around(sums * sums) - all_luma * all_luma
    chroma_spread = 9 * _around(cb * cb + cr * cr) - all_cb * all_cb - all_cr * all_cr
    asked = np.nonzero((high - low > FLAT) & (luma_spread >= LEAST_LUMA) & (chroma_spread > LEAST_CHROMA))
    with_cb = (9 * _around(sums * cb) - all_luma * all_cb)[asked].astype(np.int64)
    with_cr = (9 * _around(sums * cr) - all_luma * all_cr)[asked].astype(np.int64)
    spread = luma_spread[asked].astype(np.int64)
    explained, whole = with_cb * with_cb + with_cr * with_cr, spread * chroma_spread[asked]
    weights = np.clip((8 * explained - 5 * whole) * (WEIGHT // 2) // whole, 0, WEIGHT)
    darkest, brightest = QUARTERS * low[asked], QUARTERS * high[asked]
    weights = _less_for_patterns(weights, asked, (sums, cb, cr), darkest, brightest)
    slopes = [_slope(weights * each, spread) for each in (with_cb, with_cr)]
    away = np.stack((darkest, brightest)) - sums[asked]
    parts = _parts_that_exist(
        slopes, (darkest // QUARTERS, brightest // QUARTERS), away, (cb[asked], cr[asked]), factors
    )
    in_cb, in_cr = (each * parts // PARTS for each in slopes)
    some = np.flatnonzero(in_cb | in_cr)
    return Slopes(asked[0][some], asked[1][some], in_cb[some].astype(np.int32), in_cr[some].astype(np.int32))


def _around(samples: Samples, operation: Operation = np.add) -> Samples:
    """Return of each sample what the nine around it come to; beyond the edge are those at the edge."""
    padded = np.pad(samples, 1, mode="edge")
    rows = operation(operation(padded[:-2], padded[1:-1]), padded[2:])
    return operation(operation(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:])


def _less_for_patterns(
    weights: Wide,
    asked: tuple[NDArray[np.intp], ...],
    samples: tuple[Samples, Samples, Samples],
    darkest: Samples,
    brightest: Samples,
) -> Wide:
    sums, cb, cr = samples
    is_grey = (cb == GREY) & (cr == GREY)
    if not is_grey.any():
        return weights
    greys = _around(is_grey.astype(np.int32))[asked]
    least, most = _around(sums, np.minimum)[asked], _around(sums, np.maximum)[asked]
    reach = most - least
    beyond = np.minimum(np.maximum(least - darkest, 0), np.maximum(brightest - most, 0))
    counted = weights * np.clip(2 * reach - 4 * beyond, 0, reach) // np.maximum(reach, 1)
    counted[is_grey[asked] & (greys >= MOST_GREY)] = 0
    return np.where(greys >= SOME_GREY, counted, weights)


def _slope(weighted: Wide, spread: Wide) -> Wide:
    exact = weighted * ((1 << SLOPE_BITS) // WEIGHT) // spread
    return exact.clip(-MOST_SLOPE, MOST_SLOPE)


def _parts_that_exist(
    slopes: list[Wide], lumas: tuple[Samples, Samples], away: Samples, chroma: tuple[Samples, Samples], factors: Factors
) -> Wide:
    """Return how much of each slope can be had before a pixel of these lumas leaves the colours that exist."""
    parts = np.full(slopes[0].shape, PARTS, np.int64)
    cb, cr = (each - GREY for each in chroma)
    for luma, distance in zip(lumas, away, strict=True):
        in_cb, in_cr = (each * distance >> SLOPE_BITS - 2 for each in slopes)
        grey = factors.luma * (luma - factors.black)
        for (of_cb, of_cr), tolerance in zip(factors.channels, TOLERANCES, strict=True):
            shared = QUARTERS * (grey + of_cb * cb + of_cr * cr) >> SLOPE_BITS
            more = of_cb * in_cb + of_cr * in_cr >> SLOPE_BITS
            above = np.maximum(QUARTERS * 255 + tolerance - shared, 0)
            below = np.maximum(shared + tolerance, 0)
            room = np.where(more > 0, above, below)
            size = np.abs(more)
            np.minimum(parts, np.where(size > room, PARTS * room // np.maximum(size, 1), PARTS), out=parts)
    return parts
