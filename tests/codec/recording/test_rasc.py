"""FFmpeg's RASC decoder shows what our encoder saw, pixel for pixel."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.picture.diff import Flags, Frame
from codec.picture.geometry import TILE
from codec.recording.pointer import Pointer, as_shape, painted
from codec.recording.rasc import RascEncoder, is_whole
from tests.codec.recording.pictures import Player, arrow, noise

sizes = st.tuples(st.integers(1, 90), st.integers(1, 70))
rectangles = st.tuples(st.integers(0), st.integers(0), st.integers(1, 60), st.integers(1, 60), st.integers(0, 3))


@settings(max_examples=120, deadline=None)
@given(size=sizes, steps=st.lists(rectangles, max_size=8), told=st.sampled_from(["nothing", "tiles", "more tiles"]))
def test_ffmpeg_shows_the_exact_pixels(
    size: tuple[int, int], steps: list[tuple[int, int, int, int, int]], told: str
) -> None:
    """Whatever is painted over, filled with noise or with one of few colours, comes and comes back.

    Whether it was told which tiles may have changed, and others beside them, or not.
    """
    width, height = size
    encoder, player, frame = RascEncoder(width, height), Player("rasc", width, height), noise(width, height)
    shown = player.show(encoder.encode(frame, key=True) or b"")
    for right, below, across, down, kind in steps:
        x, y = right % width, below % height
        area = frame[y : y + down, x : x + across]
        area[:] = noise(area.shape[1], area.shape[0], x) if kind == 0 else 80 * kind
        packet = encoder.encode(
            frame, touched=None if told == "nothing" else around(frame, x, y, area, told == "tiles")
        )
        if packet is not None:
            shown = player.show(packet)
        assert np.array_equal(shown, frame[..., :3])


def around(frame: Frame, x: int, y: int, area: Frame, exactly: bool) -> Flags:
    """Return the tiles in which this area of a picture lies, or those with many others."""
    touched = np.zeros((-(-frame.shape[0] // TILE), -(-frame.shape[1] // TILE)), np.bool_)
    touched[y // TILE : -(-(y + area.shape[0]) // TILE), x // TILE : -(-(x + area.shape[1]) // TILE)] = True
    if not exactly:
        touched[::2] = True
    return touched


@pytest.mark.parametrize("changes", [3, 60])
def test_what_did_not_change_is_not_looked_at_where_that_is_known(changes: int) -> None:
    """Neither a few changed tiles nor many make it read the others, which a recording knows to be as they were."""
    encoder, frame = RascEncoder(640, 480), noise(640, 480)
    encoder.encode(frame, key=True)
    frame[200 : 200 + 16 * changes // 3, 100:140, :3] ^= 255
    touched = np.zeros((30, 40), np.bool_)
    touched[12 : 13 + changes // 3, 6:9] = True
    elsewhere = frame.copy()
    elsewhere[:100] ^= 255
    other, same = RascEncoder(640, 480), noise(640, 480)
    other.encode(same, key=True)
    assert encoder.encode(elsewhere, touched=touched) == other.encode(frame, touched=touched) is not None


@pytest.mark.parametrize("size", [(1100, 700), (1024, 620), (1030, 170)])
def test_where_much_changed_strips_show_the_exact_pixels(size: tuple[int, int]) -> None:
    """A photograph, then one beside text, then what was before the second."""
    width, height = size
    encoder, player, frame = RascEncoder(width, height), Player("rasc", width, height), noise(width, height)
    before = frame.copy()
    frame[height // 3 :, 40:] = noise(width - 40, height - height // 3, seed=1)
    frame[: height // 4, ::3] = 0
    for number, picture in enumerate((before, frame, before)):
        packet = encoder.encode(picture, key=number == 0)
        assert packet is not None
        assert packet.count(b"DLTA") == (-(-width // 256) if height > 500 else 1)
        assert np.array_equal(player.show(packet), picture[..., :3])
        assert is_whole(packet)


def window(width: int, height: int) -> Frame:
    """Something with structure, as a window has it."""
    picture = noise(width, height, seed=5)
    picture[: height // 6] = (120, 60, 20, 0)
    picture[height // 2 :, ::4] = 255
    return picture


@pytest.mark.parametrize("steps", [[(3, 0)] * 5, [(0, -8)] * 4, [(7, 5), (7, 5), (-7, -5), (-9, 2), (40, 30)]])
def test_what_a_dragged_window_had_covered_comes_back_without_its_pixels(steps: list[tuple[int, int]]) -> None:
    desk, moving, x, y = noise(320, 240, seed=9), window(160, 96), 60, 70
    encoder, player = RascEncoder(320, 240), Player("rasc", 320, 240)
    frame = desk.copy()
    frame[y : y + 96, x : x + 160] = moving
    player.show(encoder.encode(desk, key=True) or b"")
    player.show(encoder.encode(frame) or b"")
    for dx, dy in steps:
        x, y = x + dx, y + dy
        frame = desk.copy()
        frame[y : y + 96, x : x + 160] = moving
        packet = encoder.encode(frame)
        assert packet is not None
        assert np.array_equal(player.show(packet), frame[..., :3])
        covered_anew = 3 * (abs(dx) * 96 + abs(dy) * 160)
        assert len(packet) < covered_anew / 2 + 400


def test_scrolling_to_the_very_edge_costs_the_new_lines_only() -> None:
    page = noise(320, 800, seed=2)
    encoder, player = RascEncoder(320, 240), Player("rasc", 320, 240)
    player.show(encoder.encode(page[:240], key=True) or b"")
    for top in (10, 20, 30, 13):
        frame = page[top : top + 240]
        packet = encoder.encode(frame)
        assert packet is not None
        assert np.array_equal(player.show(packet), frame[..., :3])
        assert len(packet) < 4 * 320 * 17 + 4 * 240 * 4


def test_nothing_changed_is_nothing_written() -> None:
    encoder, frame = RascEncoder(50, 30), noise(50, 30)
    assert encoder.encode(frame, key=True) is not None
    assert encoder.encode(frame) is None
    frame[..., 3] ^= 255
    assert encoder.encode(frame) is None


def test_a_key_needs_nothing_that_came_before() -> None:
    encoder, frame = RascEncoder(50, 30), noise(50, 30)
    encoder.encode(frame, arrow(9, 9), key=True)
    frame[3:9] = 70
    key = encoder.encode(frame, arrow(9, 9), key=True)
    assert key is not None
    with painted(frame, arrow(9, 9)) as expected:
        assert np.array_equal(Player("rasc", 50, 30).show(key), expected[..., :3])


@settings(max_examples=60, deadline=None)
@given(places=st.lists(st.tuples(st.integers(-9, 45), st.integers(-9, 35)), min_size=1, max_size=6))
def test_the_pointer_is_drawn_wherever_it_is(places: list[tuple[int, int]]) -> None:
    width, height = 40, 30
    encoder, player, frame = RascEncoder(width, height), Player("rasc", width, height), noise(width, height)
    shown = player.show(encoder.encode(frame, key=True) or b"")
    for x, y in places:
        packet = encoder.encode(frame, arrow(x, y))
        if packet is not None:
            shown = player.show(packet)
        with painted(frame, arrow(x, y)) as expected:
            wrong = (shown != expected[..., :3]).any(axis=2)
        # In the lowest left corner RASC needs one transparent pixel.
        assert not np.delete(wrong.ravel(), (height - 1) * width).any()
    hidden = encoder.encode(frame, None)
    assert np.array_equal(shown if hidden is None else player.show(hidden), frame[..., :3])


@settings(max_examples=80, deadline=None)
@given(
    across=st.integers(1, 4),
    down=st.integers(1, 4),
    place=st.tuples(st.integers(-4, 12), st.integers(-4, 10)),
    alphas=st.binary(min_size=16, max_size=16),
)
def test_a_pointer_of_any_size_is_recorded_anywhere(
    across: int, down: int, place: tuple[int, int], alphas: bytes
) -> None:
    """An editor hides its pointer behind one transparent pixel while somebody types."""
    shape = np.full((down, across, 4), 77, np.uint8)
    shape[..., 3] = np.where(np.frombuffer(alphas, np.uint8)[: across * down].reshape(down, across) < 128, 0, 255)
    pointer = Pointer(*place, across, down, 0, 0, shape.tobytes())
    encoder, player, frame = RascEncoder(12, 10), Player("rasc", 12, 10), noise(12, 10)
    shown = player.show(encoder.encode(frame, pointer, key=True) or b"")
    with painted(frame, pointer) as expected:
        wrong = (shown != expected[..., :3]).any(axis=2)
    assert not np.delete(wrong.ravel(), 9 * 12).any()  # in the corner, as above
    assert pointer.pixels == shape.tobytes()


def test_a_moving_pointer_costs_a_few_bytes() -> None:
    encoder, frame = RascEncoder(640, 480), noise(640, 480)
    encoder.encode(frame, arrow(10, 10), key=True)
    packet = encoder.encode(frame, arrow(20, 30))
    assert packet is not None
    assert len(packet) < 40


def test_a_pointer_of_every_colour_still_has_a_transparent_one() -> None:
    colours = np.zeros((16, 16, 4), np.uint8)
    colours[..., 2] = np.arange(256).reshape(16, 16)
    colours[..., 3] = 255
    colours[15, 0, 3] = 0
    _, _, shape = as_shape(Pointer(20, 20, 16, 16, 0, 0, colours.tobytes()), 100, 100)
    assert shape[15, 0].tolist() == [0, 0, 240]


def test_a_half_transparent_pointer_is_blended_into_pictures_and_gone_afterwards() -> None:
    frame = np.full((20, 20, 4), 100, np.uint8)
    with painted(frame, arrow(5, 5, alpha=128)) as shown:
        assert shown[5, 5].tolist() == [95, 70, 175, 100]
    assert (frame == 100).all()


@pytest.mark.finding("use-A3", "load-1.1")
def test_every_small_pointer_in_every_corner_is_drawn_and_left_as_it_was() -> None:
    """Programs hide the pointer behind one of 1×1 while their user types, and an edge may leave one pixel of any."""
    picture = np.full((20, 30, 4), 90, np.uint8)
    chance = np.random.default_rng(7)
    for width, height in itertools.product((1, 2, 3), repeat=2):
        for alpha in (0, 255):
            pixels = chance.integers(0, 256, (height, width, 4), dtype=np.uint8)
            pixels[..., 3] = alpha
            for x, y in itertools.product((-2, -1, 0, 28, 29, 30), (-2, -1, 0, 18, 19, 20)):
                encoder = RascEncoder(30, 20)
                pointer = Pointer(x, y, width, height, 0, 0, pixels.tobytes())
                assert encoder.encode(picture, pointer, key=True)
                assert pointer.pixels == pixels.tobytes()
