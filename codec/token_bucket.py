"""How much of something is let through: so much at once, and so much a second after that (a token bucket). Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """`burst` at once, and `per_second` from then on."""

    per_second: float
    burst: float


class Bucket:
    """What is left of a rate. `now` is in seconds of a steady clock."""

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._left = rate.burst
        self._at = now

    def take(self, amount: float, now: float) -> bool:
        """Take so much. False where there is less left: then nothing is taken."""
        self.add(max(0.0, now - self._at) * self._rate.per_second)
        self._at = max(self._at, now)
        if amount > self._left:
            return False
        self._left -= amount
        return True

    def add(self, amount: float) -> None:
        """Give so much back, never beyond the burst."""
        self._left = min(self._rate.burst, self._left + amount)
