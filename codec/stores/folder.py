"""Folders as places: on this computer, or a share that this computer reaches as one."""

import asyncio
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from codec.host.private_files import FILE_MODE, open_new, open_to
from codec.stores.base import Progress, StoreError
from codec.stores.files import Take
from codec.stores.source import CHUNK, pieces

_REASONS = {
    errno.EEXIST: (
        "another user creates files with the names of recordings. Find out who, or choose another location",
        False,
    ),
    errno.ELOOP: ("there is a link in place of a recording. Remove it, or choose another location", False),
    errno.ENOSPC: ("no space is left there. Make room, or choose another location", True),
    errno.EDQUOT: ("your share of the space there is used up. Make room, or choose another location", True),
    errno.EACCES: ("you may not write and read there. Ask for permission, or choose another location", False),
    errno.EPERM: ("you may not write and read there. Ask for permission, or choose another location", False),
    errno.EROFS: ("nothing can be written there. Choose another location", False),
    errno.ENOENT: ("the folder does not exist. Make it, connect its disk or share, or choose another", True),
    errno.ENOTDIR: ("part of the path is not a folder. Choose another location", False),
    errno.ENAMETOOLONG: ("the recording's name is too long there. Choose a location with a shorter path", False),
    errno.EFBIG: ("files there cannot be that large. Choose another location", False),
}
_GONE = ("the location is gone. Connect it again", True)


class Folder:
    """`Files` in one folder, which has to exist: one made where a share is not mounted would hide that."""

    grain = 1

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def size(self, name: str) -> int | None:
        """See Files."""

        def look() -> int | None:
            try:
                return (self._folder / name).stat().st_size
            except FileNotFoundError:
                self._folder.stat()
                return None

        with self._named():
            return await asyncio.to_thread(look)

    async def write(self, name: str, source: BinaryIO, begin: int, progress: Progress) -> None:
        """See Files. Returns when the disk has it."""
        there = begin
        with self._named():
            file = await asyncio.to_thread(_open_to_write, self._folder / name, begin)
        try:
            async for data in pieces(source):
                with self._named():
                    await asyncio.to_thread(_write_all, file, data)
                there += len(data)
                progress(there)
            with self._named():
                await asyncio.to_thread(os.fsync, file)
        finally:
            os.close(file)

    async def read(self, name: str, take: Take) -> None:
        """See Files."""
        with self._named():
            file = await asyncio.to_thread(open, self._folder / name, "rb")
            with file:
                while data := await asyncio.to_thread(file.read, CHUNK):
                    await asyncio.to_thread(take, data)

    async def rename(self, old: str, new: str) -> None:
        """See Files."""
        with self._named():
            await asyncio.to_thread(os.rename, self._folder / old, self._folder / new)

    async def remove(self, name: str) -> None:
        """See Files."""
        with self._named():
            await asyncio.to_thread((self._folder / name).unlink, missing_ok=True)

    async def close(self) -> None:
        """Nothing is held."""

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason, retry = _REASONS.get(error.errno or 0, _GONE)
            raise StoreError(f"{self._folder}: {reason}.", retry=retry) from None


def _open_to_write(path: Path, begin: int) -> int:
    if begin == 0:
        path.unlink(missing_ok=True)  # it may be another user's, who would then own the recording
    file = open_new(path) if begin == 0 else _open_to_go_on(path)
    try:
        os.ftruncate(file, begin)
        os.lseek(file, begin, os.SEEK_SET)
    except OSError:
        os.close(file)
        raise
    return file


def _open_to_go_on(path: Path) -> int:
    """Open what we have begun. What another user put there goes, and the next try begins with a file of our own."""
    file = os.open(path, os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    found = os.fstat(file)
    if not open_to(found):
        return file
    if found.st_uid == os.geteuid():
        with suppress(OSError):  # some shares have modes of their own
            os.fchmod(file, FILE_MODE)
        return file
    os.close(file)
    path.unlink(missing_ok=True)
    raise StoreError(f"{path} was another user's file. It was removed, and the recording is sent again.", retry=True)


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
