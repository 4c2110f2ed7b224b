"""So many at once, and then so many a second. Pure: the clock is an argument, in seconds."""


class Bucket:
    """Holds at most `burst`, and fills again by `per_second`."""

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._level = burst
        self._at: float | None = None

    def take(self, amount: float, now: float) -> bool:
        """Take as much if it is there. Never more than `burst` at once."""
        self._fill(now)
        if amount > self._level:
            return False
        self._level -= amount
        return True

    def wait(self, amount: float, now: float) -> float:
        """Return in how many seconds as much will be there."""
        self._fill(now)
        return max(0.0, (amount - self._level) / self._per_second)

    def _fill(self, now: float) -> None:
        if self._at is None:
            self._at = now
        if now > self._at:
            self._level = min(self._burst, self._level + (now - self._at) * self._per_second)
            self._at = now
