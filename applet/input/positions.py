"""Key positions (UI Events KeyboardEvent.code) as X11 keycodes, and named keys as keysyms.

An X11 keycode of the evdev driver is the kernel's key number (linux/input-event-codes.h) plus 8.
"""

EVDEV_OFFSET = 8
_ROWS = {
    2: "Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal Backspace Tab",
    16: "KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight Enter ControlLeft",
    30: "KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote ShiftLeft Backslash",
    44: "KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ShiftRight NumpadMultiply AltLeft Space CapsLock",
    59: "F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock Numpad7 Numpad8 Numpad9 NumpadSubtract",
    75: "Numpad4 Numpad5 Numpad6 NumpadAdd Numpad1 Numpad2 Numpad3 Numpad0 NumpadDecimal",
    86: "IntlBackslash F11 F12 IntlRo",
    96: "NumpadEnter ControlRight NumpadDivide PrintScreen AltRight",
    102: "Home ArrowUp PageUp ArrowLeft ArrowRight End ArrowDown PageDown Insert Delete",
    117: "NumpadEqual",
    119: "Pause",
    121: "NumpadComma",
    124: "IntlYen MetaLeft MetaRight ContextMenu",
    183: "F13 F14 F15 F16 F17 F18 F19 F20 F21 F22 F23 F24",
}
KEYCODES: dict[str, int] = {
    "Escape": 1 + EVDEV_OFFSET,
    **{
        code: first + place + EVDEV_OFFSET for first, codes in _ROWS.items() for place, code in enumerate(codes.split())
    },
}

MODIFIERS: dict[str, tuple[int, ...]] = {
    "Shift": (0xFFE1, 0xFFE2),
    "Control": (0xFFE3, 0xFFE4),
    "Alt": (0xFFE9, 0xFFEA),
    "Meta": (0xFFEB, 0xFFEC),
}
"""KeyboardEvent.key of a modifier → the symbols of the keys that hold it."""

LEVEL_SHIFTS: tuple[tuple[int, ...], ...] = ((0xFFE1, 0xFFE2), (0xFE03,), (0xFE11,))
"""Symbols of the keys that reach the other levels of a key: Shift, AltGr (ISO_Level3_Shift), ISO_Level5_Shift."""

NAMED: dict[str, int] = {
    "Backspace": 0xFF08, "Tab": 0xFF09, "Enter": 0xFF0D, "Pause": 0xFF13, "ScrollLock": 0xFF14, "Escape": 0xFF1B,
    "Home": 0xFF50, "ArrowLeft": 0xFF51, "ArrowUp": 0xFF52, "ArrowRight": 0xFF53, "ArrowDown": 0xFF54,
    "PageUp": 0xFF55, "PageDown": 0xFF56, "End": 0xFF57, "PrintScreen": 0xFF61, "Insert": 0xFF63,
    "ContextMenu": 0xFF67, "NumLock": 0xFF7F, "CapsLock": 0xFFE5, "Delete": 0xFFFF,
    **{f"F{number}": 0xFFBD + number for number in range(1, 25)},
}  # fmt: skip
"""KeyboardEvent.key of keys that write nothing → keysym (X11/keysymdef.h)."""
