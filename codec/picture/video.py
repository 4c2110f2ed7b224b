"""A rectangle that keeps changing, as a video stream: VP9 in 4:2:0, through FFmpeg (PyAV).

Method: VP9's real-time encoder with a constant bit rate, no look-ahead and no hidden pictures, so that every picture
that goes in comes out as one packet and none is much larger than its share of the line. Colours are BT.709 of limited
range, and the stream says so. When the line's rate has changed much the stream starts over with a whole picture.

Why VP9: measured on 100 pictures of a 1280×720 film (KiB for SSIM of luma): x264 ultrafast 432 for 0.945, VP8 351 for
0.952, VP9 358 for 0.956 at this constant rate and 310 for 0.964 at a varying one, x264 superfast 187 for 0.950; a
picture took 3.4, 10.1, 9.9 and 4.4 ms. x264 would be the smallest and quickest, but an applet that customers download
may not carry its licence (GPL) and its patents; every browser with WebCodecs decodes VP9.
"""

from fractions import Fraction

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from codec.errors import DesksideError
from codec.picture.diff import Frame

RATES = (100_000, 6_000_000)
"""Bits per second: less shows no movement any more, more shows nothing better."""
SHARE = 0.7
"""What a video gets of the line. The rest is for everything around it."""
LESS, MORE = 0.7, 2.0
"""The stream starts over when the rate should be less than this part of what it is, or more than so many times it."""
PATIENCE_SECONDS = 3.0
"""A rate that rose must stay so long: a new stream costs a whole picture."""
_BUFFER_SECONDS = 0.3
_BT709 = 1
_LIMITED = 1
_MILLISECONDS = Fraction(1, 1000)
_OPTIONS = {
    "deadline": "realtime",
    "cpu-used": "8",
    "lag-in-frames": "0",
    "auto-alt-ref": "0",
    "error-resilient": "0",
    "tile-columns": "0",
    "threads": "1",
    "qmin": "16",
    "qmax": "60",
}

Colours = NDArray[np.uint8]
"""(height, width, 3): B, G, R."""


class BadVideoError(DesksideError):
    """The video's data is damaged. The viewer asks for a whole picture and goes on."""


class VideoEncodeError(DesksideError):
    """The video encoder of this computer failed. The rectangle is written as tiles instead."""


class VideoWriter:
    """Writes one video of one size. `restarts` says that the next packet begins a stream."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        self._stream: VideoCodecContext | None = None
        self._rate = 0.0
        self._rose_at: float | None = None
        self._last = -1
        self.restarts = True

    def write(self, picture: Frame, bytes_per_second: float, now: float) -> bytes:
        """Return the packet for (height, width, 4) uint8 BGRX; `now` in seconds. Raises VideoEncodeError."""
        try:
            return self._write(picture, bytes_per_second, now)
        except (av.error.FFmpegError, MemoryError) as error:
            raise VideoEncodeError(f"{VideoEncodeError.__doc__} ({error})") from None

    def _write(self, picture: Frame, bytes_per_second: float, now: float) -> bytes:
        rate = float(np.clip(bytes_per_second * 8 * SHARE, *RATES))
        if self._stream is None or self._needs_another(rate, now):
            self._stream, self._rate, self._rose_at = _open(self._size, int(rate)), rate, None
            self.restarts = True
        else:
            self.restarts = False
        shown = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgra")
        frame = shown.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)
        self._last = max(int(now * 1000), self._last + 1)
        frame.pts, frame.time_base = self._last, _MILLISECONDS
        return b"".join(bytes(packet) for packet in self._stream.encode(frame))

    def _needs_another(self, rate: float, now: float) -> bool:
        if rate <= self._rate * MORE:
            self._rose_at = None
        elif self._rose_at is None:
            self._rose_at = now
        return rate < self._rate * LESS or (self._rose_at is not None and now - self._rose_at > PATIENCE_SECONDS)


class VideoReader:
    """Reads one stream of one size."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        self._stream = av.CodecContext.create("vp9", "r")
        self._stream.thread_count = 1
        self._stream.options = {"max_pixels": str((width + 128) * (height + 128))}

    def read(self, packet: bytes) -> Colours:
        """Return the picture in a packet, (height, width, 3) uint8 BGR. Raises BadVideoError."""
        try:
            frames = self._stream.decode(av.Packet(packet))
        except (av.error.FFmpegError, MemoryError, ValueError) as error:
            raise BadVideoError(f"the video cannot be decoded: {error}") from None
        if len(frames) != 1 or (frames[0].width, frames[0].height) != self._size:
            raise BadVideoError("a video's packet does not give one picture of its rectangle")
        shown = frames[0].reformat(format="bgr24", src_colorspace=Colorspace.ITU709, src_color_range=ColorRange.MPEG)
        colours: Colours = shown.to_ndarray()  # type: ignore[assignment]  # bgr24 is bytes
        return colours


def _open(size: tuple[int, int], rate: int) -> VideoCodecContext:
    stream = av.CodecContext.create("libvpx-vp9", "w")
    assert isinstance(stream, VideoCodecContext)  # noqa: S101  (PyAV's type says less than it gives)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.time_base, stream.framerate = _MILLISECONDS, Fraction(30)
    stream.thread_count = 1
    stream.colorspace, stream.color_range = _BT709, _LIMITED
    stream.bit_rate = rate
    bits = str(rate)
    stream.options = _OPTIONS | {"minrate": bits, "maxrate": bits, "bufsize": str(int(rate * _BUFFER_SECONDS))}
    stream.open()
    return stream
