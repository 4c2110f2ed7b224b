"""The clipboard of X11, over a connection of its own and in a thread of its own.

A selection is handed over by the program that owns it, which may be slow, silent or dead. Only this thread waits for
it, and only in `select`, with a time limit for each reading.
"""

import logging
import os
import select
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from Xlib import X, Xatom, display, error
from Xlib.ext import xfixes

from applet.clipboard.base import ClipboardError, Copied
from applet.clipboard.selection_owner import SelectionOwner
from applet.clipboard.selection_request import PROPERTY, SelectionRequest
from applet.clipboard.selection_transfer import SelectionTransfer, Step

_GONE = (error.ConnectionClosedError, OSError)
_OWNER_GONE = xfixes.XFixesSelectionWindowDestroyNotifyMask | xfixes.XFixesSelectionClientCloseNotifyMask
_log = logging.getLogger(__name__)


class X11Clipboard:
    """See Clipboard. Raises ClipboardError when there is none to be shared."""

    def __init__(self, copied: Copied, may: Callable[[], bool]) -> None:
        """`may` says in this clipboard's thread whether it is shared at this very moment."""
        self._copied = copied
        self._may = may
        try:
            self._display = display.Display()
        except (error.DisplayError, OSError) as problem:
            raise ClipboardError(f"the display cannot be reached: {problem}") from None
        if not self._display.has_extension("XFIXES"):
            self._display.close()
            raise ClipboardError("this display server does not tell when something is copied")
        self._display.set_error_handler(lambda _error, _request: None)  # windows of others may be gone at any time
        self._atoms = {name: self._display.intern_atom(name) for name in ("CLIPBOARD", "PRIMARY", PROPERTY)}
        root = self._display.screen().root
        self._window = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, X.InputOnly, event_mask=X.PropertyChangeMask)
        self._copying, self._pasting = SelectionRequest(self._display), SelectionRequest(self._display)
        self._theirs: str | None = None
        self._serving = SelectionOwner(self._display)
        self._wanted: str | None = None
        self._paste: tuple[Callable[[str], None], str] | None = None
        self._lock = threading.Lock()
        self._closing = False
        self._waker, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        self._display.xfixes_query_version()
        watched = xfixes.XFixesSetSelectionOwnerNotifyMask | _OWNER_GONE
        self._display.xfixes_select_selection_input(self._window, self._atoms["CLIPBOARD"], watched)
        self._display.sync()
        self._thread = threading.Thread(target=self._run, name="clipboard", daemon=True)
        self._thread.start()

    def set_text(self, text: str) -> None:
        """See Clipboard."""
        with self._lock:
            self._wanted = text
        self._wake_up()

    def read(self, give: Callable[[str], None], *, selected: bool = False) -> None:
        """See Clipboard."""
        with self._lock:
            self._paste = give, "PRIMARY" if selected else "CLIPBOARD"
        self._wake_up()

    def close(self) -> None:
        """See Clipboard."""
        self._closing = True
        self._wake_up()
        self._thread.join(timeout=2)

    def _wake_up(self) -> None:
        with suppress(BlockingIOError):  # then it is awake already
            os.write(self._wake, b"x")

    def _run(self) -> None:
        try:
            while not self._closing:
                while self._display.pending_events():
                    self._take(self._display.next_event())
                self._give_up_in_time()
                ready, _, _ = select.select([self._display.fileno(), self._waker], [], [], self._patience())
                if self._waker in ready:
                    os.read(self._waker, 64)
                    self._ask_time()
        except _GONE as problem:
            _log.warning("the clipboard is gone with its display: %s", problem)
        finally:
            with suppress(*_GONE):
                self._display.close()

    def _patience(self) -> float | None:
        """Return how long nothing has to be done, None for ever."""
        ends = [self._serving.ends_at, self._copying.ends_at, self._pasting.ends_at]
        known = [end for end in ends if end is not None]
        return max(0.0, min(known) - time.monotonic()) if known else None

    def _give_up_in_time(self) -> None:
        now = time.monotonic()
        for each in (self._serving, self._copying, self._pasting):
            each.tick(now)

    def _take(self, event: Any) -> None:
        match type(event).__name__:
            case "SetSelectionOwnerNotify":
                self._owner_changed(event)
            case "SelectionWindowDestroyNotify" | "SelectionClientCloseNotify":
                self._copying.give_up()
            case "SelectionNotify":
                for each in (self._copying, self._pasting):
                    if each.is_about(_number(event.requestor)):
                        each.answered(event)
            case "PropertyNotify":
                self._property_changed(event)
            case "SelectionRequest":
                self._serving.request(event, time.monotonic())
            case "SelectionClear":
                self._serving.clear()

    def _property_changed(self, event: Any) -> None:
        window = _number(event.window)
        if event.state == X.PropertyDelete:
            self._serving.deleted(window, event.atom, time.monotonic())
        elif window == self._window.id:
            self._told_time(event.time)
        else:
            for each in (self._copying, self._pasting):
                if each.is_about(window):
                    each.written()

    # ── what is copied here ────────────────────────────────────────────────────────────────────────────────────────

    def _owner_changed(self, event: Any) -> None:
        self._copying.end()
        if _number(event.owner) == self._window.id and self._theirs is not None:
            self._copied.placed(self._theirs)
        if _number(event.owner) not in (X.NONE, self._window.id) and self._may():
            self._copying.begin(self._atoms["CLIPBOARD"], event.selection_timestamp, self._copied_here)

    def _copied_here(self, reading: SelectionTransfer, step: Step) -> None:
        if not self._may():
            return
        match step:
            case Step.WAIT:
                self._copied.not_read()
            case Step.TOO_LONG:
                self._copied.too_long(reading.size)
            case Step.TEXT if reading.text != self._theirs:
                self._theirs = None
                self._copied.text(reading.text)

    # ── what the technician copied ─────────────────────────────────────────────────────────────────────────────────

    def _ask_time(self) -> None:
        """Ask the server for its time: an owner that comes with an older one than the last is passed over."""
        with self._lock:
            waits = self._wanted is not None or self._paste is not None
        if waits:
            self._window.change_property(self._atoms[PROPERTY], Xatom.STRING, 8, b"")
            self._display.flush()

    def _told_time(self, at: int) -> None:
        with self._lock:
            text, self._wanted = self._wanted, None
            paste, self._paste = self._paste, None
        if text is not None and self._may():
            self._copying.end()
            self._theirs = text
            self._serving.hold(text, at)
            self._window.set_selection_owner(self._atoms["CLIPBOARD"], at)
            self._display.flush()
        if paste is not None:
            give, selection = paste
            self._pasting.begin(self._atoms[selection], at, lambda reading, step: _give(reading, step, give))


def _give(reading: SelectionTransfer, step: Step, give: Callable[[str], None]) -> None:
    if step is Step.TEXT:
        give(reading.text)


def _number(window: Any) -> int:
    """Return a window's number; there may be none, which python-xlib says by a bare 0."""
    return int(getattr(window, "id", window))
