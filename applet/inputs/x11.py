"""Puts input into X11 by XTest: what arrives is what a real keyboard and mouse would send, for every program."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from Xlib import X, display, error

from applet.inputs.face import InputError
from applet.inputs.keys import ALT_GRAPH_LEVEL, SHIFT_LEVEL, Action, Keyboard, Layout, Press, PressSymbol, Release
from applet.inputs.keysyms import Keysyms
from applet.inputs.ours import Ours
from codec.messages import Key

WHEEL_BUTTONS = {(0, -1): 4, (0, 1): 5, (-1, 0): 6, (1, 0): 7}
BUTTONS = {0: 1, 1: 2, 2: 3, 3: 8, 4: 9}
MAX_NOTCHES = 20
SPARE_KEYCODES = 32
"""At most so many symbols follow one another before a key code is lent anew: slow programs still read the old one."""
_SHIFT_L, _LEVEL3 = 0xFFE1, 0xFE03
_GROUP_SHIFT = 13
_GONE = (error.ConnectionClosedError, OSError)
_log = logging.getLogger(__name__)


class X11Input:
    """See Input. What is put in is noted in `ours`, so that it is not taken for the customer's hand."""

    def __init__(self, ours: Ours) -> None:
        """Raises InputError when there is no display, or it takes no input."""
        try:
            self._display = display.Display()
        except (error.DisplayError, OSError) as problem:
            raise InputError(f"the display takes no input: {problem}") from None
        if not self._display.has_extension("XTEST"):
            raise InputError("this display server takes no input (XTEST is missing)")
        self._ours = ours
        self._keysyms = Keysyms()
        self._keyboard = Keyboard(self._keysyms.of)
        self._buttons: list[int] = []
        self._layouts: dict[int, Layout] = {}
        self._spares: OrderedDict[int, int] = OrderedDict()
        self._find_spares()

    def move(self, x: int, y: int) -> None:
        """See Input."""
        self._guard(lambda: self._fake(X.MotionNotify, 0, x, y))

    def button(self, button: int, down: bool) -> None:
        """See Input."""
        number = BUTTONS[button]
        if down and number not in self._buttons:
            self._buttons.append(number)
        elif not down and number in self._buttons:
            self._buttons.remove(number)
        elif not down:
            return
        self._guard(lambda: self._fake(X.ButtonPress if down else X.ButtonRelease, number))

    def wheel(self, across: int, along: int) -> None:
        """See Input."""
        for turn, step in ((across, (1, 0)), (along, (0, 1))):
            sign = (turn > 0) - (turn < 0)
            number = WHEEL_BUTTONS.get((step[0] * sign, step[1] * sign))
            for _ in range(min(abs(turn), MAX_NOTCHES)):
                self._guard(partial(self._click, number or 0))

    def key(self, key: Key) -> None:
        """See Input."""
        self._guard(lambda: self._carry_out(self._keyboard.plan(key, self._layout())))

    def type_text(self, text: str) -> None:
        """See Input."""
        self._guard(lambda: self._type(text.replace("\r\n", "\n").replace("\r", "\n")))

    def release_all(self) -> None:
        """See Input."""
        self._guard(self._release_all)

    def close(self) -> None:
        """See Input."""
        try:
            self._release_all()
            for keycode in self._spares:
                self._display.change_keyboard_mapping(keycode, [(0,)])
            self._display.sync()
            self._display.close()
        except _GONE:
            _log.info("the display was gone before its input was closed")

    def _guard(self, act: Callable[[], None]) -> None:
        try:
            act()
            self._display.flush()
        except _GONE as problem:
            raise InputError(f"the display is gone: {problem}") from None

    def _release_all(self) -> None:
        self._carry_out(self._keyboard.release_all())
        while self._buttons:
            self._fake(X.ButtonRelease, self._buttons.pop())
        self._display.flush()

    def _click(self, number: int) -> None:
        self._fake(X.ButtonPress, number)
        self._fake(X.ButtonRelease, number)

    def _type(self, text: str) -> None:
        for character in text:
            if character in "\n\t" or character.isprintable():
                self._carry_out(self._keyboard.type_character(character, self._layout()))
                if f"text:{character}" in self._keyboard.held:
                    released = Key(False, f"text:{character}", "")
                    self._carry_out(self._keyboard.plan(released, self._layout()))

    def _carry_out(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Press(keycode):
                    self._fake(X.KeyPress, keycode)
                case Release(keycode):
                    self._fake(X.KeyRelease, keycode)
                case PressSymbol(keysym, code):
                    keycode = self._borrow(keysym)
                    self._keyboard.holds(code, keycode)
                    self._fake(X.KeyPress, keycode)

    def _fake(self, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        self._ours.will(kind, detail, x, y)
        self._display.xtest_fake_input(kind, detail, x=x, y=y)

    def _borrow(self, keysym: int) -> int:
        """Return a keycode that writes this symbol; the one that was lent longest ago is lent anew."""
        for keycode, lent in self._spares.items():
            if lent == keysym:
                self._spares.move_to_end(keycode)
                return keycode
        if not self._spares:
            raise InputError("this keyboard has no key left for another symbol")
        keycode, _ = self._spares.popitem(last=False)
        self._spares[keycode] = keysym
        self._display.change_keyboard_mapping(keycode, [(keysym, keysym)])
        self._display.sync()
        return keycode

    def _find_spares(self) -> None:
        lowest = self._display.display.info.min_keycode
        count = self._display.display.info.max_keycode - lowest + 1
        mapping = self._display.get_keyboard_mapping(lowest, count)
        free = [lowest + place for place, symbols in enumerate(mapping) if not any(symbols)]
        for keycode in free[-SPARE_KEYCODES:]:
            self._spares[keycode] = 0

    def _layout(self) -> Layout:
        """Return the layout that is live: the mapping, and the group that the customer has chosen."""
        while self._display.pending_events():
            event = self._display.next_event()
            if event.type == X.MappingNotify:
                self._layouts.clear()
        group = self._display.screen().root.query_pointer().mask >> _GROUP_SHIFT & 3
        if group not in self._layouts:
            self._layouts[group] = self._read_layout(group)
        return self._layouts[group]

    def _read_layout(self, group: int) -> Layout:
        lowest = self._display.display.info.min_keycode
        mapping = self._display.get_keyboard_mapping(lowest, self._display.display.info.max_keycode - lowest + 1)
        places: dict[int, tuple[int, int]] = {}
        for place, symbols in enumerate(mapping):
            keycode = lowest + place
            if keycode in self._spares:
                continue
            for level, keysym in _levels(list(symbols), group):
                places.setdefault(self._keysyms.normal(keysym), (keycode, level))
                if places[self._keysyms.normal(keysym)][1] > level:
                    places[self._keysyms.normal(keysym)] = (keycode, level)
        shift = places.get(_SHIFT_L, (50, 0))[0]
        level3 = places.get(_LEVEL3)
        return Layout(places, shift, level3[0] if level3 else None)


def _levels(symbols: list[int], group: int) -> list[tuple[int, int]]:
    """Return (level, keysym) of one key. The core mapping has group 1 at 0, 1, 4, 5 and group 2 at 2, 3, 6, 7."""
    base = 2 if group == 1 and len(symbols) > 3 and symbols[2] else 0
    columns = {base: 0, base + 1: SHIFT_LEVEL, base + 4: ALT_GRAPH_LEVEL, base + 5: SHIFT_LEVEL | ALT_GRAPH_LEVEL}
    return [(level, symbols[column]) for column, level in columns.items() if column < len(symbols) and symbols[column]]
