"""A film in a desktop at equal likeness: what ours takes in bytes, and what x264 4:2:0 would for the same SSIM.

Method: ours shows the film as one (codec/picture/video) and everything around it exactly, each picture with the budget
of 2 Mbit/s; x264 encodes the same pictures at several qualities. Between two of these the logarithm of its bytes is
taken as straight over SSIM, after Bjøntegaard's comparison of encoders (ITU-T VCEG-M33, 2001). Both begin with a first
picture that is shown exactly or nearly so, and its bytes do not count.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import exp, log
from statistics import fmean
from typing import NamedTuple

import numpy as np

from codec.errors import DesksideError
from codec.picture.decoder import Decoder
from codec.picture.diff import Frame
from codec.picture.encoder import Encoder
from codec.picture.rate.picture_budget import PictureBudget
from tests.perf.clips import RATE
from tests.perf.likeness import Colours, ssim
from tests.perf.rivals import Rival, colours_of, x264_420

QUALITIES = (20, 25, 30, 35, 40)
BYTES_PER_SECOND = 250_000.0
LOOK_EACH = 10


class Shown(NamedTuple):
    """What a film took, and how like the truth it was."""

    likeness: float
    size: float


class Measured(NamedTuple):
    """The same bytes, and the likeness of the whole picture and of the film alone."""

    whole: Shown
    inside: Shown


class NotComparableError(DesksideError):
    """The likeness lies outside what was measured. Measure more qualities."""


def at_equal_likeness(frames: Sequence[Frame]) -> list[tuple[str, Shown, float]]:
    """Return ours and the bytes that x264 4:2:0 takes for the same likeness: of all, and of the film alone.

    Raises NotComparableError.
    """
    film = _film(frames)
    ours, theirs = _ours(frames, film), [_x264(frames, film, crf) for crf in QUALITIES]
    return [
        ("of the whole picture", ours.whole, size_at(ours.whole.likeness, [each.whole for each in theirs])),
        ("inside the film", ours.inside, size_at(ours.inside.likeness, [each.inside for each in theirs])),
    ]


def size_at(likeness: float, measured: Sequence[Shown]) -> float:
    """Return the size at a likeness, between the two that were measured beside it. Raises NotComparableError."""
    for less, more in pairwise(sorted(measured)):
        if less.likeness <= likeness <= more.likeness and less.likeness < more.likeness:
            part = (likeness - less.likeness) / (more.likeness - less.likeness)
            return exp(log(less.size) + part * (log(more.size) - log(less.size)))
    known = ", ".join(f"{shown.likeness:.4f}" for shown in sorted(measured))
    raise NotComparableError(f"a likeness of {likeness:.4f} is not between those that were measured: {known}")


def _film(frames: Sequence[Frame]) -> tuple[slice, slice]:
    """Return the rectangle in which most pixels change from one picture to the next."""
    some = frames[:: max(len(frames) // 8, 1)]
    differs = np.mean([(one != other).any(axis=2) for one, other in pairwise(some)], axis=0)
    rows = np.flatnonzero(differs.mean(axis=1) > differs.mean(axis=1).max() / 2)
    columns = np.flatnonzero(differs.mean(axis=0) > differs.mean(axis=0).max() / 2)
    return np.s_[int(rows[0]) : int(rows[-1]) + 1, int(columns[0]) : int(columns[-1]) + 1]


class _Look:
    """Compares what is shown with the truth, now and then."""

    def __init__(self, film: tuple[slice, slice]) -> None:
        self._film = film
        self._whole: list[float] = []
        self._inside: list[float] = []

    def at(self, number: int, shown: Colours, picture: Frame) -> None:
        if number and number % LOOK_EACH == 0:
            self._whole.append(ssim(shown, picture[..., :3]))
            self._inside.append(ssim(shown[self._film], picture[self._film][..., :3]))

    def measured(self, size: int) -> Measured:
        return Measured(Shown(fmean(self._whole), size), Shown(fmean(self._inside), size))


def _ours(frames: Sequence[Frame], film: tuple[slice, slice]) -> Measured:
    height, width = frames[0].shape[:2]
    encoder, decoder, look, size, now = Encoder(width, height), Decoder(), _Look(film), 0, 0.0
    packet = encoder.encode(frames[0])
    assert packet is not None, "the first picture is always sent"
    shown = decoder.decode(packet)
    for number, picture in enumerate(frames[1:], start=1):
        now += 1 / RATE
        packet = encoder.encode(
            picture, PictureBudget(now, int(BYTES_PER_SECOND / RATE), BYTES_PER_SECOND, videos=True)
        )
        if packet is not None:
            size += len(packet)
            shown = decoder.decode(packet)
        look.at(number, shown[..., :3], picture)
    return look.measured(size)


def _x264(frames: Sequence[Frame], film: tuple[slice, slice], crf: int) -> Measured:
    height, width = frames[0].shape[:2]
    rival, look, size = Rival(x264_420(crf), width, height), _Look(film), 0
    for number, picture in enumerate(frames):
        packet, _ = rival.encode(rival.laid_out(picture))
        shown, _ = rival.decode(packet)
        size += len(packet) if number else 0
        if shown is not None:
            look.at(number, colours_of(shown, picture), picture)
    return look.measured(size)
