"""Whether an SSH server is the one that it was: its key is remembered at the first visit, another one is refused."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import asyncssh

from codec.host.private_files import NotPrivateError, append_whole, make_folder, read_private
from codec.stores.base import StoreError


class HostKeyChangedError(StoreError):
    """The server shows another key than the one that is remembered: it may be another computer in its place."""


class HostKeys:
    """What is remembered of servers: in a file of our own, and in others that are only read, all as OpenSSH has it."""

    def __init__(self, own: Path, others: Sequence[Path] = ()) -> None:
        self._own = own
        self._files = (own, *others)

    def read(self) -> asyncssh.SSHKnownHosts:
        """Return what all the files know. Raises StoreError: without them no server can be told from another."""
        known = asyncssh.SSHKnownHosts()
        for file in self._files:
            try:
                with suppress(FileNotFoundError):
                    known.load((read_private(file) if file == self._own else file.read_bytes()).decode("utf-8"))
            except NotPrivateError as error:
                raise StoreError(str(error), retry=False) from None
            except (OSError, UnicodeError, ValueError):
                raise StoreError(
                    f"{file} cannot be read, where the keys of servers are remembered. Fix or move the file.",
                    retry=False,
                ) from None
        return known

    def remember(self, host: str, port: int, key: asyncssh.SSHKey) -> None:
        """Add a server that is new here. Raises StoreError."""
        line = f"{named(host, port)} {key.export_public_key('openssh').decode('ascii').strip()}\n"
        try:
            make_folder(self._own.parent)
            append_whole(self._own, line.encode("ascii"))
        except NotPrivateError as error:
            raise StoreError(str(error), retry=False) from None
        except OSError:
            raise StoreError(
                f"{self._own} cannot be written, where the keys of servers are remembered. Fix the file, or free some "
                "space.",
                retry=False,
            ) from None

    def changed(self, host: str, port: int, key: asyncssh.SSHKey) -> HostKeyChangedError:
        """Return what is said about a server that shows another key."""
        files = " or ".join(str(file) for file in self._files)
        return HostKeyChangedError(
            f"{host} has a different key than before ({key.get_fingerprint()}): it may be another computer. "
            f"Nothing was sent. Ask its administrator. If the key was renewed, remove the line of {named(host, port)} "
            f"from {files}.",
            retry=False,
        )


class Visit(asyncssh.SSHClient):
    """Judges the key of one server in one connection."""

    def __init__(self, known: asyncssh.SSHKnownHosts) -> None:
        self._known = known
        self.new: asyncssh.SSHKey | None = None
        self.refused: asyncssh.SSHKey | None = None

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """Accept a key that is not among those known only of a server of which none is known."""
        keys, authorities, *_rest = self._known.match(named(host, port), "", None)
        if keys or authorities:
            self.refused = key
            return False
        self.new = key
        return True


def named(host: str, port: int) -> str:
    """Return how a server is written in such a file."""
    return host if port == 22 else f"[{host}]:{port}"
