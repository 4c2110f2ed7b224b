"""Text in colours is shown as it was drawn, although four pixels share their chroma. Nothing is worse."""

from collections.abc import Iterator

import numpy as np
import pytest

from codec.picture.chroma_from_luma import find_slopes
from codec.picture.color_planes import FACTORS, Plane, Rgb
from tests.perf.likeness import psnr, squared_error
from tests.support.color_planes import ORDINARY, board, captured, inked, letters, shown_whole
from tests.support.desktops import photograph, text

LETTERS = letters(240, 150, seed=3)


def plain(planes: tuple[Plane, Plane, Plane]) -> Rgb:
    """What a browser shows: the chroma of a sample for all of its pixels."""
    luma, cb, cr = (plane.astype(np.int32) for plane in planes)
    height, width = luma.shape
    blues, reds = (each.repeat(2, axis=0).repeat(2, axis=1)[:height, :width] - 128 for each in (cb, cr))
    grey, factors = 76_309 * (luma - 16) + 0x8000, FACTORS["BT601"]["limited"]
    levels = [grey + in_cb * blues + in_cr * reds >> 16 for in_cb, in_cr in factors.channels]
    return np.stack([each.clip(0, 255) for each in levels], axis=2).astype(np.uint8)


def decibels(shown: Rgb, true: Rgb) -> float:
    return psnr(squared_error(shown, true))


def worst(shown: Rgb, true: Rgb) -> int:
    """How far the worst pixel is off."""
    return int(np.abs(shown.astype(int) - true).max())


@pytest.mark.parametrize("colors", ORDINARY.values(), ids=ORDINARY)
def test_text_in_colours_comes_back(colors: tuple[tuple[int, int, int], tuple[int, int, int]]) -> None:
    drawn = inked(LETTERS, *colors)
    planes = captured(drawn)
    shown = shown_whole(planes)
    assert decibels(shown, drawn) >= 45
    assert worst(shown, drawn) <= 16
    assert decibels(plain(planes), drawn) < 40, "there was nothing to restore"


@pytest.mark.parametrize("ink", [0, 85, 200, 255])
def test_grey_text_stays_grey(ink: int) -> None:
    drawn = inked(LETTERS, (ink,) * 3, (255 - ink // 2,) * 3)
    shown = shown_whole(captured(drawn))
    assert worst(shown, drawn) <= 1
    assert (shown == shown[..., :1]).all()


def test_colours_whose_mean_is_grey_come_back_but_for_a_few_pixels() -> None:
    """Grey samples around others are doubtful: they may be a pattern of greys."""
    for pair in (((255, 255, 0), (0, 0, 255)), ((255, 0, 255), (0, 255, 0))):
        drawn = inked(LETTERS, *pair)
        planes = captured(drawn)
        shown = shown_whole(planes)
        assert decibels(shown, drawn) >= decibels(plain(planes), drawn) + 15
        assert (np.abs(shown.astype(int) - drawn).max(axis=2) > 16).mean() < 0.005


GROUNDS = ((144, 176, 224), (255, 255, 255), (200, 40, 40), (20, 60, 20), (0, 0, 128), (240, 240, 120))


def boards(light: int, dark: int) -> Iterator[tuple[Rgb, Rgb, Rgb]]:
    """A board on grounds of several colours, at even and odd places: as drawn, as a browser shows it, and as we do."""
    for ground in GROUNDS:
        for left in (30, 31):
            empty = np.empty((120, 160, 3), np.uint8)
            empty[:] = ground
            drawn = board(empty, light, dark, top=21, left=left, size=63)
            yield drawn, plain(captured(drawn)), shown_whole(captured(drawn))


def test_a_board_of_black_and_white_pixels_is_no_worse() -> None:
    for drawn, theirs, ours in boards(255, 0):
        assert decibels(ours, drawn) >= decibels(theirs, drawn) - 0.01


@pytest.mark.parametrize(("light", "dark"), [(192, 64), (220, 160), (90, 20)])
def test_boards_of_greys_are_no_worse_in_all_and_the_same_inside(light: int, dark: int) -> None:
    """At the edge to a colour such a board may also be letters of two colours, of which one is not seen yet."""
    more = 0.0
    for drawn, theirs, ours in boards(light, dark):
        more += squared_error(ours, drawn) - squared_error(theirs, drawn)
        assert np.array_equal(ours[26:80, 36:88], theirs[26:80, 36:88])
    assert more <= 0


def test_photographs_are_no_worse() -> None:
    for seed in range(3):
        drawn = photograph(640, 360, seed)[..., 2::-1]
        assert decibels(shown_whole(captured(drawn)), drawn) >= decibels(plain(captured(drawn)), drawn)


def test_where_four_pixels_have_one_luma_nothing_is_made_up() -> None:
    cb, cr = np.random.default_rng(1).integers(0, 256, (2, 20, 30), np.int32)
    lumas = np.repeat(np.random.default_rng(2).integers(0, 256, (1, 20, 30), np.int32), 4, axis=0)
    assert find_slopes(lumas, cb, cr, FACTORS["BT601"]["limited"]).rows.size == 0


def test_what_luma_does_not_explain_stays_as_it_is() -> None:
    random = np.random.default_rng(4)
    luma = captured(text(64, 64)[..., 2::-1])[0]
    planes = luma, *random.integers(100, 150, (2, 32, 32), np.uint8)
    differ = (shown_whole(planes) != plain(planes)).any(axis=2)
    assert differ.mean() < 0.05
