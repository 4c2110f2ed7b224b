"""Photographs shown one after the other, without loss, beside x264's lossless RGB: bytes, and time on one thread.

The photographs are made of numbers, as a camera makes them of light: each pixel of the sensor sees one colour and
adds grain, the others come from its neighbours, and JPEG keeps that. So colours and neighbours agree as they do in
real ones, which independent grain in each colour would not.
"""

import time
from fractions import Fraction
from statistics import median

import av
import numpy as np
from numpy.typing import NDArray

from codec.picture.decoder import Decoder
from codec.picture.diff import Frame
from codec.picture.encoder import Encoder
from tests.perf.paintings import photograph
from tests.perf.rivals import X264_RGB, Rival
from tests.perf.table import Row

WIDTH, HEIGHT, PHOTOGRAPHS, ROUNDS = 1920, 1080, 7, 3
QUALITY = (2, 3, 5)
"""How coarse JPEG is, in FFmpeg's scale, for one photograph after the other."""
BYTES_BAR, TIME_BAR = 0.8, 1.0
_Levels = NDArray[np.float32]


async def measure() -> list[Row]:
    """Measure a slide show, and each photograph as a whole picture. Ours and the other take turns."""
    pictures = [taken(seed) for seed in range(PHOTOGRAPHS)]
    shown, whole = _Sums(), _Sums()
    encoder, decoder, rival, another = (
        Encoder(WIDTH, HEIGHT),
        Decoder(),
        Rival(X264_RGB, WIDTH, HEIGHT),
        Encoder(WIDTH, HEIGHT),
    )
    for picture in pictures * ROUNDS:
        packet = shown.add(encoder, rival, picture)
        if (decoder.decode(packet)[..., :3] != picture[..., :3]).any():
            raise AssertionError("our decoder does not show what our encoder saw")
        another.refresh()
        whole.add(another, Rival(X264_RGB, WIDTH, HEIGHT), picture)
    return [*shown.rows("photographs, one after the other"), *whole.rows("photographs, whole pictures")]


def taken(seed: int) -> Frame:
    """Return a photograph, (1080, 1920, 4) uint8 BGRX."""
    scene = photograph(WIDTH, HEIGHT, seed)[..., :3].astype(np.float32)
    mosaic = np.zeros_like(scene)
    for (row, column), colour in {(0, 0): 1, (0, 1): 2, (1, 0): 0, (1, 1): 1}.items():
        mosaic[row::2, column::2, colour] = scene[row::2, column::2, colour]
    colours = np.stack([_between(mosaic[..., 0]), _green(mosaic[..., 1]), _between(mosaic[..., 2])], axis=-1)
    picture = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    picture[..., :3] = _kept(colours.clip(0, 255).astype(np.uint8), QUALITY[seed % len(QUALITY)])
    return picture


class _Sums:
    """What both took, picture by picture."""

    def __init__(self) -> None:
        self._ours: list[tuple[float, int]] = []
        self._theirs: list[tuple[float, int]] = []

    def add(self, encoder: Encoder, rival: Rival, picture: Frame) -> bytes:
        frame = rival.laid_out(picture)
        began = time.thread_time()
        packet = encoder.encode(picture) or b""
        between = time.thread_time()
        theirs, _ = rival.encode(frame)
        self._theirs.append((time.thread_time() - between, len(theirs)))
        self._ours.append((between - began, len(packet)))
        return packet

    def rows(self, what: str) -> list[Row]:
        sizes = [sum(size for _, size in each) / 1024 for each in (self._ours, self._theirs)]
        times = [1000 * median(took for took, _ in each) for each in (self._ours, self._theirs)]
        return [
            Row(f"{what}: bytes", sizes[0], "KiB", BYTES_BAR, sizes[1], X264_RGB.name),
            Row(f"{what}: processor time", times[0], "ms", TIME_BAR, times[1], X264_RGB.name),
        ]


def _green(plane: _Levels) -> _Levels:
    """Every second pixel is seen; the others are the mean of those around them."""
    padded = np.pad(plane, 1, mode="reflect")
    around = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    green: _Levels = plane + around / np.float32(4)
    return green


def _between(plane: _Levels) -> _Levels:
    """One pixel of four is seen; the others are what lies between them."""
    padded = np.pad(plane, 1, mode="reflect")
    half = np.float32(0.5)
    rows = padded[1:-1] + (padded[:-2] + padded[2:]) * half
    between: _Levels = rows[:, 1:-1] + (rows[:, :-2] + rows[:, 2:]) * half
    return between


def _kept(colours: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Return what is left of a picture after JPEG."""
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuvj444p"
    encoder.time_base = Fraction(1, 1)
    encoder.options = {"qmin": str(quality), "qmax": str(quality), "flags": "+qscale"}
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(colours), format="bgr24").reformat(format="yuvj444p")
    decoder = av.CodecContext.create("mjpeg", "r")
    packets = [*encoder.encode(frame), *encoder.encode(None)]
    shown = [each for packet in packets for each in decoder.decode(packet)] + decoder.decode(None)
    kept: NDArray[np.uint8] = shown[0].to_ndarray(format="bgr24")  # type: ignore[assignment]  # bgr24 is bytes
    return kept
