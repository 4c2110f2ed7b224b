"""What a tile is: by the pictures that it must tell apart."""

import numpy as np
import pytest

from codec.picture.geometry import TILE
from codec.picture.tile_classification import EDGE, KINDS_AT_ONCE, kinds_of, mark_parts, may_be_lossy
from codec.picture.tiles import MEDIAN, PART, PHOTO, PLAIN, SOLID, TWO, Tiles

RANDOM = np.random.default_rng(14)


def tiles(count: int = 1) -> Tiles:
    """Return grey tiles of one colour."""
    return np.full((count, TILE, TILE), 0x808080, np.uint32)


def noise() -> Tiles:
    """Return a tile in which no pixel is like its neighbour."""
    return RANDOM.integers(0, 1 << 24, (1, TILE, TILE), np.uint32)


def ramp() -> Tiles:
    """Return a soft tile: each second column is one level brighter in all three colours."""
    levels = (100 + np.arange(TILE, dtype=np.uint32) // 2) * np.uint32(0x010101)
    return np.broadcast_to(levels, (1, TILE, TILE)).copy()


def letter(contrast: int) -> Tiles:
    """Return a tile with strokes of three colours on a ground, which differ from it by so much."""
    tile = tiles()
    for column in range(0, TILE, 4):
        tile[0, :, column] = 0x808080 + np.uint32(contrast * 0x010101) - np.uint32(column << 16)
    return tile


def two(where: tuple[int, int]) -> Tiles:
    """Return a tile with one pixel of a second colour there."""
    tile = tiles()
    tile[0][where] = 0
    return tile


@pytest.mark.parametrize("where", [(0, 0), (1, 1), (2, 7), (15, 15)])
def test_one_pixel_of_another_colour_is_seen_wherever_it_is(where: tuple[int, int]) -> None:
    assert kinds_of(tiles()).tolist() == [SOLID]
    assert kinds_of(two(where)).tolist() == [TWO]


@pytest.mark.parametrize(("made", "kind"), [(noise(), PHOTO), (ramp(), MEDIAN), (letter(EDGE + 20), PLAIN)])
def test_many_colours_are_photograph_soft_or_plain(made: Tiles, kind: int) -> None:
    assert kinds_of(made).tolist() == [kind]


def test_a_letter_that_can_be_read_is_never_lossy_and_a_photograph_may_be() -> None:
    made = np.concatenate([noise(), ramp(), letter(EDGE + 20), tiles(), two((3, 3))])
    assert may_be_lossy(made, kinds_of(made)).tolist() == [True, True, False, False, False]


def test_a_tile_is_the_same_among_others_as_alone() -> None:
    made = np.concatenate([noise(), tiles(), letter(60), ramp()] * (KINDS_AT_ONCE // 4 + 2))
    alone = np.concatenate([kinds_of(each[None]) for each in made[:8]])
    assert np.array_equal(kinds_of(made)[:8], alone)
    assert np.array_equal(kinds_of(made)[-8:], alone)


def test_a_strip_that_changes_is_a_part_of_what_is_known_and_only_of_that() -> None:
    shown = np.concatenate([noise()] * 3)
    changed = shown.copy()
    changed[:2, :, 3:6] = 0  # a solid strip
    changed[2, range(TILE), range(TILE)] = 0  # scattered
    kinds = kinds_of(changed)
    mark_parts(kinds, changed, shown, np.array([True, False, True]))
    assert kinds.tolist() == [PART, PHOTO, PHOTO]
