"""What a screen is: the short list of members that every platform has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from applet.screen.damage import Area
from codec.errors import DesksideError
from codec.picture.diff import Frame
from codec.picture.geometry import Lines
from codec.wire.messages import Cause, Display, PointerShape


class ScreenError(DesksideError):
    """The screen cannot be read now: the display server is gone, or a monitor is."""

    def __init__(self, detail: str, cause: Cause | None = None, *, lasting: bool = False) -> None:
        """`lasting`: it stays so until `cause` is dealt with."""
        super().__init__(detail)
        self.cause = cause
        self.lasting = lasting


class Monitor(NamedTuple):
    """A monitor as it was found: place and size in pixels, `scale` 1.0 at 96 dpi."""

    name: str
    x: int
    y: int
    width: int
    height: int
    scale: float = 1.0
    primary: bool = False


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


def number_displays(found: list[Monitor], known: dict[str, int]) -> list[Display]:
    """Return displays; a name keeps the id that `known` gives it, and of two with one name the second gets a number.

    `known` is added to: a monitor that comes back is the same display again.
    """
    displays = []
    for name, x, y, width, height, scale, primary in _distinct(found[:MAX_DISPLAYS]):
        if name not in known:
            taken = set(known.values())
            known[name] = next(number for number in range(256) if number not in taken or number == 255)
        displays.append(Display(known[name], name, x, y, width, height, scale, primary))
    return displays


def _distinct(found: list[Monitor]) -> list[Monitor]:
    """Two monitors of one make may have one name; the second one gets a number."""
    seen: dict[str, int] = {}
    named = []
    for monitor in found:
        seen[monitor.name] = number = seen.get(monitor.name, 0) + 1
        named.append(monitor if number == 1 else monitor._replace(name=f"{monitor.name} ({number})"))
    return named
