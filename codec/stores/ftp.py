"""FTP servers, plain or with TLS: passive, binary, names in UTF-8; resumed by SIZE with REST, or else with APPE.

`ftplib` on threads: it comes with Python, and is kept as long as that is. FTPS is explicit (AUTH TLS on the usual
port); data travels protected as well, in the session of the control connection, as many servers want it.
"""

import asyncio
import ftplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, BinaryIO, TypeVar

from codec.stores.address_policy import Reach, connected
from codec.stores.base import Progress, StoreError
from codec.stores.credentials import credentials_needed
from codec.stores.files import Take
from codec.stores.locations import Location, Place
from codec.stores.source import CHUNK, pieces
from codec.stores.tls import certificate_problem

TIMEOUT_SECONDS = 30.0
_Answer = TypeVar("_Answer")
_REASONS = {
    "421": ("the server is closing the connection", True),
    "425": ("the server opened no way for data; its passive ports may be blocked by a firewall", True),
    "426": ("the connection for data was cut", True),
    "450": ("the file is in use there", True),
    "452": ("no space is left there. Make room, or choose another location", True),
    "500": ("the server lacks a command that is needed (SIZE, REST or APPE, RNFR, RNTO, DELE)", False),
    "502": ("the server lacks a command that is needed (SIZE, REST or APPE, RNFR, RNTO, DELE)", False),
    "522": ("the server does not protect data as is asked. Its operator has to allow PROT P", False),
    "534": ("the server has no TLS. Choose FTP, or have its operator switch TLS on", False),
    "550": ("the user cannot do that, or the folder does not exist. Correct the permissions or the path", False),
    "552": ("no space is left there. Make room, or choose another location", True),
    "553": ("the server does not accept the recording's name", False),
}
_LOGIN = ("331", "332", "430", "530", "532")


