"""A rectangle that keeps changing, as a video stream: VP9 in 4:2:0.

Method: VP9's real-time encoder with a constant bit rate, no look-ahead and no hidden pictures, so that every picture
that goes in comes out as one packet and none is much larger than its share of the line. Colours are BT.709 of limited
range, and the stream says so. When the line's rate has changed much the stream starts over with a whole picture.

Why VP9: measured on 100 pictures of a 1280×720 film (KiB for SSIM of luma): x264 ultrafast 432 for 0.945, VP8 351 for
0.952, VP9 358 for 0.956 at this constant rate and 310 for 0.964 at a varying one, x264 superfast 187 for 0.950; a
picture took 3.4, 10.1, 9.9 and 4.4 ms. x264 would be the smallest and quickest, but an applet that customers download
may not carry its licence (GPL) and its patents; every browser with WebCodecs decodes VP9.
"""

from typing import Protocol

import numpy as np

from codec.picture import vp9
from codec.picture.diff import Frame

RATES = (100_000, 6_000_000)
"""Bits per second: less shows no movement any more, more shows nothing better."""
SHARE = 0.7
"""What a video gets of the line. The rest is for everything around it."""
LESS, MORE = 0.7, 2.0
"""The stream starts over when the rate should be less than this part of what it is, or more than so many times it."""
PATIENCE_SECONDS = 3.0
"""A rate that rose must stay so long: a new stream costs a whole picture."""


class Encoder(Protocol):
    """Encodes one video of one size and rate."""

    def encode(self, picture: Frame, milliseconds: int) -> bytes:
        """Return the packet of (height, width, 4) uint8 BGRX; the time must have grown. Raises VideoEncodeError."""


class VideoWriter:
    """Writes one video of one size. `restarts` says that the next packet begins a stream."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        self._stream: Encoder | None = None
        self._rate = 0.0
        self._rose_at: float | None = None
        self._last = -1
        self.restarts = True

    def write(self, picture: Frame, bytes_per_second: float, now: float) -> bytes:
        """Return the packet for (height, width, 4) uint8 BGRX; `now` in seconds. Raises VideoEncodeError."""
        rate = float(np.clip(bytes_per_second * 8 * SHARE, *RATES))
        if self._stream is None or self._needs_another(rate, now):
            self._stream, self._rate, self._rose_at = _open(self._size, int(rate)), rate, None
            self.restarts = True
        else:
            self.restarts = False
        self._last = max(int(now * 1000), self._last + 1)
        return self._stream.encode(picture, self._last)

    def _needs_another(self, rate: float, now: float) -> bool:
        if rate <= self._rate * MORE:
            self._rose_at = None
        elif self._rose_at is None:
            self._rose_at = now
        return rate < self._rate * LESS or (self._rose_at is not None and now - self._rose_at > PATIENCE_SECONDS)


def _open(size: tuple[int, int], rate: int) -> Encoder:
    if vp9.is_there():
        return vp9.Vp9Encoder(size, rate)
    try:
        from codec.picture.vp9_pyav import PyAvEncoder  # noqa: PLC0415  (the help program for Linux has no PyAV)
    except ImportError as error:
        raise vp9.VideoEncodeError(f"{vp9.VideoEncodeError.__doc__} ({error})") from None
    return PyAvEncoder(size, rate)
