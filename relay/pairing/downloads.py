"""The help programs that customers can download: which there are, and which fits a visitor's computer."""

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Platform(StrEnum):
    """What kind of computer a program is for."""

    WINDOWS = "windows"
    MACOS = "macos"
    LINUX = "linux"
    PYTHON = "python"
    """Any computer with Python."""


SHIPPED = Path(__file__).parents[1] / "downloads"
"""The programs that come with the relay."""
_FILES = {
    "deskside-help-windows.exe": Platform.WINDOWS,
    "deskside-help-windows.zip": Platform.WINDOWS,
    "deskside-help-macos.zip": Platform.MACOS,
    "deskside-help-linux.tar.gz": Platform.LINUX,
    "deskside-help.pyz": Platform.PYTHON,
}
_PHONE = re.compile(r"Android|iPhone|iPad|Mobile")


@dataclass(frozen=True)
class Download:
    """One file. `sha256` is what it must have when it arrives."""

    file: Path
    platform: Platform
    bytes: int
    sha256: str

    @property
    def megabytes(self) -> str:
        """Its size, as people read it."""
        return f"{max(0.1, self.bytes / 1_000_000):.1f}"


class Downloads:
    """The folders with the programs: what is in an earlier one goes before its namesake in a later one.

    Files are hashed once, and again when they change.
    """

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._known: dict[tuple[Path, float, int], Download] = {}

    def all(self) -> list[Download]:
        """Return every program that is there."""
        found = (self._look(name, platform) for name, platform in _FILES.items())
        return [download for download in found if download is not None]

    def find(self, name: str) -> Download | None:
        """Return a program by its file name; names that are not in the list do not exist."""
        return self._look(name, _FILES[name]) if name in _FILES else None

    def best_for(self, user_agent: str) -> Download | None:
        """Return the program that fits this browser's computer, the universal one, or None when there is neither."""
        wanted = platform_of(user_agent)
        there = self.all()
        for platform in (wanted, Platform.PYTHON):
            for download in there:
                if download.platform is platform and not is_phone(user_agent):
                    return download
        return None

    def _look(self, name: str, platform: Platform) -> Download | None:
        for folder in self._folders:
            with suppress(OSError):
                return self._read(folder / name, platform)
        return None

    def _read(self, file: Path, platform: Platform) -> Download:
        stat = file.stat()
        key = (file, stat.st_mtime, stat.st_size)
        if key not in self._known:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            self._known[key] = Download(file, platform, stat.st_size, digest)
        return self._known[key]


def platform_of(user_agent: str) -> Platform | None:
    """Return what kind of computer a browser runs on, None when it does not say."""
    if "Windows" in user_agent:
        return Platform.WINDOWS
    if "Mac OS X" in user_agent and not is_phone(user_agent):
        return Platform.MACOS
    return Platform.LINUX if "Linux" in user_agent and not is_phone(user_agent) else None


def is_phone(user_agent: str) -> bool:
    """Whether a browser runs on a phone or tablet."""
    return bool(_PHONE.search(user_agent))
