"""Recordings as files: written so that a crash loses nothing that was committed, and read without loading them."""

import errno
import mmap
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from codec.errors import DesksideError
from codec.host.private_files import NotPrivateError, open_new
from codec.recording.avi_reader import Content
from codec.recording.sink import Patch, RecordingStoppedError

_KEPT = "What was recorded until then can be opened."
_REASONS = {
    errno.ENOSPC: f"no space is left there. {_KEPT} Make room, or choose another location, and begin a new recording.",
    errno.EDQUOT: f"your share of the space there is used up. {_KEPT} Make room, and begin a new recording.",
    errno.EACCES: "you may not write there. Choose another location, or ask for permission.",
    errno.EPERM: "you may not write there. Choose another location, or ask for permission.",
    errno.EROFS: "nothing can be written there. Choose another location.",
    errno.ENOENT: "the folder does not exist. Choose another location, or make the folder.",
    errno.ENOTDIR: "part of the path is not a folder. Choose another location.",
    errno.EEXIST: "there is such a file already. Recordings never replace one another.",
    errno.ENAMETOOLONG: "the name is too long there. Choose a location with a shorter path.",
    errno.EFBIG: f"files there cannot be that large. {_KEPT} Choose another location, and begin a new recording.",
}
_GONE = f"the location is gone. {_KEPT} Connect it again, and begin a new recording."


class CannotReadError(DesksideError):
    """The file cannot be read. The text says why."""


class RecordingFile:
    """A new file that a recording is written to, for its owner only, on a share too.

    With `durable`, what is committed survives a power cut too.
    """

    def __init__(self, path: Path, durable: bool = True) -> None:
        """Raises RecordingStoppedError when there is such a file already, or none can be made there."""
        self._path = path
        self._durable = durable
        self._end = 0
        try:
            self._file = open(open_new(path), "r+b", buffering=0)  # noqa: SIM115  # closed by `close`
        except OSError as error:
            raise self._stopped(error) from None

    def append(self, data: bytes) -> None:
        """Write at the end. Raises RecordingStoppedError."""
        try:
            self._write(data)
        except OSError as error:
            raise self._stopped(error) from None
        self._end += len(data)

    def commit(self, patches: Sequence[Patch]) -> None:
        """Let what was appended reach the disk, then patch. Raises RecordingStoppedError."""
        try:
            if self._durable:
                _to_disk(self._file.fileno())
            for place, data in patches:
                self._file.seek(place)
                self._write(data)
            self._file.seek(self._end)
            is_gone = os.fstat(self._file.fileno()).st_nlink == 0
        except OSError as error:
            raise self._stopped(error) from None
        if is_gone:  # such a file can be written for ever, and nobody will find it
            raise RecordingStoppedError(
                f"{self._path}: the file was deleted while it was written. Begin a new recording."
            )

    def close(self) -> None:
        """Let go of the file."""
        with suppress(OSError):  # whatever a last write could tell was told by the last commit
            if self._durable:
                _to_disk(self._file.fileno())
        with suppress(OSError):
            self._file.close()

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) or 0 :]

    def _stopped(self, error: OSError) -> RecordingStoppedError:
        return RecordingStoppedError(why_not_there(self._path, error))


def why_not_there(path: Path, error: OSError) -> str:
    """Return why a recording cannot be written to a place, and what helps."""
    if isinstance(error, NotPrivateError):
        return str(error)
    return f"{path}: {_REASONS.get(error.errno or 0, _GONE)}"


@contextmanager
def opened(path: Path) -> Iterator[Content]:
    """Lend the content of a file. Raises CannotReadError."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                yield b""
                return
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                yield content
    except OSError as error:
        raise CannotReadError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from None


def _to_disk(number: int) -> None:
    getattr(os, "fdatasync", os.fsync)(number)
