"""Pictures that change in any way that a codec must carry, for tests that try what no one thought of."""

from collections.abc import Iterator

import numpy as np
from hypothesis import strategies as st

from codec.picture.diff import Frame
from tests.support.desktops import photograph, text

Change = tuple[str, int, int, int, int]
"""What happens, and four numbers that say where and how much."""

KINDS = ("nothing", "fill", "letters", "photograph", "noise", "soft", "scroll", "drag", "pixel")
changes = st.tuples(
    st.sampled_from(KINDS), st.integers(0, 999), st.integers(0, 999), st.integers(1, 400), st.integers(1, 400)
)


def changed(width: int, height: int, steps: list[Change]) -> Iterator[Frame]:
    """Yield a page of text, and what becomes of it step by step: each picture is another array."""
    frame = text(width, height)
    frame[..., 3] = 0
    yield frame
    for step in steps:
        frame = frame.copy()
        _change(frame, *step)
        frame[..., 3] = 0
        yield frame


def _change(frame: Frame, kind: str, x: int, y: int, across: int, down: int) -> None:
    height, width, _ = frame.shape
    left, top = x % width, y % height
    area = frame[top : top + down, left : left + across]
    lines, columns = area.shape[:2]
    if kind == "fill":
        area[:] = (x % 256, y % 256, across % 256, 0)
    elif kind == "letters":
        area[:] = text(columns, lines, x)
    elif kind == "photograph":
        area[:] = photograph(columns, lines, x)
    elif kind == "noise":
        area[:] = np.random.default_rng(x).integers(0, 256, area.shape, np.uint8)
    elif kind == "soft":
        area[:] = (np.add.outer(np.arange(lines), np.arange(columns) // 2)[..., None] // 2).astype(np.uint8)
    elif kind == "scroll":
        area[:] = np.roll(area, (y % 50, 0, 0), (0, 1, 2))
    elif kind == "drag":
        frame[:] = np.roll(frame, (y % 40, x % 40, 0), (0, 1, 2))
    elif kind == "pixel":
        frame[top, left] ^= 0x81
