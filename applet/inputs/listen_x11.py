"""Hears every key, button and move on X11 (RECORD), also without focus: the customer's hand and the stop key."""

import logging
import threading

from Xlib import X, display, error
from Xlib.ext import record
from Xlib.protocol import rq

from applet.inputs.face import Hand, InputError
from applet.inputs.ours import Ours

STOP_KEYSYMS = frozenset({0xFF13, 0xFF6B})
"""Pause and Break."""
_GONE = (error.ConnectionClosedError, OSError)
_log = logging.getLogger(__name__)


class X11Listener:
    """See Listener."""

    def __init__(self, hand: Hand, ours: Ours) -> None:
        """Raises InputError when this display server does not tell."""
        self._hand = hand
        self._ours = ours
        try:
            self._control, self._data = display.Display(), display.Display()
        except (error.DisplayError, OSError) as problem:
            raise InputError(f"the stop key cannot be heard: {problem}") from None
        if not self._control.has_extension("RECORD"):
            raise InputError("this display server does not tell which keys are pressed (RECORD is missing)")
        self._context = self._control.record_create_context(
            0,
            [record.AllClients],
            [
                {
                    "core_requests": (0, 0),
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
        self._thread = threading.Thread(target=self._run, name="hand listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """See Listener."""
        try:
            self._control.record_disable_context(self._context)
            self._control.flush()
            self._thread.join(timeout=2)
            self._control.close()
        except _GONE:
            return

    def _run(self) -> None:
        try:
            self._data.record_enable_context(self._context, self._heard)
            self._data.record_free_context(self._context)
            self._data.close()
        except _GONE as problem:
            _log.info("the display is gone: %s", problem)
            self._hand.lost()

    def _heard(self, reply: object) -> None:
        data: bytes = getattr(reply, "data", b"")
        if getattr(reply, "category", None) != record.FromServer:
            return
        while data:
            event, data = rq.EventField(None).parse_binary_value(data, self._data.display, None, None)
            self._take(event)

    def _take(self, event: object) -> None:
        kind, detail = getattr(event, "type", 0), getattr(event, "detail", 0)
        x, y = getattr(event, "root_x", 0), getattr(event, "root_y", 0)
        if self._ours.recognises(kind, detail, x, y, is_motion=kind == X.MotionNotify):
            return
        if kind == X.KeyPress and self._is_stop(detail):
            self._hand.stop()
        if kind == X.MotionNotify:
            self._hand.moved(x, y)
        self._hand.active()

    def _is_stop(self, keycode: int) -> bool:
        return any(self._control.keycode_to_keysym(keycode, column) in STOP_KEYSYMS for column in (0, 1))
