"""Puts input into Windows and macOS by pynput. (On X11 its synthetic events are ignored by xterm and others.)"""

from pynput import keyboard, mouse

from applet.inputs.positions import MODIFIERS
from codec.messages import Key

_BUTTONS = {0: "left", 1: "middle", 2: "right", 3: "x1", 4: "x2"}
_NAMED = {
    "Enter": "enter", "Tab": "tab", "Backspace": "backspace", "Escape": "esc", "Delete": "delete", "Insert": "insert",
    "Home": "home", "End": "end", "PageUp": "page_up", "PageDown": "page_down", "ArrowLeft": "left",
    "ArrowRight": "right", "ArrowUp": "up", "ArrowDown": "down", "CapsLock": "caps_lock", "ContextMenu": "menu",
    "PrintScreen": "print_screen", **{f"F{number}": f"f{number}" for number in range(1, 21)},
}  # fmt: skip
_MODIFIERS = {"shift": "shift", "control": "ctrl", "alt": "alt", "meta": "cmd"}


class PynputInput:
    """See Input."""

    def __init__(self) -> None:
        self._mouse = mouse.Controller()
        self._keyboard = keyboard.Controller()
        self._keys: dict[str, keyboard.Key | keyboard.KeyCode] = {}
        self._buttons: list[mouse.Button] = []

    def move(self, x: int, y: int) -> None:
        """See Input."""
        self._mouse.position = (x, y)

    def button(self, button: int, down: bool) -> None:
        """See Input."""
        which = getattr(mouse.Button, _BUTTONS[button], None)
        if which is None:
            return
        if down:
            self._buttons.append(which)
            self._mouse.press(which)
        elif which in self._buttons:
            self._buttons.remove(which)
            self._mouse.release(which)

    def wheel(self, across: int, along: int) -> None:
        """See Input."""
        self._mouse.scroll(across, -along)

    def key(self, key: Key) -> None:
        """See Input."""
        if not key.down:
            held = self._keys.pop(key.code, None)
            if held is not None:
                self._keyboard.release(held)
            return
        found = _find(key)
        if found is not None:
            self._keys[key.code] = found
            self._keyboard.press(found)

    def type_text(self, text: str) -> None:
        """See Input."""
        self._keyboard.type(text)

    def release_all(self) -> None:
        """See Input."""
        while self._keys:
            self._keyboard.release(self._keys.popitem()[1])
        while self._buttons:
            self._mouse.release(self._buttons.pop())

    def close(self) -> None:
        """See Input."""
        self.release_all()


def _find(key: Key) -> keyboard.Key | keyboard.KeyCode | None:
    if key.code in MODIFIERS:
        return getattr(keyboard.Key, _MODIFIERS[MODIFIERS[key.code]], None)
    if key.symbol in _NAMED:
        return getattr(keyboard.Key, _NAMED[key.symbol], None)
    character = key.text or key.symbol
    return keyboard.KeyCode.from_char(character) if len(character) == 1 else None
