"""`deskside-relay restore FILE`: a backup is checked and staged, and then put in place by the relay itself.

While a relay runs, no one else may touch its files: it sees the staged backup, ends what it does, exchanges the files
under its own lock, and serves again. Where none runs, the command takes the lock and does the same. Each file is moved
by itself and what was there is kept, so that an exchange that is cut off goes on at the next start.
"""

import asyncio
import errno
import os
import secrets
import shutil
import signal
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from codec.host.private_files import FOLDER_MODE, sync_folder
from relay.config.settings import Settings
from relay.config.sources import Loaded
from relay.logs.events import RESTORED, tell
from relay.maintenance import postgresql
from relay.maintenance.archive import DATABASE, BackupError, Manifest, read_manifest, unpack
from relay.maintenance.data_folder import give_to_owner, holder, is_running, prepare_data, take_lock
from relay.secret import KeyFileError, permit_key, relay_key
from relay.store.database import open_store, versions
from relay.store.sqlite_file import StoreError, check, file_of

STAGED = "restore"
BEFORE = "before"
"""Names, in the staged folder, the folder that will keep what was there."""
_FAILED = f"{STAGED}-failed-*"
WAIT_SECONDS = 60.0
LOOK_SECONDS = 0.1
_KEYS = ("key", "permit-key", "known_hosts")
_BESIDE = ("-wal", "-shm", "-journal")


async def restore(loaded: Loaded, file: Path, now: datetime) -> list[str]:
    """Put a backup back, while the relay runs or not; return what to tell the operator.

    Raises BackupError, having changed nothing.
    """
    settings = loaded.settings
    manifest = read_manifest(file)
    _check_manifest(file, manifest, settings)
    prepare_data(settings.data)
    if (settings.data / STAGED).exists():
        raise BackupError("Another backup is being restored. Restart the relay to finish that, then try again.")
    before = settings.data / f"before-restore-{now:%Y%m%d-%H%M%S}"
    await _stage(loaded, file, manifest, before)
    if is_running(settings.data):
        await _let_the_relay_do_it(settings)
    else:
        lock = take_lock(settings.data)
        try:
            await put_staged_in_place(settings)
        finally:
            lock.let_go()
    lines = [
        f"Restored: {file}, of {manifest.at:%Y-%m-%d %H:%M} UTC, into {loaded.where}",
    ]
    if before.exists():
        lines.append(f"What was there before is in {before}")
    if (kept := settings.data / "relay.toml.from-backup").exists():
        lines.append(f"The settings of the backup are in {kept}. Your settings were not changed.")
    return lines


def is_staged(data: Path) -> bool:
    """Whether a backup waits to be put in place."""
    return (data / STAGED).is_dir()


async def put_staged_in_place(settings: Settings) -> None:
    """Exchange the relay's files for the staged ones; the caller holds the lock of the data folder.

    A database server that refuses keeps what it has, and the staged backup is set aside. Raises BackupError then.
    """
    staged = settings.data / STAGED
    if not staged.is_dir():
        return
    before = settings.data / Path((staged / BEFORE).read_text(encoding="utf-8").strip()).name
    before.mkdir(mode=FOLDER_MODE, exist_ok=True)
    give_to_owner(before, settings.data)
    try:
        await _exchange_database(settings, staged, before)
    except BackupError:
        staged.rename(staged.with_name(f"{STAGED}-failed-{secrets.token_hex(4)}"))
        raise
    for name in _KEYS:
        _exchange(staged / name, settings.data / name, before / name)
    if (staged / "relay.toml").exists():
        _move(staged / "relay.toml", settings.data / "relay.toml.from-backup")
    with suppress(OSError):
        before.rmdir()  # there was nothing
    shutil.rmtree(staged)
    sync_folder(settings.data)
    tell(RESTORED, before=str(before) if before.exists() else None)


def _check_manifest(file: Path, manifest: Manifest, settings: Settings) -> None:
    if manifest.schema not in versions():
        raise BackupError(f"{file} was written by a newer Deskside ({manifest.deskside}). Install that one first.")
    wanted = "sqlite" if file_of(settings.database) is not None else "postgresql"
    if manifest.database != wanted:
        raise BackupError(
            f"{file} is a backup of a relay with {manifest.database}, but this relay uses {wanted}. Nothing was "
            "changed."
        )


