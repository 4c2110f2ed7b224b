"""VP9 by PyAV: what is encoded where `vp9` finds no libraries of its own."""

from fractions import Fraction

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorRange, Colorspace

from codec.picture.diff import Frame
from codec.picture.vp9 import BUFFER_SECONDS, FRAMES_PER_SECOND, QUANTIZERS, SPEED, VideoEncodeError

_BT709 = 1
_LIMITED = 1
_MILLISECONDS = Fraction(1, 1000)
_OPTIONS = {
    "deadline": "realtime",
    "cpu-used": str(SPEED),
    "lag-in-frames": "0",
    "auto-alt-ref": "0",
    "error-resilient": "0",
    "tile-columns": "0",
    "threads": "1",
    "qmin": str(QUANTIZERS[0]),
    "qmax": str(QUANTIZERS[1]),
}


class PyAvEncoder:
    """Encodes one video of one size at a constant rate, in real time: one packet for each picture."""

    def __init__(self, size: tuple[int, int], rate: int) -> None:
        """`size` is (width, height), `rate` in bits per second. Raises VideoEncodeError."""
        try:
            self._stream = _open(size, rate)
        except (av.error.FFmpegError, MemoryError) as error:
            raise VideoEncodeError(f"{VideoEncodeError.__doc__} ({error})") from None

    def encode(self, picture: Frame, milliseconds: int) -> bytes:
        """Return the packet of (height, width, 4) uint8 BGRX; the time must have grown. Raises VideoEncodeError."""
        try:
            shown = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgra")
            frame = shown.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)
            frame.pts, frame.time_base = milliseconds, _MILLISECONDS
            return b"".join(bytes(packet) for packet in self._stream.encode(frame))
        except (av.error.FFmpegError, MemoryError) as error:
            raise VideoEncodeError(f"{VideoEncodeError.__doc__} ({error})") from None


def _open(size: tuple[int, int], rate: int) -> VideoCodecContext:
    stream = av.CodecContext.create("libvpx-vp9", "w")
    assert isinstance(stream, VideoCodecContext)  # noqa: S101  (PyAV's type says less than it gives)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.time_base, stream.framerate = _MILLISECONDS, Fraction(FRAMES_PER_SECOND)
    stream.thread_count = 1
    stream.colorspace, stream.color_range = _BT709, _LIMITED
    stream.bit_rate = rate
    bits = str(rate)
    stream.options = _OPTIONS | {"minrate": bits, "maxrate": bits, "bufsize": str(int(rate * BUFFER_SECONDS))}
    stream.open()
    return stream
