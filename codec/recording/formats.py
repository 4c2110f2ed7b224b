"""The picture formats of recordings, each an AVI: what an administrator can choose from, declared once.

RASC is our own; the others are FFmpeg's, by PyAV. All are set up so that every picture gives its packet at once, which
a recording that may be killed at any moment needs. Pictures are shown in 4:2:0 by the lossy ones but MJPEG, because
that is what every player and every browser decodes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from codec.picture.diff import Flags, Frame
from codec.picture.geometry import TILE
from codec.recording.avi import Stream
from codec.recording.canvas import Canvas
from codec.recording.pointer import Pointer, cropped, painted
from codec.recording.rasc import RascEncoder
from codec.recording.sink import RecordingStoppedError

KEY_PICTURES = 240
"""So many pictures after a key comes the next: a player that seeks decodes no more than that, in half a second."""


class PictureError(RecordingStoppedError):
    """The encoder of this recording format refused a picture. Choose another format."""


@dataclass(frozen=True)
class Packet:
    """An encoded picture. `is_key`: it decodes alone, whatever was asked for."""

    data: bytes
    is_key: bool


class PictureFormat(Protocol):
    """An encoder for pictures of one size. Its first packet is a key."""

    stream: Stream

    def encode(self, frame: Frame, pointer: Pointer | None, key: bool, touched: Flags | None = None) -> Packet | None:
        """Return the packet that shows `frame`, (height, width, 4) uint8 BGRX, with the pointer; None if unchanged.

        `touched`, (rows, columns) booleans, promises that no other tile differs from the picture before. `frame` is
        lent: it is as it was afterwards. Raises PictureError.
        """

    def repeat(self) -> bytes | None:
        """Return the last picture once more where players need that to show it, None where they do not.

        FFmpeg takes an H.264 picture in an AVI file to be shown when the next one comes, however late that is.
        """


class FormatName(StrEnum):
    """Formats by the name that settings and the command line use."""

    RASC = "rasc"
    H264 = "h264"
    MPEG4 = "mpeg4"
    MJPEG = "mjpeg"
    ZMBV = "zmbv"


@dataclass(frozen=True)
class Format:
    """One choice: what people read about it, and how it is opened with width, height and slots a second."""

    label: str
    help: str
    lossless: bool
    open: Callable[[int, int, int], PictureFormat]


@dataclass(frozen=True)
class _Codec:
    """An encoder of FFmpeg and how it is set up."""

    name: str
    fourcc: bytes
    pixels: str
    bits: int = 24
    options: Mapping[str, str] = field(default_factory=dict)
    shown_by_next: bool = False
    threads: int = 1


class _Rasc:
    def __init__(self, width: int, height: int, rate: int) -> None:
        self.stream = Stream(width, height, rate, b"RASC", 32)
        self._encoder = RascEncoder(width, height)

    def encode(self, frame: Frame, pointer: Pointer | None, key: bool, touched: Flags | None = None) -> Packet | None:
        data = self._encoder.encode(frame, pointer, key, touched)
        return None if data is None else Packet(data, key)

    def repeat(self) -> bytes | None:
        return None


class _Ffmpeg:
    """A codec of FFmpeg. Where it needs an even size, one more column or row repeats the last."""

    def __init__(self, codec: _Codec, width: int, height: int, rate: int) -> None:
        self._canvas = Canvas(width, height, codec.pixels)
        self.stream = Stream(self._canvas.width, self._canvas.height, rate, codec.fourcc, codec.bits)
        self._codec = codec
        self._context = _open(codec, self.stream)
        self._number = 0
        self._under = range(0)
        """The rows where the pointer is."""

    def encode(self, frame: Frame, pointer: Pointer | None, key: bool, touched: Flags | None = None) -> Packet | None:
        under, self._under = self._under, _rows(frame, pointer)
        with painted(frame, pointer) as picture:
            self._canvas.show(picture, None if touched is None else (under, self._under, *_touched_rows(touched)))
        return self._packet(key)

    def repeat(self) -> bytes | None:
        return self._packet().data if self._codec.shown_by_next else None

    def _packet(self, key: bool = False) -> Packet:
        given = self._canvas.given
        try:
            given.pts = self._number
            given.pict_type = PictureType.I if key else PictureType.NONE
            self._number += 1
            packets = self._context.encode(given)
            return Packet(b"".join(bytes(each) for each in packets), any(each.is_keyframe for each in packets))
        except (av.FFmpegError, ValueError) as error:
            raise PictureError(f"{PictureError.__doc__} ({self._codec.name}: {error})") from None


def _rows(frame: Frame, pointer: Pointer | None) -> range:
    if pointer is None:
        return range(0)
    _, top, shape = cropped(pointer, frame.shape[1], frame.shape[0])
    return range(top, top + shape.shape[0])


def _open(codec: _Codec, stream: Stream) -> VideoCodecContext:
    context = av.CodecContext.create(codec.name, "w")
    assert isinstance(context, VideoCodecContext)  # noqa: S101  (all of FORMATS are codecs of pictures)
    context.width, context.height, context.pix_fmt = stream.width, stream.height, codec.pixels
    context.time_base, context.framerate = Fraction(1, stream.rate), Fraction(stream.rate)
    context.gop_size, context.max_b_frames, context.thread_count = KEY_PICTURES, 0, codec.threads
    context.options = dict(codec.options)
    context.open()
    return context


def _touched_rows(touched: Flags) -> list[range]:
    """Return the rows of pixels of each row of tiles that has touched ones."""
    return [range(row * TILE, (row + 1) * TILE) for row in np.flatnonzero(touched.any(axis=1)).tolist()]


def _by_ffmpeg(codec: _Codec) -> Callable[[int, int, int], PictureFormat]:
    return lambda width, height, rate: _Ffmpeg(codec, width, height, rate)


_X264 = {"preset": "ultrafast", "tune": "zerolatency", "crf": "20", "forced-idr": "1"}
_H264 = _Codec("libx264", b"H264", "yuv420p", options=_X264, shown_by_next=True, threads=2)
_MPEG4 = _Codec("mpeg4", b"FMP4", "yuv420p", options={"flags": "+qscale", "global_quality": str(3 * 118)})
_MJPEG = _Codec("mjpeg", b"MJPG", "yuvj444p", options={"flags": "+qscale", "global_quality": str(3 * 118)})
_ZMBV = _Codec("zmbv", b"ZMBV", "bgr0", 32, options={"keyint_min": str(KEY_PICTURES)})
"""FFmpeg's encoder looks at no other option for keys: it makes one every `keyint_min` pictures."""

FORMATS: dict[FormatName, Format] = {
    FormatName.RASC: Format(
        "AVI, lossless (RASC)",
        "Every pixel exact, and small for office work. Plays in mpv and FFmpeg’s own player, not in VLC.",
        True,
        _Rasc,
    ),
    FormatName.H264: Format(
        "AVI, H.264",
        "Plays nearly everywhere, and stays small where videos play. Coloured text is slightly soft.",
        False,
        _by_ffmpeg(_H264),
    ),
    FormatName.MPEG4: Format(
        "AVI, MPEG-4",
        "For older players. Larger than H.264 at the same quality.",
        False,
        _by_ffmpeg(_MPEG4),
    ),
    FormatName.MJPEG: Format(
        "AVI, Motion JPEG",
        "Each picture decodes alone, for video editors. By far the largest: up to 18 GB an hour.",
        False,
        _by_ffmpeg(_MJPEG),
    ),
    FormatName.ZMBV: Format(
        "AVI, lossless (ZMBV)",
        "Every pixel exact, for players that know ZMBV and not RASC. Slow to record, and larger than RASC.",
        True,
        _by_ffmpeg(_ZMBV),
    ),
}
