"""The clipboard of X11, over a connection of its own and in a thread of its own.

A selection is handed over by the program that owns it, which may be slow, silent or dead. Nobody but this thread waits
for it, and this thread only in `select`, with a time limit for each reading.
"""

import logging
import os
import select
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from Xlib import X, Xatom, display, error
from Xlib.ext import xfixes

from applet.clipboards.face import ClipboardError, Copied
from applet.clipboards.reading import TARGETS, Reading, Step
from applet.clipboards.serving import Serving
from codec.messages import CLIPBOARD_BYTES

TEXT_FORMAT = 8
_GONE = (error.ConnectionClosedError, OSError)
_OWNER_GONE = xfixes.XFixesSelectionWindowDestroyNotifyMask | xfixes.XFixesSelectionClientCloseNotifyMask
_log = logging.getLogger(__name__)


@dataclass
class _Open:
    """A reading, and the window that the owner gives its text to: each has its own, so a late answer finds none."""

    reading: Reading
    window: Any


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
        self._atoms = {name: self._display.intern_atom(name) for name in ("CLIPBOARD", "INCR", "DESKSIDE", *TARGETS)}
        self._window = self._new_window()
        self._open: _Open | None = None
        self._theirs: str | None = None
        self._serving = Serving(self._display)
        self._wanted: str | None = None
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
                    self._begin_to_hold()
        except _GONE as problem:
            _log.warning("the clipboard is gone with its display: %s", problem)
        finally:
            with suppress(*_GONE):
                self._display.close()

    def _patience(self) -> float | None:
        """Return how long nothing has to be done, None for ever."""
        ends = [self._serving.ends_at, None if self._open is None else self._open.reading.ends_at]
        known = [end for end in ends if end is not None]
        return max(0.0, min(known) - time.monotonic()) if known else None

    def _give_up_in_time(self) -> None:
        now = time.monotonic()
        self._serving.tick(now)
        if self._open is not None and now >= self._open.reading.ends_at:
            self._not_read()

    def _take(self, event: Any) -> None:
        open_, kind = self._open, type(event).__name__
        match kind:
            case "SetSelectionOwnerNotify":
                self._owner_changed(event)
            case "SelectionWindowDestroyNotify" | "SelectionClientCloseNotify" if open_ is not None:
                self._not_read()
            case "SelectionNotify" if open_ is not None and _number(event.requestor) == open_.window.id:
                if event.property == X.NONE:
                    self._follow(open_, open_.reading.refused(time.monotonic()))
                else:
                    self._fetch(open_)
            case "PropertyNotify":
                self._property_changed(event)
            case "SelectionRequest":
                self._serving.request(event, time.monotonic())
            case "SelectionClear":
                self._serving.clear()

    def _property_changed(self, event: Any) -> None:
        open_, window = self._open, _number(event.window)
        if event.state == X.PropertyDelete:
            self._serving.deleted(window, event.atom, time.monotonic())
        elif window == self._window.id:
            self._own(event.time)
        elif open_ is not None and window == open_.window.id and open_.reading.in_parts:
            self._fetch(open_)

    # ── what is copied here ────────────────────────────────────────────────────────────────────────────────────────

    def _owner_changed(self, event: Any) -> None:
        self._end_reading()
        if _number(event.owner) in (X.NONE, self._window.id) or not self._may():
            return
        self._open = _Open(Reading(CLIPBOARD_BYTES, time.monotonic()), self._new_window())
        self._ask(self._open, event.selection_timestamp)

    def _ask(self, open_: _Open, at: int = X.CurrentTime) -> None:
        target = self._atoms[TARGETS[open_.reading.target]]
        open_.window.convert_selection(self._atoms["CLIPBOARD"], target, self._atoms["DESKSIDE"], at)
        self._display.flush()

    def _fetch(self, open_: _Open) -> None:
        """Take the property that the owner has written."""
        now, atom, reading = time.monotonic(), self._atoms["DESKSIDE"], open_.reading
        about = open_.window.get_property(atom, X.AnyPropertyType, 0, 1)
        if about is None:
            self._follow(open_, reading.refused(now))
            return
        if about.property_type == self._atoms["INCR"]:
            step = reading.begins_in_parts(int(about.value[0]) if len(about.value) else 0, now)
            open_.window.delete_property(atom)
            self._follow(open_, step)
            return
        if reading.is_too_long(len(about.value) + about.bytes_after):
            self._follow(open_, Step.TOO_LONG)
            return
        whole = open_.window.get_full_property(atom, X.AnyPropertyType)
        data = b"" if whole is None or whole.format != TEXT_FORMAT else whole.value
        open_.window.delete_property(atom)
        self._follow(open_, reading.part(data.encode("latin-1") if isinstance(data, str) else bytes(data), now))

    def _follow(self, open_: _Open, step: Step) -> None:
        match step:
            case Step.WAIT:
                self._display.flush()
                return
            case Step.ASK_NEXT:
                self._ask(open_)
                return
        self._end_reading()
        text = open_.reading.text
        if not self._may() or step is Step.NOTHING:
            return
        if step is Step.TOO_LONG:
            self._copied.too_long(open_.reading.size)
        elif text != self._theirs:
            self._theirs = None
            self._copied.text(text)

    def _not_read(self) -> None:
        self._end_reading()
        if self._may():
            self._copied.not_read()

    def _end_reading(self) -> None:
        if self._open is not None:
            self._open.window.destroy()
            self._open = None
            self._display.flush()

    def _new_window(self) -> Any:
        root = self._display.screen().root
        return root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, X.InputOnly, event_mask=X.PropertyChangeMask)

    # ── what the technician copied ─────────────────────────────────────────────────────────────────────────────────

    def _begin_to_hold(self) -> None:
        """Ask the server for its time: an owner that comes with an older one than the last is passed over."""
        with self._lock:
            wanted = self._wanted
        if wanted is not None:
            self._window.change_property(self._atoms["DESKSIDE"], Xatom.STRING, 8, b"")
            self._display.flush()

    def _own(self, at: int) -> None:
        with self._lock:
            text, self._wanted = self._wanted, None
        if text is None or not self._may():
            return
        self._end_reading()
        self._theirs = text
        self._serving.hold(text, at)
        self._window.set_selection_owner(self._atoms["CLIPBOARD"], at)
        self._display.flush()


def _number(window: Any) -> int:
    """Return a window's number; there may be none, which python-xlib says by a bare 0."""
    return int(getattr(window, "id", window))
