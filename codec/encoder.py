"""A screen into bytes, exactly: the tiles that changed, in pixel order, through one zstd stream.

Version 1 knows no motion and no loss; its size and speed are the next step. What is final is the face: pictures in,
packets out, None when nothing changed. What was measured before the choice: one stream over tiles in pixel order beat
deflate, planar order and a call for each tile, in bytes and in time.
"""

import numpy as np
import zstandard

from codec.diff import Frame, TileDiff
from codec.errors import DesksideError
from codec.geometry import TILE, Grid
from codec.packet import WINDOW_LOG, Head


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
        self._padded = np.zeros_like(self._shown)
        self._is_padded = self._grid.padded != (height, width)
        self._key = True
        self._stream = _new_stream()

    def refresh(self) -> None:
        """Make the next packet a key: it needs nothing that came before."""
        self._shown[:] = 0
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
        tiles = self._tiles(picture)[changed]
        self._tiles(self._shown)[changed] = tiles
        raw = np.packbits(changed, bitorder="little").tobytes() + tiles[..., :3].tobytes()
        head = Head(self._key, self._grid, len(raw))
        self._key = False
        compressed: bytes = self._stream.compress(raw) + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        return head.pack() + compressed

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


def _new_stream() -> "zstandard.ZstdCompressionObj":
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=WINDOW_LOG)
    return zstandard.ZstdCompressor(compression_params=parameters).compressobj()
