"""How many pictures and bytes arrive in a second. Pure: the clock is an argument."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rates:
    """What arrived between the last two readings, for each second."""

    frames_per_second: float = 0.0
    kbit_per_second: float = 0.0


class Meter:
    """Counts pictures; bytes are counted by the connection and handed in."""

    def __init__(self) -> None:
        self.last_read = 0.0
        self._pictures = 0
        self._bytes = 0
        self._rates = Rates()

    def picture(self) -> None:
        """A picture has arrived."""
        self._pictures += 1

    def rates(self, now: float, received_bytes: int) -> Rates:
        """Return the rates since the reading before; the same again when no time has passed."""
        elapsed = now - self.last_read
        if elapsed > 0:
            arrived = max(0, received_bytes - self._bytes)
            self._rates = Rates(round(self._pictures / elapsed, 1), round(arrived * 8 / 1000 / elapsed, 1))
            self._pictures, self._bytes, self.last_read = 0, received_bytes, now
        return self._rates
