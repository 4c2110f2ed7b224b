"""Whether the program that is typed into has read what was typed.

X11 does not tell. A program that answers _NET_WM_PING (Extended Window Manager Hints; Qt, GTK, browsers, Java do) has
read all that came before the question, because it reads in order. Of others it is assumed that they need no longer
than SECONDS for a key.
"""

import time
from collections import deque
from typing import Any

from Xlib import X, error
from Xlib.protocol import event

SECONDS = 0.08
_ANSWERS = X.SubstructureNotifyMask | X.StructureNotifyMask
"""Programs send the answer to the root window: most by the first mask, Qt by the second."""
PATIENCE = 20.0
"""A program that hangs for longer is not waited for."""
REMEMBERED = 4_096


class Reader:
    """Counts presses and says how many of them have been read. `display` is Xlib's; what it raises passes through."""

    def __init__(self, display: Any) -> None:
        self._display = display
        self._protocols = display.intern_atom("WM_PROTOCOLS")
        self._ping = display.intern_atom("_NET_WM_PING")
        self._due: deque[tuple[int, float]] = deque(maxlen=REMEMBERED)
        """Up to which press a program has read at what time, if it is as slow as is assumed."""
        self._slowly = 0.0
        self.pressed = 0
        """How many presses there were."""
        self._read = 0
        self._asked: tuple[int, int, float] | None = None
        """The window that was asked, after how many presses, and until when it is waited for."""

    def press(self) -> int:
        """A key is pressed. Return its number."""
        self.pressed += 1
        self._slowly = max(self._slowly, time.monotonic()) + SECONDS
        self._due.append((self.pressed, self._slowly))
        return self.pressed

    def has_read(self, number: int) -> bool:
        """Whether this press has been read."""
        now = time.monotonic()
        while self._due and self._due[0][1] <= now and (self._asked is None or now >= self._asked[2]):
            self._read = max(self._read, self._due.popleft()[0])
        return number <= self._read

    def ask(self) -> None:
        """Ask the program that has the focus, unless it is being asked already."""
        if self._asked is not None and (time.monotonic() < self._asked[2] or self._asked[1] == self.pressed):
            return
        self._forget_question()
        focus = self._focus()
        if focus is None:
            self._all_read(self.pressed)  # no program gets the keys
            return
        window = self._who_answers(focus)
        if window is None:
            return
        self._display.screen().root.change_attributes(event_mask=_ANSWERS)
        data = [self._ping, self.pressed & 0x7FFFFFFF, window.id, 0, 0]
        window.send_event(event.ClientMessage(window=window, client_type=self._protocols, data=(32, data)))
        self._asked = window.id, self.pressed, time.monotonic() + PATIENCE

    def hear(self, happened: Any) -> None:
        """Take an event of this connection: it may be the answer."""
        if self._asked is None or happened.type & 0x7F != X.ClientMessage or happened.client_type != self._protocols:
            return
        window, number, _ = self._asked
        ping, told, about, *_ = happened.data[1]
        if (ping, told, about) == (self._ping, number & 0x7FFFFFFF, window):
            self._all_read(number)
            self._forget_question()

    def _all_read(self, number: int) -> None:
        self._read = max(self._read, number)
        while self._due and self._due[0][0] <= number:
            self._due.popleft()

    def _forget_question(self) -> None:
        if self._asked is not None:
            self._asked = None
            self._display.screen().root.change_attributes(event_mask=X.NoEventMask)

    def _focus(self) -> Any:
        """Return the window that gets the keys, None where none does."""
        focus = self._display.get_input_focus().focus
        if focus == X.PointerRoot:
            focus = self._display.screen().root.query_pointer().child
        return None if focus in (X.NONE, self._display.screen().root) else focus

    def _who_answers(self, window: Any) -> Any:
        """Return the first of this window and those that it is in that answers, None where none does."""
        while window != X.NONE:
            try:
                asked = window.get_full_property(self._protocols, X.AnyPropertyType)
                if asked is not None and self._ping in asked.value:
                    return window
                window = window.query_tree().parent
            except error.BadWindow:
                break
        return None
