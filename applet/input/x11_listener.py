"""Hears every key, button and move on X11 (RECORD), also without focus: the customer's hand and the stop key.

The stop key is the customer's alone: we never press it (see x11.py), so any press of it is a stop, and so is a release
whose press was not heard. Of the combination that does the same only the customer's own presses count.
"""

import logging
import socket
import struct
import sys
import threading

from Xlib import X, display, error
from Xlib.ext import record, xinput

from applet.input.base import InputError, LocalInput
from applet.input.injected import InjectedEvents
from applet.input.keysyms import STOP_COMBINATION, STOP_KEYSYMS

NO_OPERATION = 127
ANSWER_BYTES, X_REPLY = 32, 1
_GET_INPUT_FOCUS = struct.pack("=BxH", 43, 1)
_EVENT = struct.Struct("=BB18xhh8x")
"""xEvent of X11/Xproto.h: type, detail, and where the pointer is on the root window. Each has 32 bytes."""
_MARK = struct.Struct("=BxHII")
"""A NoOperation with two numbers in its unused bytes: opcode, length in fours, token, number."""
_RAW = xinput.RawKeyPressMask | xinput.RawKeyReleaseMask | xinput.RawButtonPressMask | xinput.RawButtonReleaseMask
_GONE = (error.ConnectionClosedError, OSError)
_log = logging.getLogger(__name__)


class X11Listener:
    """See Listener."""

    def __init__(self, hand: LocalInput, injected: InjectedEvents) -> None:
        """Raises InputError when this display server does not tell."""
        self._local_activity = hand
        self._injected = injected
        self._closing = False
        self._stop_is_down = False
        self._held: set[int] = set()
        try:
            self._control, self._data, self._bell = display.Display(), display.Display(), display.Display()
        except (error.DisplayError, OSError) as problem:
            raise InputError(f"the stop key cannot be heard: {problem}") from None
        if not self._control.has_extension("RECORD"):
            raise InputError("this display server does not tell which keys are pressed (RECORD is missing)")
        self._context = self._control.record_create_context(
            0,
            [record.AllClients],
            [
                {
                    "core_requests": (NO_OPERATION, NO_OPERATION),
                    "core_replies": (0, 0),
                    "ext_requests": (0, 0, 0, 0),
                    "ext_replies": (0, 0, 0, 0),
                    "delivered_events": (0, 0),
                    "device_events": (X.KeyPress, X.MotionNotify),
                    "errors": (0, 0),
                    "client_started": False,
                    "client_died": False,
                }
            ],
        )
        self._control.sync()
        self._ring_at_every_key()
        self._thread = threading.Thread(target=self._run, name="hand listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """See Listener."""
        self._closing = True
        try:
            self._control.record_disable_context(self._context)
            self._control.flush()
            self._thread.join(timeout=2)
            self._control.close()
            self._bell.display.socket.shutdown(socket.SHUT_RDWR)
            self._bell.display.socket.close()
        except _GONE:
            return

    def _run(self) -> None:
        try:
            self._data.record_enable_context(self._context, self._heard)
            self._data.record_free_context(self._context)
            self._data.close()
        except _GONE as problem:
            _log.info("the display is gone: %s", problem)
        finally:
            self._injected.listens(False)
            if not self._closing:
                self._local_activity.lost()

    def _ring_at_every_key(self) -> None:
        """Have the server say something at every key and click, to a connection that ignores it.

        It keeps what RECORD tells until it has something to say to any client. Where no window takes a key, the stop
        key would be heard only when the screen changes next.
        """
        if not self._bell.has_extension("XInputExtension"):
            _log.warning("this display server may tell of the stop key late (XInputExtension is missing)")
            return
        self._bell.xinput_query_version()
        self._bell.screen().root.xinput_select_events([(xinput.AllMasterDevices, _RAW)])
        self._bell.sync()
        threading.Thread(target=self._drain, name="bell", daemon=True).start()

    def _drain(self) -> None:
        """Ask something at every news: what RECORD wrote in one round of the server leaves it in the next."""
        bell = self._bell.display.socket
        try:
            while news := bell.recv(65_536):
                if len(news) > ANSWER_BYTES or news[0] != X_REPLY:
                    bell.sendall(_GET_INPUT_FOCUS)
        except OSError as problem:
            _log.info("the display is gone: %s", problem)

    def _heard(self, reply: object) -> None:
        category, data = getattr(reply, "category", None), bytes(getattr(reply, "data", b""))
        match category:
            case record.FromServer:
                for kind, detail, x, y in _EVENT.iter_unpack(data):
                    self._take(kind, detail, x, y)
            case record.FromClient:
                self._take_marks(data)
            case record.StartOfData:
                self._injected.listens(True)

    def _take(self, kind: int, detail: int, x: int, y: int) -> None:
        if kind in (X.KeyPress, X.KeyRelease) and self._is_stop(detail):
            if kind == X.KeyPress or not self._stop_is_down:
                self._local_activity.stop()
            self._stop_is_down = kind == X.KeyPress
        if self._injected.recognises(kind, detail, x, y, is_motion=kind == X.MotionNotify):
            return
        if kind in (X.KeyPress, X.KeyRelease):
            self._hold(detail, kind == X.KeyPress)
        self._local_activity.active()
        if kind == X.MotionNotify:
            self._local_activity.moved(x, y)

    def _take_marks(self, data: bytes) -> None:
        while len(data) >= 4:
            length = 4 * int.from_bytes(data[2:4], sys.byteorder)
            if length == _MARK.size and _MARK.unpack_from(data)[2] == self._injected.token:
                if self._injected.heard(_MARK.unpack_from(data)[3]):
                    self._local_activity.active()
                self._local_activity.caught_up()
            data = data[max(4, length) :]

    def _hold(self, keycode: int, down: bool) -> None:
        """The customer presses or releases a key: stop when it completes the combination."""
        if not down:
            self._held.discard(keycode)
            return
        self._held.add(keycode)
        if len(self._held) < len(STOP_COMBINATION):
            return
        held = [self._keysyms(each) for each in self._held]
        if all(any(keysyms & wanted for keysyms in held) for wanted in STOP_COMBINATION):
            self._local_activity.stop()

    def _keysyms(self, keycode: int) -> set[int]:
        """Return what a key writes in the first two groups, with Shift and without."""
        return {self._control.keycode_to_keysym(keycode, column) for column in range(4)}

    def _is_stop(self, keycode: int) -> bool:
        return any(self._control.keycode_to_keysym(keycode, column) in STOP_KEYSYMS for column in (0, 1))
