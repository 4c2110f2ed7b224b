"""How a tile is written: in one colour, in two, in part, as a photograph, plain, or lossy. Whole groups at once.

    kinds      u8 for each tile
    solid      B, G, R for each tile of one colour
    two        for each: B, G, R twice, then a bit for each pixel, row by row, lowest bit first; 1 is the second colour
    part       for each: a bit for each pixel, 1 where it changes; then B, G, R of those pixels, of all these tiles
    photo      for each: 256 bytes of G, then of B - G, then of R - G; every row less the row above it, modulo 256
    plain      for each: 16 rows of 16 pixels of B, G, R
    lossy      see codec/picture/lossy.py
    median     photographs as packets from version 4 on have them, see codec/picture/median.py

So much of a colour. Luma and chroma (codec/picture/pixel_form.py) have their own byte or two bytes in place of B, G, R,
their planes as they are in place of G, B - G, R - G, and nothing lossy.

Why these: text and windows are nearly all of one or two colours, and 38 bytes in place of 768 leave zstd little to do;
of a tile that a window uncovers by a few pixels, or in which a letter is typed, the rest is known; photographs, where
neighbours differ a little everywhere, lose two thirds of their bytes when what their neighbours say is taken off.
What a tile is says codec/picture/tile_classification.py. Left out: palettes of four and sixteen colours (zstd makes up
for most of it).
"""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from codec.picture.geometry import TILE
from codec.picture.lossy import BadLossyError, LossyReader, write_lossy
from codec.picture.median import BadMedianError, Buffer, MedianReader, write_median
from codec.picture.pixel_form import PixelForm

Tiles = NDArray[np.uint32]
"""(count, 16, 16) pixels, one word each: of a colour B in the lowest byte, the highest is zero."""
Kinds = NDArray[np.uint8]
"""(count,): how each tile is written."""

SOLID, TWO, PART, PHOTO, PLAIN, LOSSY, MEDIAN = range(7)
PIXELS = TILE * TILE
MARKS = PIXELS // 8
COLOUR = PixelForm.COLOUR


def sizes(form: PixelForm) -> dict[int, int]:
    """Return the bytes of one tile of each kind that has a fixed size; a part is followed by its pixels."""
    each = form.bytes
    return {SOLID: each, TWO: 2 * each + MARKS, PART: MARKS, PHOTO: each * PIXELS, PLAIN: each * PIXELS}


def most_tile_bytes(form: PixelForm) -> int:
    """Return how many bytes a tile takes at most, with its kind."""
    return 1 + MARKS + form.bytes * PIXELS


SIZES = sizes(COLOUR)
MAX_TILE_BYTES = most_tile_bytes(COLOUR)
BAND = 2_048
"""So many tiles are read at once: what they take in between stays in a near cache."""


_NOT_FILLED = "the tiles do not fill the packet"


class BadTilesError(ValueError):
    """The bytes are not those of so many tiles."""


def write_tiles(tiles: Tiles, kinds: Kinds, shown: Tiles, step: int = 0, form: PixelForm = COLOUR) -> bytes:
    """Return the bytes of tiles, as `tile_parts` has them in parts."""
    return b"".join(tile_parts(tiles, kinds, shown, step, form))


def tile_parts(tiles: Tiles, kinds: Kinds, shown: Tiles, step: int = 0, form: PixelForm = COLOUR) -> list[Buffer]:
    """Return the bytes of tiles, each in its kind. `shown` is what they showed before; `step` is for lossy ones.

    Those of kind MEDIAN are of kind PHOTO where they are nothing but noise.
    """
    rough = tiles[kinds == LOSSY]
    median = write_median(tiles, np.flatnonzero(kinds == MEDIAN), form)
    if median is None:
        kinds = np.where(kinds == MEDIAN, PHOTO, kinds)
    parts = (
        form.levels(tiles[:, 0, 0][kinds == SOLID]).tobytes(),
        _write_two(tiles[kinds == TWO], form),
        _write_parts(tiles[kinds == PART], shown[kinds == PART], form),
        _write_photos(tiles[kinds == PHOTO], form),
        form.levels(tiles[kinds == PLAIN]).tobytes(),
        write_lossy(rough, step) if len(rough) else b"",
        *(median or []),
    )
    return [kinds.tobytes(), *parts]


class Shown(Protocol):
    """Tiles that are painted: an array of them, or a view of those that a picture changes."""

    def __len__(self) -> int:
        """How many."""

    def __getitem__(self, which: NDArray[np.intp], /) -> Tiles:
        """Return a copy of these."""

    def __setitem__(self, which: NDArray[np.intp], tiles: Tiles, /) -> None:
        """Paint these."""


def read_tiles(data: bytes, start: int, tiles: Shown, last_kind: int = MEDIAN) -> None:
    """Paint `tiles`, which hold what is shown, with what `data` says from `start` to its end. Raises BadTilesError.

    Not more than BAND tiles are worked on at a time, so that the largest picture takes no more memory than what it is.
    Kinds after `last_kind` are not known.
    """
    if read_some_tiles(data, start, tiles, last_kind) != len(data):
        raise BadTilesError(_NOT_FILLED)


