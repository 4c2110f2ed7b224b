"""Input of the applet, carried out without anybody who could stop it."""

import struct
import time

from Xlib import display as xdisplay

from applet.input.base import Steps
from applet.input.xkb import CORE_KEYBOARD, LATCH_LOCK, ModifierState, Xkb
from tests.support.xvfb import VirtualDisplay


def at_once(steps: Steps) -> None:
    """Carry out every event, one right after the other, as soon as it may be."""
    for halt in steps:
        if halt is not None:
            time.sleep(halt)


class Locks:
    """What the customer has locked on their keyboard: modifiers (Caps Lock 2, Num Lock 16) and a group."""

    def __init__(self, display: str) -> None:
        self._display = xdisplay.Display(display)
        self._xkb = Xkb(self._display)

    def set(self, modifiers: int = 0, group: int = 0, latched: int = 0) -> None:
        """Lock exactly these; `latched` ones are for the next key, as Sticky Keys do it."""
        body = struct.pack("=HBBBBBBxBH", CORE_KEYBOARD, 0xFF, modifiers, 1, group, 0xFF, latched, 0, 0)
        self._xkb._do(LATCH_LOCK, body)
        self._display.sync()

    def state(self) -> ModifierState:
        """Return what holds now."""
        return self._xkb.state()

    def close(self) -> None:
        """Lock nothing."""
        self.set()
        self._display.close()


def held_keys(display: VirtualDisplay) -> int:
    """Return how many keys the display server believes to be down."""
    connection = xdisplay.Display(display.name)
    try:
        return sum(byte.bit_count() for byte in connection.query_keymap())
    finally:
        connection.close()
