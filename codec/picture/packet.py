"""The bytes of one picture update, version 4; those of planes, version 5, are below.

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

Version 5 has a picture as browsers capture it, in planes: luma for each pixel, and Cb and Cr for each 2×2 of
them. After `raw` there are

    matrix  u8       1 BT.709, 6 BT.601 (ISO/IEC 23091-2); this and `range` are the same in all packets after a key
    range   u8       0 limited, 1 full

Decompressed it is two pictures one after the other, each with its own moves, marks and tiles as above: luma, a byte a
pixel, then chroma, half as wide and high (rounded up), two bytes a pixel. A key begins with both zero.

A video covers the planes and never changes them. With VIDEO a packet is nothing but its part: `raw` is 0 and no stream
follows; with KEY too (then always with RESTARTS) both planes and the stream begin again, unseen. With bit 3 COVERED a
packet changes the planes, and what is shown stays. The next packet with neither shows the planes everywhere.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codec.errors import DesksideError
from codec.picture.color_planes import Matrix
from codec.picture.diff import Flags
from codec.picture.geometry import TILE, Grid
from codec.picture.pixel_form import PixelForm
from codec.picture.save_under import Move
from codec.picture.tiles import LOSSY, MEDIAN, most_tile_bytes

VERSION, OLDEST_VERSION, PLANES_VERSION = 4, 3, 5
"""Packets of colours have versions up to VERSION; a viewer that decodes PLANES_VERSION decodes all."""
KEY, VIDEO, RESTARTS, COVERED = 1, 2, 4, 8
_FLAGS = range(8)
_PLANE_FLAGS = (0, KEY, VIDEO, VIDEO | RESTARTS, KEY | VIDEO | RESTARTS, COVERED)
WINDOW_LOG = 23
"""The zstd stream looks back at most 8 MiB, which is what each end keeps of it."""
_HEAD = struct.Struct("<BBHHI")
_VIDEO = struct.Struct("<HHHHI")
_PLANES = struct.Struct("<BB")
_MOVE = struct.Struct("<HHHHhhB")
HEAD_BYTES = _HEAD.size
VIDEO_HEAD_BYTES = _VIDEO.size
PLANES_HEAD_BYTES = _PLANES.size
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
class PlaneColors:
    """How the planes of a picture become colours."""

    matrix: Matrix
    full_range: bool


@dataclass(frozen=True)
class PacketHeader:
    """What is before the compressed part, which begins at `end`."""

    key: bool
    grid: Grid
    raw_bytes: int
    video: VideoPart | None = None
    end: int = HEAD_BYTES
    version: int = VERSION
    planes: PlaneColors | None = None
    """Of version 5, and no other."""
    is_covered: bool = False
    """Whether planes change and what is shown stays."""

    @property
    def shows_planes(self) -> bool:
        """Whether the planes are shown after this packet, wherever a video covered them."""
        return self.planes is not None and self.video is None and not self.is_covered

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
            | (COVERED if self.is_covered else 0)
        )
        version = self.version if self.planes is None else PLANES_VERSION
        head = _HEAD.pack(version, flags, self.grid.width, self.grid.height, self.raw_bytes)
        if self.planes is not None:
            head += _PLANES.pack(self.planes.matrix, self.planes.full_range)
        return head if self.video is None else head + self.video.pack()


def parse_header(packet: bytes) -> PacketHeader:
    """Read the head of `packet`. Raises BadPacketError when it cannot be one or claims impossible sizes."""
    if len(packet) < HEAD_BYTES:
        raise BadPacketError(f"a packet has at least {HEAD_BYTES} bytes, this one {len(packet)}")
    version, flags, width, height, raw_bytes = _HEAD.unpack_from(packet)
    known_flags = _PLANE_FLAGS if version == PLANES_VERSION else _FLAGS
    is_known = OLDEST_VERSION <= version <= PLANES_VERSION and flags in known_flags
    if not is_known or (flags & RESTARTS and not flags & VIDEO):
        raise BadPacketError(f"packet version {version} with flags {flags:#x} is not known")
    try:
        grid = Grid(width, height)
    except ValueError as error:
        raise BadPacketError(str(error)) from None
    key, end, planes = bool(flags & KEY), HEAD_BYTES, None
    if version == PLANES_VERSION:
        planes, end = _parse_planes(packet), HEAD_BYTES + PLANES_HEAD_BYTES
    video = _parse_video(packet, end, grid, bool(flags & RESTARTS)) if flags & VIDEO else None
    if video is not None:
        end += VIDEO_HEAD_BYTES + len(video.packet)
    least, most = (0, 0) if planes is not None and video is not None else _raw_limits(version, grid)
    if not least <= raw_bytes <= most:
        raise BadPacketError(f"{raw_bytes} bytes cannot describe a picture of {width}×{height}")
    return PacketHeader(key, grid, raw_bytes, video, end, version, planes, bool(flags & COVERED))


def _raw_limits(version: int, grid: Grid) -> tuple[int, int]:
    """Return how many bytes the stream gives of a picture, at least and at most."""
    forms = plane_forms(grid) if version == PLANES_VERSION else ((grid, PixelForm.COLOUR),)
    least = sum(1 + bitmap_bytes(each) for each, _ in forms)
    return least, least + sum(MAX_MOVES * MOVE_BYTES + each.tiles * most_tile_bytes(form) + 1 for each, form in forms)


def plane_forms(grid: Grid) -> tuple[tuple[Grid, PixelForm], tuple[Grid, PixelForm]]:
    """Return the two pictures that a picture of this size is in planes: luma and chroma."""
    return (grid, PixelForm.LUMA), (Grid(-(-grid.width // 2), -(-grid.height // 2)), PixelForm.CHROMA)


def _parse_planes(packet: bytes) -> PlaneColors:
    if len(packet) < HEAD_BYTES + PLANES_HEAD_BYTES:
        raise BadPacketError("the head of planes is cut off")
    matrix, full_range = _PLANES.unpack_from(packet, HEAD_BYTES)
    if matrix not in tuple(Matrix) or full_range > 1:
        raise BadPacketError(f"matrix {matrix} of range {full_range} is not known")
    return PlaneColors(Matrix(matrix), bool(full_range))


def _parse_video(packet: bytes, at: int, grid: Grid, restarts: bool) -> VideoPart:
    start = at + VIDEO_HEAD_BYTES
    if len(packet) < start:
        raise BadPacketError("a video's head is cut off")
    x, y, width, height, length = _VIDEO.unpack_from(packet, at)
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


def parse_moves(raw: bytes, grid: Grid, start: int = 0) -> tuple[list[Move], int]:
    """Return the moves that `raw` has at `start`, and where they end. Raises BadPacketError."""
    count = raw[start] if start < len(raw) else MAX_MOVES + 1
    end = start + 1 + count * MOVE_BYTES
    if count > MAX_MOVES or end > len(raw):
        raise BadPacketError(f"a picture has at most {MAX_MOVES} moves, not {count}")
    moves = []
    for place in range(count):
        x, y, width, height, dx, dy, flags = _MOVE.unpack_from(raw, start + 1 + place * MOVE_BYTES)
        if flags > 1:
            raise BadPacketError(f"a move with flags {flags:#x} is not known")
        moves.append(Move(x, y, width, height, dx, dy, bool(flags)))
    for move in moves:
        _check(move, grid)
    return moves, end


def pack_marks(changed: Flags) -> bytes:
    """Return the bits of the tiles that follow."""
    return np.packbits(changed, bitorder="little").tobytes()


def parse_marks(raw: bytes, grid: Grid, start: int) -> tuple[Flags, int]:
    """Return which tiles follow, as `raw` says at `start`, and where that ends. Raises BadPacketError."""
    end = start + bitmap_bytes(grid)
    bits = np.unpackbits(np.frombuffer(raw[start:end], np.uint8), bitorder="little")
    if end > len(raw) or bits[grid.tiles :].any():
        raise BadPacketError("a tile outside the picture is marked as changed")
    return bits[: grid.tiles].astype(bool).reshape(grid.rows, grid.columns), end


def _check(move: Move, grid: Grid) -> None:
    height, width = grid.padded
    for x, y in ((move.x, move.y), (move.x - move.dx, move.y - move.dy)):
        if x < 0 or y < 0 or x + move.width > width or y + move.height > height:
            raise BadPacketError("a move reaches beyond the picture")
