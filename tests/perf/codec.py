"""Our encoder beside those of FFmpeg, on recorded desktops: bytes, time on one thread, and how exact what is shown is.

`python -m tests.perf codec CLIP… [--json FILE] [--check]`. Every contender gets the very same pictures in the same run.
Ours and the baseline of all times, x264 4:4:4, take turns picture by picture: whatever else the machine does then, it
does to both. A contender that takes too long is stopped, and the table says how many pictures it did.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median, quantiles
from typing import TypeVar

import numpy as np

from codec.picture.decoder import Decoder
from codec.picture.diff import Frame
from codec.picture.encoder import Encoder
from tests.perf.clips import RATE, pictures
from tests.perf.likeness import psnr, squared_error, ssim
from tests.perf.narrow import Narrow, over_a_narrow_line
from tests.perf.rivals import OTHERS, X264_444, Contender, Rival, colours_of

Given = TypeVar("Given")
Made = TypeVar("Made")
LOOK_EACH = RATE
"""Every so many pictures what is shown is compared with the truth."""
PATIENCE_SECONDS = 15.0
"""So long a contender may keep a core for a clip, looking at what it shows included."""
OURS, OURS_NARROW = "ours, lossless", "ours, 2 Mbit/s and 50 ms"


@dataclass
class Result:
    """What one contender did with one clip. Times and sizes are those of pictures after the first."""

    name: str
    first_bytes: int = 0
    sizes: list[int] = field(default_factory=list)
    encode_ms: list[float] = field(default_factory=list)
    decode_ms: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    likeness: list[float] = field(default_factory=list)
    note: str = ""

    @property
    def after_kib(self) -> float:
        """Bytes after the first picture."""
        return sum(self.sizes) / 1024

    @property
    def p50(self) -> float:
        """Median time to encode, in milliseconds."""
        return median(self.encode_ms or [0.0])

    @property
    def p95(self) -> float:
        """Time to encode that one picture in twenty exceeds."""
        return quantiles(self.encode_ms, n=20)[-1] if len(self.encode_ms) > 1 else self.p50

    @property
    def decode(self) -> float | None:
        """Median time to decode, in milliseconds; None when nothing could be decoded."""
        return median(self.decode_ms) if self.decode_ms else None

    @property
    def psnr(self) -> float | None:
        """Decibels of what is shown; infinite when it is exact, None when nothing is."""
        return psnr(fmean(self.errors)) if self.errors else None

    @property
    def ssim(self) -> float | None:
        """Likeness of what is shown; None when nothing is."""
        return fmean(self.likeness) if self.likeness else None

    def encoded(self, first: bool, size: int, seconds: float) -> None:
        """One picture was encoded."""
        if first:
            self.first_bytes = size
        else:
            self.sizes.append(size)
            self.encode_ms.append(1000 * seconds)

    def looked(self, shown: Frame, truth: Frame) -> None:
        """Compare what is shown with what should be."""
        self.errors.append(squared_error(shown, truth[..., :3]))
        self.likeness.append(ssim(shown, truth[..., :3]))


@dataclass
class Comparison:
    """All contenders on one clip."""

    clip: str
    size: tuple[int, int]
    changed: list[bool]
    """For each picture after the first, whether it differs from the one before."""
    ours: Result
    baseline: Result
    narrow: Narrow
    others: list[Result]

    @property
    def results(self) -> list[Result]:
        """Every line of the table, ours first."""
        return [self.ours, _narrow_result(self.narrow), self.baseline, *self.others]

    def time_ratio(self, result: Result) -> float:
        """Return the median time to encode, as a ratio to the baseline's for the same pictures."""
        return result.p50 / median(self.baseline.encode_ms[: len(result.encode_ms)])

    def size_ratio(self, result: Result) -> float:
        """Return the bytes after the first picture, as a ratio to the baseline's for the same pictures."""
        same = self.baseline.sizes if result.name == OURS_NARROW else self.baseline.sizes[: len(result.sizes)]
        return sum(result.sizes) / max(sum(same), 1)

    def p50_of_changes(self, result: Result) -> float:
        """Return the median time of the pictures that changed: one that did not is hardly work."""
        times = [took for took, changed in zip(result.encode_ms, self.changed, strict=False) if changed]
        return median(times) if times else result.p50


def measure(clip: Path) -> tuple[Comparison, list[Frame]]:
    """Compare every contender on a clip; return its pictures too, because decoding them takes long."""
    frames = list(pictures(clip))
    height, width = frames[0].shape[:2]
    changed = [not np.array_equal(before, after) for before, after in pairwise(frames)]
    ours, baseline = _side_by_side(frames)
    others = [_alone(frames, contender) for contender in OTHERS]
    narrow = over_a_narrow_line(frames)
    return Comparison(clip.stem, (width, height), changed, ours, baseline, narrow, others), frames


