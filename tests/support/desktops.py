"""Desktops made of numbers, on which something scrolls or is dragged, for tests of the picture."""

from collections.abc import Iterator

import numpy as np

from codec.picture.diff import Frame

WIDTH, HEIGHT = 640, 400
WINDOW = (300, 200)


def photograph(width: int, height: int, seed: int = 1) -> Frame:
    """A picture in which neighbours differ a little everywhere."""
    random = np.random.default_rng(seed)
    slopes = np.add.outer(np.arange(height), np.arange(width))[..., None] // 3
    return ((slopes + random.integers(0, 24, (height, width, 4))) % 256).astype(np.uint8)


def text(width: int, height: int, seed: int = 2) -> Frame:
    """Dark marks on white, no two lines alike."""
    random = np.random.default_rng(seed)
    marks = random.random((height, width)) < 0.3
    marks[(np.arange(height) // 4) % 3 == 2] = False
    page = np.full((height, width, 4), 255, np.uint8)
    page[marks] = (40, 30, 20, 0)
    return page


def dragging(steps: Iterator[tuple[int, int]] | list[tuple[int, int]]) -> Iterator[Frame]:
    """A window of text over a photograph, at one place after the other."""
    ground, window = photograph(WIDTH, HEIGHT), text(*WINDOW)
    for x, y in steps:
        picture = ground.copy()
        picture[y : y + WINDOW[1], x : x + WINDOW[0]] = window
        yield picture


def scrolling(steps: list[tuple[int, int]]) -> Iterator[Frame]:
    """A page of text in a frame, scrolled to one place after the other."""
    page, ground = text(WIDTH + 400, HEIGHT + 1_200), photograph(WIDTH, HEIGHT)
    for x, y in steps:
        picture = ground.copy()
        picture[37 : HEIGHT - 21, 25 : WIDTH - 30] = page[y : y + HEIGHT - 58, x : x + WIDTH - 55]
        yield picture


REPEATING = (326, 333, 371, 498)
"""Seeds for which an encoder writes other packets when it looks beyond the right edge, where the next row begins."""


def repeating(seed: int) -> Iterator[Frame]:
    """A pattern that repeats to the edges, then moved right of some column: each of its lines is in many places."""
    random = np.random.default_rng(seed)
    across, down = 16 * int(random.integers(1, 6)), int(random.integers(1, 14))
    width, height = across * int(random.integers(2, 8)), int(random.integers(48, 160))
    pattern = np.zeros((down, across, 4), np.uint8)
    pattern[..., :3] = np.where(random.random((down, across, 1)) < 0.4, 30, 235)
    page = np.tile(pattern, (height // down + 2, width // across + 2, 1))
    by = int(random.integers(0, across)), int(random.integers(0, down))
    yield page[:height, :width].copy()
    moved, left = page[:height, :width].copy(), 16 * int(random.integers(0, 3))
    moved[:, left:] = np.roll(page, by[::-1], (0, 1))[:height, left:width]
    yield moved


FILM = (128, 64, 256, 192)
"""Left, top, width and height."""


def filming(pictures: int) -> Iterator[Frame]:
    """Text in which a film plays; beside it a block runs, now and then the film stands still for a picture."""
    ground = text(WIDTH, HEIGHT)
    x, y, width, height = FILM
    for turn in range(pictures):
        picture, time = ground.copy(), turn - (turn % 7 == 6)
        down, across = (
            128 + 100 * np.sin(np.arange(height) / (9 + time / 4) + time / 3),
            60 * np.cos(np.arange(width) / 23 - time / 5),
        )
        film = np.add.outer(down, across).clip(0, 255)
        picture[y : y + height, x : x + width] = (film[..., None] * (1, 0.7, 0.5, 0)).astype(np.uint8)
        picture[300:316, 20 + turn : 36 + turn] = (turn * 9 % 256, 3, 200, 0)
        yield picture


DRAG = [(20, 30), (25, 31), (40, 31), (90, 60), (90, 100), (60, 20), (330, 190), (7, 3)]
SCROLL = [(0, 0), (0, 3), (0, 53), (0, 400), (0, 380), (7, 380), (140, 380), (0, 0)]
