"""RASC, the lossless screen codec of AVI recordings. FFmpeg and mpv play it, VLC does not.

Method: codec/picture/diff finds the changed tiles, codec/picture/motion what only moved; the rest are deltas over
what changed, which skip what stayed. A RASC decoder keeps for each pixel the colour before its last change, as
codec/picture/motion's SaveUnder do: what a dragged window or a menu had covered comes back by swapping, without its
pixels. The pointer is a shape and a place of its own, so that a moving pointer costs 40 bytes.

A key picture is a fresh format chunk, which blackens both pictures, and deltas from black: fills and skips make it
smaller and quicker than RASC's own key chunk, which deflates every row of both pictures, and FFmpeg needs nothing more.
"""

import struct
import zlib

import numpy as np

from codec.picture.diff import COLOURS, Flags, Frame, Words, words_of
from codec.picture.geometry import TILE, Grid
from codec.picture.motion import MIN_TILES, find_move
from codec.picture.save_under import Move, SaveUnder
from codec.recording.changes import Changes
from codec.recording.pointer import Pointer, as_shape
from codec.recording.runs import operations

KEY, DELTA = b"KBND", b"BNDL"
LEVEL = 3
"""A tenth fewer bytes than level 1 in the same time; 6 takes longer for photographs and makes them no smaller."""
PHOTO_LEVEL = 1
"""A third less time than level 3 for photographs and films, and 1 to 5 % more bytes."""
PHOTO_PIXELS, PHOTO_BYTES = 10_000, 2
"""A delta of more pixels, most of those in its tiles, that takes more bytes for each before it is deflated, is of a
photograph or a film.
"""
STRIPS_FROM, STRIP = 2_000, 16
"""Of more changed tiles, so many columns make a delta of their own: zlib looks back 32 KiB, which are four lines of a
whole picture and thirty of a strip. Measured on keys of 1080p: a photograph 4 % smaller, with a window over it 12 %,
pages of text 2 and 4 %; a nearly empty one takes 4 KiB more. Strips of 8 cost text more, of 32 save photographs less.
"""
MOVES = 3
WORTH = 4
"""Another move is looked for while more than a quarter of what had changed is unexplained."""
RECENT = 6
_HEAD = struct.Struct("<4sI")
"""Tag and length of a chunk within a packet."""
_CHUNKS: dict[bytes, int | None] = {b"FINT": None, b"MOVE": None, b"MPOS": None, b"DLTA": 40, b"MOUS": 32}
"""The chunks that we write, and where what is deflated begins in them."""
_INFLATED_AT_ONCE = 1 << 20
COPY, KEEP = 0, 2
"""Rectangles of a MOVE chunk: copy within the picture; copy the picture into the colours before."""


