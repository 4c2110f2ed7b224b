"""Our encoder beside those of FFmpeg, on recorded desktops: bytes, time on one thread, and how exact what is shown is.

`python -m tests.perf codec CLIP… [--json FILE]`. Every contender gets the very same pictures in the same run.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from statistics import median, quantiles
from typing import TypeVar

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext

from codec.decoder import Decoder
from codec.diff import Frame
from codec.encoder import Encoder

Given = TypeVar("Given")
Made = TypeVar("Made")
RATE = 20
PSNR_EACH = 10
BARS_KIB = {"office": 90, "terminal": 2400, "webscroll": 1900, "drag": 2800, "idle": 30}
TIME_BARS = {"office": 0.5, "terminal": 0.5, "idle": 0.5, "webscroll": 1.0, "drag": 1.0}


@dataclass
class Result:
    """What one contender did with one clip."""

    name: str
    first_kib: float = 0.0
    after_kib: float = 0.0
    encode_ms: list[float] = field(default_factory=list)
    decode_ms: list[float] = field(default_factory=list)
    psnr: float = float("inf")

    @property
    def p50(self) -> float:
        """Median time to encode, in milliseconds."""
        return median(self.encode_ms)

    @property
    def p95(self) -> float:
        """Time to encode that one picture in twenty exceeds."""
        return quantiles(self.encode_ms, n=20)[-1]

    def note(self, size: int, seconds: float) -> None:
        """One picture was encoded."""
        if self.first_kib == 0:
            self.first_kib = size / 1024
        else:
            self.after_kib += size / 1024
            self.encode_ms.append(1000 * seconds)


@dataclass(frozen=True)
class Contender:
    """An encoder of FFmpeg: its name, how its pixels are laid out, and its options."""

    name: str
    codec: str
    pixels: str
    options: dict[str, str]


X264_444 = "x264 ultrafast zerolatency 4:4:4"
_X264 = {"preset": "ultrafast", "tune": "zerolatency", "threads": "1"}
CONTENDERS = (
    Contender(X264_444, "libx264", "yuv444p", _X264 | {"crf": "20"}),
    Contender("x264 ultrafast zerolatency 4:2:0", "libx264", "yuv420p", _X264 | {"crf": "20"}),
    Contender("x264rgb lossless ultrafast", "libx264rgb", "bgr24", _X264 | {"qp": "0"}),
    Contender(
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
    ),
    Contender("flashsv2", "flashsv2", "bgr24", {}),
    Contender("zmbv", "zmbv", "bgr0", {}),
)


def measure(clip: Path) -> list[Result]:
    """Return every contender's result on a clip, ours first."""
    return [_ours(clip), *(_theirs(clip, contender) for contender in CONTENDERS)]


def as_text(clip: Path, results: list[Result]) -> str:
    """Return the table of one clip, with the bars that ours is held against."""
    baseline = next(result for result in results if result.name == X264_444)
    heads = ("first KiB", "after KiB", "p50 ms", "p95 ms", "decode", "PSNR", "× x264")
    lines = ["", f"{clip.stem:<34}" + "".join(f"{head:>11}" for head in heads)]
    for result in results:
        figures = (
            f"{result.first_kib:,.0f}",
            f"{result.after_kib:,.0f}",
            f"{result.p50:.2f}",
            f"{result.p95:.2f}",
            f"{median(result.decode_ms):.2f}" if result.decode_ms else "–",
            "exact" if result.psnr == float("inf") else f"{result.psnr:.1f}",
            f"{result.p50 / baseline.p50:.2f}",
        )
        lines.append(f"{result.name:<34}" + "".join(f"{figure:>11}" for figure in figures))
    return "\n".join([*lines, *_verdicts(clip, results[0], baseline)])


def misses(clip: Path, results: list[Result]) -> list[str]:
    """Return the bars that ours missed."""
    baseline = next(result for result in results if result.name == X264_444)
    return [verdict for verdict in _verdicts(clip, results[0], baseline) if "MISSED" in verdict]


def as_dict(clip: Path, results: list[Result]) -> dict[str, object]:
    """Return the figures for a file."""
    rows = {
        each.name: {
            "first_kib": each.first_kib,
            "after_kib": each.after_kib,
            "p50_ms": each.p50,
            "p95_ms": each.p95,
            "psnr": None if each.psnr == float("inf") else each.psnr,
        }
        for each in results
    }
    return {"clip": clip.stem, "contenders": rows}


