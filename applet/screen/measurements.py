"""What the customer's side measures while it shows the screen, for `Stats`. Pure."""

from collections import deque
from statistics import median

from codec.picture.diff import Frame

KEPT = 20
"""Of so many pictures the median is told."""
ENOUGH = 5
BLACK = 16
"""Values below this are black, whatever the monitor."""
SPARSE = 16
"""Every so many pixels are looked at: a cursor on a black screen is seldom among them."""


class Measurements:
    """Of one display that is shown. `made` and `read` are called in the capture thread."""

    def __init__(self) -> None:
        self._took: deque[float] = deque(maxlen=KEPT)
        self.made_pictures = 0
        """How many pictures were made."""
        self.dark = False
        """Whether all of the screen was black when it was read last."""

    def made(self, seconds: float) -> None:
        """Reading and encoding a picture took so long."""
        self._took.append(seconds)
        self.made_pictures += 1

    def read(self, frame: Frame) -> None:
        """The whole screen looks like this."""
        self.dark = bool(frame[::SPARSE, ::SPARSE, :3].max() < BLACK)

    @property
    def encode_ms(self) -> int:
        """What a picture takes, 0 before there were enough: the first ones load what they need."""
        return round(1000 * median(self._took)) if len(self._took) >= ENOUGH else 0
