"""The bytes of one picture update, version 4.

    version u8 = 4   3 is the same without median tiles, for viewers that do not know them and in older recordings
    flags   u8       bit 0 KEY: forget everything, the picture is black, the zstd stream and the video start over
                     bit 1 VIDEO: a video's packet follows the head; bit 2 RESTARTS (with VIDEO): it begins a stream
    width   u16      pixels; the same as in the key before, unless this is a key
    height  u16
    raw     u32      how many bytes the rest gives when decompressed
    video            with VIDEO only: x, y, width, height u16 in pixels, whole tiles; length u32; so many bytes of VP9
    rest             the next part of one zstd stream (RFC 8878), flushed here

Decompressed:

    count   u8       moves, at most 3, carried out one after the other
    moves            x, y, width, height u16, dx, dy i16, flags u8: the rectangle shows now what stood at
                     (x - dx, y - dy); what it newly covers is kept under it, and with flag 1 what it uncovers is
                     taken from there
    changed          one bit for each tile, row by row, lowest bit first, filled up to whole bytes
    tiles            what the changed tiles show, see codec/picture/tiles.py

The video's picture is painted after the moves and before the tiles. Numbers are little-endian. Tiles at the right and
lower edge are whole; what is beyond the picture is zero. A tile replaces what was there. Rectangles, before and after
their move, lie inside the whole tiles, and so does a video.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from codec.errors import DesksideError
from codec.picture.geometry import TILE, Grid
from codec.picture.save_under import Move
from codec.picture.tiles import LOSSY, MAX_TILE_BYTES, MEDIAN

VERSION, OLDEST_VERSION = 4, 3
KEY, VIDEO, RESTARTS = 1, 2, 4
WINDOW_LOG = 23
"""The zstd stream looks back at most 8 MiB, which is what each end keeps of it."""
_HEAD = struct.Struct("<BBHHI")
_VIDEO = struct.Struct("<HHHHI")
_MOVE = struct.Struct("<HHHHhhB")
HEAD_BYTES = _HEAD.size
VIDEO_HEAD_BYTES = _VIDEO.size
MOVE_BYTES = _MOVE.size
MAX_MOVES = 3


class BadPacketError(DesksideError):
    """The picture data is damaged. The viewer asks for a whole picture and goes on."""


@dataclass(frozen=True)
class VideoPart:
    """A video's packet: its rectangle in pixels, its bytes, and whether a new stream begins with it."""

    x: int
    y: int
    width: int
    height: int
    packet: bytes
    restarts: bool

    def pack(self) -> bytes:
        """Return the bytes of this part."""
        return _VIDEO.pack(self.x, self.y, self.width, self.height, len(self.packet)) + self.packet


@dataclass(frozen=True)
class PacketHeader:
    """What is before the compressed part, which begins at `end`."""

    key: bool
    grid: Grid
    raw_bytes: int
    video: VideoPart | None = None
    end: int = HEAD_BYTES
    version: int = VERSION

    @property
    def last_kind(self) -> int:
        """The last kind of tile that this version knows."""
        return LOSSY if self.version == OLDEST_VERSION else MEDIAN

    def pack(self) -> bytes:
        """Return the bytes of this head."""
        flags = (
            (KEY if self.key else 0)
            | (VIDEO if self.video else 0)
            | (RESTARTS if self.video and self.video.restarts else 0)
        )
        head = _HEAD.pack(self.version, flags, self.grid.width, self.grid.height, self.raw_bytes)
        return head if self.video is None else head + self.video.pack()


def parse_header(packet: bytes) -> PacketHeader:
    """Read the head of `packet`. Raises BadPacketError when it cannot be one or claims impossible sizes."""
    if len(packet) < HEAD_BYTES:
        raise BadPacketError(f"a packet has at least {HEAD_BYTES} bytes, this one {len(packet)}")
    version, flags, width, height, raw_bytes = _HEAD.unpack_from(packet)
    is_known = OLDEST_VERSION <= version <= VERSION and flags <= KEY | VIDEO | RESTARTS
    if not is_known or (flags & RESTARTS and not flags & VIDEO):
        raise BadPacketError(f"packet version {version} with flags {flags:#x} is not known")
    try:
        grid = Grid(width, height)
    except ValueError as error:
        raise BadPacketError(str(error)) from None
    least = 1 + bitmap_bytes(grid)
    if not least <= raw_bytes <= least + MAX_MOVES * MOVE_BYTES + grid.tiles * MAX_TILE_BYTES + 1:
        raise BadPacketError(f"{raw_bytes} bytes cannot describe a picture of {width}×{height}")
    video = _parse_video(packet, grid, bool(flags & RESTARTS)) if flags & VIDEO else None
    end = HEAD_BYTES if video is None else HEAD_BYTES + VIDEO_HEAD_BYTES + len(video.packet)
    return PacketHeader(bool(flags & KEY), grid, raw_bytes, video, end, version)


def _parse_video(packet: bytes, grid: Grid, restarts: bool) -> VideoPart:
    start = HEAD_BYTES + VIDEO_HEAD_BYTES
    if len(packet) < start:
        raise BadPacketError("a video's head is cut off")
    x, y, width, height, length = _VIDEO.unpack_from(packet, HEAD_BYTES)
    if start + length > len(packet):
        raise BadPacketError("a video's packet is cut off")
    lower, right = grid.padded
    whole = not any(side % TILE for side in (x, y, width, height))
    if not whole or not width or not height or x + width > right or y + height > lower:
        raise BadPacketError("a video reaches beyond the picture, or is not made of whole tiles")
    return VideoPart(x, y, width, height, packet[start : start + length], restarts)


def bitmap_bytes(grid: Grid) -> int:
    """Bytes that the bits for all tiles of `grid` take."""
    return -(-grid.tiles // 8)


def pack_moves(moves: Sequence[Move]) -> bytes:
    """Return the bytes of the moves."""
    each = (_MOVE.pack(move.x, move.y, move.width, move.height, move.dx, move.dy, move.restores) for move in moves)
    return bytes([len(moves)]) + b"".join(each)


def parse_moves(raw: bytes, grid: Grid) -> tuple[list[Move], int]:
    """Return the moves at the start of `raw`, and where they end. Raises BadPacketError."""
    count, end = raw[0], 1 + raw[0] * MOVE_BYTES
    if count > MAX_MOVES or end > len(raw):
        raise BadPacketError(f"a picture has at most {MAX_MOVES} moves, not {count}")
    moves = []
    for place in range(count):
        x, y, width, height, dx, dy, flags = _MOVE.unpack_from(raw, 1 + place * MOVE_BYTES)
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