def as_text(comparison: Comparison) -> str:
    """Return the table of one clip."""
    width, height = comparison.size
    name = f"{comparison.clip} {width}×{height}"
    heads = ("first KiB", "after KiB", "p50 ms", "changed", "p95 ms", "decode", "PSNR", "SSIM", "bytes ×", "time ×")
    lines = ["", f"{name:<34}" + "".join(f"{head:>11}" for head in heads)]
    lines += [f"{result.name:<34}" + _figures(comparison, result) for result in comparison.results]
    return "\n".join(lines)


def as_dict(comparison: Comparison) -> dict[str, object]:
    """Return the figures for a file."""
    rows = {
        each.name: {
            "pictures": len(each.sizes) + 1,
            "first_kib": each.first_bytes / 1024,
            "after_kib": each.after_kib,
            "p50_ms": each.p50,
            "p50_ms_of_changes": comparison.p50_of_changes(each),
            "p95_ms": each.p95,
            "decode_ms": each.decode,
            "psnr": None if each.psnr == float("inf") else each.psnr,
            "ssim": each.ssim,
            "note": each.note,
        }
        for each in comparison.results
    }
    return {"clip": comparison.clip, "size": comparison.size, "contenders": rows}


def _figures(comparison: Comparison, result: Result) -> str:
    whole = result.name != OURS_NARROW  # over a narrow line not every picture is sent, so none can be compared in turn
    figures = (
        f"{result.first_bytes / 1024:,.0f}",
        f"{result.after_kib:,.0f}",
        f"{result.p50:.2f}",
        f"{comparison.p50_of_changes(result):.2f}" if whole else "–",
        f"{result.p95:.2f}",
        "–" if result.decode is None else f"{result.decode:.2f}",
        "–" if result.psnr is None else "exact" if result.psnr == float("inf") else f"{result.psnr:.1f}",
        "–" if result.ssim is None else f"{result.ssim:.4f}",
        f"{comparison.size_ratio(result):.2f}",
        f"{comparison.time_ratio(result):.2f}" if whole else "–",
    )
    return "".join(f"{figure:>11}" for figure in figures) + (f"  {result.note}" if result.note else "")


def _side_by_side(frames: Sequence[Frame]) -> tuple[Result, Result]:
    """Encode each picture with ours and with the baseline, in turns the one and the other first."""
    height, width = frames[0].shape[:2]
    ours, encoder, decoder = Result(OURS), Encoder(width, height), Decoder()
    baseline, rival = Result(X264_444.name), Rival(X264_444, width, height)
    for number, picture in enumerate(frames):
        frame = rival.laid_out(picture)
        if number % 2:
            packet, seconds = _timed(encoder.encode, picture)
            theirs, their_seconds = rival.encode(frame)
        else:
            theirs, their_seconds = rival.encode(frame)
            packet, seconds = _timed(encoder.encode, picture)
        ours.encoded(number == 0, len(packet or b""), seconds)
        baseline.encoded(number == 0, len(theirs), their_seconds)
        _show_theirs(baseline, rival, number, theirs, picture)
        if packet is not None:
            shown, seconds = _timed(decoder.decode, packet)
            if number > 0:
                ours.decode_ms.append(1000 * seconds)
            if (shown[..., :3] != picture[..., :3]).any():
                raise AssertionError("our decoder does not show what our encoder saw")
    ours.errors, ours.likeness = [0.0], [1.0]
    return ours, baseline


def _alone(frames: Sequence[Frame], contender: Contender) -> Result:
    height, width = frames[0].shape[:2]
    result, rival = Result(contender.name), Rival(contender, width, height)
    notes, until = [], time.thread_time() + PATIENCE_SECONDS
    for number, picture in enumerate(frames):
        packet, seconds = rival.encode(rival.laid_out(picture))
        result.encoded(number == 0, len(packet), seconds)
        _show_theirs(result, rival, number, packet, picture)
        if number > 0 and time.thread_time() > until:
            notes.append(f"{number + 1} of {len(frames)} pictures")
            break
    if rival.refused:
        notes.append(f"FFmpeg's decoder refuses {rival.refused} of its packets")
    result.note = ", ".join(notes)
    return result


def _show_theirs(result: Result, rival: Rival, number: int, packet: bytes, picture: Frame) -> None:
    if not packet:
        return
    shown, seconds = rival.decode(packet)
    if number > 0 and shown is not None:
        result.decode_ms.append(1000 * seconds)
    if number % LOOK_EACH == LOOK_EACH - 1 and shown is not None:
        result.looked(colours_of(shown, picture), picture)


def _narrow_result(narrow: Narrow) -> Result:
    sizes = [narrow.playing_bytes]
    figures = (narrow.encode_ms, narrow.decode_ms, narrow.errors, narrow.likeness)
    return Result(OURS_NARROW, narrow.first_bytes, sizes, *figures)


def _timed(work: Callable[[Given], Made], given: Given) -> tuple[Made, float]:
    began = time.perf_counter()
    made = work(given)
    return made, time.perf_counter() - began
