"""Pixels as a display server has them, as BGRX: any masks, 8 to 32 bits a pixel, with or without a palette. Pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codec.picture.diff import Frame

Masks = tuple[int, int, int]
"""Which bits of a pixel are red, green and blue."""
Palette = NDArray[np.uint8]
"""(entries, 4) BGRX."""


class UnknownPixelsError(ValueError):
    """Pixels of so many bits, which this program cannot read."""


@dataclass(frozen=True)
class PixelFormat:
    """How an image of X11 is written (ZPixmap)."""

    bits_per_pixel: int
    scanline_pad: int
    """A line fills whole units of so many bits."""
    little_endian: bool
    masks: Masks = (0xFF0000, 0xFF00, 0xFF)

    def __post_init__(self) -> None:
        if self.bits_per_pixel not in (8, 16, 24, 32):
            raise UnknownPixelsError(f"pixels of {self.bits_per_pixel} bits")

    def to_bgrx(self, data: bytes, width: int, height: int, palette: Palette | None = None) -> Frame:
        """Return (height, width, 4) uint8. With a `palette` each pixel is its number there, else it has masks.

        Raises ValueError when there are too few bytes.
        """
        pixels = self._pixels(data, width, height)
        if palette is not None:
            return palette[np.minimum(pixels, len(palette) - 1)]
        frame = np.zeros((height, width, 4), np.uint8)
        for place, mask in zip((2, 1, 0), self.masks, strict=True):
            shift = (mask & -mask).bit_length() - 1
            frame[..., place] = _eight_bits(mask >> shift)[(pixels & mask) >> shift]
        return frame

    def _pixels(self, data: bytes, width: int, height: int) -> NDArray[np.uint32]:
        line = -(-width * self.bits_per_pixel // self.scanline_pad) * self.scanline_pad // 8
        used = width * self.bits_per_pixel // 8
        lines = np.frombuffer(data, np.uint8, line * height).reshape(height, line)[:, :used]
        parts = lines.reshape(height, width, self.bits_per_pixel // 8).astype(np.uint32)
        order = range(parts.shape[2]) if self.little_endian else reversed(range(parts.shape[2]))
        pixels = np.zeros((height, width), np.uint32)
        for place, part in enumerate(order):
            pixels |= parts[..., part] << np.uint32(8 * place)
        return pixels


def _eight_bits(most: int) -> NDArray[np.uint8]:
    """Return what each value of a channel is in 255ths, `most` being full."""
    return ((np.arange(most + 1, dtype=np.uint32) * 255 + most // 2) // most).astype(np.uint8)
