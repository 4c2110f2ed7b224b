"""Locks between programs on one computer: the system lets go of them when their holder dies."""

import errno
import os
import sys
from pathlib import Path

from codec.host.private_files import make_folder, open_own, write_all

_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


class Lock:
    """A file that at most one holder has locked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self, note: str = "") -> bool:
        """Take it, or return False when another holder has it.

        `note` says in the file who holds it; on Windows others cannot read it as long as it is held. Raises OSError
        where no file can be made or locked.
        """
        if self._file is not None:
            return True
        make_folder(self._path.parent)
        file = open_own(self._path)
        try:
            _lock(file)
        except OSError as error:
            os.close(file)
            if error.errno in _HELD:
                return False
            raise
        self._file = file
        if note:
            os.ftruncate(file, 0)
            write_all(file, note.encode())
        return True

    def let_go(self) -> None:
        """Give it back; nothing happens when it was not taken."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
