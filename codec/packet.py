"""The bytes of one picture update, version 2.

    version u8 = 2
    flags   u8       bit 0 KEY: forget everything, the picture is black and the zstd stream begins anew
    width   u16      pixels; the same as in the key before, unless this is a key
    height  u16
    raw     u32      how many bytes the rest gives when decompressed
    rest             the next part of one zstd stream (RFC 8878), flushed here

Decompressed:

    count   u8       moves, at most 3, carried out one after the other
    moves            x, y, width, height u16, dx, dy i16, flags u8: the rectangle shows now what stood at
                     (x - dx, y - dy); what it covers anew is kept under it, and with flag 1 what it uncovers is
                     taken from there
    changed          one bit for each tile, row by row, lowest bit first, filled up to whole bytes
    tiles            what the changed tiles show, see codec/tiles.py

Numbers are little-endian. Tiles at the right and lower edge are whole; what lies beyond the picture is zero. A tile
replaces what was there. Rectangles, before and after their move, lie inside the whole tiles.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from codec.errors import DesksideError
from codec.geometry import Grid
from codec.motion import MAX_MOVES, Move
from codec.tiles import MAX_TILE_BYTES

VERSION = 2
KEY = 1
WINDOW_LOG = 23
"""The zstd stream looks back at most 8 MiB, which is what each end keeps of it."""
_HEAD = struct.Struct("<BBHHI")
_MOVE = struct.Struct("<HHHHhhB")
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
    least = 1 + bitmap_bytes(grid)
    if not least <= raw_bytes <= least + MAX_MOVES * _MOVE.size + grid.tiles * MAX_TILE_BYTES:
        raise BadPacketError(f"{raw_bytes} bytes cannot describe a picture of {width}×{height}")
    return Head(bool(flags & KEY), grid, raw_bytes)


def bitmap_bytes(grid: Grid) -> int:
    """Bytes that the bits for all tiles of `grid` take."""
    return -(-grid.tiles // 8)


def pack_moves(moves: Sequence[Move]) -> bytes:
    """Return the bytes of the moves."""
    each = (_MOVE.pack(move.x, move.y, move.width, move.height, move.dx, move.dy, move.restores) for move in moves)
    return bytes([len(moves)]) + b"".join(each)


def parse_moves(raw: bytes, grid: Grid) -> tuple[list[Move], int]:
    """Return the moves at the start of `raw`, and where they end. Raises BadPacketError."""
    count, end = raw[0], 1 + raw[0] * _MOVE.size
    if count > MAX_MOVES or end > len(raw):
        raise BadPacketError(f"a picture has at most {MAX_MOVES} moves, not {count}")
    moves = []
    for place in range(count):
        x, y, width, height, dx, dy, flags = _MOVE.unpack_from(raw, 1 + place * _MOVE.size)
        if flags > 1:
            raise BadPacketError(f"a move with flags {flags:#x} is not known")
        moves.append(Move(x, y, width, height, dx, dy, bool(flags)))
    for move in moves:
        _check(move, grid)
    return moves, end


def _check(move: Move, grid: Grid) -> None:
    height, width = grid.padded
    for x, y in ((move.x, move.y), (move.x - move.dx, move.y - move.dy)):
        if x < 0 or y < 0 or x + move.width > width or y + move.height > height:
            raise BadPacketError("a move reaches beyond the picture")
