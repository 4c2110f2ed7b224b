"""What changed, as the operations of a RASC delta: skip, swap, fill and literal runs, without a loop over pixels.

Method: changed pixels come with their places on the way that a delta walks. Neighbours that share a run are found by
comparing each with the one before; runs longer than a length byte can say are cut by repetition; and the operations,
whose headers and colours are all whole 16-bit units, are laid out by two masked assignments.
"""

import numpy as np
from numpy.typing import NDArray

SKIP, SWAP, FILL, LITERAL = 10, 12, 7, 13
LONGEST = 255
FILL_FROM = 3
"""Shorter runs of one colour are literals: another operation would cost as much."""
_UNITS = np.zeros(16, np.int64)
"""16-bit units of colours behind an operation of one pixel, by type (literals: times their length)."""
_UNITS[[FILL, LITERAL]] = 2
_SWAPPED = np.uint32(0xFF000000)
"""Takes the place of the colour where a swap writes it, so that swaps are alike. No colour has this value."""

Places = NDArray[np.int64]
Colours = NDArray[np.uint32]
Booleans = NDArray[np.bool_]


def operations(places: Places, colours: Colours, swaps: Booleans) -> bytes:
    """Return the operations that give these pixels their colours.

    `places` ascend along the way that the delta walks; where `swaps` is true the pixel had this colour before the one
    that it has now.
    """
    if places.size == 0:
        return b""
    starts, kinds = _runs(places, colours, swaps)
    ends = np.append(starts[1:], places.size)
    first = places[starts]
    wanted = np.empty((starts.size, 2), np.int64)
    """For each run the pixels that are skipped before it, and its own."""
    wanted[0, 0], wanted[1:, 0] = first[0], first[1:] - places[ends[:-1] - 1] - 1
    wanted[:, 1] = ends - starts
    owner, order, sizes, types = _pieces(wanted.ravel(), kinds)
    units = _UNITS[types]
    literal = types == LITERAL
    units[literal] = 2 * sizes[literal]
    at = np.cumsum(units + 1)
    written = np.empty(int(at[-1]), np.uint16)
    at -= units + 1
    is_head = np.zeros(written.size, np.bool_)
    is_head[at] = True
    written[at] = types + (sizes << 8)
    needed = np.repeat(kinds == LITERAL, wanted[:, 1])
    fills = np.flatnonzero(types == FILL)
    needed[starts[owner[fills] >> 1] + LONGEST * order[fills]] = True
    written[~is_head] = colours[needed].view(np.uint16)
    return written.tobytes()


def _runs(places: Places, colours: Colours, swaps: Booleans) -> tuple[Places, NDArray[np.int64]]:
    """Return where each run begins among the pixels, and its type."""
    adjacent = places[1:] - places[:-1] == 1
    what = np.where(swaps, _SWAPPED, colours)
    begins = np.ones(places.size, np.bool_)
    np.logical_and(adjacent, what[1:] == what[:-1], out=begins[1:])
    np.logical_not(begins[1:], out=begins[1:])
    starts = np.flatnonzero(begins)
    long = np.append(starts[1:], places.size) - starts >= FILL_FROM
    kinds = np.where(swaps[starts], SWAP, np.where(long, FILL, LITERAL))
    literal = kinds == LITERAL
    joins = literal[1:] & literal[:-1] & adjacent[starts[1:] - 1]
    keep = np.append(True, ~joins)
    return starts[keep], kinds[keep]


def _pieces(wanted: NDArray[np.int64], kinds: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Cut gaps and runs into operations; return the owner (2 × run, + 1 for a run), order, length, type."""
    types = np.full(wanted.size, SKIP)
    types[1::2] = kinds
    counts = (wanted + (LONGEST - 1)) // LONGEST
    owner = np.repeat(np.arange(wanted.size), counts)
    order = np.arange(owner.size) - (np.cumsum(counts) - counts)[owner]
    return owner, order, np.minimum(wanted[owner] - LONGEST * order, LONGEST), types[owner]
