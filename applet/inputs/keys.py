"""From a technician's key to the customer's keyboard. Pure.

The two may have different layouts, so each key event carries its position, its symbol and what it would have written,
and this side, which knows the live layout, chooses:

- what writes a character (no Ctrl, Alt or Meta; AltGr does not count) is found by its symbol on the live layout, with
  Shift and AltGr as that layout needs them, whatever the technician held; a symbol that the layout lacks is put on a
  spare keycode for the moment;
- a shortcut goes to the key that bears its symbol, so that Ctrl+A is Ctrl+A also on AZERTY; else to its position;
- named keys (Enter, F5, arrows) and lone modifiers go to their position;
- dead keys write nothing themselves: what they compose arrives as text.

Source for codes and symbols: W3C UI Events KeyboardEvent code and key values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from applet.inputs.positions import KEYCODES, MODIFIERS, NAMED
from codec.messages import Key, Modifier

SHIFT_LEVEL = 1
ALT_GRAPH_LEVEL = 2
_SILENT = frozenset({"Dead", "Process", "Compose", "Unidentified", ""})
_SHORTCUT = Modifier.CONTROL | Modifier.ALT | Modifier.META


@dataclass(frozen=True)
class Layout:
    """The customer's keyboard as it is now. `places` maps keysym → (keycode, level); level bits are Shift and AltGr."""

    places: Mapping[int, tuple[int, int]]
    shift: int
    """Keycode of a Shift key."""
    alt_graph: int | None
    """Keycode of the key that reaches the third level, None where the layout has none."""


@dataclass(frozen=True)
class Press:
    """Press a keycode."""

    keycode: int


@dataclass(frozen=True)
class Release:
    """Release a keycode."""

    keycode: int


@dataclass(frozen=True)
class PressSymbol:
    """Put this keysym on a spare keycode and press that, as what `code` holds."""

    keysym: int
    code: str


Action = Press | Release | PressSymbol


class Keyboard:
    """What the technician holds down. Feed every key to `plan`, carry the actions out in order.

    `keysym_of` returns the keysym of a character.
    """

    def __init__(self, keysym_of: Callable[[str], int]) -> None:
        self._keysym_of = keysym_of
        self._held: dict[str, int] = {}

    @property
    def held(self) -> Mapping[str, int]:
        """Positions that are down, and the keycode that stands for each."""
        return self._held

    def plan(self, key: Key, layout: Layout) -> list[Action]:
        """Return what to do for a key event."""
        if not key.down:
            keycode = self._held.pop(key.code, None)
            return [] if keycode is None else [Release(keycode)]
        if key.symbol in _SILENT and not key.text:
            return []
        if key.code in self._held and key.code not in MODIFIERS:
            return self._again(key, layout)
        return self._press(key, layout)

    def holds(self, code: str, keycode: int) -> None:
        """A PressSymbol was carried out with this keycode."""
        self._held[code] = keycode

    def release_all(self) -> list[Action]:
        """Return what lets go of everything, the last pressed first."""
        actions: list[Action] = [Release(keycode) for keycode in reversed(self._held.values())]
        self._held.clear()
        return actions

    def type_character(self, character: str, layout: Layout) -> list[Action]:
        """Return what writes one character and holds nothing afterwards."""
        code = f"text:{character}"
        named = {"\n": "Enter", "\t": "Tab"}.get(character)
        if named is not None:
            return [Press(KEYCODES[named]), Release(KEYCODES[named])]
        pressed = self._write(self._keysym_of(character), code, layout)
        if any(isinstance(action, PressSymbol) for action in pressed):
            return pressed  # whoever carries it out learns the keycode, and releases it through `plan`
        return [*pressed, Release(self._held.pop(code))]

    def _again(self, key: Key, layout: Layout) -> list[Action]:
        """A key that is held repeats: X11 would do so by itself, but at its own speed and only for the last key."""
        keycode = self._held.pop(key.code)
        return [Release(keycode), *self._press(key, layout)]

    def _press(self, key: Key, layout: Layout) -> list[Action]:
        if key.code in MODIFIERS or key.symbol in NAMED:
            return self._by_position(key)
        writes = len(key.symbol) == 1 or len(key.text) == 1
        character = key.text if len(key.text) == 1 else key.symbol
        is_shortcut = key.modifiers & _SHORTCUT and not key.modifiers & Modifier.ALT_GRAPH
        if not writes:
            return self._by_position(key)
        if is_shortcut:
            return self._shortcut(key, layout)
        return self._write(self._keysym_of(character), key.code, layout)

    def _by_position(self, key: Key) -> list[Action]:
        if key.code in KEYCODES:
            return self._hold(key.code, KEYCODES[key.code])
        if key.symbol in NAMED:
            return [PressSymbol(NAMED[key.symbol], key.code)]
        return []

    def _shortcut(self, key: Key, layout: Layout) -> list[Action]:
        for character in (key.symbol.lower(), key.symbol):
            place = layout.places.get(self._keysym_of(character)) if len(character) == 1 else None
            if place is not None and place[1] in (0, SHIFT_LEVEL):
                return self._hold(key.code, place[0])
        return self._by_position(key)

    def _hold(self, code: str, keycode: int) -> list[Action]:
        if self._held.get(code) == keycode:
            return []
        self._held[code] = keycode
        return [Press(keycode)]

    def _write(self, keysym: int, code: str, layout: Layout) -> list[Action]:
        place = layout.places.get(keysym)
        level = 0 if place is None else place[1]
        needed = self._modifiers_for(level, layout)
        if needed is None:
            place, needed = None, []
        # Modifiers that the technician holds for his own layout must not change what is written on this one.
        lifted = [keycode for held, keycode in self._held.items() if held in MODIFIERS and keycode not in needed]
        added = [keycode for keycode in needed if keycode not in self._held.values()]
        before: list[Action] = [*map(Release, lifted), *map(Press, added)]
        after: list[Action] = [*map(Release, reversed(added)), *map(Press, lifted)]
        if place is None:
            return [*before, PressSymbol(keysym, code), *after]
        self._held[code] = place[0]
        return [*before, Press(place[0]), *after]

    def _modifiers_for(self, level: int, layout: Layout) -> list[int] | None:
        """Return the keycodes to hold for a level, None when this layout cannot reach it."""
        needed = []
        if level & SHIFT_LEVEL:
            held = [self._held[code] for code in ("ShiftLeft", "ShiftRight") if code in self._held]
            needed.append(held[0] if held else layout.shift)
        if level & ALT_GRAPH_LEVEL:
            if layout.alt_graph is None:
                return None
            needed.append(layout.alt_graph)
        return needed
