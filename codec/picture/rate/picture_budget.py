"""How large the next picture may be, from what the line carries. Without a budget everything is exact at once.

`pacing` measures the line and says when the picture leaves.
"""

from dataclasses import dataclass

HELPING_SECONDS = 0.025
"""A picture may take the line so long; text and videos may take longer."""
FIRST_HELPING_SECONDS = 0.1
"""The first picture may be larger, for nothing is shown before it."""
SMALL_EACH = 8
"""Every so many pictures one is a quarter as large: what it takes is the line's length and hardly anything else."""


@dataclass(frozen=True)
class PictureBudget:
    """The bytes of one picture."""

    now: float
    """Seconds of any steady clock."""
    bytes: int
    """About so many may be written now. Text is written exactly whatever it takes."""
    bytes_per_second: float
    """What the line carries in the long run."""
    videos: bool = False
    """Whether the viewer can decode them (VP9)."""


def budget_for(now: float, bytes_per_second: float, sent: int | None, videos: bool) -> PictureBudget:
    """Return the budget of a picture that leaves `now` (seconds) on a line that carries so much.

    `sent` is how many left before it, None while the line was not measured.
    """
    seconds = FIRST_HELPING_SECONDS if sent is None else HELPING_SECONDS
    if sent is not None and sent % SMALL_EACH == 1:
        seconds /= 4
    return PictureBudget(now, int(bytes_per_second * seconds), bytes_per_second, videos)
