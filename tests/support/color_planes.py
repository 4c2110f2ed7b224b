"""Planes as browsers capture them, made of numbers or of colours."""

import numpy as np

from codec.picture.color_planes import Plane


def planes_of(width: int, height: int, seed: int) -> tuple[Plane, Plane, Plane]:
    """Return luma, Cb and Cr of any values."""
    random = np.random.default_rng(seed)
    sizes = ((height, width), *[(-(-height // 2), -(-width // 2))] * 2)
    return tuple(random.integers(0, 256, size, np.uint8) for size in sizes)  # type: ignore[return-value]  # three
