"""Pictures for the tests of recordings, and what FFmpeg shows of a packet."""

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext

from codec.picture.diff import Frame
from codec.recording.pointer import Pointer


def noise(width: int, height: int, seed: int = 0) -> Frame:
    """Return a picture in which nothing repeats."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)


def arrow(x: int, y: int, side: int = 6, alpha: int = 255) -> Pointer:
    """Return a triangular pointer with its tip at (x, y)."""
    shape = np.zeros((side, side, 4), np.uint8)
    shape[np.tril_indices(side)] = (250, 40, 90, alpha)
    return Pointer(x, y, side, side, 0, 0, shape.tobytes())


class Player:
    """FFmpeg's decoder of one codec: what it shows after each packet."""

    def __init__(self, codec: str, width: int, height: int) -> None:
        context = av.CodecContext.create(codec, "r")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height, context.thread_count = width, height, 1
        self._context = context

    def show(self, packet: bytes) -> Frame:
        """Return the (height, width, 3) BGR picture."""
        return as_picture(self._context.decode(av.Packet(packet))[0])


def as_picture(frame: av.VideoFrame) -> Frame:
    """Return (height, width, 3) BGR."""
    if frame.format.name == "bgr0":  # read as it is, since a conversion might hide something
        lines = np.frombuffer(bytes(frame.planes[0]), np.uint8).reshape(frame.height, frame.planes[0].line_size)
        picture: Frame = lines[:, : 4 * frame.width].reshape(frame.height, frame.width, 4)[..., :3]
        return picture
    return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
