"""`deskside-relay backup FILE`: the database as it is at one moment, the keys and the settings, in one archive."""

import os
import secrets
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from codec.host.private_files import open_new
from relay.config.sources import Loaded
from relay.maintenance import postgresql
from relay.maintenance.archive import DATABASE, LIMITS, BackupError, Manifest, write_archive
from relay.maintenance.data_folder import check_there
from relay.maintenance.last_backup import remember_backup
from relay.store.database import schema_of
from relay.store.sqlite_file import check, file_of, said_of

_ELSEWHERE = ("tls_certificate", "tls_key", "turn_secret_file", "smtp_password_file", "metrics_token_file")
"""Settings that name files of the operator."""


async def back_up(loaded: Loaded, target: Path, now: datetime) -> list[str]:
    """Write a backup while the relay runs or not; return what to tell the operator.

    Raises NoRelayError, StoreError and BackupError.
    """
    settings = loaded.settings
    check_there(settings, loaded.where)
    _check_target(target)
    schema = await schema_of(settings.database)
    copy = target.with_name(f".{target.name}.{secrets.token_hex(4)}.database")
    try:
        kind = await _copy_database(settings.database, copy)
        files = {DATABASE: copy} | {
            name: file for name in LIMITS if (file := settings.data / name).is_file() and not file.is_symlink()
        }
        files.pop("relay.toml", None)
        if loaded.file is not None:
            files["relay.toml"] = loaded.file
        manifest = write_archive(target, files, schema=schema, database=kind, at=now)
    except OSError as error:
        raise BackupError(f"The backup could not be written: {error.strerror or error} ({target}).") from None
    finally:
        for left in (copy, *target.parent.glob(f"{copy.name}-*")):
            left.unlink(missing_ok=True)
    remember_backup(settings.data, now)
    return _told(loaded, target, manifest)


def _check_target(target: Path) -> None:
    if os.path.lexists(target):
        raise BackupError(f"{target} already exists and was not changed. Choose another name.")
    if not target.parent.is_dir():
        raise BackupError(f"{target.parent} is not a folder. Create it first.")


async def _copy_database(url: str, copy: Path) -> str:
    """Write a copy of the database; return which kind it is."""
    os.close(open_new(copy))
    file = file_of(url)
    if file is None:
        if not postgresql.is_postgresql(url):
            raise BackupError("Only SQLite and PostgreSQL can be backed up.")
        await postgresql.dump(url, copy)
        return "postgresql"
    try:
        address = f"file:{quote(str(file.absolute()))}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise BackupError(said_of(error, file)) from None
    check(copy)
    return "sqlite"


def _size(count: int) -> str:
    """Return a number of bytes for people. Pure."""
    return f"{count / 1e6:,.1f} MB" if count >= 1_000_000 else f"{max(1, round(count / 1e3))} kB"


def _told(loaded: Loaded, target: Path, manifest: Manifest) -> list[str]:
    lines = [f"Backup written and checked: {target} ({_size(target.stat().st_size)}, of {loaded.where})"]
    if "relay.toml" not in manifest.files:
        lines.append("Settings are not in it: none were read from a file.")
    outside = [str(file) for name in _ELSEWHERE if (file := getattr(loaded.settings, name))]
    if loaded.settings.downloads.is_dir():
        outside.append(f"the help programs in {loaded.settings.downloads}")
    if outside:
        lines.append(f"Not in it: {', '.join(outside)}.")
    lines.append("Anyone who has this file can read what the relay stores. Keep it as safe as the relay.")
    return lines
