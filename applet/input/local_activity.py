"""The customer's own hand has priority. Pure."""

QUIET_SECONDS = 1.0
"""For so long after the customer moved, clicked or typed, what the technician does is dropped."""


class LocalActivity:
    """Knows whether the customer is at work himself."""

    def __init__(self) -> None:
        self._moved_at: float | None = None

    def moved(self, now: float) -> None:
        """The customer did something."""
        self._moved_at = now

    def is_on(self, now: float) -> bool:
        """Whether the technician must wait."""
        return self._moved_at is not None and now - self._moved_at < QUIET_SECONDS
