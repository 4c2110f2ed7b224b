"""The relay's own certificate: read at the start, and again when it was renewed. Open connections keep theirs."""

import asyncio
import os
import ssl
from pathlib import Path

from codec.errors import DesksideError
from relay.logs.events import CERTIFICATE_KEPT, CERTIFICATE_READ, tell
from relay.web.tls_files import problem_with, read_chain

LOOK_SECONDS = 60.0
"""So often the files are compared with those in use."""
_Seen = tuple[tuple[int, int, int], ...]


class CertificateError(DesksideError):
    """The certificate or its key cannot be used. The text says which of the two files, and why."""


class Certificate:
    """What new connections shake hands with. Raises CertificateError where the files cannot be used."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = certificate, key
        self._seen = self._look()
        self._context = self._load()

    def current(self) -> ssl.SSLContext:
        """Return what a new connection shakes hands with."""
        return self._context

    async def keep_looking(self) -> None:
        """Take renewed files until this is cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.renew_if_changed()

    def renew(self) -> bool:
        """Take the files as they are now. When they cannot be used, the present certificate stays; the log says so."""
        self._seen = self._look()
        try:
            self._context = self._load()
        except CertificateError as error:
            tell(CERTIFICATE_KEPT, why=str(error))
            return False
        self.tell()
        return True

    def tell(self) -> None:
        """Tell in the log which certificate is in use."""
        until = read_chain(self._files[0])[0].not_valid_after_utc
        tell(CERTIFICATE_READ, file=str(self._files[0]), until=f"{until:%Y-%m-%dT%H:%M:%SZ}")

    def renew_if_changed(self) -> bool:
        """Take the files if they are other ones than those that were last looked at; return whether they are in use."""
        return self._look() != self._seen and self.renew()

    def _load(self) -> ssl.SSLContext:
        certificate, key = self._files
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(certificate, key, password=_no_password)
        except (OSError, ValueError) as error:
            raise CertificateError(problem_with(certificate, key) or f"{certificate}: {error}") from None
        return context

    def _look(self) -> _Seen:
        return tuple(_stamp(file) for file in self._files)


def _stamp(file: Path) -> tuple[int, int, int]:
    try:
        found = os.stat(file)
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_size, found.st_mtime_ns)


def _no_password() -> str:
    """Nobody is there to type one; without this OpenSSL asks on the terminal."""
    raise ValueError("the key is encrypted")
