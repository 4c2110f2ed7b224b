"""Keys that the customer's keyboard does not use, lent to symbols that it lacks. Pure.

There are about twenty, with up to four levels each. Programs look a key up in the keyboard of the moment at which they
read it, not of the moment at which it was pressed: so what a key was lent to before is not taken from it until the
program has read the last press of it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from applet.input.keymap import LOCK, SHIFT, Keymap, KeyType, MappedKey

LEVELS = 4
ALPHABETIC = 2
"""The index of this type is the same in every keyboard: two levels, and Lock is looked at."""
TWO_LEVELS = 2
Read = Callable[[int], bool]
"""Whether the program that is typed into has read as many presses."""


@dataclass
class _Slot:
    keycode: int
    level: int
    keysym: int = 0
    pressed: int = 0
    """The number of the last press for it."""


@dataclass
class SpareKeys:
    """Which spare key writes what."""

    _slots: list[_Slot] = field(default_factory=list)
    _type: int = ALPHABETIC
    _level3: int = 0

    @property
    def keycodes(self) -> frozenset[int]:
        """The keys that are lent now."""
        return frozenset(slot.keycode for slot in self._slots if slot.keysym)

    def look(self, keymap: Keymap, level3: int) -> None:
        """The keyboard is this one now: what was lent is lent no more where it shows other symbols.

        `level3` are the modifiers of AltGr, 0 where no key holds them.
        """
        known = {(slot.keycode, slot.level): slot for slot in self._slots}
        self._type, levels = _type_for(keymap.types, level3)
        self._level3 = level3
        slots = []
        for keycode, key in keymap.keys.items():
            lent = [known.get((keycode, level)) for level in range(LEVELS)]
            injected = any(slot is not None and slot.keysym for slot in lent)
            if not key.is_empty and not (injected and self._is_as_lent(key, lent)):
                continue
            for level in range(levels):
                slot = lent[level] or _Slot(keycode, level)
                if key.is_empty:
                    slot.keysym = 0
                slots.append(slot)
        self._slots = sorted(slots, key=lambda slot: (slot.level, slot.keycode))

    def lend(self, wanted: Iterable[int], soon: Collection[int], read: Read) -> Mapping[int, MappedKey] | None:
        """Lend keys to these symbols, as many as there are keys for; the first of them in any case.

        Keys that are lent to what is typed `soon` are taken last. Return what the keys bear now. None while a program
        may still read what too many of them were lent to.
        """
        symbols = list(dict.fromkeys(wanted))[: len(self._slots)]
        free = [slot for slot in self._slots if not slot.keysym]
        if len(free) < len(symbols):
            used = sorted(self._slots, key=lambda slot: (slot.keysym in soon, slot.pressed))
            free += [slot for slot in used if slot.keysym and read(slot.pressed)]
        enough = min(len(symbols), max(1, len(self._slots) // 2))
        if len(free) < enough:
            return None
        changed = set()
        for slot, keysym in zip(free, symbols, strict=False):
            slot.keysym = keysym
            changed.add(slot.keycode)
        return {keycode: self._key(keycode) for keycode in changed}

    @property
    def capacity(self) -> int:
        """For how many symbols there are keys."""
        return len(self._slots)

    def pressed(self, keycode: int, number: int) -> None:
        """A key was pressed, by this number."""
        for slot in self._slots:
            if slot.keycode == keycode:
                slot.pressed = number

    def last_pressed(self) -> int:
        """Return the number of the last press of any of them."""
        return max((slot.pressed for slot in self._slots if slot.keysym), default=0)

    def take_back(self) -> Collection[int]:
        """Lend nothing any more. Return the keys that were lent."""
        lent = self.keycodes
        for slot in self._slots:
            slot.keysym = 0
        return lent

    def _key(self, keycode: int) -> MappedKey:
        by_level = {slot.level: slot.keysym for slot in self._slots if slot.keycode == keycode}
        levels = max(by_level) + 1
        return MappedKey(bytes([self._type, 0, 0, 0]), 1, levels, tuple(by_level[level] for level in range(levels)))

    def _is_as_lent(self, key: MappedKey, lent: list[_Slot | None]) -> bool:
        return key.symbols == tuple(slot.keysym for slot in lent if slot is not None)


def _type_for(types: tuple[KeyType, ...], level3: int) -> tuple[int, int]:
    """Return a type that reaches four levels whatever Lock is, and looks at Lock, and how many levels to use."""
    for index, type_ in enumerate(types):
        has_four = level3 and type_.mask == SHIFT | LOCK | level3 and type_.levels == LEVELS
        if has_four and not type_.preserved and _reaches_all(type_, level3):
            return index, LEVELS
    return ALPHABETIC, TWO_LEVELS


def _reaches_all(type_: KeyType, level3: int) -> bool:
    held = (0, SHIFT, level3, SHIFT | level3)
    return all({type_.level(lock | each) for each in held} == set(range(LEVELS)) for lock in (0, LOCK))
