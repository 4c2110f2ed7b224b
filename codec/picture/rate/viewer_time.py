"""What a viewer takes for a picture of any size: decoding, painting, and whatever else keeps its computer busy.

Method: of two pictures, the line takes the larger one longer, and the viewer about as long. So a small one and a larger
one tell what the line takes for a byte, and the rest of what the small one took is the viewer's own time. It says
nothing of the line, and a picture that is made smaller is not shown sooner. Which pictures are small is told by the
others, never by what the line was taken for: on a line that has become a hundred times slower all would be, and the
viewer would be taken for slow.
"""

from collections import deque

from codec.picture.rate.picture_budget import PACKET_BYTES, TELLS

KEPT = 4
"""Few, so that a viewer is soon seen to be quick again; a busy computer is slow only now and then, so more than one."""
STALL_SECONDS = 2.0
"""What takes longer was held up: the line stood still."""
RECENT = 16
"""Of so many pictures the small ones are found."""


class ViewerTime:
    """Of one viewer of one display."""

    def __init__(self) -> None:
        self._recent: deque[tuple[int, float]] = deque(maxlen=RECENT)
        self._small = 0
        self._seconds = 0.0

    @property
    def seconds(self) -> float:
        """What it takes on average, 0 where that is not known."""
        return self._seconds

    @property
    def is_known(self) -> bool:
        """Whether enough small pictures were shown to tell."""
        return self._small >= KEPT

    def note(self, size: int, took: float, bytes_per_second: float) -> None:
        """A picture took so long, on a line that is taken for so fast."""
        self._recent.append((size, took))
        limit = max(max(size for size, _ in self._recent) / TELLS, PACKET_BYTES)
        self._small += size <= limit
        small = [each for each in self._recent if each[0] <= limit and each[1] <= STALL_SECONDS][-KEPT:]
        own = [self._own(size, took, bytes_per_second) for size, took in small]
        self._seconds = sum(own) / len(own) if own else 0.0

    def _own(self, size: int, took: float, bytes_per_second: float) -> float:
        """Return how many seconds of a small picture are the viewer's, as far as is known."""
        larger = next((each for each in reversed(self._recent) if each[0] >= TELLS * size), None)
        if larger is None:
            # Half only: where the viewer is slow, the rate is what comes through both, and too low.
            return max(took - size / bytes_per_second / 2, 0.0)
        seconds_per_byte = max(larger[1] - took, 0.0) / (larger[0] - size)
        return max(took - size * seconds_per_byte, 0.0)
