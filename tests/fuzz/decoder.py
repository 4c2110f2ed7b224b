"""Python's decoder takes any bytes: it names what is wrong, in bounded time and memory, or shows a picture."""

import resource
import time
from collections.abc import Iterable

from codec.picture.decoder import Decoder
from codec.picture.packet import BadPacketError, parse_header
from tests.fuzz.inputs import seeds, stream_of
from tests.fuzz.mutations import try_each

__all__ = ["seeds", "try_all", "try_one"]
ALLOWED = (BadPacketError,)
SECONDS_EACH = 3.0
"""One input; the largest picture alone takes a part of a second."""
MEBIBYTES_MORE = 1_200
"""Two decoders' worth of the largest picture: twice its size each, a packet, and zstd's window."""


def try_one(data: bytes) -> None:
    """Decode what `data` stands for. Raises AssertionError, or anything else that is not allowed."""
    began, decoder = time.monotonic(), Decoder()
    for packet in stream_of(data):
        try:
            shown = decoder.decode(packet)
        except ALLOWED:
            continue
        grid = parse_header(packet).grid
        assert shown.shape == (grid.height, grid.width, 4)
        assert (shown[..., 3] == 255).all()
    seconds = time.monotonic() - began
    assert seconds < SECONDS_EACH, f"{seconds:.1f} s for one input"


def try_all(inputs: Iterable[bytes]) -> int:
    """Try inputs one after the other; return how many. The one that fails is in the error's notes."""
    before = _peak()
    tried = try_each(try_one, inputs)
    more = _peak() - before
    assert more < MEBIBYTES_MORE, f"{more} MiB more than before"
    return tried


def _peak() -> int:
    """The most memory that this process ever had, in MiB (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
