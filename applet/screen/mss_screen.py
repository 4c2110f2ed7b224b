"""Reads the screen with mss: on X11 through shared memory (1.6 ms for 1080p), elsewhere as the platform has it.

mss allocates its shared memory for the size that the root has when it is made, so `displays`, which is called whenever
monitors have changed, makes a new one.
"""

import logging
import os
import sys
from collections.abc import Mapping
from contextlib import closing, suppress

import mss
import numpy as np
from mss.exception import ScreenShotError

from applet.screen.base import Monitor, Screen, ScreenError, number_displays
from codec.picture.diff import Frame
from codec.picture.geometry import Lines
from codec.wire.messages import Cause, Display

_log = logging.getLogger(__name__)
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
        if len(monitors) == 1:
            _check_is_on()
        found = [
            Monitor(
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
        displays = number_displays(found, self._known)
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


def open_screen() -> Screen:
    """Return what reads the screen of this computer. Raises ScreenError."""
    if sys.platform != "linux":
        return MssScreen()
    from applet.screen.x11_screen import X11Screen  # noqa: PLC0415  (python-xlib is for X11 only)

    check_session(os.environ)
    try:
        return MssScreen()
    except ScreenError as error:
        _log.info("%s; it is read another way", error)
        return X11Screen()


def check_session(environ: Mapping[str, str]) -> None:
    """Raise ScreenError where no screen can ever be read in this session of Linux."""
    if environ.get("XDG_SESSION_TYPE") == "wayland" or not environ.get("DISPLAY"):
        raise ScreenError("this session has no X11 display", Cause.NO_SCREEN, lasting=True)


def _check_is_on() -> None:
    """Raise ScreenError where all monitors are off: then there is an area to read, but no monitor shows it."""
    if sys.platform == "linux":
        from applet.screen.x11_screen import monitors_of, open_display  # noqa: PLC0415  (the same)

        with closing(open_display()) as display:
            monitors_of(display)


def _open() -> "mss.MSS":
    try:
        return mss.MSS(backend="xshmgetimage") if sys.platform == "linux" else mss.MSS()
    except (ScreenShotError, OSError) as error:
        raise ScreenError(f"there is no screen to read: {error}") from None
