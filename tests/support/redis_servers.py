"""A real Redis for tests, reached by a socket in its own folder; it can be stopped, held up and started again."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 10.0


class RedisServer:
    """One server; what it is asked to keep is gone when it ends."""

    def __init__(self, folder: Path, port: int = 0, password: str = "") -> None:
        """With a `port`, it is reached there too, with this password."""
        self._at_port = ["--port", str(port), "--bind", "127.0.0.1"]
        self._password = ["--requirepass", password] if password else []
        self._socket = folder / "redis.sock"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Start it, and wait until it can be connected to."""
        self._socket.unlink(missing_ok=True)
        options = ["--unixsocket", str(self._socket), "--save", "", "--dir", str(self._folder)]
        options += [*self._at_port, *self._password]
        self._process = subprocess.Popen(
            ["redis-server", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        began = time.monotonic()
        while not self._socket.exists():
            assert time.monotonic() - began < START_SECONDS, "redis-server does not start"
            time.sleep(0.01)

    def stop(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def hold(self) -> None:
        """Have it answer nothing, as behind a network that is gone."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)


@contextmanager
def running_redis(port: int = 0, password: str = "") -> Iterator[RedisServer]:
    """Run one while the block lasts."""
    with tempfile.TemporaryDirectory(prefix="deskside-redis-") as folder:
        server = RedisServer(Path(folder), port, password)
        server.start()
        try:
            yield server
        finally:
            server.stop()
