"""Moves are found, cost next to nothing, and the decoder shows every pixel of them."""

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from codec.picture.decoder import Decoder
from codec.picture.diff import Frame, tiles_of, words_of
from codec.picture.encoder import Encoder
from codec.picture.geometry import Grid
from codec.picture.motion import find_move
from codec.picture.packet import BadPacketError, pack_moves, parse_moves
from codec.picture.save_under import Move, SaveUnder
from codec.picture.tile_classification import kinds_of, mark_parts
from codec.picture.tiles import PART, PHOTO, BadTilesError, read_tiles, write_tiles
from tests.support.desktops import DRAG, HEIGHT, SCROLL, WIDTH, WINDOW, dragging, scrolling, text

WHOLE = WIDTH * HEIGHT


def sizes_of(pictures: Iterable[Frame]) -> list[int]:
    """Return the bytes of each picture, having proved that it arrives exactly."""
    encoder, decoder = Encoder(WIDTH, HEIGHT), Decoder()
    sizes = []
    for picture in pictures:
        packet = encoder.encode(picture)
        assert packet is not None
        assert (decoder.decode(packet)[..., :3] == picture[..., :3]).all()
        sizes.append(len(packet))
    return sizes


def test_a_scrolled_page_costs_what_came_into_sight() -> None:
    first, *others = sizes_of(scrolling(SCROLL[:3]))
    assert max(others) < first / 4


def test_a_page_that_comes_back_costs_next_to_nothing() -> None:
    sizes = sizes_of(scrolling([(0, 0), (0, 700), (0, 0)]))
    assert sizes[2] < sizes[1] / 4


def test_a_dragged_window_costs_what_it_uncovers_for_the_first_time() -> None:
    first, *others = sizes_of(dragging([(20 + 6 * step, 30 + 2 * step) for step in range(12)]))
    assert max(others) < first / 10


@pytest.mark.parametrize("vector", [(7, 3), (-11, 9), (40, -25)])
def test_a_window_of_letters_without_soft_edges_is_found_in_every_direction(vector: tuple[int, int]) -> None:
    before, after = (words_of(each) for each in dragging([(100, 80), (100 + vector[0], 80 + vector[1])]))
    grid = Grid(WIDTH, HEIGHT)
    changed = (tiles_of(before, grid) != tiles_of(after, grid)).any(axis=(2, 3))
    found = find_move(before, after, changed)
    assert found is not None
    assert (found.move.dx, found.move.dy) == vector
    assert (found.move.width, found.move.height) == WINDOW


def test_what_was_uncovered_before_is_put_back_from_under_the_window() -> None:
    away, back = [(20 + 40 * step, 30) for step in range(8)], [(300 - 40 * step, 30) for step in range(1, 8)]
    sizes = sizes_of(dragging([*away, *back]))
    assert sum(sizes[len(away) :]) < sum(sizes[1 : len(away)]) / 4


@pytest.mark.parametrize("pictures", [dragging(DRAG), scrolling(SCROLL)], ids=["drag", "scroll"])
def test_any_way_of_moving_arrives_exactly(pictures: Iterable[Frame]) -> None:
    sizes_of(pictures)


@pytest.mark.parametrize(("width", "height"), [(WIDTH, HEIGHT - 9), (WIDTH - 7, HEIGHT), (WIDTH - 7, HEIGHT - 9)])
@pytest.mark.parametrize("pictures", [list(dragging(DRAG)), list(scrolling(SCROLL))], ids=["drag", "scroll"])
def test_what_moves_to_an_edge_that_cuts_tiles_arrives_exactly(pictures: list[Frame], width: int, height: int) -> None:
    encoder, decoder = Encoder(width, height), Decoder()
    for picture in pictures:
        packet = encoder.encode(picture[-height:, -width:])
        assert packet is not None
        assert (decoder.decode(packet)[..., :3] == picture[-height:, -width:, :3]).all()


def test_lines_that_an_edge_cuts_off_move_sideways_too() -> None:
    page = text(WIDTH + 40, HEIGHT - 9)
    encoder = Encoder(WIDTH, HEIGHT - 9)
    first, second = (encoder.encode(page[:, start : start + WIDTH]) for start in (0, 40))
    assert first is not None
    assert second is not None
    assert len(second) < len(first) / 8


def test_a_clock_far_away_is_no_part_of_what_moved() -> None:
    before, after = (np.pad(words_of(each), ((0, 0), (0, 400))) for each in scrolling([(0, 0), (0, 53)]))
    after[40:50, -20:] = 1
    grid = Grid(WIDTH + 400, HEIGHT)
    changed = (tiles_of(before, grid) != tiles_of(after, grid)).any(axis=(2, 3))
    found = find_move(before, after, changed)
    assert found is not None
    assert (found.move.dx, found.move.dy) == (0, -53)
    assert found.move.x + found.move.width <= WIDTH


