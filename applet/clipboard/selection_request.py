"""Asks the program that owns a selection of X11 for its text, and gives it up when it does not answer in time."""

import time
from collections.abc import Callable
from typing import Any

from Xlib import X, display

from applet.clipboard.selection_transfer import TARGETS, SelectionTransfer, Step
from codec.wire.messages import CLIPBOARD_BYTES

PROPERTY = "DESKSIDE"
_TEXT_FORMAT = 8
Done = Callable[[SelectionTransfer, Step], None]
"""Hears how it ended: TEXT, TOO_LONG, NOTHING, or WAIT where the program was given up."""


class SelectionRequest:
    """One question at a time; another one takes its place. All from one thread."""

    def __init__(self, on: display.Display) -> None:
        self._display = on
        self._atoms = {name: on.intern_atom(name) for name in ("INCR", PROPERTY, *TARGETS)}
        self._reading: SelectionTransfer | None = None
        self._window: Any = None
        """What the owner gives its text to: each question has its own, so a late answer finds none."""
        self._selection = 0
        self._done: Done = lambda _reading, _step: None

    @property
    def ends_at(self) -> float | None:
        """When the question is given up, None without one."""
        return None if self._reading is None else self._reading.ends_at

    def begin(self, selection: int, at: int, done: Done) -> None:
        """Ask for the text of a selection, by the server's time `at`."""
        self.end()
        self._selection, self._done = selection, done
        self._reading = SelectionTransfer(CLIPBOARD_BYTES, time.monotonic())
        root = self._display.screen().root
        self._window = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, X.InputOnly, event_mask=X.PropertyChangeMask)
        self._ask(self._reading, at)

    def tick(self, now: float) -> None:
        """Let time pass."""
        if self._reading is not None and now >= self._reading.ends_at:
            self.give_up()

    def give_up(self) -> None:
        """Nothing will come any more."""
        if self._reading is not None:
            self._finish(self._reading, Step.WAIT)

    def end(self) -> None:
        """Ask no more. `done` is not called."""
        if self._window is not None:
            self._window.destroy()
            self._display.flush()
        self._reading = self._window = None

    def is_about(self, window: int) -> bool:
        """Whether an event of this window belongs to the question."""
        return self._window is not None and window == self._window.id

    def answered(self, event: Any) -> None:
        """The owner has answered (SelectionNotify)."""
        if self._reading is None:
            return
        if event.property == X.NONE:
            self._follow(self._reading, self._reading.refused(time.monotonic()))
        else:
            self._fetch(self._reading)

    def written(self) -> None:
        """The owner has written another part, where it does so in parts."""
        if self._reading is not None and self._reading.in_parts:
            self._fetch(self._reading)

    def _ask(self, reading: SelectionTransfer, at: int = X.CurrentTime) -> None:
        target = self._atoms[TARGETS[reading.target]]
        self._window.convert_selection(self._selection, target, self._atoms[PROPERTY], at)
        self._display.flush()

    def _fetch(self, reading: SelectionTransfer) -> None:
        """Take the property that the owner has written."""
        now, atom, window = time.monotonic(), self._atoms[PROPERTY], self._window
        about = window.get_property(atom, X.AnyPropertyType, 0, 1)
        if about is None:
            self._follow(reading, reading.refused(now))
            return
        if about.property_type == self._atoms["INCR"]:
            step = reading.begins_in_parts(int(about.value[0]) if len(about.value) else 0, now)
            window.delete_property(atom)
            self._follow(reading, step)
            return
        if reading.is_too_long(len(about.value) + about.bytes_after):
            self._follow(reading, Step.TOO_LONG)
            return
        whole = window.get_full_property(atom, X.AnyPropertyType)
        data = b"" if whole is None or whole.format != _TEXT_FORMAT else whole.value
        window.delete_property(atom)
        self._follow(reading, reading.part(data.encode("latin-1") if isinstance(data, str) else bytes(data), now))

    def _follow(self, reading: SelectionTransfer, step: Step) -> None:
        match step:
            case Step.WAIT:
                self._display.flush()
            case Step.ASK_NEXT:
                self._ask(reading)
            case _:
                self._finish(reading, step)

    def _finish(self, reading: SelectionTransfer, step: Step) -> None:
        done = self._done
        self.end()
        done(reading, step)
