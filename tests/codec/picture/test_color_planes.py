"""Planes become the colours that they were made of, as near as eight bits and one chroma sample for four pixels can."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.picture.color_planes import LUMA_SHARES, Matrix, affected, to_rgb
from tests.support.color_planes import planes_of, shown_whole


def exact(luma: int, cb: int, cr: int, matrix: Matrix, *, full_range: bool) -> list[float]:
    """What the recommendation says of one colour, before it is rounded."""
    red, blue = LUMA_SHARES[matrix.name]
    y, b, r = (luma / 255, (cb - 128) / 255, (cr - 128) / 255)
    if not full_range:
        y, b, r = (luma - 16) / 219, (cb - 128) / 224, (cr - 128) / 224
    reds, blues = y + 2 * (1 - red) * r, y + 2 * (1 - blue) * b
    greens = (y - red * reds - blue * blues) / (1 - red - blue)
    return [255 * min(max(each, 0), 1) for each in (reds, greens, blues)]


@given(numbers=st.tuples(*[st.integers(0, 255)] * 3), matrix=st.sampled_from(Matrix), full_range=st.booleans())
def test_every_colour_is_what_the_recommendation_says(
    numbers: tuple[int, int, int], matrix: Matrix, full_range: bool
) -> None:
    luma, cb, cr = (np.full((1, 1), number, np.uint8) for number in numbers)
    shown = to_rgb(luma, cb, cr, matrix, full_range=full_range, area=(0, 0, 1, 1))
    assert np.abs(shown[0, 0] - exact(*numbers, matrix, full_range=full_range)).max() <= 0.502


@given(data=st.data(), width=st.integers(1, 40), height=st.integers(1, 40))
def test_an_area_is_part_of_the_whole(data: st.DataObject, width: int, height: int) -> None:
    planes = planes_of(width, height, seed=width)
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    bottom, right = data.draw(st.integers(top + 1, height)), data.draw(st.integers(left + 1, width))
    part = to_rgb(*planes, Matrix.BT601, full_range=False, area=(top, left, bottom, right))
    assert np.array_equal(part, shown_whole(planes)[top:bottom, left:right])


@given(width=st.integers(1, 40), height=st.integers(1, 40), place=st.tuples(*[st.integers(0, 999)] * 2))
@pytest.mark.parametrize("plane", [0, 1, 2])
def test_what_else_changes_is_told(plane: int, width: int, height: int, place: tuple[int, int]) -> None:
    planes = planes_of(width, height, seed=height)
    before = shown_whole(planes)
    step = 1 if plane == 0 else 2
    y, x = place[0] % planes[plane].shape[0], place[1] % planes[plane].shape[1]
    planes[plane][y, x] ^= 0x55
    changed = (shown_whole(planes) != before).any(axis=2)
    box = (y * step, x * step, min((y + 1) * step, height), min((x + 1) * step, width))
    top, left, bottom, right = affected(box, width, height)
    assert 0 <= top < bottom <= height
    assert 0 <= left < right <= width
    changed[top:bottom, left:right] = False
    assert not changed.any()


def test_a_grey_screen_comes_back_within_one() -> None:
    greys = np.arange(256).repeat(2)[None].repeat(2, axis=0)
    luma = (220 * greys + 0x1080 >> 8).astype(np.uint8)
    chroma = np.full((1, 256), 128, np.uint8)
    assert np.abs(shown_whole((luma, chroma, chroma)) - greys[..., None]).max() <= 1
