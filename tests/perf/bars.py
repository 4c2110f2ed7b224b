"""What the picture is held against: for each clip of the six, the worst that is accepted and what we want."""

from collections.abc import Sequence
from math import ceil
from statistics import median

from codec.picture.diff import Frame
from tests.perf.codec import Comparison
from tests.perf.films import at_equal_likeness
from tests.perf.rivals import VP9
from tests.perf.table import Row

KIB = {"office": (90, 69), "terminal": (2400, 645), "webscroll": (1900, 1442), "drag": (2800, 913), "idle": (30, 9)}
"""Bytes after the first picture: bar and goal, half of what x264 takes without loss, with all the time it wants."""
TIME = {
    "office": (0.5, 0.25),
    "terminal": (0.5, 0.25),
    "idle": (0.5, 0.25),
    "webscroll": (1.0, 0.5),
    "drag": (1.0, 0.5),
}
"""Median time to encode, as a ratio to x264 ultrafast zerolatency 4:4:4: bar and goal."""
TEXT_MOVES = ("office", "terminal", "webscroll", "drag")
"""Where lossless should take fewer bytes than VP9 does with loss."""
EXACT_MS = 500
SCROLLS = ("webscroll",)
DECODE_MS = 4
FILM = (1.5, 1.1)
FILMS = ("video",)


def rows(comparison: Comparison) -> list[Row]:
    """Return the rows of one clip; of one that is not of the six, only what holds for every clip."""
    made: list[Row] = []
    clip, ours, baseline = comparison.clip, comparison.ours, comparison.baseline
    if clip in TIME:
        bar, goal = TIME[clip]
        made.append(Row(f"{clip}: time to encode", ours.p50, "ms", bar, baseline.p50, "x264 4:4:4", goal=goal))
    if clip in KIB:
        bar, goal = KIB[clip]
        made.append(Row(f"{clip}: bytes after the first picture", ours.after_kib, "KiB", bar, goal=goal))
    if clip in TEXT_MOVES:
        made.append(_beside_vp9(comparison))
    if clip in SCROLLS and ours.decode is not None:
        made.append(Row(f"{clip}: time to decode, in Python", ours.decode, "ms", DECODE_MS))
    if comparison.narrow.exact_after:
        made.append(_exactness(clip, comparison.narrow.exact_after))
    return made


def p95(values: Sequence[float]) -> float:
    """Return the value that nineteen of twenty do not exceed (nearest rank: infinite ones may be among them)."""
    return sorted(values)[ceil(len(values) * 0.95) - 1]


def film_rows(clip: str, frames: Sequence[Frame]) -> list[Row]:
    """Measure a film at equal likeness and return its rows."""
    bar, goal = FILM
    return [
        Row(
            f"{clip}: bytes at equal SSIM {where}",
            ours.size / 1024,
            "KiB",
            bar,
            theirs / 1024,
            "x264 4:2:0",
            goal=goal,
            note=f"SSIM {ours.likeness:.4f}",
        )
        for where, ours, theirs in at_equal_likeness(frames)
    ]


def _exactness(clip: str, exact_after: Sequence[float]) -> Row:
    """Say how soon all is exact. A film's last picture is more than the line carries in that time: it has no bar."""
    film = clip in FILMS
    note = f"{len(exact_after)} rests, median {1000 * median(exact_after):.0f} ms"
    return Row(
        f"{clip}: exact after a rest, 2 Mbit/s, p95",
        1000 * p95(exact_after),
        "ms",
        None if film else EXACT_MS,
        note="the film's last picture; no bar: the line cannot carry it in 500 ms" if film else note,
    )


def _beside_vp9(comparison: Comparison) -> Row:
    """Compare bytes for as many pictures as VP9 could do in its time."""
    vp9 = next(result for result in comparison.others if result.name == VP9.name)
    same = sum(comparison.ours.sizes[: len(vp9.sizes)]) / 1024
    return Row(f"{comparison.clip}: bytes beside VP9 with loss", same, "KiB", None, vp9.after_kib, "VP9", goal=1.0)
