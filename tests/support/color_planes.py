"""Planes as browsers capture them, made of numbers or of colours."""

import numpy as np
from numpy.typing import NDArray

from codec.picture.color_planes import Matrix, Plane, Rgb, to_rgb

Coverage = NDArray[np.float64]
"""How much of each pixel a letter covers, (height, width)."""
ORDINARY = {
    "red on black": ((255, 0, 0), (0, 0, 0)),
    "blue on grey": ((0, 0, 255), (128, 128, 128)),
    "green on white": ((0, 128, 0), (255, 255, 255)),
    "a link on white": ((26, 13, 171), (255, 255, 255)),
    "white on blue": ((255, 255, 255), (0, 0, 255)),
    "orange on nearly black": ((255, 165, 0), (30, 30, 30)),
    "brown on cream": ((139, 69, 19), (255, 248, 220)),
    "pink on grey": ((255, 105, 180), (204, 204, 204)),
    "red on blue": ((255, 0, 0), (0, 0, 255)),
}
"""Colours that text is written in, and on."""


def planes_of(width: int, height: int, seed: int) -> tuple[Plane, Plane, Plane]:
    """Return luma, Cb and Cr of any values."""
    random = np.random.default_rng(seed)
    sizes = ((height, width), *[(-(-height // 2), -(-width // 2))] * 2)
    return tuple(random.integers(0, 256, size, np.uint8) for size in sizes)  # type: ignore[return-value]  # three


def captured(rgb: Rgb) -> tuple[Plane, Plane, Plane]:
    """Return what a browser captures of a screen: BT.601 of limited range, chroma of the mean of 2×2 pixels."""
    red, green, blue = np.moveaxis(rgb.astype(np.int32), 2, 0)
    luma = 66 * red + 129 * green + 25 * blue + 0x1080 >> 8
    height, width, _ = rgb.shape
    whole = np.pad(rgb.astype(np.int32), ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    four = whole[::2, ::2] + whole[::2, 1::2] + whole[1::2, ::2] + whole[1::2, 1::2]
    red, green, blue = np.moveaxis(four + 2 >> 2, 2, 0)
    cb = 112 * blue - 74 * green - 38 * red + 0x8080 >> 8
    cr = 112 * red - 94 * green - 18 * blue + 0x8080 >> 8
    return luma.astype(np.uint8), cb.astype(np.uint8), cr.astype(np.uint8)


def shown_whole(planes: tuple[Plane, Plane, Plane]) -> Rgb:
    """Return all colours of planes as a screen gives them."""
    height, width = planes[0].shape
    return to_rgb(*planes, Matrix.BT601, full_range=False, area=(0, 0, height, width))


def letters(width: int, height: int, seed: int) -> Coverage:
    """Return lines of strokes as thin as those of text, upright, level and slanted, with soft edges."""
    random = np.random.default_rng(seed)
    fine = 4
    drawn = np.zeros((height * fine, width * fine))
    y, x = np.indices((10 * fine, 6 * fine)) / fine
    for top in range(1, height - 10, 13):
        for left in range(1, width - 6, 7):
            glyph = np.zeros_like(x)
            for _ in range(int(random.integers(1, 4))):
                angle, thick = random.choice((0, 0, np.pi / 2, np.pi / 2, 1, -1)), random.choice((0.5, 0.6, 0.9))
                away = (x - random.uniform(1, 5)) * np.cos(angle) + (y - random.uniform(2, 8)) * np.sin(angle)
                glyph[np.abs(away) < thick] = 1
            drawn[top * fine : (top + 10) * fine, left * fine : (left + 6) * fine] = glyph
    coverage: Coverage = drawn.reshape(height, fine, width, fine).mean(axis=(1, 3))
    return coverage


def inked(coverage: Coverage, ink: tuple[int, int, int], ground: tuple[int, int, int]) -> Rgb:
    """Return letters in one colour on another."""
    share = coverage[..., None]
    return np.rint(np.array(ground) * (1 - share) + np.array(ink) * share).astype(np.uint8)


def board(rgb: Rgb, light: int, dark: int, top: int, left: int, size: int) -> Rgb:
    """Return a picture with a board of single pixels of two greys at a place."""
    pixels = np.indices((size, size)).sum(axis=0) % 2
    shown = rgb.copy()
    shown[top : top + size, left : left + size] = np.where(pixels, light, dark)[..., None]
    return shown
