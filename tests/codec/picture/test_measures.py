"""The measures that the picture is judged by: numbers that nobody should get wrong in silence."""

from pathlib import Path

import numpy as np
import pytest

from tests.perf.bars import p95
from tests.perf.clips import pictures, write
from tests.perf.films import NotComparableError, Shown, size_at
from tests.perf.likeness import psnr, squared_error, ssim
from tests.perf.paintings import photograph
from tests.perf.table import Row, as_text
from tests.support.desktops import text

GREY = np.full((32, 32, 3), 100, np.uint8)


def test_equal_pictures_are_wholly_alike_and_without_error() -> None:
    assert ssim(GREY, GREY.copy()) == 1.0
    assert psnr(squared_error(GREY, GREY.copy())) == float("inf")


def test_a_level_more_everywhere_costs_what_the_formulas_say() -> None:
    brighter = GREY + np.uint8(10)
    assert squared_error(GREY, brighter) == 100.0
    assert psnr(100.0) == pytest.approx(28.1308, abs=1e-4)
    constant = (0.01 * 255) ** 2
    assert ssim(GREY, brighter) == pytest.approx((2 * 100 * 110 + constant) / (100**2 + 110**2 + constant))


def test_structure_counts_for_likeness_and_colour_alone_hardly() -> None:
    picture = text(64, 64)[..., :3]
    assert ssim(picture, picture[::-1]) < 0.3
    assert ssim(picture, (255 - picture).astype(np.uint8)) < 0
    tinted = picture.copy()
    tinted[..., 0] //= 2  # blue weighs 7 % of luma
    assert ssim(picture, tinted) > 0.98


def test_bytes_at_a_likeness_lie_on_a_straight_line_of_their_logarithm() -> None:
    measured = [Shown(0.9, 100.0), Shown(1.0, 10_000.0), Shown(0.8, 10.0)]
    assert size_at(0.95, measured) == pytest.approx(1_000.0)
    assert size_at(0.9, measured) == pytest.approx(100.0)
    assert size_at(0.85, measured) == pytest.approx(31.6228, abs=1e-3)


@pytest.mark.parametrize("likeness", [0.79, 1.01])
def test_nothing_is_guessed_beyond_what_was_measured(likeness: float) -> None:
    with pytest.raises(NotComparableError, match="not between"):
        size_at(likeness, [Shown(0.8, 10.0), Shown(1.0, 1_000.0)])


def test_a_bar_and_a_goal_are_judged_apart() -> None:
    row = Row("encode", 6.0, "ms", 1.0, 10.0, "x264", goal=0.5)
    assert row.passes
    assert not row.reaches
    assert "≤ 1 met" in as_text([row])
    assert "≤ 0.5 MISSED" in as_text([row])


def test_one_picture_in_twenty_may_be_late_and_one_that_never_came_is_not_lost_in_a_mean() -> None:
    assert p95([*range(1, 20), float("inf")]) == 19
    assert p95([0.1, float("inf")]) == float("inf")
    never = Row("exact", float("inf"), "ms", 500)
    assert not never.passes
    assert never.as_dict()["value"] is None


def test_a_clip_gives_back_the_very_pictures_that_were_recorded(tmp_path: Path) -> None:
    kept = [photograph(63, 41, seed) for seed in (1, 2)]
    assert write(tmp_path / "clip.mkv", iter([kept[0], kept[0], kept[1]])) == 3
    back = list(pictures(tmp_path / "clip.mkv"))
    for picture, expected in zip(back, [kept[0], kept[0], kept[1]], strict=True):
        np.testing.assert_array_equal(picture, expected)
