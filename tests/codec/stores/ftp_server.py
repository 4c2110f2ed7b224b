"""pyftpdlib on a thread, with and without TLS."""

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import DTPHandler, FTPHandler, TLS_DTPHandler, TLS_FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

from codec.stores.locations import read_location
from tests.codec.stores.grounds import PASSWORD, USER, BrokenError, Ground, certificates

logging.getLogger("pyftpdlib").setLevel(logging.CRITICAL)


@asynccontextmanager
async def ftp_ground(folder: Path, *, tls: bool = False, can_rest: bool = True) -> AsyncIterator[Ground]:
    """Run a server. Without `can_rest` it knows APPE only, as old ones do."""
    home = folder / "home"
    (home / "in").mkdir(parents=True)
    ground = Ground(home / "in")
    ground.whole = ground.file
    files = certificates(folder) if tls else None
    authorizer = DummyAuthorizer()
    authorizer.add_user(USER, PASSWORD, str(home), perm="elradfmwMT")
    handler = _handler(ground, can_rest, str(files.server) if files else "")
    handler.authorizer = authorizer
    loop = IOLoop()
    server = FTPServer(("127.0.0.1", 0), handler, ioloop=loop)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            server.serve_forever(timeout=0.01, blocking=False)
        server.close_all()

    thread = threading.Thread(target=serve)
    thread.start()
    scheme = "ftps" if tls else "ftp"
    ground.location = read_location(f"{scheme}://127.0.0.1:{server.address[1]}/in", USER, PASSWORD)
    ground.trust = files.trust() if files else None
    try:
        yield ground
    finally:
        over.set()
        thread.join()


def _handler(ground: Ground, can_rest: bool, certificate: str) -> Any:
    """Return a class of handlers for this one server, as pyftpdlib wants it."""

    class Data(TLS_DTPHandler if certificate else DTPHandler):  # type: ignore[misc]
        def recv(self, size: int) -> bytes:
            data: bytes = super().recv(size)
            if self.receive:
                try:
                    ground.take(data)
                except BrokenError:
                    self.file_obj.write(data)
                    control = self.cmd_channel
                    self.close()
                    control.close()
                    return b""
            return data

    class Control(TLS_FTPHandler if certificate else FTPHandler):  # type: ignore[misc]
        dtp_handler = Data
        auth_failed_timeout = 0

        def ftp_STOR(self, file: str, mode: str = "w") -> Any:  # noqa: N802
            if ground.is_full:
                return self.respond("552 No space. Your password is wasted here.")
            if not ground.may_write:
                return self.respond("550 Not enough privileges.")
            return super().ftp_STOR(file, mode)

        def ftp_REST(self, line: str) -> None:  # noqa: N802
            if can_rest:
                super().ftp_REST(line)
            else:
                self.respond("502 Not here.")

    if certificate:
        Control.certfile = certificate
        Control.tls_control_required = True
        Control.tls_data_required = True
    return Control
