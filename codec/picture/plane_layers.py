"""What a viewer keeps of a picture that comes in planes: luma and chroma, each with what lies under it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.picture.color_planes import Plane, affected, to_rgb
from codec.picture.diff import Flags, Frame
from codec.picture.geometry import TILE, Box, Grid, covering, within
from codec.picture.packet import PlaneColors, parse_marks, parse_moves, plane_forms
from codec.picture.pixel_form import PixelForm
from codec.picture.save_under import Pixels, SaveUnder
from codec.picture.tiles import BadTilesError, Tiles, read_some_tiles

BAND = 64
"""So many lines become colours at once: what they take in between stays small, however large the picture is."""


@dataclass(frozen=True)
class CapturedPlanes:
    """A picture: luma (height, width), and Cb and Cr, half as high and wide, rounded up."""

    luma: Plane
    cb: Plane
    cr: Plane


class PlaneLayers:
    """Follows the packets from one key to the next. Memory: less than four bytes a pixel."""

    def __init__(self, grid: Grid, colors: PlaneColors) -> None:
        self.colors = colors
        self._grid = grid
        self._luma = SaveUnder(np.zeros(grid.padded, np.uint8))
        self._chroma = SaveUnder(np.zeros(plane_forms(grid)[1][0].padded, np.uint16))
        self._unpainted: Flags = np.zeros((grid.rows, grid.columns), np.bool_)

    @property
    def planes(self) -> CapturedPlanes:
        """The picture. These are views, which change with the next packet."""
        width, height = self._grid.width, self._grid.height
        chroma = self._chroma.picture.view(np.uint8).reshape(*self._chroma.picture.shape, 2)
        half = chroma[: -(-height // 2), : -(-width // 2)]
        return CapturedPlanes(self._luma.picture[:height, :width], half[..., 0], half[..., 1])

    def take(self, raw: bytes, *, is_whole: bool) -> Flags:
        """Carry out what a packet says, and return which tiles of the picture may have changed: all if it `is_whole`.

        Raises BadPacketError or BadTilesError.
        """
        (grid, _), (half, _) = plane_forms(self._grid)
        in_luma, at = _carry_out(raw, 0, self._luma, grid, PixelForm.LUMA)
        in_chroma, at = _carry_out(raw, at, self._chroma, half, PixelForm.CHROMA)
        if at != len(raw):
            raise BadTilesError("the tiles do not fill the packet")
        touched = in_luma | in_chroma.repeat(2, axis=0).repeat(2, axis=1)[: grid.rows, : grid.columns]
        if is_whole:
            touched[:] = True
        self._unpainted |= touched
        for box in list(_boxes_of(touched)):
            touched[within(covering(self._affected(box)))] = True
        return touched

    def paint(self, picture: Frame) -> None:
        """Paint the colours of what changed since the last time, however many packets that were.

        A packet of some bytes can move everything, and colours take much longer than a move.
        """
        boxes = list(_boxes_of(self._unpainted))
        self._unpainted[:] = False
        for box in boxes:
            self._paint(self._affected(box), picture)

    def _affected(self, box: Box) -> Box:
        """Return the pixels that a box of tiles bears on."""
        width, height = self._grid.width, self._grid.height
        top, left, bottom, right = (side * TILE for side in box)
        return affected((top, left, min(bottom, height), min(right, width)), width, height)

    def _paint(self, area: Box, picture: Frame) -> None:
        planes, colors = self.planes, self.colors
        for first in range(area[0], area[2], BAND):
            band = (first, area[1], min(first + BAND, area[2]), area[3])
            rgb = to_rgb(planes.luma, planes.cb, planes.cr, colors.matrix, full_range=colors.full_range, area=band)
            picture[within(band)][..., :3] = rgb[..., ::-1]


class _MarkedTiles:
    """Those tiles of a plane that a packet changes, as words."""

    def __init__(self, plane: Pixels, changed: Flags, form: PixelForm) -> None:
        self._tiles = plane.reshape(changed.shape[0], TILE, changed.shape[1], TILE).swapaxes(1, 2)
        self._rows, self._columns = np.nonzero(changed)
        self._shift = np.uint32(8 * form.value[0])

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, which: NDArray[np.intp]) -> Tiles:
        return self._tiles[self._rows[which], self._columns[which]].astype(np.uint32) << self._shift

    def __setitem__(self, which: NDArray[np.intp], tiles: Tiles) -> None:
        self._tiles[self._rows[which], self._columns[which]] = tiles >> self._shift


def _carry_out(raw: bytes, start: int, layers: SaveUnder, grid: Grid, form: PixelForm) -> tuple[Flags, int]:
    """Carry out what is said of one of the two pictures; return which tiles may have changed, and where that ends."""
    moves, at = parse_moves(raw, grid, start)
    changed, at = parse_marks(raw, grid, at)
    touched = changed.copy()
    for move in moves:
        layers.apply(move)
        for box in (move.target, *(move.uncovers if move.restores else ())):
            touched[within(covering(box))] = True
    return touched, read_some_tiles(raw, at, _MarkedTiles(layers.picture, changed, form), form=form)


def _boxes_of(touched: Flags) -> Iterator[Box]:
    """Return boxes around everything that is touched, one for each group of neighbouring rows of tiles."""
    rows = np.flatnonzero(touched.any(axis=1))
    if rows.size == 0:
        return
    for group in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
        top, bottom = int(group[0]), int(group[-1]) + 1
        columns = np.flatnonzero(touched[top:bottom].any(axis=0))
        yield top, int(columns[0]), bottom, int(columns[-1]) + 1
