"""SFTP servers, signed in to with a password. The path is absolute; `/~/folder` begins where the user begins.

`asyncssh`: made for asyncio, typed, one wheel of 0.4 MB over `cryptography`, kept since 2013, EPL-2.0 (which asks
nothing of programs that merely use it). paramiko would need threads and three more packages, two of them compiled.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import BinaryIO, cast

import asyncssh

from codec.stores.address_policy import Reach, connected
from codec.stores.base import Progress, StoreError
from codec.stores.credentials import credentials_needed
from codec.stores.files import Take
from codec.stores.host_keys import HostKeys, Visit, named
from codec.stores.locations import Location
from codec.stores.source import CHUNK, pieces

TIMEOUT_SECONDS = 30.0
_NO_SPACE = (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded)
_NONE_THERE = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)
_PRIVATE = asyncssh.SFTPAttrs(permissions=0o600)
"""What a server that has modes gives a new file."""
_LOST = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection)


class Sftp:
    """`Files` in one folder of a server. A piece is written by several requests at once, hence its grain."""

    grain = CHUNK

    def __init__(self, location: Location, reach: Reach, keys: HostKeys) -> None:
        self._location = location
        self._reach = reach
        self._keys = keys
        self._folder = location.path.removeprefix("/~/") if location.path.startswith("/~/") else location.path
        self._line: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None

    async def size(self, name: str) -> int | None:
        """See Files."""
        async with self._doing() as sftp:
            try:
                return (await sftp.stat(self._path(name))).size
            except _NONE_THERE:
                await sftp.stat(self._folder or ".")
                return None
        raise AssertionError("unreachable")

    async def write(self, name: str, source: BinaryIO, begin: int, progress: Progress) -> None:
        """See Files."""
        there = begin
        async with self._doing() as sftp:
            flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT
            async with sftp.open(self._path(name), flags, _PRIVATE, encoding=None) as file:
                async for data in pieces(source):
                    async with asyncio.timeout(TIMEOUT_SECONDS):
                        await file.write(data, there)
                    there += len(data)
                    progress(there)

    async def read(self, name: str, take: Take) -> None:
        """See Files."""
        async with self._doing() as sftp, sftp.open(self._path(name), "rb", encoding=None) as file:
            while True:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    data = await file.read(4 * CHUNK)
                if not data:
                    return
                await asyncio.to_thread(take, cast(bytes, data))  # as it was opened without an encoding

    async def rename(self, old: str, new: str) -> None:
        """See Files."""
        async with self._doing() as sftp:
            await sftp.rename(self._path(old), self._path(new))

    async def remove(self, name: str) -> None:
        """See Files."""
        async with self._doing() as sftp:
            with suppress(*_NONE_THERE):
                await sftp.remove(self._path(name))

    async def close(self) -> None:
        """See Files."""
        line, self._line, self._client = self._line, None, None
        if line is not None:
            line.close()
            with suppress(TimeoutError, OSError, asyncssh.Error):
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    await line.wait_closed()

    @asynccontextmanager
    async def _doing(self) -> AsyncIterator[asyncssh.SFTPClient]:
        with self._named():
            if self._client is None:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    self._client = await self._connect()
            yield self._client

    async def _connect(self) -> asyncssh.SFTPClient:
        location, port = self._location, self._location.usual_port
        known = await asyncio.to_thread(self._keys.read)
        visit = Visit(known)
        line = await connected(self._reach, location.host, port, TIMEOUT_SECONDS)
        try:
            self._line = await asyncssh.connect(
                location.host,
                port,
                sock=line,
                username=location.user or "anonymous",
                password=location.password or None,
                client_factory=lambda: visit,
                known_hosts=lambda host, _address, on: known.match(named(host, on or port), "", None),
                client_keys=None,
                agent_path=None,
                config=None,
                preferred_auth="password,keyboard-interactive",
            )
        except asyncssh.HostKeyNotVerifiable:
            line.close()
            if visit.refused is None:
                raise
            raise self._keys.changed(location.host, port, visit.refused) from None
        except BaseException:
            line.close()
            raise
        if visit.new is not None:
            await asyncio.to_thread(self._keys.remember, location.host, port, visit.new)
        return await self._line.start_sftp_client()

    def _path(self, name: str) -> str:
        return f"{self._folder.rstrip('/')}/{name}" if self._folder else name

    @contextmanager
    def _named(self) -> Iterator[None]:
        """What the server says itself is not repeated: it could hold anything."""
        shown = self._location.shown
        try:
            yield
        except asyncssh.PermissionDenied:
            raise credentials_needed(self._location) from None
        except asyncssh.HostKeyNotVerifiable:
            raise StoreError(f"{shown}: the server's key was revoked or cannot be read.", retry=False) from None
        except asyncssh.SFTPPermissionDenied:
            raise StoreError(
                f"{shown}: the user cannot write and read there. Correct the permissions on the server.", retry=False
            ) from None
        except _NONE_THERE:
            raise StoreError(
                f"{shown}: the folder does not exist. Create it there, or correct the path.", retry=False
            ) from None
        except _NO_SPACE:
            raise StoreError(
                f"{shown}: the disk is full. Free some space, or choose another location.", retry=True
            ) from None
        except _LOST:
            raise self._lost() from None
        except asyncssh.SFTPError as error:
            self._drop()
            raise StoreError(
                f"{shown}: the server failed; perhaps its disk is full (SFTP {error.code}).", retry=True
            ) from None
        except (asyncssh.Error, OSError, TimeoutError):
            raise self._lost() from None

    def _lost(self) -> StoreError:
        self._drop()
        return StoreError(
            f"{self._location.shown} cannot be reached, or the connection was lost. "
            "Check the network, and that the server is running.",
            retry=True,
        )

    def _drop(self) -> None:
        if self._line is not None:
            self._line.abort()
        self._line = self._client = None
