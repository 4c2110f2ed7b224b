"""Signals of the system while Qt waits in C: each one wakes Qt, so that Python can handle it."""

import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QSocketNotifier

_ENDS = ("SIGINT", "SIGTERM", "SIGHUP")
"""Ctrl-C, a request to end, and a terminal or login session that closes. Windows does not have the last one."""


class Signals:
    """Calls `end` in the windows' thread when the system asks this program to end. `close` it before Qt ends."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._reader, self._writer = socket.socketpair()
        for each in (self._reader, self._writer):
            each.setblocking(False)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for name in _ENDS:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, lambda _number, _frame: end())
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._drain)

    def close(self) -> None:
        """Take no more notice: the program is ending already, and another signal changes nothing."""
        for name in _ENDS:
            number = getattr(signal, name, None)
            if number is not None:
                signal.signal(number, signal.SIG_IGN)
        signal.set_wakeup_fd(-1)
        self._notifier.setEnabled(False)
        self._notifier.deleteLater()
        self._reader.close()
        self._writer.close()

    def _drain(self) -> None:
        self._reader.recv(64)
