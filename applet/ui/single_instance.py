"""One window for each person and desktop: a second start brings the first one to the front."""

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from codec.host.locks import Lock

ENDING_SECONDS = 5.0
"""So long we wait for one that is saying goodbye, and no longer hears us."""
_LOOK_SECONDS = 0.1
_CONNECT_MILLISECONDS = 500
_MAX_BROUGHT = 1_000


class SingleInstance(QObject):
    """Held by the first program; the system lets go of it when that ends, however it ends."""

    def __init__(self, folder: Path, desktop: str | None = None) -> None:
        super().__init__()
        desktop = os.environ.get("DISPLAY", "") if desktop is None else desktop
        name = "window-" + hashlib.sha256(desktop.encode()).hexdigest()[:8]
        self._lock = Lock(folder / f"{name}.lock")
        self._address = str(folder / f"{name}.socket") if os.name != "nt" else f"deskside-{name}"
        self._server: QLocalServer | None = None

    def take(self, brings: str = "", seconds: float = ENDING_SECONDS) -> bool:
        """Be the only one, or bring the one that is there to the front, give it what we bring, and return False."""
        until = time.monotonic() + seconds
        while True:
            try:
                if self._lock.take():
                    return True
            except OSError:
                return True  # where nothing can be kept, two windows are better than none
            if self._call(brings) or time.monotonic() > until:
                return False
            time.sleep(_LOOK_SECONDS)

    def listen(self, come: Callable[[str], None]) -> None:
        """Call `come` in the windows' thread whenever another start finds us, with what it brings.

        Call this after `take`.
        """
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(self._address)
        self._server.newConnection.connect(lambda: self._called(come))
        self._server.listen(self._address)

    def close(self) -> None:
        """Take no more calls. The lock stays ours until the process ends."""
        if self._server is not None:
            self._server.close()

    def _called(self, come: Callable[[str], None]) -> None:
        while self._server is not None and (caller := self._server.nextPendingConnection()) is not None:
            self._hear(caller, come)

    def _hear(self, caller: QLocalSocket, come: Callable[[str], None]) -> None:
        """The other start says what it brings, and hangs up."""

        def said() -> None:
            brought = bytes(caller.read(_MAX_BROUGHT).data()).decode(errors="replace")
            caller.deleteLater()
            come(brought)

        if caller.state() is QLocalSocket.LocalSocketState.UnconnectedState:
            said()
        else:
            caller.disconnected.connect(said)

    def _call(self, brings: str) -> bool:
        caller = QLocalSocket()
        caller.connectToServer(self._address)
        heard = caller.waitForConnected(_CONNECT_MILLISECONDS)
        if heard:
            caller.write(brings.encode())
            caller.flush()
            caller.disconnectFromServer()
            if caller.state() is not QLocalSocket.LocalSocketState.UnconnectedState:
                caller.waitForDisconnected(_CONNECT_MILLISECONDS)
        caller.abort()
        return heard
