"""FFmpeg's encoders, through PyAV: each with one thread, and with the decoder that shows what came of it."""

import time
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext

from codec.picture.diff import Frame
from tests.perf.clips import RATE
from tests.perf.likeness import Colours

_X264 = {"preset": "ultrafast", "tune": "zerolatency", "threads": "1"}
_DECODERS = {"libx264": "h264", "libx264rgb": "h264", "libvpx-vp9": "vp9"}


@dataclass(frozen=True)
class Contender:
    """An encoder of FFmpeg: its name, how its pixels are laid out, and its options."""

    name: str
    codec: str
    pixels: str
    options: dict[str, str]


def x264_420(crf: int) -> Contender:
    """Return what a film is compared with, at one quality of many."""
    return Contender("x264 ultrafast zerolatency 4:2:0", "libx264", "yuv420p", _X264 | {"crf": str(crf)})


X264_444 = Contender("x264 ultrafast zerolatency 4:4:4", "libx264", "yuv444p", _X264 | {"crf": "20"})
VP9 = Contender(
    "VP9 realtime screen",
    "libvpx-vp9",
    "yuv444p",
    {
        "deadline": "realtime",
        "cpu-used": "8",
        "tune-content": "screen",
        "crf": "20",
        "b": "0",
        "threads": "1",
        "lag-in-frames": "0",
    },
)
X264_RGB = Contender("x264rgb lossless ultrafast", "libx264rgb", "bgr24", _X264 | {"qp": "0"})
OTHERS = (
    x264_420(20),
    X264_RGB,
    VP9,
    Contender("flashsv2", "flashsv2", "bgr24", {}),
    Contender("zmbv", "zmbv", "bgr0", {}),
)
"""All but the baseline that every time is compared with, X264_444."""


class Rival:
    """One encoder at work on one clip, and its decoder."""

    def __init__(self, contender: Contender, width: int, height: int) -> None:
        self._pixels = contender.pixels
        self._odd = contender.pixels == "yuv420p" and (width % 2, height % 2) != (0, 0)
        self._size = (width + width % 2, height + height % 2) if self._odd else (width, height)
        self._encoder = _encoder(contender, *self._size)
        self._decoder = _decoder(contender, self._encoder)
        self._number = 0
        self.refused = 0
        """Packets that FFmpeg's own decoder refuses (it does so with flashsv2); their bytes and time count."""

    def laid_out(self, picture: Frame) -> av.VideoFrame:
        """Return a picture as this encoder wants it. The time that this takes is not counted."""
        colours = np.ascontiguousarray(picture[..., :3])
        if self._odd:
            beyond = (self._size[1] - picture.shape[0], self._size[0] - picture.shape[1])
            colours = np.pad(colours, ((0, beyond[0]), (0, beyond[1]), (0, 0)), mode="edge")
        frame = av.VideoFrame.from_ndarray(colours, format="bgr24").reformat(format=self._pixels)
        frame.pts = self._number
        self._number += 1
        return frame

    def encode(self, frame: av.VideoFrame) -> tuple[bytes, float]:
        """Return the packet, and the seconds that it took."""
        began = time.perf_counter()
        packets = self._encoder.encode(frame)
        seconds = time.perf_counter() - began
        return b"".join(bytes(packet) for packet in packets), seconds

    def decode(self, packet: bytes) -> tuple[av.VideoFrame | None, float]:
        """Return what a viewer is shown, None when the decoder refuses it, and the seconds that it took."""
        began = time.perf_counter()
        try:
            shown = self._decoder.decode(av.Packet(packet))
        except av.error.InvalidDataError:
            self.refused += 1
            return None, time.perf_counter() - began
        return (shown[-1] if shown else None), time.perf_counter() - began


def colours_of(shown: av.VideoFrame, like: Frame) -> Colours:
    """Return what is shown, (height, width, 3) B, G, R, as large as the picture it stands for."""
    colours: Colours = shown.to_ndarray(format="bgr24")  # type: ignore[assignment]  # bgr24 is bytes
    return colours[: like.shape[0], : like.shape[1]]


def _encoder(contender: Contender, width: int, height: int) -> VideoCodecContext:
    context = av.CodecContext.create(contender.codec, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, contender.pixels
    context.time_base, context.framerate = Fraction(1, RATE), Fraction(RATE)
    context.thread_count = 1
    context.options = contender.options
    context.open()
    return context


def _decoder(contender: Contender, encoder: VideoCodecContext) -> VideoCodecContext:
    decoder = av.CodecContext.create(_DECODERS.get(contender.codec, contender.codec), "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.thread_count = 1
    decoder.width, decoder.height = encoder.width, encoder.height
    if encoder.extradata:
        decoder.extradata = encoder.extradata
    if contender.codec in ("flashsv2", "zmbv"):
        decoder.pix_fmt = contender.pixels
    return decoder
