"""What a line was seen to carry, for people: only pictures that are large enough to tell count. Pure.

The pace believes its first picture, because it must begin with something. Who says that a line is slow must not.
"""

from collections import deque

TELLING_BYTES = 5_600
"""Four packets of a network: what is smaller takes as long on any line."""
ENOUGH_BYTES = 16_384
KEPT_SECONDS = 30.0


class Throughput:
    """Of one viewer of one display. Times are seconds of any steady clock."""

    def __init__(self) -> None:
        self._came: deque[tuple[float, int, float]] = deque(maxlen=16)

    def note(self, size: int, took: float, now: float) -> None:
        """So many bytes have taken the line so long."""
        if size >= TELLING_BYTES:
            self._came.append((now, size, took))

    def bytes_per_second(self, now: float) -> float | None:
        """Return what the line carried in the last half minute, None where too little was sent to tell."""
        recent = [(size, took) for at, size, took in self._came if now - at < KEPT_SECONDS]
        size = sum(each for each, _ in recent)
        return size / sum(took for _, took in recent) if size >= ENOUGH_BYTES else None
