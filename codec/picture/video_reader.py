"""A rectangle that was sent as a video, shown: VP9 through FFmpeg (PyAV). `video` says how it was written."""

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from codec.errors import DesksideError

Colours = NDArray[np.uint8]
"""(height, width, 3): B, G, R."""


class BadVideoError(DesksideError):
    """The video's data is damaged. The viewer asks for a whole picture and goes on."""


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
