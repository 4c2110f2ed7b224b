"""The few requests of the X Keyboard Extension that we need, which python-xlib does not have.

Source: X Keyboard Extension, Protocol Specification, 16.
"""

import struct
from dataclasses import dataclass
from typing import Any

from applet.input.base import InputError
from applet.input.keymap import KEY_ACTIONS, KEY_SYMBOLS, KEY_TYPES, Keymap, read_keymap
from applet.input.x11_requests import ask, send

CORE_KEYBOARD = 0x100
LATCH_LOCK = 5
_NAME = "XKEYBOARD"
_USE, _SELECT, _GET_STATE, _GET_MAP, _SET_MAP = 0, 1, 4, 8, 9
_VERSION = (1, 0)
_NEW_KEYBOARD, _MAP = 0, 1
_EXPLICIT = 1 << 3
_MAP_PARTS = 0xFF & ~_EXPLICIT
"""What is told when it changes. Which parts of a key are explicit says nothing of what it writes, and changes whenever
a key is muted: the whole keyboard would be read again for each key."""


@dataclass(frozen=True)
class ModifierState:
    """Modifiers by how they came about, and the group that counts now."""

    held: int
    latched: int
    locked: int
    group: int
    latched_group: int


class Xkb:
    """XKB on one connection. `display` is Xlib's; what it raises passes through."""

    def __init__(self, display: Any) -> None:
        """Raises InputError when this display server has no XKB."""
        self._display = display
        found = display.query_extension(_NAME)
        if found is None or not found.present:
            raise InputError("this display server does not describe its keyboard (XKB is missing)")
        self._opcode, self._first_event = found.major_opcode, found.first_event
        self._ask(_USE, struct.pack("=HH", *_VERSION))
        changes = 1 << _NEW_KEYBOARD | 1 << _MAP
        self._do(_SELECT, struct.pack("=HHHHHH", CORE_KEYBOARD, changes, 0, changes, _MAP_PARTS, _MAP_PARTS))

    def tells_of_change(self, event: Any) -> bool:
        """Whether this event says that the keyboard is another one now."""
        return event.type & 0x7F == self._first_event and event.detail in (_NEW_KEYBOARD, _MAP)

    def state(self) -> ModifierState:
        """Return the state of the keyboard at this moment."""
        told = struct.unpack_from("=BBBBBBhh", self._ask(_GET_STATE, _CORE))
        _, held, latched, locked, group, _, _, latched_group = told
        return ModifierState(held, latched, locked, group & 3, latched_group)

    def unlatch(self) -> None:
        """Let no modifier and no group wait for the next key."""
        self._do(LATCH_LOCK, struct.pack("=HBBBBBBxBH", CORE_KEYBOARD, 0, 0, 0, 0, 0xFF, 0, 1, 0))

    def keymap(self) -> Keymap:
        """Return what the keys bear."""
        wanted = KEY_TYPES | KEY_SYMBOLS | KEY_ACTIONS
        return read_keymap(self._ask(_GET_MAP, struct.pack("=HHH18x", CORE_KEYBOARD, wanted, 0)))

    def set_keys(self, keymap: Keymap, first: int, count: int) -> None:
        """Have `count` keys from `first` on bear what `keymap` says: one change for all who look at the keyboard."""
        keys = [keymap.keys[keycode] for keycode in range(first, first + count)]
        symbols = sum(len(key.symbols) for key in keys)
        body = struct.pack("=HHHBB", CORE_KEYBOARD, KEY_SYMBOLS, 0, min(keymap.keys), max(keymap.keys))
        body += struct.pack("=BBBBH", 0, 0, first, count, symbols).ljust(24, b"\0")
        self._do(_SET_MAP, body + b"".join(key.to_bytes() for key in keys))

    def _do(self, minor: int, body: bytes) -> None:
        send(self._display, self._opcode, minor, body)

    def _ask(self, minor: int, body: bytes) -> bytes:
        return ask(self._display, self._opcode, minor, body)


_CORE = struct.pack("=Hxx", CORE_KEYBOARD)
