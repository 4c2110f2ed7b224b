"""How alike two pictures are: SSIM of luma in blocks of 8×8 (Wang, Bovik, Sheikh, Simoncelli 2004), and PSNR."""

import numpy as np
from numpy.typing import NDArray

Colours = NDArray[np.uint8]
"""(height, width, 3): B, G, R."""
BLOCK = 8
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
_LUMA = np.array([0.0722, 0.7152, 0.2126])


def ssim(one: Colours, other: Colours) -> float:
    """Return the mean over all whole blocks: 1.0 is equal."""
    if np.array_equal(one, other):
        return 1.0
    first, second = one @ _LUMA, other @ _LUMA
    mean1, mean2 = _blocks(first), _blocks(second)
    spread1, spread2 = _blocks(first * first) - mean1**2, _blocks(second * second) - mean2**2
    together = _blocks(first * second) - mean1 * mean2
    above = (2 * mean1 * mean2 + _C1) * (2 * together + _C2)
    return float((above / ((mean1**2 + mean2**2 + _C1) * (spread1 + spread2 + _C2))).mean())


def squared_error(one: Colours, other: Colours) -> float:
    """Return the mean squared difference of B, G and R."""
    return float(np.mean((one.astype(np.int32) - other) ** 2))


def psnr(error: float) -> float:
    """Return decibels for a mean squared error; infinite where pictures are equal."""
    return float("inf") if error == 0 else 10 * float(np.log10(255**2 / error))


def _blocks(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    height, width = (side // BLOCK for side in plane.shape)
    cut = plane[: height * BLOCK, : width * BLOCK]
    means: NDArray[np.float64] = cut.reshape(height, BLOCK, width, BLOCK).mean(axis=(1, 3))
    return means