async def _stage(loaded: Loaded, file: Path, manifest: Manifest, before: Path) -> None:
    """Unpack a backup beside the relay's files, and prove that a relay can use it."""
    data = loaded.settings.data
    for left in data.glob(f"{STAGED}.*.part"):  # of a command that was cut off
        shutil.rmtree(left, ignore_errors=True)
    staging = data / f"{STAGED}.{secrets.token_hex(4)}.part"
    staging.mkdir(mode=FOLDER_MODE)
    try:
        unpack(file, manifest, staging)
        await _prove(file, manifest, staging)
        toml = staging / "relay.toml"
        if toml.exists() and loaded.file is not None and toml.read_bytes() == loaded.file.read_bytes():
            toml.unlink()
        (staging / BEFORE).write_text(before.name, encoding="utf-8")
        for each in (staging, *staging.iterdir()):
            give_to_owner(each, data)
        staging.rename(data / STAGED)
        sync_folder(data)
    except (StoreError, KeyFileError) as error:
        raise BackupError(f"{file} cannot be used: {error}") from None
    except OSError as error:
        raise BackupError(f"The backup could not be unpacked: {error.strerror or error}.") from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)


async def _prove(file: Path, manifest: Manifest, staging: Path) -> None:
    """Raise unless the keys are keys and the database opens, and is brought to the present version."""
    relay_key(staging)
    permit_key(staging)
    database = staging / DATABASE
    if manifest.database == "postgresql":
        await postgresql.check_dump(database)
        return
    check(database)
    address = f"file:{quote(str(database.absolute()))}?mode=ro"
    with suppress(sqlite3.Error), closing(sqlite3.connect(address, uri=True)) as opened:
        found = opened.execute("SELECT version_num FROM alembic_version").fetchone()
        if found is None or found[0] != manifest.schema:
            raise BackupError(
                f"{file} is damaged: its database has a different version than stated. Nothing was changed."
            )
    store = await open_store(f"sqlite+aiosqlite:///{database.absolute()}")
    await store.close()
    with closing(sqlite3.connect(database)) as opened:  # so that it is one file
        opened.execute("PRAGMA journal_mode = DELETE")


async def _let_the_relay_do_it(settings: Settings) -> None:
    """Wait until the running relay has taken the staged backup. Raises BackupError when it does not."""
    earlier = set(settings.data.glob(_FAILED))
    pid = holder(settings.data)
    if pid is not None and hasattr(signal, "SIGHUP"):
        with suppress(ProcessLookupError, PermissionError):  # it looks by itself too
            os.kill(pid, signal.SIGHUP)
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            while is_staged(settings.data):  # noqa: ASYNC110  (another process does it)
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        raise BackupError(
            f"The relay did not restore the backup within {WAIT_SECONDS:.0f} seconds. Restart the relay to restore it."
        ) from None
    for failed in set(settings.data.glob(_FAILED)) - earlier:
        raise BackupError(f"The relay could not restore the backup. Its log says why. The backup is in {failed}.")


async def _exchange_database(settings: Settings, staged: Path, before: Path) -> None:
    source, file = staged / DATABASE, file_of(settings.database)
    if not source.exists():
        return  # an exchange that was cut off had come further
    if file is None:
        if not (before / DATABASE).exists():
            await postgresql.dump(settings.database, before / DATABASE)
        await postgresql.load(settings.database, source)
        source.unlink()
        return
    for suffix in _BESIDE:
        beside = file.with_name(file.name + suffix)
        if beside.exists():
            _move(beside, before / beside.name)
    _exchange(source, file, before / file.name)


def _exchange(new: Path, place: Path, before: Path) -> None:
    if not new.exists():
        return
    if place.exists() and not before.exists():
        _move(place, before)
    _move(new, place)


def _move(source: Path, target: Path) -> None:
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        shutil.copyfile(source, part)
        part.chmod(0o600)
        part.replace(target)
        source.unlink()
