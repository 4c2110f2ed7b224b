"""What a viewer takes for a picture of any size: decoding, painting, and whatever else keeps its computer busy.

Method: a small picture takes the line hardly anything. What small ones take all the same is the viewer's own time: it
says nothing of the line, and a picture that is made smaller is not shown sooner.
"""

from collections import deque

KEPT = 4
"""Few, so that a viewer is soon seen to be quick again; a busy computer is slow only now and then, so more than one."""


class ViewerTime:
    """Of one viewer of one display."""

    def __init__(self) -> None:
        self._took: deque[float] = deque(maxlen=KEPT)

    @property
    def seconds(self) -> float:
        """What it takes on average, 0 where that is not known."""
        return sum(self._took) / len(self._took) if self._took else 0.0

    @property
    def is_known(self) -> bool:
        """Whether enough small pictures were shown to tell."""
        return len(self._took) == KEPT

    def note(self, took: float) -> None:
        """A small picture took so long."""
        self._took.append(took)
