"""Files that only their owner may read: so from their first byte on, replaced as a whole, checked when they are read.

Where a system has no owners and modes as POSIX has them (Windows), the folder of the person's own profile guards what
is in it; files are written here in the same way, and nothing is checked.
"""

import errno
import logging
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from codec.errors import DesksideError

FILE_MODE = 0o600
FOLDER_MODE = 0o700
MAX_READ = 1 << 20
_OTHERS = 0o077
_OTHERS_WRITE = 0o022
_HAS_MODES = os.name == "posix"
_BINARY = getattr(os, "O_BINARY", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)
_usual = -1
_log = logging.getLogger(__name__)


class NotPrivateError(DesksideError, PermissionError):
    """A file or folder that must be ours alone is open to others. The text says which, and what helps.

    It is an OSError too: who cannot use a file handles this in the same way.
    """

    def __init__(self, text: str) -> None:
        super().__init__(errno.EACCES, text)

    def __str__(self) -> str:
        return str(self.strerror)


def keep_files_private() -> None:
    """Let every file that this process makes from now on be for its owner only, whatever makes it. Call this first."""
    global _usual  # noqa: PLW0603  (there is one umask in a process)
    _usual = os.umask(_OTHERS)


def usual_umask() -> int:
    """Return the umask that we were started with, for the person's own programs; -1 stands for the present one."""
    return _usual


def open_new(file: Path) -> int:
    """Make a file for its owner only, and return its descriptor, for reading and writing.

    Raises FileExistsError when there is anything by that name, a link that leads nowhere too; and OSError.
    """
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | _NOFOLLOW | _BINARY, FILE_MODE)


def open_own(file: Path, more: int = 0) -> int:
    """Return the descriptor of a file of ours, for reading and writing, made where there is none. It is never a link.

    One that others may read or write is closed to them. `more` are further flags of `os.open`. Raises NotPrivateError
    when it is another user's; and OSError.
    """
    opened = os.open(file, os.O_RDWR | os.O_CREAT | _NOFOLLOW | _NONBLOCK | _BINARY | more, FILE_MODE)
    try:
        _tighten(opened, file, FILE_MODE)
    except BaseException:
        os.close(opened)
        raise
    return opened


def write_private(file: Path, content: bytes) -> None:
    """Write or replace a file: after a crash or on a full disk it is the old one or the new one, whole.

    Raises OSError.
    """
    new = _written_beside(file, content)
    try:
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def append_whole(file: Path, content: bytes) -> None:
    """Add to a file of ours, made where there is none: all of it or, on a full disk, nothing.

    Two processes that add at the same time both do. Raises NotPrivateError and OSError.
    """
    opened = open_own(file, os.O_APPEND)
    try:
        before = os.fstat(opened).st_size
        try:
            write_all(opened, content)
            os.fsync(opened)
        except OSError:
            os.ftruncate(opened, before)
            raise
    finally:
        os.close(opened)


def make_private(file: Path, content: bytes) -> None:
    """Write a file that is not there yet: whole, or not at all. Raises FileExistsError and OSError.

    Of two who make the same one at the same time, the second gets FileExistsError and can read what the first wrote.
    """
    new = _written_beside(file, content)
    try:
        os.link(new, file)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(file):  # without links, two at the very same time are not told apart
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file)) from None
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
    sync_folder(file.parent)


def read_private(file: Path) -> bytes:
    """Return what is in a file that nobody else can read or could have written.

    Raises NotPrivateError, FileNotFoundError and OSError.
    """
    try:
        opened = os.open(file, os.O_RDONLY | _NOFOLLOW | _NONBLOCK | _BINARY)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NotPrivateError(f"{file} is a link. Put the file itself there.") from None
        raise
    with open(opened, "rb") as reading:
        found = os.fstat(opened)
        if not stat.S_ISREG(found.st_mode):
            raise NotPrivateError(f"{file} is not a file. Move it away.")
        if problem := open_to(found):
            raise NotPrivateError(f"{file} {problem}. {_remedy(file, found, FILE_MODE)}")
        return reading.read(MAX_READ)


