"""How large the next picture may be, from what the line carries. Without a budget everything is exact at once.

`pacing` measures the line and says when the picture leaves.
"""

from dataclasses import dataclass

HELPING_SECONDS = 0.025
"""A picture may take the line so long; text and videos may take longer."""
VIEWER_TIMES = 3.0
"""Or so many times what the viewer takes for any picture: so most of the line is used, however slow the viewer is."""
FIRST_HELPING_SECONDS = 0.1
"""The first picture may be larger, for nothing is shown before it."""
PACKET_BYTES = 1_400
"""What a network carries at once: less is not there sooner."""
SMALL_EACH = 8
"""Every so many pictures one is small: it takes the line's length, the viewer's time, and hardly anything else."""
SMALL_EACH_SLOW = 4
"""The same for a slow viewer, so that it is soon noticed when it is quick again."""
SMALL_EACH_AT_FIRST = 2
"""Until it is known which it is."""
SMALL = 4
"""So many times smaller."""
TELLS = 3
"""What is so many times smaller tells the viewer's time: packets take a little more or less than their budget."""


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


def helping(bytes_per_second: float, viewer_seconds: float) -> float:
    """Return how many bytes a picture may take on a line that carries so much, to a viewer that takes so long."""
    return max(bytes_per_second * max(HELPING_SECONDS, VIEWER_TIMES * viewer_seconds), float(PACKET_BYTES))


def is_small(sent: int, viewer_seconds: float | None) -> bool:
    """Return whether the next picture is a small one. `sent` left before it; None: the viewer's time is not known."""
    if viewer_seconds is None:
        return sent % SMALL_EACH_AT_FIRST == 1
    is_slow = VIEWER_TIMES * viewer_seconds > HELPING_SECONDS
    return sent % (SMALL_EACH_SLOW if is_slow else SMALL_EACH) == 1


def first_budget(now: float, bytes_per_second: float, videos: bool) -> PictureBudget:
    """Return the budget of a picture that leaves `now` (seconds), before anything was measured."""
    return PictureBudget(now, int(bytes_per_second * FIRST_HELPING_SECONDS), bytes_per_second, videos)


def budget_for(now: float, bytes_per_second: float, viewer_seconds: float, small: bool, videos: bool) -> PictureBudget:
    """Return the budget of a picture that leaves `now` (seconds), see `helping` and `is_small`."""
    bytes_ = helping(bytes_per_second, viewer_seconds) / (SMALL if small else 1)
    return PictureBudget(now, int(bytes_), bytes_per_second, videos)
