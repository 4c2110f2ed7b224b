"""The data folder of a relay: for its own user only, used by one relay at a time, and made by its start alone."""

import os
from contextlib import suppress
from pathlib import Path

from codec.errors import DesksideError
from codec.host.locks import Lock
from codec.host.private_files import NotPrivateError, close_to_others, make_folder
from relay.config.settings import Settings, SettingsError
from relay.store.sqlite_file import file_of

LOCK = "relay.lock"
_OURS = (
    "relay.",
    "key",
    "permit-key",
    "setup-token",
    "known_hosts",
    "outbox",
    "downloads",
    "restore",
    "before-restore",
    "last-backup",
)
"""How the names begin of what a relay keeps in its folder."""
_LEFT = ("downloads", "key", "permit-key", "setup-token")


class NoRelayError(DesksideError):
    """There is no relay where a command was told, or took it for granted, that there is one."""


class SecondRelayError(DesksideError):
    """A relay runs on this data folder already. Two would overwrite each other's sessions."""


def prepare_data(data: Path) -> None:
    """Make the data folder, and close it and what is in it to others.

    Raises SettingsError when it cannot be used, NotPrivateError when others may write there or own it.
    """
    try:
        make_folder(data, chosen=True)
        ours = [each for each in data.iterdir() if _is_ours(each)]
        if len(ours) == len(list(data.iterdir())):  # never / or a home
            make_folder(data)
        for each in ours:
            _close(each)
    except NotPrivateError:
        raise
    except OSError as error:
        raise SettingsError(f"{data} cannot be used: {error.strerror}. Choose another folder with --data.") from None


def take_lock(data: Path) -> Lock:
    """Return the lock that says that a relay runs here. Raises SecondRelayError and SettingsError."""
    lock = Lock(data / LOCK)
    try:
        if lock.take(f"{os.getpid()}\n"):
            return lock
    except OSError as error:
        raise SettingsError(
            f"{data} cannot be locked ({error.strerror}). Put the data folder on a local disk, by --data."
        ) from None
    pid = holder(data)
    raise SecondRelayError(
        f"Another relay{f' (process {pid})' if pid else ''} runs on {data}. Stop it first, or give this one another "
        "folder with --data."
    )


def is_running(data: Path) -> bool:
    """Whether a relay holds this data folder. Nothing is made where there is none. Raises OSError."""
    if not (data / LOCK).exists():
        return False
    lock = Lock(data / LOCK)
    if not lock.take():
        return True
    lock.let_go()
    return False


def holder(data: Path) -> int | None:
    """Return the process that holds the data folder, as far as it can be read."""
    with suppress(OSError, ValueError):
        return int((data / LOCK).read_text(encoding="ascii").strip())
    return None


def has_relay(data: Path) -> bool:
    """Whether a relay has been started here before, or it cannot be told. Nothing is made."""
    try:
        return (data / "key").exists() or (data / LOCK).exists()
    except OSError:
        return True


def check_there(settings: Settings, where: str) -> None:
    """Raise NoRelayError unless a relay has been started with these settings. Nothing is made."""
    hint = "Give --config FILE or --data DIR, or start the relay once."
    file = file_of(settings.database)
    try:
        found = (file or settings.data / "key").exists()
    except PermissionError:
        raise NoRelayError(
            f"{settings.data.absolute()} is for the relay’s own user. Run this as that user, for example by "
            "sudo -u deskside."
        ) from None
    if not found:
        raise NoRelayError(f"There is no relay in {where}. {hint}")


def give_to_owner(path: Path, data: Path) -> None:
    """Let what root has written into a data folder belong to the folder's owner."""
    if os.name == "posix" and os.geteuid() == 0:
        owner = data.stat()
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _is_ours(path: Path) -> bool:
    return path.name.removeprefix(".").startswith(_OURS)


def _close(path: Path) -> None:
    """Close what a relay keeps to others. The downloads are for everybody; what reads a key refuses an open one."""
    if os.name != "posix" or path.is_symlink() or path.name in _LEFT:
        return
    with suppress(FileNotFoundError):  # SQLite removes what it keeps beside a database
        found = path.stat()
        if found.st_uid not in (os.geteuid(), 0):
            raise NotPrivateError(
                f"{path} belongs to another user (number {found.st_uid}). "
                f"Give it to the one who runs the relay: chown {path}"
            )
        if path.is_dir():
            make_folder(path)
            for each in path.iterdir():
                _close(each)
        else:
            close_to_others(path)
