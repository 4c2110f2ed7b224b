"""Characters and keysyms, as libxkbcommon has them: the library that every X11 and Wayland program here uses anyway."""

import ctypes
import ctypes.util

from applet.input.base import InputError

STOP_KEYSYMS = frozenset({0xFF13, 0xFF6B})
"""Pause and Break: the customer's alone."""
STOP_COMBINATION = (
    frozenset({0xFFE3, 0xFFE4}),  # Control
    frozenset({0xFFE9, 0xFFEA, 0xFFE7, 0xFFE8}),  # Alt, Meta
    frozenset({0xFFE1, 0xFFE2}),  # Shift
    frozenset({0x53, 0x73}),  # S
)
"""Ctrl+Alt+Shift+S, for keyboards without Pause: keys of each of these are held at the same time.

Technicians may press it for a program here; only what the customer's own hand presses counts.
"""


class Keysyms:
    """Translates both ways. Raises InputError when the library is missing."""

    def __init__(self) -> None:
        name = ctypes.util.find_library("xkbcommon") or "libxkbcommon.so.0"
        try:
            library = ctypes.CDLL(name)
        except OSError:
            raise InputError("libxkbcommon is missing. Install the package libxkbcommon0.") from None
        self._to_keysym = library.xkb_utf32_to_keysym
        self._to_keysym.argtypes, self._to_keysym.restype = [ctypes.c_uint32], ctypes.c_uint32
        self._upper = library.xkb_keysym_to_upper
        self._upper.argtypes, self._upper.restype = [ctypes.c_uint32], ctypes.c_uint32
        self._to_character = library.xkb_keysym_to_utf32
        self._to_character.argtypes, self._to_character.restype = [ctypes.c_uint32], ctypes.c_uint32

    def of(self, character: str) -> int:
        """Return the keysym of one character, 0 when there is none."""
        return int(self._to_keysym(ord(character)))

    def normal(self, keysym: int) -> int:
        """Return the one keysym that `of` gives for what this keysym writes; itself when it writes nothing."""
        character = int(self._to_character(keysym))
        return int(self._to_keysym(character)) if character else keysym

    def upper(self, keysym: int) -> int:
        """Return the capital of a letter's keysym, other keysyms as they are."""
        return int(self._upper(keysym))
