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
    lengths = np.diff(starts, append=places.size)
    ends = places[starts] + lengths
    gaps = places[starts] - np.concatenate([[0], ends[:-1]])
    owner, order, sizes, types = _pieces(gaps, lengths, kinds)
    units = 1 + _UNITS[types] * np.where(types == LITERAL, sizes, 1)
    at = np.cumsum(units) - units
    written = np.empty(int(units.sum()), np.uint16)
    is_head = np.zeros(written.size, np.bool_)
    is_head[at] = True
    written[at] = types + (sizes << 8)
    needed = np.repeat(kinds == LITERAL, lengths)
    fills = types == FILL
    needed[starts[owner[fills] >> 1] + LONGEST * order[fills]] = True
    written[~is_head] = colours[needed].view(np.uint16)
    return written.tobytes()


def _runs(places: Places, colours: Colours, swaps: Booleans) -> tuple[Places, NDArray[np.int64]]:
    """Return where each run begins among the pixels, and its type."""
    adjacent = np.diff(places) == 1
    alike = adjacent & (swaps[1:] == swaps[:-1]) & (swaps[1:] | (colours[1:] == colours[:-1]))
    starts = np.flatnonzero(np.concatenate([[True], ~alike]))
    long = np.diff(starts, append=places.size) >= FILL_FROM
    kinds = np.where(swaps[starts], SWAP, np.where(long, FILL, LITERAL))
    joins = (kinds[1:] == LITERAL) & (kinds[:-1] == LITERAL) & adjacent[starts[1:] - 1]
    keep = np.concatenate([[True], ~joins])
    return starts[keep], kinds[keep]


def _pieces(
    gaps: NDArray[np.int64], lengths: NDArray[np.int64], kinds: NDArray[np.int64]
) -> tuple[NDArray[np.int64], ...]:
    """Cut gaps and runs into operations; return the owner (2 × run, + 1 for a run), order, length, type."""
    wanted = np.stack([gaps, lengths], axis=1).ravel()
    types = np.stack([np.full_like(kinds, SKIP), kinds], axis=1).ravel()
    counts = -(-wanted // LONGEST)
    owner = np.repeat(np.arange(wanted.size), counts)
    order = np.arange(owner.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return owner, order, np.minimum(wanted[owner] - LONGEST * order, LONGEST), types[owner]
