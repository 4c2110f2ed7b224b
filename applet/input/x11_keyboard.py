"""The customer's keyboard on X11 as it is now, and the keys of it that are lent."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from Xlib import X

from applet.input.keymap import EMPTY, Keymap, MappedKey
from applet.input.keysyms import STOP_KEYSYMS, Keysyms
from applet.input.layout import Layout, Names
from applet.input.positions import LEVEL_SHIFTS
from applet.input.reader import Reader
from applet.input.spare_keys import SpareKeys
from applet.input.xkb import Xkb

_LEVEL3 = LEVEL_SHIFTS[1][0]


class LiveKeyboard:
    """Knows the layout, and lends keys to symbols that it lacks. `display` is Xlib's; what it raises passes through."""

    def __init__(self, display: Any, keysyms: Keysyms, lent: Callable[[Collection[int]], None]) -> None:
        """`lent` is told which keys are lent, whenever others are. Raises InputError without XKB."""
        self._display = display
        self._xkb = Xkb(display)
        self._reader = Reader(display)
        self._names = Names(keysyms.normal, keysyms.upper)
        self._lent = lent
        self._spares = SpareKeys()
        self._keymap: Keymap | None = None
        self._layouts: dict[tuple[int, int], Layout] = {}
        self.stop_keycodes: frozenset[int] = frozenset()
        """The keys of the customer's stop key, ever."""
        self.keymap()

    def keymap(self) -> Keymap:
        """Return what the keys bear now. What was known of them is dropped when the server says that it changed."""
        for _ in range(self._display.pending_events()):
            event = self._display.next_event()
            if self._xkb.tells_of_change(event) or event.type == X.MappingNotify:
                self._keymap = None
            self._reader.hear(event)
        if self._keymap is None:
            self._keymap = self._xkb.keymap()
            self._layouts.clear()
            self.stop_keycodes |= frozenset(
                keycode for keycode, key in self._keymap.keys.items() if not STOP_KEYSYMS.isdisjoint(key.symbols)
            )
            self._spares.look(self._keymap, self._level3(self._keymap))
        return self._keymap

    def layout(self, down: Iterable[int]) -> Layout:
        """Return the layout that is live; `down` are the keys that we hold. What waits for the next key is dropped."""
        keymap = self.keymap()
        state = self._xkb.state()
        if state.latched or state.latched_group:
            self._xkb.unlatch()
            state = self._xkb.state()
        own = 0
        for keycode in down:
            own |= keymap.modifiers_of(keycode, state.group)
        fixed = state.locked | state.held & ~own
        if (state.group, fixed) not in self._layouts:
            layout = Layout(keymap, state.group, fixed, self._names, self._spares.keycodes)
            self._layouts[state.group, fixed] = layout
        return self._layouts[state.group, fixed]

    def lend(self, wanted: Collection[int], soon: Collection[int]) -> bool:
        """Lend keys to symbols that the layout lacks. Return False where that must wait: then ask again."""
        keymap = self.keymap()
        keys = self._spares.lend(wanted, soon, self._has_read)
        if keys is None:
            return False
        self._change(keymap, keys)
        return True

    @property
    def can_lend(self) -> bool:
        """Whether there is any key that can be lent."""
        return self._spares.capacity > 0

    def press(self, keycode: int) -> None:
        """A key is pressed now."""
        keymap = self._keymap
        if keymap is not None and keymap.modifiers_of(keycode, 0):
            return  # it writes nothing
        self._spares.pressed(keycode, self._reader.press())

    def take_back(self) -> bool:
        """Have the keyboard as it was. Return False where that must wait: then ask again."""
        keymap = self.keymap()
        if not self._spares.keycodes:
            return True
        if not self._has_read(self._spares.last_pressed()):
            return False
        self.take_back_now(keymap)
        return True

    def take_back_now(self, keymap: Keymap | None = None) -> None:
        """Have the keyboard as it was, even if programs have not yet read what it wrote."""
        lent = self._spares.take_back()
        if lent:
            self._change(keymap or self.keymap(), dict.fromkeys(lent, EMPTY))

    def _has_read(self, number: int) -> bool:
        if not self._reader.has_read(number):
            self._reader.ask()
        return self._reader.has_read(number)

    def _change(self, keymap: Keymap, keys: Mapping[int, MappedKey]) -> None:
        if not keys:
            return
        change = replace(keymap, keys={**keymap.keys, **keys})
        self._lent(self._spares.keycodes | frozenset(keys))
        self._xkb.set_keys(change, min(keys), max(keys) - min(keys) + 1)
        self._display.sync()
        self._keymap = None
        self._lent(self._spares.keycodes)

    def _level3(self, keymap: Keymap) -> int:
        for keycode in keymap.keys:
            if keymap.symbol(keycode, 0, 0)[0] == _LEVEL3:
                return keymap.modifiers_of(keycode, 0)
        return 0