def read_some_tiles(data: bytes, start: int, tiles: Shown, last_kind: int = MEDIAN, form: PixelForm = COLOUR) -> int:
    """Paint `tiles` as `read_tiles` does, and return where in `data` they end. Raises BadTilesError."""
    count = len(tiles)
    kinds = np.frombuffer(data[start : start + count], np.uint8)
    if len(kinds) != count or (kinds > last_kind).any() or (form is not COLOUR and (kinds == LOSSY).any()):
        raise BadTilesError("a tile is of no known kind")
    at = start + count
    for kind, size in sizes(form).items():
        which = np.flatnonzero(kinds == kind)
        end = at + len(which) * size
        if end > len(data):
            raise BadTilesError(_NOT_FILLED)
        part = np.frombuffer(data, np.uint8, len(which) * size, at).reshape(-1, size)
        at = end
        if kind == PART:
            at = _read_parts(data, end, part, tiles, which, form)
            continue
        for band in _bands(len(which)):
            tiles[which[band]] = _READERS[kind](part[band], form)
    at = _read_lossy(data, at, tiles, np.flatnonzero(kinds == LOSSY))
    return _read_median(data, at, tiles, np.flatnonzero(kinds == MEDIAN), form)


def _bands(count: int) -> Iterator[slice]:
    return (slice(first, first + BAND) for first in range(0, count, BAND))


def _write_two(tiles: Tiles, form: PixelForm) -> bytes:
    flat = tiles.reshape(len(tiles), PIXELS)
    ones = flat != flat[:, :1]
    colours = np.stack([flat[:, 0], flat[np.arange(len(flat)), ones.argmax(axis=1)]], axis=1)
    both = 2 * form.bytes
    written = np.empty((len(flat), both + MARKS), np.uint8)
    written[:, :both] = form.levels(colours).reshape(len(flat), both)
    written[:, both:] = np.packbits(ones, axis=1, bitorder="little")
    return written.tobytes()


def _write_parts(tiles: Tiles, shown: Tiles, form: PixelForm) -> bytes:
    changes = tiles != shown
    marks = np.packbits(changes.reshape(len(tiles), PIXELS), axis=1, bitorder="little")
    return marks.tobytes() + form.levels(tiles[changes]).tobytes()


def _write_photos(tiles: Tiles, form: PixelForm) -> bytes:
    planes = np.empty((form.bytes, tiles.size), np.uint8)
    form.split(tiles, planes)
    colours = np.ascontiguousarray(planes.reshape(form.bytes, -1, TILE, TILE).swapaxes(0, 1))
    colours[:, :, 1:] -= colours[:, :, :-1].copy()
    return colours.tobytes()


def _read_solid(part: NDArray[np.uint8], form: PixelForm) -> Tiles:
    return np.broadcast_to(form.words(part)[:, None, None], (len(part), TILE, TILE))


def _read_two(part: NDArray[np.uint8], form: PixelForm) -> Tiles:
    both = 2 * form.bytes
    colours = form.words(part[:, :both].reshape(-1, 2, form.bytes))
    ones = np.unpackbits(part[:, both:], axis=1, bitorder="little").astype(bool)
    return np.where(ones, colours[:, 1:], colours[:, :1]).reshape(-1, TILE, TILE)


def _read_parts(
    data: bytes, at: int, part: NDArray[np.uint8], tiles: Shown, which: NDArray[np.intp], form: PixelForm
) -> int:
    """Paint the parts; their pixels stand in `data` from `at` on. Return where those end."""
    for band in _bands(len(which)):
        changes = np.unpackbits(part[band], axis=1, bitorder="little").astype(bool).reshape(-1, TILE, TILE)
        end = at + form.bytes * int(np.count_nonzero(changes))
        if end > len(data):
            raise BadTilesError("the pixels of a tile that changed in part are missing")
        known = tiles[which[band]]
        known[changes] = form.words(np.frombuffer(data, np.uint8, end - at, at).reshape(-1, form.bytes))
        tiles[which[band]] = known
        at = end
    return at


def _read_photos(part: NDArray[np.uint8], form: PixelForm) -> Tiles:
    planes = np.add.accumulate(part.reshape(-1, form.bytes, TILE, TILE), axis=2, dtype=np.uint8)
    return form.joined(planes.swapaxes(0, 1))


def _read_plain(part: NDArray[np.uint8], form: PixelForm) -> Tiles:
    return form.words(part.reshape(-1, TILE, TILE, form.bytes))


def _read_lossy(data: bytes, start: int, tiles: Shown, which: NDArray[np.intp]) -> int:
    if len(which) == 0:
        return start
    try:
        reader = LossyReader(data, start, len(which))
    except BadLossyError as error:
        raise BadTilesError(str(error)) from None
    for band in _bands(len(which)):
        tiles[which[band]] = COLOUR.words(reader.read(len(which[band])))
    return reader.end


def _read_median(data: bytes, start: int, tiles: Shown, which: NDArray[np.intp], form: PixelForm) -> int:
    if len(which) == 0:
        return start
    try:
        reader = MedianReader(data, start, len(which), form)
    except BadMedianError as error:
        raise BadTilesError(str(error)) from None
    for band in _bands(len(which)):
        tiles[which[band]] = reader.read(len(which[band]))
    return reader.end


_READERS = {SOLID: _read_solid, TWO: _read_two, PHOTO: _read_photos, PLAIN: _read_plain}
