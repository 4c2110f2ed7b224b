"""The customer's keyboard at one moment: which key writes a symbol, and what must be held for it. Pure.

What both keyboards have is part of it: the chosen group, Caps Lock, Num Lock, and what other hands hold just now.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from applet.input.keymap import LOCK, Keymap
from applet.input.positions import KEYCODES, LEVEL_SHIFTS

_PHYSICAL = frozenset(KEYCODES.values())
_FIRST = {0xFFE1: KEYCODES["ShiftLeft"], 0xFE03: KEYCODES["AltRight"]}
"""The key that most keyboards have for it."""
_KEYPAD = range(0xFF80, 0xFFBE)


@dataclass(frozen=True)
class Names:
    """What is known of symbols: the one used for all that write the same, and the capital of one."""

    normal: Callable[[int], int]
    upper: Callable[[int], int]


@dataclass(frozen=True)
class Place:
    """A key and the modifiers (bits) that must be held so that it writes what is wanted."""

    keycode: int
    modifiers: int


class Layout:
    """`fixed` are modifiers that hold whatever we do: locked ones, and those that other devices hold."""

    def __init__(self, keymap: Keymap, group: int, fixed: int, names: Names, spares: Collection[int] = ()) -> None:
        """Keys of `spares` are taken only for what no other key writes."""
        self._keymap = keymap
        self._group = group
        self._fixed = fixed
        self._names = names
        self._spares = frozenset(spares)

    def find(self, keysym: int) -> Place | None:
        """Return the place of a symbol, None where no key writes it now."""
        return self._places.get(keysym)

    def on_key(self, keycode: int, keysym: int) -> Place | None:
        """Return how this very key writes a symbol, None where it does not."""
        for modifiers in self._combinations:
            if self._names.normal(self._symbol(keycode, modifiers)) == keysym:
                return Place(keycode, modifiers)
        return None

    def bearing(self, keysyms: Collection[int], preferred: int | None) -> int | None:
        """Return the key that has one of these symbols on it: `preferred` if it has, or if no key has."""
        if preferred is not None and self._label(preferred) in keysyms:
            return preferred
        found = [keycode for keycode in self._keymap.keys if self._label(keycode) in keysyms]
        return min(found, key=_by_keyboard, default=preferred)

    def shortcut(self, keysym: int) -> int | None:
        """Return the key for a shortcut with this letter: of the chosen group, else of another one."""
        for group in (self._group, *range(4)):
            for keycode in self._keymap.keys:
                if keycode not in self._spares and self._keymap.symbol(keycode, group, 0)[0] == keysym:
                    return keycode
        return None

    def modifiers_of(self, keycode: int) -> int:
        """Return what a key holds while it is down, as bits."""
        return self._keymap.modifiers_of(keycode, self._group)

    def holders(self, modifiers: int) -> list[int]:
        """Return the keys to be held for these modifiers."""
        return [keycode for bits, keycode in self._level_keys.items() if bits & modifiers]

    @cached_property
    def _level_keys(self) -> dict[int, int]:
        """Modifiers that choose levels, and the key for each."""
        keys: dict[int, int] = {}
        for keysyms in LEVEL_SHIFTS:
            bearers = [keycode for keycode in self._keymap.keys if self._label(keycode) in keysyms]
            first = _FIRST.get(keysyms[0])
            bearers.sort(key=lambda keycode: (keycode != first, *_by_keyboard(keycode)))
            for keycode in bearers:
                bits = self.modifiers_of(keycode)
                if bits and not any(bits & others for others in keys):
                    keys[bits] = keycode
        return keys

    @cached_property
    def _combinations(self) -> list[int]:
        """All that can be held to reach a level, fewest keys first."""
        combinations = [0]
        for bits in self._level_keys:
            combinations += [each | bits for each in combinations]
        return sorted(combinations, key=int.bit_count)

    @cached_property
    def _places(self) -> Mapping[int, Place]:
        costs: dict[int, tuple[tuple[bool, int, bool, int], Place]] = {}
        for keycode, key in self._keymap.keys.items():
            if not any(key.symbols):
                continue
            for modifiers in self._combinations:
                keysym = self._symbol(keycode, modifiers)
                if not keysym or keysym in _KEYPAD:
                    continue
                cost = keycode in self._spares, modifiers.bit_count(), *_by_keyboard(keycode)
                written = self._names.normal(keysym)
                if written not in costs or cost < costs[written][0]:
                    costs[written] = cost, Place(keycode, modifiers)
        return {keysym: place for keysym, (_, place) in costs.items()}

    def _symbol(self, keycode: int, modifiers: int) -> int:
        """Return what programs read: where Lock chose no level, they make capitals by themselves."""
        keysym, lock_applied = self._keymap.symbol(keycode, self._group, self._fixed | modifiers)
        if keysym and self._fixed & LOCK and not lock_applied:
            return self._names.upper(keysym)
        return keysym

    def _label(self, keycode: int) -> int:
        return self._keymap.symbol(keycode, self._group, 0)[0]


def _by_keyboard(keycode: int) -> tuple[bool, int]:
    """Keys that keyboards have come first: nested viewers and virtual machines know no other ones."""
    return keycode not in _PHYSICAL, keycode