def _verdicts(clip: Path, ours: Result, baseline: Result) -> list[str]:
    verdicts = []
    if clip.stem in BARS_KIB:
        bar = BARS_KIB[clip.stem]
        verdicts.append(f"  bytes ≤ {bar} KiB: {'met' if ours.after_kib <= bar else 'MISSED'}")
    if clip.stem in TIME_BARS:
        limit = TIME_BARS[clip.stem]
        verdicts.append(f"  time ≤ {limit:g} × {X264_444}: {'met' if ours.p50 <= limit * baseline.p50 else 'MISSED'}")
    return verdicts


def pictures(clip: Path) -> Iterator[Frame]:
    """Yield the clip's pictures as a screen delivers them."""
    with av.open(str(clip)) as container:
        for frame in container.decode(video=0):
            colours = frame.to_ndarray(format="bgr24")
            picture = np.zeros((*colours.shape[:2], 4), np.uint8)
            picture[..., :3] = colours
            yield picture


def _ours(clip: Path) -> Result:
    result, encoder, decoder = Result("ours, lossless"), None, Decoder()
    for picture in pictures(clip):
        encoder = encoder or Encoder(picture.shape[1], picture.shape[0])
        packet, seconds = timed(encoder.encode, picture)
        result.note(len(packet or b""), seconds)
        if packet is None:
            continue
        shown, seconds = timed(decoder.decode, packet)
        result.decode_ms.append(1000 * seconds)
        if (shown[..., :3] != picture[..., :3]).any():
            raise AssertionError("our decoder does not show what our encoder saw")
    return result


def _theirs(clip: Path, contender: Contender) -> Result:
    result = Result(contender.name)
    context: VideoCodecContext | None = None
    errors: list[float] = []
    for number, picture in enumerate(pictures(clip)):
        if context is None:
            context = _open(contender, picture.shape[1], picture.shape[0])
            decoder = _decoder_for(contender, context)
        colours = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[..., :3]), format="bgr24")
        frame = colours.reformat(format=contender.pixels)
        frame.pts = number
        packets, seconds = timed(context.encode, frame)
        result.note(sum(packet.size for packet in packets), seconds)
        for packet in packets:
            try:
                shown, seconds = timed(decoder.decode, av.Packet(bytes(packet)))
            except av.error.InvalidDataError:
                continue  # FFmpeg refuses some packets of its own flashsv2 encoder; bytes and time still count
            result.decode_ms.append(1000 * seconds)
            if shown and number % PSNR_EACH == 0:
                errors.append(_error(shown[0], picture))
    error = float(np.mean(errors)) if errors else 0.0
    result.psnr = float("inf") if error == 0 else 10 * float(np.log10(255**2 / error))
    return result


def _error(shown: av.VideoFrame, picture: Frame) -> float:
    return float(np.mean((shown.to_ndarray(format="bgr24").astype(np.int16) - picture[..., :3]) ** 2))


def _decoder_for(contender: Contender, encoder: VideoCodecContext) -> VideoCodecContext:
    name = {"libx264": "h264", "libx264rgb": "h264", "libvpx-vp9": "vp9"}.get(contender.codec, contender.codec)
    decoder = av.CodecContext.create(name, "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.thread_count = 1
    decoder.width, decoder.height = encoder.width, encoder.height
    if encoder.extradata:
        decoder.extradata = encoder.extradata
    if contender.codec in ("flashsv2", "zmbv"):
        decoder.pix_fmt = contender.pixels
    return decoder


def _open(contender: Contender, width: int, height: int) -> VideoCodecContext:
    context = av.CodecContext.create(contender.codec, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, contender.pixels
    context.time_base, context.framerate = Fraction(1, RATE), Fraction(RATE)
    context.thread_count = 1
    context.options = contender.options
    context.open()
    return context


def timed(work: Callable[[Given], Made], given: Given) -> tuple[Made, float]:
    """Return what `work` makes of `given`, and the seconds that it takes."""
    began = time.perf_counter()
    made = work(given)
    return made, time.perf_counter() - began
