"""The file of an SQLite database: kept private, checked before use, copied before an upgrade, watched afterwards.

What is wrong with the disk is told apart from what is wrong with the file: a full disk needs room, not a backup.
"""

import glob
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import make_url

from codec.errors import DesksideError
from codec.host.private_files import close_to_others, open_new

BACKUPS_KEPT = 5
LEAST_FREE_BYTES = 16 * 1024 * 1024
"""With less room than this a relay cannot be relied on to keep what it is told."""
DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
"""Names of SQLite's errors that mean that the file itself is wrong."""
_IN_USE = ("SQLITE_BUSY", "SQLITE_LOCKED")


class StoreError(DesksideError):
    """The database cannot be used; nothing in it was changed. The text says what to do."""


def file_of(url: str) -> Path | None:
    """Return the file of an SQLite database, None for another database."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))


def existing_only(url: str) -> str:
    """Return a URL that opens the same database, but makes no file where there is none."""
    file = file_of(url)
    if file is None:
        return url
    parsed = make_url(url).set(database=f"file:{quote(str(file.absolute()))}")
    return parsed.update_query_dict({"mode": "rw", "uri": "true"}).render_as_string(hide_password=False)


def keep_private(file: Path, *, make: bool = True) -> None:
    """Make the file ourselves, for SQLite would let others read it; what it keeps beside it gets the same mode.

    Raises StoreError.
    """
    try:
        with suppress(FileExistsError):
            if make:
                os.close(open_new(file))
        for each in (file, *file.parent.glob(f"{glob.escape(file.name)}-*"), *_backups(file)):
            with suppress(FileNotFoundError):  # SQLite removes what it keeps beside it, whichever process has it open
                close_to_others(each)
    except OSError as error:
        raise StoreError(f"The database cannot be kept from others: {error}") from None


def check(file: Path) -> None:
    """Look before anything is written: a damaged file is left alone. Raises StoreError."""
    if not file.exists():
        return
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(said_of(error, file)) from None
    if found != "ok":
        raise StoreError(_damaged(file, found))


def said_of(error: BaseException, file: Path) -> str:
    """Return what is wrong, and what helps, when SQLite fails on a file."""
    name = str(getattr(error, "sqlite_errorname", ""))
    if name.startswith(DAMAGED):
        return _damaged(file, str(error))
    if name.startswith(_IN_USE):
        return f"{file} is in use by another program. Nothing was changed: wait until it has finished, or end it."
    free = free_bytes(file)
    if name.startswith("SQLITE_FULL") or (free is not None and free < LEAST_FREE_BYTES):
        left = "" if free is None else f" ({free / 1_000_000:,.1f} MB free)"
        return f"The disk of {file} is full{left}. Nothing was changed: make room, then start the relay again."
    return (
        f"{file} cannot be used ({error}). Its content may be whole, and nothing was changed: check the disk, and that "
        f"this user may read and write the folder."
    )


def back_up(file: Path, version: str) -> None:
    """Copy the database beside itself before it is upgraded from this version; keep the latest copies.

    A copy that could not be finished leaves nothing behind. Raises StoreError.
    """
    backup = file.with_name(f"{file.name}.{version}.{datetime.now(UTC):%Y%m%d-%H%M%S}.backup")
    part = backup.with_name(f"{backup.name}.part")
    for left in file.parent.glob(f"{glob.escape(file.name)}.*.backup.part"):
        left.unlink(missing_ok=True)
    _check_room(file)
    try:
        os.close(open_new(part))
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
        with open(part, "rb+") as written:
            os.fsync(written.fileno())
        part.replace(backup)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        said = said_of(error, file) if isinstance(error, sqlite3.Error) else str(error)
        raise StoreError(f"No backup could be made before the upgrade. {said}") from None
    for old in _backups(file)[:-BACKUPS_KEPT]:
        old.unlink()


def _check_room(file: Path) -> None:
    """An upgrade needs room for the copy, and for as much again while tables are rebuilt."""
    free = free_bytes(file)
    needed = 2 * sum(each.stat().st_size for each in (file, file.with_name(f"{file.name}-wal")) if each.exists())
    if free is not None and free < needed + LEAST_FREE_BYTES:
        missing = (needed + LEAST_FREE_BYTES - free) / 1_000_000
        raise StoreError(
            f"There is no room for the backup that is made before the upgrade. Nothing was changed: free "
            f"{missing:,.0f} MB more on the disk of {file}, then start the relay again."
        )


def free_bytes(file: Path) -> int | None:
    """Return how much room is left beside a file, None where that cannot be told."""
    try:
        return shutil.disk_usage(file.parent).free
    except OSError:
        return None


class OpenFile:
    """A database file that this process has opened: whether the path still leads to it.

    Where it was moved or replaced, SQLite goes on in the one that nobody will find again.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._was = _identity(file)

    @property
    def is_there(self) -> bool:
        """Whether the path leads to what was opened."""
        return self._was is not None and _identity(self.file) == self._was

    def check(self) -> None:
        """Raise StoreError where the path leads elsewhere now."""
        if not self.is_there:
            raise StoreError(
                f"{self.file} was moved, removed or replaced while the relay was running, so nothing can be kept. "
                "Put the file in its place and restart the relay."
            )


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _damaged(file: Path, found: str) -> str:
    return f"{file} is damaged ({found}). Nothing was changed: put back a backup from beside it."


def _backups(file: Path) -> list[Path]:
    """Return the backups of a database, the oldest first."""
    return sorted(file.parent.glob(f"{glob.escape(file.name)}.*.backup"))
