"""Hears from X11 what changes on the screen: damage (XDamage), monitors (RandR), the pointer's shape (XFixes).

It has its own connection and its own thread. Damage is asked for once and again after each report, so a busy screen
costs one event for each picture that is taken of it, and an idle one costs nothing.
"""

import logging
import os
import select
import threading
from typing import Any

from Xlib import X, display, error
from Xlib.ext import damage, randr

from applet.screen.base import ScreenError, Watched
from applet.screen.pointer import pointer_shape

_log = logging.getLogger(__name__)
_GONE = (error.ConnectionClosedError, OSError)


class X11Watcher:
    """See Watcher. Raises ScreenError when the display cannot be opened or knows no damage."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        try:
            self._display = display.Display()
        except (error.DisplayError, OSError) as problem:
            raise ScreenError(f"the display cannot be watched: {problem}") from None
        if not self._display.has_extension("DAMAGE"):
            self._display.close()
            raise ScreenError("this display server does not tell what changes")
        self._damage = self._begin()
        self._waker, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._run, name="screen watcher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """See Watcher. Also after the display has gone and the thread with it."""
        os.write(self._wake, b"x")
        self._thread.join(timeout=2)
        os.close(self._wake)
        os.close(self._waker)

    def _begin(self) -> int:
        root = self._display.screen().root
        root.change_attributes(event_mask=X.StructureNotifyMask)
        self._display.damage_query_version()
        mark: int = root.damage_create(damage.DamageReportBoundingBox)
        if self._display.has_extension("RANDR"):
            root.xrandr_select_input(
                randr.RRScreenChangeNotifyMask | randr.RRCrtcChangeNotifyMask | randr.RROutputChangeNotifyMask
            )
        if self._display.has_extension("XFIXES"):
            self._display.xfixes_query_version()
            self._display.xfixes_select_cursor_input(root, 1)
        self._display.flush()
        return mark

    def _run(self) -> None:
        try:
            self._tell_shape()
            while True:
                while self._display.pending_events():
                    self._take(self._display.next_event())
                ready, _, _ = select.select([self._display.fileno(), self._waker], [], [])
                if self._waker in ready:
                    break
        except _GONE as problem:
            _log.warning("the display is gone: %s", problem)
            self._watched.lost()
        finally:
            self._close_display()

    def _close_display(self) -> None:
        try:
            self._display.close()
        except _GONE:
            return

    def _take(self, event: Any) -> None:
        kind = type(event).__name__
        if kind == "DamageNotify":
            self._display.damage_subtract(self._damage)
            self._display.flush()
            area = event.area
            self._watched.damaged((area.x, area.y, area.x + area.width, area.y + area.height))
        elif kind in ("ScreenChangeNotify", "CrtcChangeNotify", "OutputChangeNotify", "ConfigureNotify"):
            self._watched.rearranged()
        elif kind == "DisplayCursorNotify":
            self._tell_shape()

    def _tell_shape(self) -> None:
        if not self._display.has_extension("XFIXES"):
            return
        image = self._display.xfixes_get_cursor_image(self._display.screen().root)
        hot = image.xhot, image.yhot
        self._watched.shape(pointer_shape(image.width, image.height, hot, list(image.cursor_image)))