def test_changes_scattered_far_apart_are_all_looked_at() -> None:
    page = text(2_400, 128)[..., 0]
    before = np.zeros((128, 4_800), np.uint32)
    after = before.copy()
    for start in range(0, 4_800, 240):
        before[:, start : start + 32] = page[:, start // 2 : start // 2 + 32]
        after[:-16, start : start + 32] = before[16:, start : start + 32]
    grid = Grid(4_800, 128)
    changed = (tiles_of(before, grid) != tiles_of(after, grid)).any(axis=(2, 3))
    found = find_move(before, after, changed)
    assert found is not None
    assert (found.move.dx, found.move.dy, found.move.width) == (0, -16, 4_592)


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, WIDTH - 300), st.integers(0, HEIGHT - 200)), min_size=2, max_size=5))
def test_a_window_may_jump_anywhere(steps: list[tuple[int, int]]) -> None:
    encoder, decoder = Encoder(WIDTH, HEIGHT), Decoder()
    for picture in dragging(steps):
        packet = encoder.encode(picture)
        if packet is not None:
            assert (decoder.decode(packet)[..., :3] == picture[..., :3]).all()


def test_layers_keep_what_is_covered_and_give_it_back() -> None:
    picture = np.arange(64 * 64, dtype=np.uint32).reshape(64, 64)
    before, layers = picture.copy(), SaveUnder(picture)
    layers.apply(Move(20, 10, 8, 8, 4, 2))
    layers.apply(Move(16, 8, 8, 8, -4, -2, restores=True))
    assert (picture[10:18, 24:28] == before[10:18, 24:28]).all()
    assert (picture[8:16, 16:24] == before[8:16, 16:24]).all()


def test_golden_move() -> None:
    assert pack_moves([Move(1, 2, 3, 4, 1, -2, True)]).hex() == "0101000200030004000100feff01"


@pytest.mark.parametrize(
    "move", [Move(0, 0, 17, 1, 0, 0), Move(0, 0, 4, 4, 1, 0), Move(0, 0, 4, 4, 0, 5), Move(12, 0, 4, 4, -1, 0)]
)
def test_a_move_beyond_the_picture_is_named(move: Move) -> None:
    with pytest.raises(BadPacketError, match="beyond"):
        parse_moves(pack_moves([move]), Grid(16, 16))


@given(st.binary(max_size=60))
def test_any_bytes_are_moves_or_a_named_error(raw: bytes) -> None:
    try:
        parse_moves(raw or b"\0", Grid(64, 64))
    except BadPacketError:
        return


def tiles_from(seed: int, count: int) -> NDArray[np.uint32]:
    """Tiles of one, two, three colours and of noise."""
    random = np.random.default_rng(seed)
    colours = random.integers(0, 1 << 24, (count, 3), dtype=np.uint32)
    choices = [random.integers(0, 1 + tile % 3, (16, 16)) for tile in range(count)]
    tiles = np.array([colours[tile][choice] for tile, choice in enumerate(choices)], np.uint32).reshape(count, 16, 16)
    if count > 3:
        tiles[3] = random.integers(0, 1 << 24, (16, 16))
    return tiles


@given(st.integers(0, 8), st.integers(0, 1 << 32), st.integers(1, 16))
def test_tiles_of_every_kind_come_back(count: int, seed: int, columns: int) -> None:
    tiles = tiles_from(seed, count)
    shown = tiles.copy()
    shown[:, :, :columns] ^= 1
    kinds = kinds_of(tiles)
    mark_parts(kinds, tiles, shown, np.arange(count) % 2 == 1)
    raw = write_tiles(tiles, kinds, shown)
    painted = shown.copy()
    read_tiles(raw, 0, painted)
    assert (painted == tiles).all()
    with pytest.raises(BadTilesError):
        read_tiles(raw + b"\0", 0, painted)


def test_a_narrow_strip_that_changes_in_a_photograph_is_written_in_part() -> None:
    tiles = np.random.default_rng(1).integers(0, 1 << 24, (2, 16, 16), dtype=np.uint32)
    shown = tiles.copy()
    shown[:, :, :5] ^= 0x010203
    kinds = kinds_of(tiles)
    mark_parts(kinds, tiles, shown, np.array([True, False]))
    assert list(kinds) == [PART, PHOTO]
    assert len(write_tiles(tiles, kinds, shown)) == 2 + 32 + 5 * 16 * 3 + 768


@given(st.binary(max_size=900), st.integers(0, 4))
def test_any_bytes_are_tiles_or_a_named_error(raw: bytes, count: int) -> None:
    try:
        read_tiles(raw, 0, np.zeros((count, 16, 16), np.uint32))
    except BadTilesError:
        return
