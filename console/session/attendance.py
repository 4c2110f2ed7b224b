"""Whether the technician is at this console, and which status they chose. Pure.

They are at it while a page is open that was used as lately as their group asks. A page that is loaded again is not
gone. Times are seconds of a clock that only goes forward.
"""

from codec.wire.signals import Attention
from codec.wire.technician_status import TechnicianStatus

RELOAD_SECONDS = 8.0
"""A page that was closed may be on its way back for so long."""
MINUTE = 60.0


class Attendance:
    """What this console knows of its technician. `news` is what the relay is to be told."""

    def __init__(self, now: float) -> None:
        self._pages = 0
        self._closed_at: float | None = None
        """When the last page was closed; None as long as there was none."""
        self._used_at = now
        self._chosen: TechnicianStatus | None = None
        self._chosen_at = now
        self._told: tuple[bool, TechnicianStatus | None, float] | None = None

    def page_opened(self, now: float) -> None:
        """A page was opened, or is back."""
        self._pages += 1
        self._used_at = now

    def page_closed(self, now: float) -> None:
        """A page was closed, or is loaded again."""
        self._pages -= 1
        self._closed_at = now

    def used(self, now: float) -> None:
        """The technician did something in a page (TECH-10)."""
        self._used_at = now

    def chose(self, status: TechnicianStatus, now: float) -> None:
        """The technician chose a status. It holds until they choose another one, or sign out."""
        self._chosen, self._chosen_at = status, now

    def begin_again(self, now: float) -> None:
        """Another sign-in begins: nothing is chosen."""
        self._chosen, self._told, self._used_at = None, None, now

    def forget_told(self) -> None:
        """The line to the relay is a new one: it knows nothing of this console."""
        self._told = None

    def is_unused(self, now: float, minutes: int) -> bool:
        """Whether no page was used for so many minutes. 0 is never."""
        return minutes > 0 and now - self._used_at >= minutes * MINUTE

    def is_here(self, now: float, away_after: int) -> bool:
        """Whether the technician is at this console; away after so many minutes without use, 0 is never (TECH-06)."""
        on_its_way = self._closed_at is not None and now - self._closed_at < RELOAD_SECONDS
        return (self._pages > 0 or on_its_way) and not self.is_unused(now, away_after)

    def news(self, now: float, away_after: int) -> Attention | None:
        """Return what the relay must be told; None where it knows."""
        tells = self.is_here(now, away_after), self._chosen, self._chosen_at
        if tells == self._told:
            return None
        self._told = tells
        return Attention(tells[0], self._chosen, 0.0 if self._chosen is None else max(0.0, now - self._chosen_at))
