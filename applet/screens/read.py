"""Reads the screen with mss: on X11 through shared memory (1.6 ms for 1080p), elsewhere as the platform has it.

mss allocates its shared memory for the size that the root has when it is made, so `displays`, which is called whenever
monitors have changed, makes a new one.
"""

import sys
from contextlib import suppress

import mss
import numpy as np
from mss.exception import ScreenShotError

from applet.screens.face import ScreenError, number_displays
from codec.diff import Frame
from codec.geometry import Lines
from codec.messages import Display

_BROKEN = (ScreenShotError, OSError, ValueError, AssertionError)
"""What mss raises; without its display server it fails its own assertions (10.2)."""


class MssScreen:
    """See Screen."""

    def __init__(self) -> None:
        """Raises ScreenError when there is no display to read."""
        self._known: dict[str, int] = {}
        self._areas: dict[int, dict[str, int]] = {}
        self._mss = _open()

    def displays(self) -> list[Display]:
        """See Screen."""
        self.close()
        self._mss = _open()
        try:
            monitors = self._mss.monitors
        except _BROKEN as error:
            raise ScreenError(f"the monitors cannot be listed: {error or 'the display server is gone'}") from None
        each = monitors[1:] or monitors[:1]
        found = [
            (
                str(monitor.get("output") or monitor.get("name") or f"Display {place + 1}"),
                monitor["left"],
                monitor["top"],
                monitor["width"],
                monitor["height"],
                1.0,
                bool(monitor.get("is_primary", place == 0)),
            )
            for place, monitor in enumerate(each)
        ]
        displays = number_displays(_distinct(found), self._known)
        self._areas = {
            display.id: {"left": display.x, "top": display.y, "width": display.width, "height": display.height}
            for display in displays
        }
        return displays

    def grab(self, display: int, lines: Lines | None = None) -> Frame:
        """See Screen."""
        area = self._areas.get(display)
        if area is None:
            raise ScreenError("this monitor is not there any more")
        if lines is not None:
            area = {**area, "top": area["top"] + lines[0], "height": lines[1] - lines[0]}
        try:
            shot = self._mss.grab(area)
        except _BROKEN as error:
            raise ScreenError(f"the screen cannot be read: {error or 'the display server is gone'}") from None
        return np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)

    def close(self) -> None:
        """See Screen."""
        with suppress(*_BROKEN):
            self._mss.close()


def _open() -> "mss.MSS":
    try:
        return mss.MSS(backend="xshmgetimage") if sys.platform == "linux" else mss.MSS()
    except (ScreenShotError, OSError) as error:
        raise ScreenError(f"there is no screen to read: {error}") from None


def _distinct(
    found: list[tuple[str, int, int, int, int, float, bool]],
) -> list[tuple[str, int, int, int, int, float, bool]]:
    """Two monitors of one make may have one name; the second one gets a number."""
    seen: dict[str, int] = {}
    named = []
    for monitor in found:
        name = monitor[0]
        seen[name] = seen.get(name, 0) + 1
        named.append((name if seen[name] == 1 else f"{name} ({seen[name]})", *monitor[1:]))
    return named
