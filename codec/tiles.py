"""How a tile is written: in one colour, in two, as a photograph, or plain. Whole groups of tiles at once.

    kinds      u8 for each tile
    solid      B, G, R for each tile of one colour
    two        for each: B, G, R twice, then a bit for each pixel, row by row, lowest bit first; 1 is the second colour
    photo      for each: 256 bytes of G, then of B - G, then of R - G; every row less the row above it, modulo 256
    plain      for each: 16 rows of 16 pixels of B, G, R

Why these four: text and windows are nearly all of one or two colours, and 38 bytes in place of 768 leave zstd little to
do; photographs, where neighbours differ a little everywhere, lose half their bytes when colours and rows are taken as
differences. A tile counts as a photograph when few of its pixels equal their left neighbour. Left out: palettes of four
and sixteen colours (zstd makes up for most of it) and better predictors (Paeth took eight times as long for 6 %).
"""

import numpy as np
from numpy.typing import NDArray

from codec.geometry import TILE

Tiles = NDArray[np.uint32]
"""(count, 16, 16) pixels, one word each: B in the lowest byte, the highest is zero."""

SOLID, TWO, PHOTO, PLAIN = range(4)
PIXELS = TILE * TILE
SIZES = {SOLID: 3, TWO: 6 + PIXELS // 8, PHOTO: 3 * PIXELS, PLAIN: 3 * PIXELS}
"""Bytes of one tile of each kind."""
MAX_TILE_BYTES = 1 + 3 * PIXELS
PHOTO_EQUALS = 60
"""With fewer equal neighbours than this, of 240, a tile is a photograph."""


class BadTilesError(ValueError):
    """The bytes are not those of so many tiles."""


def write_tiles(tiles: Tiles) -> bytes:
    """Return the bytes of these tiles."""
    kinds = _kinds(tiles)
    groups = [tiles[kinds == kind] for kind in (SOLID, TWO, PHOTO, PLAIN)]
    parts = (
        _colours(groups[SOLID][:, 0, 0]),
        _write_two(groups[TWO]),
        _write_photos(groups[PHOTO]),
        _colours(groups[PLAIN]),
    )
    return b"".join([kinds.tobytes(), *parts])


def read_tiles(data: bytes, start: int, count: int) -> Tiles:
    """Return `count` tiles from `data` at `start`, which must end with them. Raises BadTilesError."""
    kinds = np.frombuffer(data[start : start + count], np.uint8)
    if len(kinds) != count or (kinds > PLAIN).any():
        raise BadTilesError("a tile is of no known kind")
    sizes = np.bincount(kinds, minlength=4)
    if len(data) != start + count + sum(int(sizes[kind]) * SIZES[kind] for kind in SIZES):
        raise BadTilesError("the tiles do not fill the packet")
    tiles = np.empty((count, TILE, TILE), np.uint32)
    at = start + count
    for kind, read in ((SOLID, _read_solid), (TWO, _read_two), (PHOTO, _read_photos), (PLAIN, _read_plain)):
        number = int(sizes[kind])
        part = np.frombuffer(data, np.uint8, number * SIZES[kind], at).reshape(number, SIZES[kind])
        tiles[kinds == kind] = read(part)
        at += part.size
    return tiles


def _kinds(tiles: Tiles) -> NDArray[np.uint8]:
    flat = tiles.reshape(len(tiles), PIXELS)
    first = flat[:, :1]
    differs = flat != first
    any_differs = differs.any(axis=1)
    second = flat[np.arange(len(flat)), differs.argmax(axis=1)][:, None]
    is_two = ((flat == second) | ~differs).all(axis=1)
    equals = (tiles[:, :, 1:] == tiles[:, :, :-1]).sum(axis=(1, 2))
    rest = np.where(equals < PHOTO_EQUALS, PHOTO, PLAIN)
    return np.where(any_differs, np.where(is_two, TWO, rest), SOLID).astype(np.uint8)


def _colours(pixels: NDArray[np.uint32]) -> bytes:
    return np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4)[..., :3].tobytes()


def _write_two(tiles: Tiles) -> bytes:
    flat = tiles.reshape(len(tiles), PIXELS)
    ones = flat != flat[:, :1]
    colours = np.stack([flat[:, 0], flat[np.arange(len(flat)), ones.argmax(axis=1)]], axis=1)
    written = np.empty((len(flat), SIZES[TWO]), np.uint8)
    written[:, :6] = colours.view(np.uint8).reshape(len(flat), 2, 4)[..., :3].reshape(len(flat), 6)
    written[:, 6:] = np.packbits(ones, axis=1, bitorder="little")
    return written.tobytes()


def _write_photos(tiles: Tiles) -> bytes:
    planes = np.ascontiguousarray(tiles).view(np.uint8).reshape(len(tiles), TILE, TILE, 4)
    blue, green, red = (planes[..., place] for place in range(3))
    colours = np.stack([green, blue - green, red - green], axis=1)
    colours[:, :, 1:] -= colours[:, :, :-1].copy()
    return colours.tobytes()


def _read_solid(part: NDArray[np.uint8]) -> Tiles:
    return np.broadcast_to(_words(part)[:, None, None], (len(part), TILE, TILE))


def _read_two(part: NDArray[np.uint8]) -> Tiles:
    colours = _words(part[:, :6].reshape(-1, 2, 3))
    ones = np.unpackbits(part[:, 6:], axis=1, bitorder="little").astype(bool)
    return np.where(ones, colours[:, 1:], colours[:, :1]).reshape(-1, TILE, TILE)


def _read_photos(part: NDArray[np.uint8]) -> Tiles:
    colours = np.add.accumulate(part.reshape(-1, 3, TILE, TILE), axis=2, dtype=np.uint8)
    green, blue, red = colours[:, 0], colours[:, 1] + colours[:, 0], colours[:, 2] + colours[:, 0]
    return _words(np.stack([blue, green, red], axis=-1))


def _read_plain(part: NDArray[np.uint8]) -> Tiles:
    return _words(part.reshape(-1, TILE, TILE, 3))


def _words(colours: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return (…, 3) bytes as words."""
    words = np.zeros((*colours.shape[:-1], 4), np.uint8)
    words[..., :3] = colours
    return words.view(np.uint32)[..., 0]
