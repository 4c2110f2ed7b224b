"""Puts input into Windows and macOS by pynput. (On X11 its synthetic events are ignored by xterm and others.)"""

from collections.abc import Callable

from pynput import keyboard, mouse

from applet.input.base import Steps, StoppedError
from applet.input.keys import is_typable
from codec.wire.messages import Key

_BUTTONS = {0: "left", 1: "middle", 2: "right", 3: "x1", 4: "x2"}
_NAMED = {
    "Enter": "enter", "Tab": "tab", "Backspace": "backspace", "Escape": "esc", "Delete": "delete", "Insert": "insert",
    "Home": "home", "End": "end", "PageUp": "page_up", "PageDown": "page_down", "ArrowLeft": "left",
    "ArrowRight": "right", "ArrowUp": "up", "ArrowDown": "down", "CapsLock": "caps_lock", "ContextMenu": "menu",
    "PrintScreen": "print_screen", **{f"F{number}": f"f{number}" for number in range(1, 21)},
}  # fmt: skip
_TYPED = {"\n": keyboard.Key.enter, "\t": keyboard.Key.tab}
MAX_NOTCHES = 20
_MODIFIERS = {"Shift": "shift", "Control": "ctrl", "Alt": "alt", "AltGraph": "alt_gr", "Meta": "cmd"}


class PynputInput:
    """See Input."""

    def __init__(self, may: Callable[[], bool]) -> None:
        """`may` is asked directly before each event."""
        self._may = may
        self._mouse = mouse.Controller()
        self._keyboard = keyboard.Controller()
        self._keys: dict[str, keyboard.Key | keyboard.KeyCode] = {}
        self._buttons: list[mouse.Button] = []
        self._left_out = ""

    @property
    def is_caught_up(self) -> bool:
        """See Input."""
        return True

    def move(self, x: int, y: int) -> Steps:
        """See Input."""
        yield None
        self._check()
        self._mouse.position = (x, y)

    def button(self, button: int, down: bool) -> Steps:
        """See Input."""
        which = getattr(mouse.Button, _BUTTONS[button], None)
        if which is None:
            return
        if down:
            yield None
            self._check()
            self._buttons.append(which)
            self._mouse.press(which)
        elif which in self._buttons:
            self._buttons.remove(which)
            self._mouse.release(which)

    def wheel(self, across: int, along: int) -> Steps:
        """See Input."""
        for turn, step in ((across, (1, 0)), (-along, (0, 1))):
            sign = (turn > 0) - (turn < 0)
            for _ in range(min(abs(turn), MAX_NOTCHES)):
                yield None
                self._check()
                self._mouse.scroll(step[0] * sign, step[1] * sign)

    def key(self, key: Key) -> Steps:
        """See Input. The stop key is the customer's."""
        if not key.down:
            held = self._keys.pop(key.code, None)
            if held is not None:
                self._keyboard.release(held)
            return
        found = _find(key)
        if found is not None:
            yield None
            self._check()
            self._keys[key.code] = found
            self._keyboard.press(found)

    def type_text(self, text: str, ahead: str = "") -> Steps:
        """See Input."""
        for character in text:
            if not is_typable(character):
                self._left_out += character
                continue
            yield None
            self._check()
            try:
                self._keyboard.tap(_TYPED.get(character, character))
            except self._keyboard.InvalidCharacterException:
                self._left_out += character

    def left_out(self) -> str:
        """See Input."""
        left_out, self._left_out = self._left_out, ""
        return left_out

    @property
    def is_holding(self) -> bool:
        """See Input."""
        return bool(self._keys or self._buttons)

    def still_held(self) -> None:
        """See Input. These systems repeat no key by themselves."""

    def release_all(self) -> None:
        """See Input."""
        while self._keys:
            self._keyboard.release(self._keys.popitem()[1])
        while self._buttons:
            self._mouse.release(self._buttons.pop())

    def put_back(self) -> bool:
        """See Input."""
        return True

    def close(self) -> None:
        """See Input."""
        self.release_all()

    def _check(self) -> None:
        if not self._may():
            raise StoppedError(StoppedError.__doc__)


def _find(key: Key) -> keyboard.Key | keyboard.KeyCode | None:
    if key.symbol in _MODIFIERS:
        return getattr(keyboard.Key, _MODIFIERS[key.symbol], None)
    if key.symbol in _NAMED:
        return getattr(keyboard.Key, _NAMED[key.symbol], None)
    character = key.text or key.symbol
    return keyboard.KeyCode.from_char(character) if len(character) == 1 else None
