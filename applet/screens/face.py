"""What a screen is: the short list of members that every platform has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from applet.screens.damage import Area
from codec.diff import Frame
from codec.errors import DesksideError
from codec.geometry import Lines
from codec.messages import Display, PointerShape


class ScreenError(DesksideError):
    """The screen cannot be read now: the display server is gone, or a monitor is."""


class Screen(Protocol):
    """Reads pictures. Everything is called from one and the same thread."""

    def displays(self) -> list[Display]:
        """Return the monitors there are now. Raises ScreenError."""

    def grab(self, display: int, lines: Lines | None = None) -> Frame:
        """Return what this display shows, (height, width, 4) uint8 BGRX, to be used before the next call.

        With `lines` only these are read and returned.

        Raises ScreenError.
        """

    def close(self) -> None:
        """Let go of the display server."""


@dataclass(frozen=True)
class Watched:
    """Whom a watcher tells. Called from the watcher's own thread."""

    damaged: Callable[[Area], None]
    """Something may look different here."""
    rearranged: Callable[[], None]
    """Monitors came, went or changed their size."""
    shape: Callable[[PointerShape], None]
    lost: Callable[[], None]
    """The display server is gone; nothing more will be told."""


class Watcher(Protocol):
    """Tells what happens on the screen, until it is closed."""

    def close(self) -> None:
        """Stop telling."""


MAX_DISPLAYS = 32


def number_displays(found: list[tuple[str, int, int, int, int, float, bool]], known: dict[str, int]) -> list[Display]:
    """Return displays from (name, x, y, width, height, scale, primary); a name keeps the id that `known` gives it.

    `known` is added to: a monitor that comes back is the same display again.
    """
    displays = []
    for name, x, y, width, height, scale, primary in found[:MAX_DISPLAYS]:
        if name not in known:
            taken = set(known.values())
            known[name] = next(number for number in range(256) if number not in taken or number == 255)
        displays.append(Display(known[name], name, x, y, width, height, scale, primary))
    return displays