def close_to_others(file: Path) -> bool:
    """Take away what others may do with a file, and say so in the log; return whether they could do anything.

    It is not opened: closing a file ends every lock that this process has on it, SQLite's too.

    Raises NotPrivateError when we may not, because it is another user's; and OSError.
    """
    found = file.stat()
    if not _HAS_MODES or not found.st_mode & _OTHERS:
        return False
    _close(file, file, found, FILE_MODE)
    return True


def make_folder(folder: Path, *, chosen: bool = False) -> None:
    """Make a folder for its owner only, with those above it that are missing, and look at it where it exists.

    One that others may read is closed to them, unless a person has `chosen` it, perhaps for more than our files: that
    is only told in the log, for our files are private by themselves. Raises NotPrivateError for another user's folder
    and for a chosen one that others may write to, who could put files of theirs in the place of ours; and OSError.
    """
    for part in reversed(_missing(folder)):
        with suppress(FileExistsError):  # another program has just made it; the last part is looked at below
            part.mkdir(mode=FOLDER_MODE)
    if not _HAS_MODES:
        return
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        found = os.fstat(opened)
        if not chosen:
            _tighten(opened, folder, FOLDER_MODE)
        elif not _is_ours(found) or found.st_mode & _OTHERS_WRITE:
            raise NotPrivateError(
                f"{folder} {open_to(found)}: others could put their files in place of ours. "
                f"{_remedy(folder, found, FOLDER_MODE)}"
            )
        elif found.st_mode & _OTHERS:
            _log.warning(
                "%s %s: they see the names of the files. To close it: chmod 700 %s", folder, open_to(found), folder
            )
    finally:
        os.close(opened)


def open_to(found: os.stat_result) -> str:
    """Return what is wrong with the owner or mode of something that must be ours alone; empty when nothing is."""
    if not _HAS_MODES:
        return ""
    if not _is_ours(found):
        return f"belongs to another user (number {found.st_uid})"
    if found.st_mode & _OTHERS_WRITE:
        return "can be written by others"
    return "can be read by others" if found.st_mode & _OTHERS else ""


def sync_folder(folder: Path) -> None:
    """Let the names in a folder reach the disk, where a folder can be opened for that."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def write_all(opened: int, content: bytes) -> None:
    """Write all of it to a descriptor. Raises OSError."""
    view = memoryview(content)
    while view:
        view = view[os.write(opened, view) :]


def _is_ours(found: os.stat_result) -> bool:
    """Whether it belongs to the user who runs this, or to root, who can do anything anyway."""
    return not _HAS_MODES or found.st_uid in (os.geteuid(), 0)


def _remedy(path: Path, found: os.stat_result, mode: int) -> str:
    if found.st_uid != os.geteuid():
        return f"Run this as that user, or give it to the one who does (chown) and close it: chmod {mode:o} {path}"
    return f"It must be for its owner only: chmod {mode:o} {path}"


def _tighten(opened: int, path: Path, mode: int) -> None:
    """Close what is ours to others. Raises NotPrivateError for what is another user's."""
    found = os.fstat(opened)
    if not (problem := open_to(found)):
        return
    if found.st_uid != os.geteuid():
        raise NotPrivateError(f"{path} {problem}. {_remedy(path, found, mode)}")
    _close(opened, path, found, mode)


def _close(opened: int | Path, path: Path, found: os.stat_result, mode: int) -> None:
    could = "write to it" if found.st_mode & _OTHERS_WRITE else "read it"
    try:
        os.chmod(opened, mode)
    except PermissionError:
        raise NotPrivateError(f"{path} {open_to(found)}. {_remedy(path, found, mode)}") from None
    _log.warning("others could %s; closed it (mode %o): %s", could, mode, path)


def _written_beside(file: Path, content: bytes) -> Path:
    """Return a new file, beside the one that it will be, with its content on the disk."""
    new = file.with_name(f".{file.name}.{secrets.token_hex(8)}.new")
    opened = open_new(new)
    try:
        try:
            write_all(opened, content)
            os.fsync(opened)
        finally:
            os.close(opened)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return new


def _missing(folder: Path) -> list[Path]:
    """Return the parts of a path that are not there, the last one first."""
    missing = list[Path]()
    while not folder.exists() and folder != folder.parent:
        missing.append(folder)
        folder = folder.parent
    return missing
