"""How much of something is let through: so much at once, and so much a second after that (a token bucket). Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """`burst` at once, and `per_second` from then on."""

    per_second: float
    burst: float


class Bucket:
    """What is left of a rate. `now` is in seconds of a steady clock; without one, time begins with the first call."""

    def __init__(self, rate: Rate, now: float | None = None) -> None:
        self._rate = rate
        self._left = rate.burst
        self._at = now

    def take(self, amount: float, now: float) -> bool:
        """Take so much. False where there is less left: then nothing is taken."""
        self._fill(now)
        if amount > self._left:
            return False
        self._left -= amount
        return True

    def wait(self, amount: float, now: float) -> float:
        """Return in how many seconds so much will be left, 0 where it is."""
        self._fill(now)
        return max(0.0, (amount - self._left) / self._rate.per_second)

    def add(self, amount: float) -> None:
        """Give so much back, never beyond the burst."""
        self._left = min(self._rate.burst, self._left + amount)

    def _fill(self, now: float) -> None:
        if self._at is not None:
            self.add(max(0.0, now - self._at) * self._rate.per_second)
        self._at = now if self._at is None else max(self._at, now)
