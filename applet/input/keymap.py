"""The keyboard as XKB describes it, with any number of groups and any key types, and what its keys write. Pure.

The core protocol cannot say which columns of a key belong to which group, nor which modifiers choose its levels. The
bytes are those of the reply to XkbGetMap: X Keyboard Extension, Protocol Specification, 16.4.8.
"""

import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

SHIFT, LOCK, CONTROL = 1, 2, 4
KEY_TYPES, KEY_SYMBOLS, KEY_ACTIONS = 1 << 0, 1 << 1, 1 << 4
_BIG = ">" if sys.byteorder == "big" else "<"
_HEAD = struct.Struct(_BIG + "2xBBHBBBBHBBHB15xH")
_TYPE = struct.Struct(_BIG + "BBHBBBx")
_ENTRY = struct.Struct(_BIG + "BBBBHxx")
_PRESERVE = 4
_KEY = struct.Struct(_BIG + "4sBBH")
_ACTION_BYTES = 8
_SET_MODIFIERS = 1
_OUT_OF_RANGE, _CLAMP, _REDIRECT = 0xC0, 0x40, 0x80


@dataclass(frozen=True)
class KeyType:
    """Which level of a key its modifiers choose. Modifiers are bits: Shift 1, Lock 2, Control 4, Mod1 8 … Mod5 128."""

    mask: int
    """The modifiers that it looks at."""
    levels: int
    entries: Mapping[int, int]
    preserved: Mapping[int, int] = field(default_factory=dict)
    """What of the modifiers of an entry programs apply all the same: Lock to letters, for instance."""

    def level(self, modifiers: int) -> int:
        """Return the level that these modifiers choose."""
        return self.entries.get(modifiers & self.mask, 0)

    def applies_lock(self, modifiers: int) -> bool:
        """Whether Lock has had its effect by the choice of the level: programs then make no capital of it."""
        return bool(self.mask & ~self.preserved.get(modifiers & self.mask, 0) & LOCK)


@dataclass(frozen=True)
class MappedKey:
    """What one key bears: `width` symbols (and actions, where it has any) for each group."""

    types: bytes
    """The index of the type of each of four groups."""
    group_info: int
    width: int
    symbols: tuple[int, ...]
    actions: tuple[bytes, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it writes and does nothing."""
        return not any(self.symbols) and not any(map(any, self.actions))

    def group(self, group: int) -> int | None:
        """Return which group of this key counts while `group` is chosen, None where the key has none."""
        count = self.group_info & 0x0F
        if count == 0:
            return None
        if group < count:
            return group
        how = self.group_info & _OUT_OF_RANGE
        if how == _CLAMP:
            return count - 1
        if how == _REDIRECT:
            to = self.group_info >> 4 & 3
            return to if to < count else 0
        return group % count

    def to_bytes(self) -> bytes:
        """Return it as XkbSetMap wants it."""
        head = _KEY.pack(self.types, self.group_info, self.width, len(self.symbols))
        return head + struct.pack(f"{_BIG}{len(self.symbols)}I", *self.symbols)


EMPTY = MappedKey(bytes(4), 0, 0, ())


@dataclass(frozen=True)
class Keymap:
    """All keys."""

    types: tuple[KeyType, ...]
    keys: Mapping[int, MappedKey]
    """By keycode."""

    def symbol(self, keycode: int, group: int, modifiers: int) -> tuple[int, bool]:
        """Return what a key writes with these modifiers (0: nothing), and whether Lock had its effect."""
        place = self._place(keycode, group, modifiers)
        if place is None:
            return 0, False
        key, at, type_ = place
        return key.symbols[at] if at < len(key.symbols) else 0, type_.applies_lock(modifiers)

    def modifiers_of(self, keycode: int, group: int) -> int:
        """Return the modifiers that a key sets while it is held, 0 where it is no modifier key."""
        place = self._place(keycode, group, 0)
        if place is None or place[1] >= len(place[0].actions):
            return 0
        action = place[0].actions[place[1]]
        return action[2] if action[0] == _SET_MODIFIERS else 0

    def _place(self, keycode: int, group: int, modifiers: int) -> tuple[MappedKey, int, KeyType] | None:
        key = self.keys.get(keycode, EMPTY)
        own = key.group(group)
        if own is None:
            return None
        type_ = self.types[key.types[own]]
        return key, own * key.width + type_.level(modifiers), type_


def read_keymap(reply: bytes) -> Keymap:
    """Read the reply to XkbGetMap for all types, symbols and actions; `reply` begins behind its length."""
    (_, _, _, _, types, _, first, _, keys, first_acting, _, acting, *_) = _HEAD.unpack_from(reply)
    at = 32
    read_types, at = _read_types(reply, at, types)
    mapped: dict[int, MappedKey] = {}
    for keycode in range(first, first + keys):
        kinds, group_info, width, count = _KEY.unpack_from(reply, at)
        symbols = struct.unpack_from(f"{_BIG}{count}I", reply, at + _KEY.size)
        mapped[keycode] = MappedKey(kinds, group_info, width, symbols)
        at += _KEY.size + 4 * count
    counts = reply[at : at + acting]
    at += (acting + 3) // 4 * 4
    for keycode, count in enumerate(counts, first_acting):
        actions = tuple(bytes(reply[at + _ACTION_BYTES * n :][:_ACTION_BYTES]) for n in range(count))
        at += _ACTION_BYTES * count
        if keycode in mapped and count:
            key = mapped[keycode]
            mapped[keycode] = MappedKey(key.types, key.group_info, key.width, key.symbols, actions)
    return Keymap(tuple(read_types), mapped)


def _read_types(reply: bytes, at: int, count: int) -> tuple[list[KeyType], int]:
    types = []
    for _ in range(count):
        mask, _, _, levels, entries, preserves = _TYPE.unpack_from(reply, at)
        at += _TYPE.size
        chosen, preserved = {}, {}
        for number in range(entries):
            active, modifiers, level, _, _ = _ENTRY.unpack_from(reply, at + number * _ENTRY.size)
            if active:
                chosen[modifiers] = level
                if preserves:
                    preserved[modifiers] = reply[at + entries * _ENTRY.size + number * _PRESERVE]
        at += entries * (_ENTRY.size + (_PRESERVE if preserves else 0))
        types.append(KeyType(mask, levels, chosen, preserved))
    return types, at
