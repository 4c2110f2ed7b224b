"""What may look different since the screen was read. Pure.

A screen that is read only where something happened costs a fraction: a line of typed text is a fiftieth of a picture.
Only lines are told apart, because whole lines are read without rearranging them.
"""

from codec.picture.geometry import MAX_SIDE, Lines
from codec.wire.messages import Display

Area = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of all displays together."""
EVERYTHING: Lines = (0, MAX_SIDE)
"""All lines of a display, also when it is larger than anybody has said yet."""


class Damage:
    """Collects what happened until the screen is read."""

    def __init__(self) -> None:
        self._everything = True
        self._area: Area | None = None

    def __bool__(self) -> bool:
        """Whether anything happened."""
        return self._everything or self._area is not None

    def add(self, area: Area) -> None:
        """Something happened here."""
        left, top, right, bottom = self._area or area
        self._area = min(left, area[0]), min(top, area[1]), max(right, area[2]), max(bottom, area[3])

    def add_everything(self) -> None:
        """Something may have happened anywhere."""
        self._everything = True

    def take(self, display: Display) -> Lines | None:
        """Return which lines of a display may look different, and start over; None where nothing happened."""
        everything, area = self._everything, self._area
        self._everything, self._area = False, None
        if everything:
            return EVERYTHING
        if area is None or area[2] <= display.x or area[0] >= display.x + display.width:
            return None
        lines = max(area[1] - display.y, 0), min(area[3] - display.y, display.height)
        return lines if lines[0] < lines[1] else None
