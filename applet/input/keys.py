"""From a technician's key to the customer's keyboard. Pure.

The two may have different layouts and different locks, so each key event carries its position, its symbol and what it
would have written, and this side, which knows the live layout, chooses:

- what writes a character (no Ctrl, Alt or Meta; AltGr does not count) is found by its symbol on the live layout, with
  what that layout and its locks need held, whatever the technician holds. Where nothing else is needed the key is
  held as long as the technician holds it, else it is pressed and released at once, and what was held for it after it;
- a shortcut goes to the key that bears its letter, so that Ctrl+A is Ctrl+A also on AZERTY; else to its position;
- named keys (Enter, F5, arrows) and modifiers go to the key that bears their symbol. So the number pad writes digits
  or moves as the technician's own Num Lock says;
- AltGr, Caps Lock and Num Lock are the technician's own affair: they show in what the other keys write;
- dead keys write nothing themselves: what they compose arrives as text.

Source for codes and symbols: W3C UI Events KeyboardEvent code and key values.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from applet.input.layout import Layout, Place
from applet.input.positions import KEYCODES, MODIFIERS, NAMED
from codec.wire.messages import Key, Modifier

_SILENT = frozenset({"Dead", "Process", "Compose", "Unidentified", ""})
_OWN = frozenset({"AltGraph", "CapsLock", "NumLock"})
_SHORTCUT = Modifier.CONTROL | Modifier.ALT | Modifier.META
_KEEPS = ("Control", "Alt", "Meta")
_TYPED = {"\n": "Enter", "\t": "Tab"}
_PAD = "Numpad"
_BEGIN, _PAD_ENTER = 0xFF9D, 0xFF8D


@dataclass(frozen=True)
class Press:
    """Press a keycode."""

    keycode: int


@dataclass(frozen=True)
class Release:
    """Release a keycode."""

    keycode: int


Action = Press | Release


@dataclass(frozen=True)
class _Held:
    keycode: int
    role: str = ""
    """Which modifier it is."""


def is_typable(character: str) -> bool:
    """Whether a character may be typed. Control characters are not: they do something, and are never meant as text."""
    return character in _TYPED or unicodedata.category(character) not in ("Cc", "Cs")


class Keyboard:
    """What the technician holds down. Feed every key to `plan` or `release`, carry the actions out in order.

    `keysym_of` returns the keysym of a character.
    """

    def __init__(self, keysym_of: Callable[[str], int]) -> None:
        self._keysym_of = keysym_of
        self._held: dict[str, _Held] = {}

    @property
    def held(self) -> Mapping[str, int]:
        """Positions that are down, and the keycode that each holds."""
        return {code: held.keycode for code, held in self._held.items()}

    def character(self, key: Key) -> str:
        """Return the character that a key writes when it goes down, empty when it writes none."""
        text = key.text if len(key.text) == 1 else key.symbol
        return text if len(text) == 1 and not self._is_shortcut(key) else ""

    def release(self, code: str) -> list[Action]:
        """Return what to do when a key goes up."""
        held = self._held.pop(code, None)
        return [] if held is None else [Release(held.keycode)]

    def release_all(self) -> list[Action]:
        """Return what lets go of everything, the last pressed first."""
        actions: list[Action] = [Release(held.keycode) for held in reversed(self._held.values())]
        self._held.clear()
        return actions

    def plan(self, key: Key, layout: Layout) -> list[Action]:
        """Return what to do when a key goes down, again where it is held and repeats; nothing where no key does it."""
        if (key.symbol in _SILENT and not key.text) or key.symbol in _OWN:
            return []
        if key.symbol in MODIFIERS:
            return self._modifier(key, layout)
        if self.character(key):
            keysym = self._keysym_of(self.character(key))
            place = self._on_pad(key.code, keysym, layout) or layout.find(keysym)
            return [] if place is None else self._write(key.code, place, layout)
        if len(key.symbol) == 1:
            return self._shortcut(key, layout)
        return self._named(key, layout)

    def type_character(self, character: str, layout: Layout) -> list[Action]:
        """Return what writes one character and holds nothing afterwards; nothing where no key writes it."""
        named = _TYPED.get(character)
        if named is not None:
            keycode = layout.bearing((NAMED[named],), KEYCODES[named])
            return [] if keycode is None else self._write(None, Place(keycode, 0), layout)
        place = layout.find(self._keysym_of(character))
        return [] if place is None else self._write(None, place, layout)

    def _modifier(self, key: Key, layout: Layout) -> list[Action]:
        preferred = KEYCODES.get(key.code) if key.code.startswith(key.symbol) else KEYCODES[f"{key.symbol}Left"]
        keycode = layout.bearing(MODIFIERS[key.symbol], preferred)
        if keycode is None or key.code in self._held:
            return []
        self._held[key.code] = _Held(keycode, key.symbol)
        return [Press(keycode)]

    def _named(self, key: Key, layout: Layout) -> list[Action]:
        if key.symbol == "Clear":
            place = layout.on_key(KEYCODES["Numpad5"], _BEGIN)
            return [] if place is None else self._write(key.code, place, layout, _KEEPS)
        is_pad = key.code.startswith(_PAD)
        keycode = KEYCODES.get(key.symbol if is_pad and key.symbol != "Enter" else key.code)
        if key.symbol in NAMED:
            keycode = layout.bearing((NAMED[key.symbol], *((_PAD_ENTER,) if is_pad else ())), keycode)
        return [] if keycode is None else self._press(key.code, keycode)

    def _shortcut(self, key: Key, layout: Layout) -> list[Action]:
        keysym = self._keysym_of(key.symbol)
        place = self._on_pad(key.code, keysym, layout)
        if place is not None:
            return self._press(key.code, place.keycode)
        if key.symbol.isalpha():
            keycode = layout.shortcut(self._keysym_of(key.symbol.lower())) or KEYCODES.get(key.code)
            return [] if keycode is None else self._press(key.code, keycode)
        place = layout.find(keysym)
        if place is not None:
            return self._write(key.code, place, layout, _KEEPS)
        return self._press(key.code, KEYCODES[key.code]) if key.code in KEYCODES else []

    def _on_pad(self, code: str, keysym: int, layout: Layout) -> Place | None:
        """Return the same key of the number pad, where that writes the same without more."""
        if not code.startswith(_PAD) or code not in KEYCODES:
            return None
        place = layout.on_key(KEYCODES[code], keysym)
        return place if place is not None and place.modifiers == 0 else None

    def _write(self, code: str | None, place: Place, layout: Layout, keeps: tuple[str, ...] = ()) -> list[Action]:
        """Strike a key with exactly these modifiers; of those that the technician holds only `keeps` stay too."""
        lifted, provided = [], 0
        for held in self._held.values():
            bits = layout.modifiers_of(held.keycode) if held.role else 0
            if held.role and held.role not in keeps:
                if bits and not bits & ~place.modifiers:
                    provided |= bits
                else:
                    lifted.append(held.keycode)
        added = layout.holders(place.modifiers & ~provided)
        if code is not None and not lifted and not added:
            return self._press(code, place.keycode)
        before: list[Action] = [*map(Release, lifted), *map(Press, added)]
        after: list[Action] = [*map(Release, reversed(added)), *map(Press, lifted)]
        strike: list[Action] = [*self._let_go(place.keycode), Press(place.keycode), Release(place.keycode)]
        return [*before, *strike, *after]

    def _press(self, code: str, keycode: int) -> list[Action]:
        """Press a key, and hold it. One that is down is released first: X11 would take no press of it."""
        actions = self._let_go(keycode) + self.release(code)
        self._held[code] = _Held(keycode)
        return [*actions, Press(keycode)]

    def _let_go(self, keycode: int) -> list[Action]:
        """Release a keycode that is down for any position."""
        holding = [code for code, held in self._held.items() if held.keycode == keycode and not held.role]
        return [action for code in holding for action in self.release(code)]

    def _is_shortcut(self, key: Key) -> bool:
        """Whether it goes with Ctrl, Alt or Meta. What has no text is part of a combination."""
        if not key.text and any(held.role in _KEEPS for held in self._held.values()):
            return True
        return bool(key.modifiers & _SHORTCUT) and not key.modifiers & Modifier.ALT_GRAPH
