"""A screen into bytes, exactly: what only moved, then the tiles that changed, through one zstd stream.

Method: codec/diff finds the changed tiles; codec/motion explains as many as it can by moves of the last picture; what
is left is written tile by tile (codec/tiles). One stream for all, flushed at each picture, so that whatever was seen in
the last 8 MiB costs next to nothing when it comes again. Left out here: loss, and films.
"""

from dataclasses import replace

import numpy as np
import zstandard

from codec.diff import Flags, Frame, TileDiff
from codec.errors import DesksideError
from codec.geometry import TILE, Grid
from codec.motion import COLOURS, MAX_MOVES, MIN_TILES, Layers, Move, Words, find_move
from codec.packet import WINDOW_LOG, Head, pack_moves
from codec.tiles import write_tiles

RECENT = 6
WORTH = 4
"""Another move is looked for while more than a quarter of what had changed is unexplained."""


class BadFrameError(DesksideError):
    """A picture does not have the size that this encoder was made for. Make a new encoder for the new size."""


class Encoder:
    """Turns pictures of one display into packets; a `Decoder` that gets all of them shows the same pixels.

    One encoder serves one display at one size. After `refresh`, or when made anew, its next packet stands alone.
    """

    def __init__(self, width: int, height: int) -> None:
        """Raises ValueError when the size is outside what a packet can say."""
        self._grid = Grid(width, height)
        self._diff = TileDiff(self._grid)
        self._shown = np.zeros((*self._grid.padded, 4), np.uint8)
        self._layers = Layers(_words(self._shown))
        self._padded = np.zeros_like(self._shown)
        self._is_padded = self._grid.padded != (height, width)
        self._key = True
        self._recent: list[tuple[int, int]] = []
        self._stream = _new_stream()

    def refresh(self) -> None:
        """Make the next packet a key: it needs nothing that came before."""
        self._shown[:] = 0
        self._layers.under[:] = 0
        self._key = True
        self._stream = _new_stream()

    def encode(self, frame: Frame) -> bytes | None:
        """Return the packet that turns the last picture into `frame`, (height, width, 4) uint8 BGRX; None if equal.

        `frame` is not kept. Raises BadFrameError when its shape or type is wrong.
        """
        self._check(frame)
        picture = self._pad(frame)
        changed = self._diff.changed(self._shown, picture)
        if not self._key and not changed.any():
            return None
        moves = [] if self._key else self._move(picture, changed)
        tiles = self._tiles(picture)[changed]
        self._tiles(self._shown)[changed] = tiles
        bits = np.packbits(changed, bitorder="little").tobytes()
        raw = pack_moves(moves) + bits + write_tiles(tiles.view(np.uint32)[..., 0] & COLOURS)
        head = Head(self._key, self._grid, len(raw))
        self._key = False
        compressed: bytes = self._stream.compress(raw) + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        return head.pack() + compressed

    def _move(self, picture: Frame, changed: Flags) -> list[Move]:
        """Carry out on the shown picture what only moved, and return it; `changed` is what is left afterwards."""
        moves: list[Move] = []
        least = int(np.count_nonzero(changed)) // WORTH
        while len(moves) < MAX_MOVES and int(np.count_nonzero(changed)) > max(least, MIN_TILES):
            move = self._find(picture, changed)
            if move is None:
                break
            self._layers.apply(move)
            moves.append(move)
            top, bottom = min(move.y, move.y - move.dy), max(move.y, move.y - move.dy) + move.height
            rows = slice(top // TILE, -(-bottom // TILE))
            changed[rows] = self._diff.changed(self._shown, picture, rows.start, rows.stop)
        return moves

    def _find(self, picture: Frame, changed: Flags) -> Move | None:
        """Return the move that explains most of what changed, in pixels of the whole picture."""
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
        area = np.s_[top * TILE : bottom * TILE, left * TILE : right * TILE]
        before, after = (_words(each)[area] & COLOURS for each in (self._shown, picture))
        found = find_move(before, after, changed[top:bottom, left:right], self._recent)
        if found is None:
            return None
        vector = (found.dx, found.dy)
        self._recent = [vector, *(each for each in self._recent if each != vector)][:RECENT]
        move = replace(found, x=found.x + left * TILE, y=found.y + top * TILE)
        return replace(move, restores=self._layers.may_restore(move, _words(picture)))

    def _check(self, frame: Frame) -> None:
        expected = (self._grid.height, self._grid.width, 4)
        if not isinstance(frame, np.ndarray) or frame.dtype != np.uint8 or frame.shape != expected:
            found = f"{getattr(frame, 'shape', None)} {getattr(frame, 'dtype', type(frame).__name__)}"
            raise BadFrameError(f"expected a picture of {expected} uint8, not {found}")

    def _pad(self, frame: Frame) -> Frame:
        if not self._is_padded:
            return np.ascontiguousarray(frame)
        self._padded[: self._grid.height, : self._grid.width] = frame
        return self._padded

    def _tiles(self, picture: Frame) -> Frame:
        """View a padded picture as (rows, columns, 16, 16, 4)."""
        return picture.reshape(self._grid.rows, TILE, self._grid.columns, TILE, 4).swapaxes(1, 2)


def _words(picture: Frame) -> Words:
    """View a padded picture as one word a pixel."""
    return picture.view(np.uint32)[..., 0]


def _new_stream() -> "zstandard.ZstdCompressionObj":
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=WINDOW_LOG)
    return zstandard.ZstdCompressor(compression_params=parameters).compressobj()
