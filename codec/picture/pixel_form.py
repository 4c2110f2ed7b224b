"""What a pixel of a picture is: a colour, or what browsers capture of one, luma and chroma apart (4:2:0).

Inside this program each is a word, so that what finds changes and moves need not know which. Luma is where a colour has
its green, which it mostly is, chroma is Cb and Cr. Bytes of a word that a form does not have are zero.
"""

from enum import Enum

import numpy as np
from numpy.typing import NDArray

Planes = NDArray[np.uint8]
"""(planes, …): one byte of each pixel in each plane."""
_SHIFTS = (0, 8, 16)


class PixelForm(Enum):
    """Which bytes of a word there are, and how they are called."""

    COLOUR = (0, 1, 2)
    """B, G and R."""
    LUMA = (1,)
    CHROMA = (0, 1)
    """Cb and Cr."""

    @property
    def bytes(self) -> int:
        """How many bytes a pixel takes in a packet: also how many planes it is split into."""
        return len(self.value)

    def levels(self, pixels: NDArray[np.uint32]) -> NDArray[np.uint8]:
        """Return (count, bytes): what packets have of so many words."""
        all_levels = np.ascontiguousarray(pixels).view(np.uint8).reshape(-1, 4)
        levels = np.empty((len(all_levels), self.bytes), np.uint8)
        for place, byte in enumerate(self.value):  # four times as quick as all of each pixel at once
            levels[:, place] = all_levels[:, byte]
        return levels

    def words(self, levels: NDArray[np.uint8]) -> NDArray[np.uint32]:
        """Return (…, bytes) as words."""
        words = np.zeros((*levels.shape[:-1], 4), np.uint8)
        words[..., self.value[0] : self.value[-1] + 1] = levels
        return words.view(np.uint32)[..., 0]

    def split(self, pixels: NDArray[np.uint32], planes: Planes) -> None:
        """Fill (bytes, count) `planes`: G, B - G and R - G of a colour, or luma, or Cb and Cr."""
        levels = np.ascontiguousarray(pixels).view(np.uint8).reshape(-1, 4)
        for plane, byte in enumerate((1, 0, 2) if self is PixelForm.COLOUR else self.value):
            planes[plane] = levels[:, byte]
        if self is PixelForm.COLOUR:
            planes[1:] -= planes[0]

    def joined(self, planes: Planes) -> NDArray[np.uint32]:
        """Return the words of which these are the planes, (bytes, …)."""
        if self is PixelForm.COLOUR:
            planes = np.stack([planes[1] + planes[0], planes[0], planes[2] + planes[0]])
        words: NDArray[np.uint32] = planes[0].astype(np.uint32) << _SHIFTS[self.value[0]]
        for plane, byte in zip(planes[1:], self.value[1:], strict=True):
            words |= plane.astype(np.uint32) << _SHIFTS[byte]
        return words
