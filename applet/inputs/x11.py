"""Puts input into X11 by XTest: what arrives is what a real keyboard and mouse would send, for every program."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from Xlib import X, display, error
from Xlib.protocol import request, rq

from applet.inputs.face import InputError, Steps, StoppedError
from applet.inputs.keys import ALT_GRAPH_LEVEL, SHIFT_LEVEL, Action, Keyboard, Layout, Press, PressSymbol, Release
from applet.inputs.keysyms import STOP_KEYSYMS, Keysyms
from applet.inputs.listen_x11 import NO_OPERATION
from applet.inputs.ours import Ours
from codec.messages import Key

WHEEL_BUTTONS = {(0, -1): 4, (0, 1): 5, (-1, 0): 6, (1, 0): 7}
BUTTONS = {0: 1, 1: 2, 2: 3, 3: 8, 4: 9}
MAX_NOTCHES = 20
SPARE_KEYCODES = 32
"""At most so many symbols follow one another before a key code is lent anew: slow programs still read the old one."""
_SHIFT_L, _LEVEL3 = 0xFFE1, 0xFE03
_GROUP_SHIFT = 13
_ENDS = {X.KeyPress: X.KeyRelease, X.ButtonPress: X.ButtonRelease}
_GONE = (error.ConnectionClosedError, OSError)
_Made = TypeVar("_Made")
_log = logging.getLogger(__name__)


class _Mark(rq.Request):  # type: ignore[misc, unused-ignore]
    """A NoOperation, whose unused bytes say which of our events it follows (see Ours)."""

    _request = rq.Struct(
        rq.Opcode(NO_OPERATION), rq.Pad(1), rq.RequestLength(), rq.Card32("token"), rq.Card32("number")
    )


class X11Input:
    """See Input. What is put in is noted in `ours`, so that it is not taken for the customer's hand."""

    def __init__(self, ours: Ours, may: Callable[[], bool]) -> None:
        """`may` is asked directly before each event.

        Raises InputError when there is no display, or it takes no input.
        """
        try:
            self._display = display.Display()
        except (error.DisplayError, OSError) as problem:
            raise InputError(f"the display takes no input: {problem}") from None
        if not self._display.has_extension("XTEST"):
            raise InputError("this display server takes no input (XTEST is missing)")
        self._ours = ours
        self._may = may
        self._keysyms = Keysyms()
        self._keyboard = Keyboard(self._keysyms.of)
        self._down: dict[tuple[int, int], None] = {}
        """(release, detail) of every key and button that we have pressed, in this order."""
        self._layouts: dict[int, Layout] = {}
        self._spares: OrderedDict[int, int] = OrderedDict()
        self._stop_keycodes: frozenset[int] = frozenset()
        self._find_spares()

    @property
    def is_caught_up(self) -> bool:
        """See Input."""
        return self._ours.is_caught_up

    def move(self, x: int, y: int) -> Steps:
        """See Input."""
        yield
        self._begin(X.MotionNotify, 0, x, y)

    def button(self, button: int, down: bool) -> Steps:
        """See Input."""
        number = BUTTONS[button]
        if not down:
            self._end(X.ButtonRelease, number)
        elif (X.ButtonRelease, number) not in self._down:
            yield
            self._begin(X.ButtonPress, number)

    def wheel(self, across: int, along: int) -> Steps:
        """See Input."""
        for turn, step in ((across, (1, 0)), (along, (0, 1))):
            sign = (turn > 0) - (turn < 0)
            number = WHEEL_BUTTONS.get((step[0] * sign, step[1] * sign), 0)
            for _ in range(min(abs(turn), MAX_NOTCHES)):
                yield
                self._begin(X.ButtonPress, number)
                self._end(X.ButtonRelease, number)

    def key(self, key: Key) -> Steps:
        """See Input."""
        yield from self._carry_out(self._keyboard.plan(key, self._guarded(self._layout)))

    def type_text(self, text: str) -> Steps:
        """See Input."""
        layout = self._guarded(self._layout)
        for character in text:
            if character in "\n\t" or character.isprintable():
                yield from self._carry_out(self._keyboard.type_character(character, layout))
                if f"text:{character}" in self._keyboard.held:
                    yield from self._carry_out(self._keyboard.plan(Key(False, f"text:{character}", ""), layout))

    def release_all(self) -> None:
        """See Input."""
        self._keyboard.release_all()
        while self._down:
            (kind, detail), _ = self._down.popitem()
            self._guarded(partial(self._fake, kind, detail))

    def put_back(self) -> None:
        """See Input."""
        self._guarded(self._return_spares)

    def close(self) -> None:
        """See Input."""
        try:
            self.release_all()
            self._return_spares()
            self._display.sync()
            self._display.close()
        except (InputError, *_GONE):
            _log.info("the display was gone before its input was closed")

    def _guarded(self, act: Callable[[], _Made]) -> _Made:
        try:
            made = act()
            self._display.flush()
        except _GONE as problem:
            raise InputError(f"the display is gone: {problem}") from None
        return made

    def _carry_out(self, actions: list[Action]) -> Steps:
        for action in actions:
            match action:
                case Press(keycode):
                    yield
                    self._begin(X.KeyPress, keycode)
                case Release(keycode):
                    self._end(X.KeyRelease, keycode)
                case PressSymbol(keysym, code) if keysym not in STOP_KEYSYMS:
                    yield
                    self._check()
                    keycode = self._guarded(partial(self._borrow, keysym))
                    self._keyboard.holds(code, keycode)
                    self._begin(X.KeyPress, keycode)

    def _check(self) -> None:
        if not self._may():
            raise StoppedError(StoppedError.__doc__)

    def _begin(self, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        """Do what begins something, and mark it: the next one waits until the listener has come as far."""
        if kind == X.KeyPress and detail in self._stop_keycodes:
            return  # held down by us, the customer's own press of it would be no event at all
        self._guarded(partial(self._fake_if_allowed, kind, detail, x, y))
        if kind in _ENDS:
            self._down[_ENDS[kind], detail] = None

    def _end(self, kind: int, detail: int) -> None:
        """Release what we have pressed."""
        if (kind, detail) in self._down:
            del self._down[kind, detail]
            self._guarded(partial(self._fake, kind, detail))

    def _fake_if_allowed(self, kind: int, detail: int, x: int, y: int) -> None:
        self._check()
        self._fake(kind, detail, x, y)
        _Mark(display=self._display.display, token=self._ours.token, number=self._ours.mark())
        request.GetInputFocus(display=self._display.display, defer=True)  # an answer, which takes what was heard along

    def _fake(self, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        self._ours.will(kind, detail, x, y)
        self._display.xtest_fake_input(kind, detail, x=x, y=y)

    def _return_spares(self) -> None:
        for keycode, lent in self._spares.items():
            if lent:
                self._display.change_keyboard_mapping(keycode, [(0,)])
                self._spares[keycode] = 0

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
        self._stop_keycodes = _that_stop(lowest, mapping)
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
        self._stop_keycodes |= _that_stop(lowest, mapping)
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


def _that_stop(lowest: int, mapping: list[list[int]]) -> frozenset[int]:
    """Return the keycodes of the stop key."""
    return frozenset(lowest + place for place, symbols in enumerate(mapping) if not STOP_KEYSYMS.isdisjoint(symbols))


def _levels(symbols: list[int], group: int) -> list[tuple[int, int]]:
    """Return (level, keysym) of one key. The core mapping has group 1 at 0, 1, 4, 5 and group 2 at 2, 3, 6, 7."""
    base = 2 if group == 1 and len(symbols) > 3 and symbols[2] else 0
    columns = {base: 0, base + 1: SHIFT_LEVEL, base + 4: ALT_GRAPH_LEVEL, base + 5: SHIFT_LEVEL | ALT_GRAPH_LEVEL}
    return [(level, symbols[column]) for column, level in columns.items() if column < len(symbols) and symbols[column]]
