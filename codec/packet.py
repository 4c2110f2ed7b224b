"""The bytes of one picture update, version 1.

    version u8 = 1
    flags   u8       bit 0 KEY: forget everything, the picture is black and the zstd stream begins anew
    width   u16      pixels; the same as in the key before, unless this is a key
    height  u16
    raw     u32      how many bytes the rest gives when decompressed
    rest             the next part of one zstd stream (RFC 8878), flushed here

Decompressed:

    changed          one bit for each tile, row by row, lowest bit first, filled up to whole bytes
    pixels           for each changed tile in that order: 16 rows of 16 pixels of B, G, R

Numbers are little-endian. Tiles at the right and lower edge are whole; what lies beyond the picture is zero. A tile
replaces what was there.
"""

import struct
from dataclasses import dataclass

from codec.errors import DesksideError
from codec.geometry import TILE, Grid

VERSION = 1
KEY = 1
WINDOW_LOG = 22
"""The zstd stream looks back at most 4 MiB, which is what each end keeps of it."""
TILE_BYTES = TILE * TILE * 3
_HEAD = struct.Struct("<BBHHI")
HEAD_BYTES = _HEAD.size


class BadPacketError(DesksideError):
    """The picture data is damaged. The viewer asks for a whole picture and goes on."""


@dataclass(frozen=True)
class Head:
    """What stands before the compressed part."""

    key: bool
    grid: Grid
    raw_bytes: int

    def pack(self) -> bytes:
        """Return the bytes of this head."""
        return _HEAD.pack(VERSION, KEY if self.key else 0, self.grid.width, self.grid.height, self.raw_bytes)


def parse_head(packet: bytes) -> Head:
    """Read the head of `packet`. Raises BadPacketError when it cannot be one or claims impossible sizes."""
    if len(packet) < HEAD_BYTES:
        raise BadPacketError(f"a packet has at least {HEAD_BYTES} bytes, this one {len(packet)}")
    version, flags, width, height, raw_bytes = _HEAD.unpack_from(packet)
    if version != VERSION or flags & ~KEY:
        raise BadPacketError(f"packet version {version} with flags {flags:#x} is not known")
    try:
        grid = Grid(width, height)
    except ValueError as error:
        raise BadPacketError(str(error)) from None
    if not bitmap_bytes(grid) <= raw_bytes <= bitmap_bytes(grid) + grid.tiles * TILE_BYTES:
        raise BadPacketError(f"{raw_bytes} bytes cannot describe a picture of {width}×{height}")
    return Head(bool(flags & KEY), grid, raw_bytes)


def bitmap_bytes(grid: Grid) -> int:
    """Bytes that the bits for all tiles of `grid` take."""
    return -(-grid.tiles // 8)
