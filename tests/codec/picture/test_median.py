"""Photographs in half bytes: exact whatever they show, as written down, and nothing else is taken for them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from codec.picture.geometry import TILE
from codec.picture.median import HALVES, WRITTEN_AT_ONCE, BadMedianError, MedianReader, write_median
from codec.picture.tile_classification import kinds_of, may_be_lossy
from codec.picture.tiles import MEDIAN, PHOTO, PLAIN, TWO, read_tiles, write_tiles
from tests.support.desktops import photograph, text

Tiles = NDArray[np.uint32]


def tiles_in(picture: NDArray[np.uint8]) -> Tiles:
    """The whole tiles of a picture."""
    rows, columns = picture.shape[0] // TILE, picture.shape[1] // TILE
    words = np.ascontiguousarray(picture).view(np.uint32)[: rows * TILE, : columns * TILE, 0] & np.uint32(0xFFFFFF)
    return words.reshape(rows, TILE, columns, TILE).swapaxes(1, 2).reshape(-1, TILE, TILE)


def soft(count: int, seed: int, steps: int = 4) -> Tiles:
    """Tiles whose neighbours differ by a few levels."""
    random = np.random.default_rng(seed)
    walks = random.integers(-steps, steps + 1, (count, TILE, TILE, 4)).cumsum(axis=1).cumsum(axis=2)
    return (walks + 128).astype(np.uint8).view(np.uint32)[..., 0] & np.uint32(0xFFFFFF)


def written(tiles: Tiles) -> bytes:
    """The bytes of tiles that are no noise."""
    parts = write_median(tiles, np.arange(len(tiles)))
    assert parts is not None
    return b"".join(parts)


@settings(max_examples=60, deadline=None)
@given(count=st.integers(1, 40), seed=st.integers(0, 99), steps=st.integers(0, 5), bands=st.integers(1, 9))
def test_what_is_written_is_read_however_much_at_once(count: int, seed: int, steps: int, bands: int) -> None:
    tiles = soft(count, seed, steps)
    tiles[0, 3, 3] ^= np.uint32(0xFF00FF)
    before = b"what came before"
    reader = MedianReader(before + written(tiles), len(before), count)
    shown = [reader.read(min(bands, count - first)) for first in range(0, count, bands)]
    assert np.array_equal(np.concatenate(shown), tiles)
    assert reader.end == len(before + written(tiles))


def test_more_tiles_than_are_written_at_once() -> None:
    tiles = soft(2 * WRITTEN_AT_ONCE + 3, seed=5)
    data = written(tiles)
    assert np.array_equal(MedianReader(data, 0, len(tiles)).read(len(tiles)), tiles)


def test_the_bytes_are_what_is_written_down() -> None:
    """Two tiles, each pixel as the text of codec/picture/median.py has it."""
    tiles = soft(2, seed=8, steps=6)
    halves, rest = b"", b""
    colours = tiles.view(np.uint8).reshape(2, TILE, TILE, 4).astype(int)
    green = colours[..., 1]
    for plane in (green, colours[..., 0] - green, colours[..., 2] - green):
        before = 0
        for tile in plane % 256:
            found = []
            for y in range(TILE):
                for x in range(TILE):
                    if y == 0:
                        said = tile[0, x - 1] if x else before
                    elif x == 0:
                        said = tile[y - 1, 0]
                    else:
                        left, above, corner = tile[y, x - 1], tile[y - 1, x], tile[y - 1, x - 1]
                        said = left + above - min(max(corner, min(left, above)), max(left, above))
                    less = (tile[y, x] - said) % 256
                    found.append((less + 7) % 256 if (less + 7) % 256 < 15 else 15)
                    rest += bytes([less] if found[-1] == 15 else [])
            before = tile[0, -1]
            halves += bytes(found[at] | found[at + 1] << 4 for at in range(0, len(found), 2))
    assert rest
    assert written(tiles) == halves + rest


def test_noise_is_left_to_others() -> None:
    noise = np.random.default_rng(1).integers(0, 1 << 24, (9, TILE, TILE), np.uint32)
    assert write_median(noise, np.arange(9)) is None
    data = write_tiles(noise, np.full(9, MEDIAN, np.uint8), noise)
    assert data[:9] == bytes([PHOTO]) * 9
    shown = np.zeros_like(noise)
    read_tiles(data, 0, shown)
    assert np.array_equal(shown, noise)


def test_at_its_worst_it_takes_what_the_pixels_do() -> None:
    assert 2 * HALVES == TILE * TILE


@pytest.mark.parametrize("cut", [1, 50, 400])
def test_what_is_cut_off_has_a_name(cut: int) -> None:
    data = written(soft(3, seed=2, steps=6))
    with pytest.raises(BadMedianError):
        MedianReader(data[:-cut], 0, 3)


@given(data=st.binary(max_size=2_000), count=st.integers(1, 4))
def test_any_bytes_are_tiles_or_have_a_name(data: bytes, count: int) -> None:
    try:
        reader = MedianReader(data, 0, count)
    except BadMedianError:
        return
    assert reader.read(count).shape == (count, TILE, TILE)
    assert reader.end <= len(data)


def test_photographs_are_told_from_text() -> None:
    assert (kinds_of(tiles_in(photograph(320, 160))) == PHOTO).all()
    page = kinds_of(tiles_in(text(320, 160)))
    assert (page <= TWO).all()
    soft_text = tiles_in(text(320, 160))
    soft_text[:, ::3] ^= np.uint32(0x10)  # a third colour in each tile
    assert (kinds_of(soft_text) == PLAIN).all()
    assert not may_be_lossy(soft_text, kinds_of(soft_text)).any()


def test_a_fine_pattern_of_two_colours_is_no_photograph() -> None:
    dither = np.indices((TILE, TILE)).sum(axis=0).astype(np.uint32) % 2
    assert kinds_of(dither[None] * np.uint32(0x808080))[0] == TWO


def test_soft_shades_are_median_and_stay_exact_where_there_is_an_edge() -> None:
    steps = np.repeat(np.arange(TILE // 2, dtype=np.uint32), 2) * np.uint32(0x030303)
    shade = np.broadcast_to(steps, (1, TILE, TILE)).copy()
    assert kinds_of(shade)[0] == MEDIAN
    assert may_be_lossy(shade, kinds_of(shade)).all()
    shade[0, 2] = 0xFFFFFF  # a line that none of the lines that were looked at shows
    assert kinds_of(shade)[0] == MEDIAN
    assert not may_be_lossy(shade, kinds_of(shade)).any()
