"""Planes as browsers capture them into packets of version 5, exactly.

Luma and chroma are two pictures, each with its own changes and moves, found and written as `encoder` does it with the
colours of a screen. A page that is scrolled by an odd number of lines moves in luma, while chroma, the mean of other
lines now, changes: as colours all of it would have to be written. Chroma moves by half of what luma moves, where that
is whole, or is written: looking for moves of its own took a fifth of the time and found next to none. One zstd stream
has both.

No program of Python's captures planes: this says what a page's encoder has to write, and its tests compare the bytes.
"""

from collections.abc import Sequence

import numpy as np

from codec.picture.color_planes import Plane
from codec.picture.diff import Frame
from codec.picture.encoder import BadFrameError
from codec.picture.geometry import Grid
from codec.picture.median import Buffer
from codec.picture.packet import PLANES_VERSION, PacketHeader, PlaneColors, pack_marks, pack_moves, plane_forms
from codec.picture.pixel_form import PixelForm
from codec.picture.plane_layers import CapturedPlanes
from codec.picture.reference import Reference
from codec.picture.save_under import Move
from codec.picture.stream import PLANES_HASH_LOG, PictureStream
from codec.picture.tiles import tile_parts
from codec.picture.update import Update, kinds_in_version


class PlaneEncoder:
    """Turns pictures of one size and matrix into packets; a `Decoder` that gets all of them has the same planes."""

    def __init__(self, width: int, height: int, colors: PlaneColors) -> None:
        """Raises ValueError when the size is outside what a packet can say."""
        self._grid = Grid(width, height)
        self._colors = colors
        self._layers = tuple(_Layer(grid, form) for grid, form in plane_forms(self._grid))
        self._stream = PictureStream(PLANES_HASH_LOG)
        self._key = True

    def refresh(self) -> None:
        """Make the next packet a key: it needs nothing that came before."""
        for layer in self._layers:
            layer.forget()
        self._stream.restart()
        self._key = True

    def encode(self, planes: CapturedPlanes) -> bytes | None:
        """Return the packet that turns the last picture into this one, None if equal. Raises BadFrameError."""
        half = -(-self._grid.height // 2), -(-self._grid.width // 2)
        if (planes.luma.shape, planes.cb.shape, planes.cr.shape) != ((self._grid.height, self._grid.width), half, half):
            raise BadFrameError(f"expected planes of {self._grid.width}×{self._grid.height}")
        luma, chroma = self._layers
        found = [luma.see(_frame(planes.luma)), chroma.see(_frame(planes.cb, planes.cr))]
        if not self._key and not any(found):
            return None
        moves = [] if self._key else luma.move()
        halves = [(move.dx // 2, move.dy // 2) for move in moves if move.dx % 2 == move.dy % 2 == 0]
        in_chroma = [] if self._key else chroma.move(halves)
        parts = luma.write(moves, is_key=self._key) + chroma.write(in_chroma, is_key=self._key)
        head = PacketHeader(self._key, self._grid, sum(map(len, parts)), planes=self._colors)
        self._key = False
        return head.pack() + self._stream.write(parts)


class _Layer:
    """One of the two pictures."""

    def __init__(self, grid: Grid, form: PixelForm) -> None:
        self._reference = Reference(grid)
        self._form = form

    def forget(self) -> None:
        self._reference.forget()

    def see(self, frame: Frame) -> bool:
        """Take what is shown now; return whether anything changed."""
        self._changed = self._reference.see(frame)
        return bool(self._changed.any())

    def move(self, vectors: Sequence[tuple[int, int]] | None = None) -> list[Move]:
        """Carry out what only moved, by these vectors or by any, and return it."""
        return self._reference.move(self._changed, vectors=vectors)

    def write(self, moves: Sequence[Move], *, is_key: bool) -> list[Buffer]:
        """Return what a packet says of this picture, after these moves."""
        changed = self._changed
        tiles, shown = self._reference.settle(changed)
        known = np.full(len(tiles), not is_key and shown is not None)
        update = Update(changed, tiles, tiles if shown is None else shown, known)
        kinds = kinds_in_version(update.kinds, PLANES_VERSION)
        return [
            pack_moves(moves) + pack_marks(changed),
            *tile_parts(tiles, kinds, update.shown, form=self._form),
        ]


def _frame(*planes: Plane) -> Frame:
    """Return a picture of words as PixelForm has them: luma is the second byte, Cb and Cr are the first two."""
    frame = np.zeros((*planes[0].shape, 4), np.uint8)
    for byte, plane in zip(PixelForm.LUMA.value if len(planes) == 1 else PixelForm.CHROMA.value, planes, strict=True):
        frame[..., byte] = plane
    return frame