class _Protected(ftplib.FTP_TLS):
    """Gives data the TLS session of the control connection, without which many servers take none."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        plain, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321  (unprotected only up to the next line)
        session = self.sock.session if isinstance(self.sock, ssl.SSLSocket) else None
        try:
            return self.context.wrap_socket(plain, server_hostname=self.host, session=session), size
        except OSError:
            plain.close()
            raise


def _greet(ftp: ftplib.FTP, line: socket.socket) -> None:
    """Begin on a connection that is open: `FTP.connect` knows only names and one address. Raises as `FTP.connect`."""
    line.settimeout(TIMEOUT_SECONDS)
    ftp.sock, ftp.af = line, line.family
    ftp.port = line.getpeername()[1]
    ftp.file = line.makefile("r", encoding=ftp.encoding)
    ftp.welcome = ftp.getresp()


class Ftp:
    """`Files` in one folder of a server. The path is relative to where the user begins; `//folder` is absolute."""

    grain = 1

    def __init__(self, location: Location, reach: Reach, trust: ssl.SSLContext) -> None:
        self._location = location
        self._reach = reach
        self._trust = trust
        self._open: ftplib.FTP | None = None

    async def size(self, name: str) -> int | None:
        """See Files."""

        def ask(ftp: ftplib.FTP) -> int | None:
            try:
                return ftp.size(name)
            except ftplib.error_perm as error:
                if str(error).startswith("550"):
                    return None
                raise

        return await self._do(ask)

    async def write(self, name: str, source: BinaryIO, begin: int, progress: Progress) -> None:
        """See Files."""
        there = begin
        data_line = await self._do(lambda ftp: _to_write(ftp, name, begin))
        try:
            async for data in pieces(source):
                await self._do(partial(_send, line=data_line, data=data))
                there += len(data)
                progress(there)
            await self._do(lambda ftp: _end(ftp, data_line))
        except BaseException:
            self._drop()  # whatever the server answers now would be taken for an answer to the next question
            raise
        finally:
            data_line.close()

    async def read(self, name: str, take: Take) -> None:
        """See Files."""
        data_line = await self._do(lambda ftp: ftp.transfercmd(f"RETR {name}"))
        try:
            while data := await self._do(lambda _: data_line.recv(CHUNK)):
                take(data)
            await self._do(lambda ftp: _end(ftp, data_line))
        except BaseException:
            self._drop()
            raise
        finally:
            data_line.close()

    async def rename(self, old: str, new: str) -> None:
        """See Files."""
        await self._do(lambda ftp: ftp.rename(old, new))

    async def remove(self, name: str) -> None:
        """See Files."""
        if await self.size(name) is not None:
            await self._do(lambda ftp: ftp.delete(name))

    async def close(self) -> None:
        """See Files."""
        ftp, self._open = self._open, None
        if ftp is not None:
            with suppress(Exception):  # it is let go of in any case
                await asyncio.to_thread(ftp.quit)
            ftp.close()

    async def _do(self, work: Callable[[ftplib.FTP], _Answer]) -> _Answer:
        """Do it on a thread, signed in."""
        with self._named():
            if self._open is None:
                line = await connected(self._reach, self._location.host, self._location.usual_port, TIMEOUT_SECONDS)
                self._open = await asyncio.to_thread(self._sign_in, line)
            return await asyncio.to_thread(work, self._open)

    def _sign_in(self, line: socket.socket) -> ftplib.FTP:
        location = self._location
        options: Any = {"timeout": TIMEOUT_SECONDS, "encoding": "utf-8"}
        if location.place == Place.FTPS:
            ftp: ftplib.FTP = _Protected(context=self._trust, **options)
        else:
            ftp = ftplib.FTP(**options)  # noqa: S321  (who chose it was asked: the settings warn)
        try:
            _greet(ftp, line)
            ftp.host = location.host
            ftp.login(location.user, location.password)
            if isinstance(ftp, _Protected):
                ftp.prot_p()
            with suppress(ftplib.error_perm):  # those who know no UTF-8 keep the bytes as they are
                ftp.sendcmd("OPTS UTF8 ON")
            folder = location.path.removeprefix("/").rstrip("/") or ("/" if location.path.startswith("//") else "")
            if folder:
                ftp.cwd(folder)
            ftp.voidcmd("TYPE I")
        except BaseException:
            ftp.close()
            raise
        return ftp

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    @contextmanager
    def _named(self) -> Iterator[None]:
        shown = self._location.shown
        try:
            yield
        except ssl.SSLError as error:
            self._drop()
            raise StoreError(f"{shown}: {certificate_problem(error)}", retry=False) from None
        except ftplib.Error as error:
            raise self._refused(str(error)[:3]) from None
        except (OSError, EOFError, UnicodeError):
            self._drop()
            raise StoreError(
                f"{shown} cannot be reached, or the connection was lost. Check the network, and that the server is "
                "running.",
                retry=True,
            ) from None

    def _refused(self, code: str) -> StoreError:
        """What the server says besides its code is not repeated: it could hold anything, a password too."""
        shown = self._location.shown
        if code in _LOGIN:
            self._drop()
            return credentials_needed(self._location)
        reason, retry = _REASONS.get(code, ("the server refused", code.startswith("4")))
        if retry:
            self._drop()
        return StoreError(f"{shown}: {reason} (FTP {code}).", retry=retry)


def _to_write(ftp: ftplib.FTP, name: str, begin: int) -> socket.socket:
    if not begin:
        return ftp.transfercmd(f"STOR {name}")
    try:
        return ftp.transfercmd(f"STOR {name}", rest=begin)
    except ftplib.error_perm as error:
        if str(error)[:3] not in ("500", "501", "502", "504"):
            raise
        return ftp.transfercmd(f"APPE {name}")


def _send(ftp: ftplib.FTP, line: socket.socket, data: bytes) -> None:
    try:
        line.sendall(data)
    except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
        ftp.voidresp()  # raises what the server has to say, for instance that no space is left
        raise


def _end(ftp: ftplib.FTP, data_line: socket.socket) -> None:
    if isinstance(data_line, ssl.SSLSocket):
        data_line.unwrap()
    data_line.close()
    ftp.voidresp()