class RascEncoder:
    """Turns pictures of one size into RASC packets; FFmpeg's decoder shows the very same pixels."""

    def __init__(self, width: int, height: int, level: int = LEVEL) -> None:
        """Raises ValueError when the size is outside what a picture may have. `level` is zlib's."""
        self._grid = Grid(width, height)
        self._changes = Changes(self._grid)
        self._level = level
        self._layers = SaveUnder(words_of(self._changes.shown))
        self._pointed_at: tuple[bytes, tuple[int, ...], bytes] = (b"", (), b"")
        self._recent: list[tuple[int, int]] = []

    def encode(
        self, frame: Frame, pointer: Pointer | None = None, key: bool = False, touched: Flags | None = None
    ) -> bytes | None:
        """Return what shows `frame`, (height, width, 4) uint8 BGRX, under `pointer`; None if nothing changed.

        A `key` packet needs nothing that came before; the first one must be a key. `touched`, (rows, columns) booleans,
        promises that no other tile differs from the picture before, so that changes are looked for there only.
        """
        if key:
            self._changes.shown[:] = 0
            self._layers.under[:] = 0
        parts = [_format(self._grid)] if key else []
        if key or touched is None or touched.any():
            picture = self._changes.pad(frame)
            changed = self._changes.changed(picture, None if key else touched)
            if not key:
                parts += self._moves(picture, changed[: self._changes.whole])
            parts += self._delta(picture, changed)
            if key:  # the byte without meaning too, which would make unchanged tiles look suspicious from now on
                self._changes.shown[: self._grid.height, : self._grid.width] = frame
        parts += self._pointed(pointer, key)
        return (KEY if key else DELTA) + b"".join(parts) if parts else None

    def _delta(self, picture: Frame, changed: Flags) -> list[bytes]:
        """Return the deltas that the changed tiles need, and carry them out."""
        if np.count_nonzero(changed) <= STRIPS_FROM:
            return self._walk(picture, changed, 0)
        strips = range(0, self._grid.columns, STRIP)
        return [delta for left in strips for delta in self._walk(picture, changed[:, left : left + STRIP], left)]

    def _walk(self, picture: Frame, changed: Flags, first: int) -> list[bytes]:
        """Return the delta over some columns of tiles, the `first` and those beside it, and carry it out."""
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        if rows.size == 0:
            return []
        top, left, right = int(rows[0]) * TILE, int(columns[0]), int(columns[-1]) + 1
        bottom = min(int(rows[-1] + 1) * TILE, self._grid.height)
        width = min((first + right) * TILE, self._grid.width) - (first + left) * TILE
        # The delta walks over this rectangle from its lowest line up.
        every = changed[top // TILE : int(rows[-1]) + 1, left:right].repeat(TILE, axis=0)[: bottom - top][::-1]
        steps = np.flatnonzero(every)
        lines = steps // (right - left)
        places = (bottom - 1 - lines) * self._grid.columns + (steps - lines * (right - left) + first + left)
        way = steps * TILE - lines * ((right - left) * TILE - width)
        new, shown, under = (_segments(words) for words in (words_of(picture), *self._planes()))
        after, before, earlier = new[places], shown[places], under[places]
        differs = ((after ^ before) & COLOURS) != 0
        at = np.flatnonzero(differs)
        if at.size == 0:
            return []
        colours = after.ravel()[at] & COLOURS
        swaps = (earlier.ravel()[at] & COLOURS) == colours
        written = operations(way[at >> 4] + (at & 15), colours, swaps)
        under[places] = np.where(differs, before, earlier)
        shown[places] = after
        area = ((first + left) * TILE, top, width, bottom - top)
        is_photo = at.size > PHOTO_PIXELS and 2 * at.size > differs.size and len(written) > PHOTO_BYTES * at.size
        return [_delta(written, area, min(PHOTO_LEVEL, self._level) if is_photo else self._level)]

    def _planes(self) -> tuple[Words, Words]:
        return self._layers.picture, self._layers.under

    def _moves(self, picture: Frame, changed: Flags) -> list[bytes]:
        """Carry out what only moved, and return it; `changed` is what is left afterwards."""
        rectangles: list[bytes] = []
        least = int(np.count_nonzero(changed)) // WORTH
        for _ in range(MOVES):
            if np.count_nonzero(changed) <= max(least, MIN_TILES):
                break
            move = self._find(picture, changed)
            if move is None or move.width <= 0 or move.height <= 0:
                break
            rectangles += _rectangles(move)
            self._layers.apply(move)
            top, bottom = min(move.y, move.y - move.dy), max(move.y, move.y - move.dy) + move.height
            rows = slice(top // TILE, -(-bottom // TILE))
            changed[rows] = self._changes.again(picture, rows)
        if not rectangles:
            return []
        return [_chunk(b"MOVE", struct.pack("<8xI8xI", len(rectangles), 0) + b"".join(rectangles))]

    def _find(self, picture: Frame, changed: Flags) -> Move | None:
        """Return the move that explains most of what changed, as far as RASC can say it."""
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
        area = np.s_[top * TILE : bottom * TILE, left * TILE : right * TILE]
        # The byte without meaning stays in them: where it is noise, moves are missed, never wrong.
        before, after = self._layers.picture[area], words_of(picture)[area]
        proven = find_move(before, after, changed[top:bottom, left:right], self._recent)
        if proven is None:
            return None
        found = proven.move
        vector = (found.dx, found.dy)
        self._recent = [vector, *(each for each in self._recent if each != vector)][:RECENT]
        x, y = found.x + left * TILE, found.y + top * TILE
        # A target must end before the last row and column, a source with them.
        width = min(found.width, self._grid.width - 1 - x, self._grid.width - x + found.dx)
        height = min(found.height, self._grid.height - 1 - y, self._grid.height - y + found.dy)
        return Move(x, y, width, height, *vector)

    def _pointed(self, pointer: Pointer | None, key: bool) -> list[bytes]:
        """Return where the pointer is now, with its shape where that is another (or cut by the edge)."""
        x, y, shape = as_shape(pointer, self._grid.width, self._grid.height)
        place, pixels = struct.pack("<8xII", x, y), shape[::-1].tobytes()
        before, self._pointed_at = self._pointed_at, (place, shape.shape, pixels)
        if not key and before == self._pointed_at:
            return []
        moved = _chunk(b"MPOS", place)
        if not key and before[1:] == self._pointed_at[1:]:
            return [moved]
        head = struct.pack("<8xII12xI", shape.shape[1], shape.shape[0], shape.size)
        return [_chunk(b"MOUS", head + zlib.compress(pixels, self._level)), moved]


def is_whole(packet: bytes) -> bool:
    """Whether a packet is what `RascEncoder` wrote, as far as its lengths and checksums tell."""
    at = len(KEY)
    while at < len(packet):
        if at + _HEAD.size > len(packet):
            return False
        tag, size = _HEAD.unpack_from(packet, at)
        payload = packet[at + _HEAD.size : at + _HEAD.size + size]
        if tag not in _CHUNKS or len(payload) != size:
            return False
        deflated_from = _CHUNKS[tag]
        if deflated_from is not None and not _inflates(payload[deflated_from:]):
            return False
        at += _HEAD.size + size
    return packet[: len(KEY)] in (KEY, DELTA)


def _inflates(data: bytes) -> bool:
    inflater = zlib.decompressobj()
    try:
        while data and not inflater.eof:
            inflater.decompress(data, _INFLATED_AT_ONCE)
            data = inflater.unconsumed_tail
    except zlib.error:
        return False
    return inflater.eof


def _segments(words: Words) -> Words:
    """View a picture, in whole columns of tiles, as (lines of tiles, 16)."""
    return words.reshape(-1, TILE)


def _chunk(tag: bytes, payload: bytes) -> bytes:
    return tag + struct.pack("<I", len(payload)) + payload


def _format(grid: Grid) -> bytes:
    return _chunk(b"FINT", struct.pack("<I4xII30xH24x", 0x65, grid.width, grid.height, 32))


def _delta(written: bytes, area: tuple[int, int, int, int], level: int) -> bytes:
    """Return the chunk that walks over `area`: left, top, width and height in pixels."""
    head = struct.pack("<12xIIIII4xI", len(written), *area, 1)
    return _chunk(b"DLTA", head + zlib.compress(written, level))


def _rectangles(move: Move) -> list[bytes]:
    """Return what keeps the colours that only this move covers, and the move itself."""
    kept = [_rectangle(KEEP, part, part) for part in move.covers]
    return [*kept, _rectangle(COPY, move.target, move.source)]


def _rectangle(kind: int, target: tuple[int, int, int, int], source: tuple[int, int, int, int]) -> bytes:
    top, left, bottom, right = target
    return struct.pack("<7H2x", kind, left, top, right, bottom, source[1], source[0])
