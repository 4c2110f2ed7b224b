"""Keys and buttons that XTest holds down on X11, which outlive the program that pressed them."""

import logging
import struct
from collections.abc import Iterator
from typing import Any

from Xlib import X, error
from Xlib.display import Display
from Xlib.ext import xinput

from applet.input.keysyms import STOP_KEYSYMS
from applet.input.x11_requests import ask

_XINPUT = "XInputExtension"
_DEVICES = "XTEST"
"""How the server calls the keyboard and the mouse that XTest moves ("Virtual core XTEST keyboard")."""
_QUERY_STATE = 30
"""QueryDeviceState of the X Input Device Extension Protocol."""
_DEVICE = struct.Struct("=B3x")
_KEYS, _BUTTONS = 0, 1
_BITS_AT = 4
_log = logging.getLogger(__name__)


def tidy() -> None:
    """Release what an earlier run left held, where there is a display. Call it before anything listens."""
    try:
        display = Display()
        released = release_leftovers(display)
        display.close()
    except (error.DisplayError, error.ConnectionClosedError, OSError) as problem:
        _log.info("no keys were looked for: %s", problem)
    else:
        if released:
            _log.warning("%d keys and buttons were still held by a program that is gone: released", released)


def release_leftovers(display: Any) -> int:
    """Release all keys and buttons that XTest holds, but not the stop key, which we never press. Return how many."""
    released = 0
    lowest, highest = display.display.info.min_keycode, display.display.info.max_keycode
    mapping = display.get_keyboard_mapping(lowest, highest - lowest + 1)
    for kind, detail in list(_held(display)):
        if kind == X.KeyRelease and not STOP_KEYSYMS.isdisjoint(mapping[detail - lowest]):
            continue
        display.xtest_fake_input(kind, detail)
        released += 1
    display.sync()
    return released


def _held(display: Any) -> Iterator[tuple[int, int]]:
    """Yield (release, detail) of what XTest's keyboard and mouse hold."""
    if not display.has_extension(_XINPUT):
        return
    display.xinput_query_version()
    opcode = display.display.get_extension_major(_XINPUT)
    for device in display.xinput_query_device(xinput.AllDevices).devices:
        if _DEVICES in device.name:
            yield from _read_state(ask(display, opcode, _QUERY_STATE, _DEVICE.pack(device.deviceid)))


def _read_state(data: bytes) -> Iterator[tuple[int, int]]:
    """Read the classes of a device's state: class u8, its bytes u8, how many u8, then from byte 4 on a bit for each."""
    at = 24
    for _ in range(data[0]):
        kind, length = struct.unpack_from("BB", data, at)
        if kind in (_KEYS, _BUTTONS):
            bits = data[at + _BITS_AT : at + length]
            release = X.KeyRelease if kind == _KEYS else X.ButtonRelease
            yield from ((release, n) for n in range(8 * len(bits)) if bits[n // 8] >> n % 8 & 1)
        at += length
