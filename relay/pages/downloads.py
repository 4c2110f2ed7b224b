"""The help programs that customers can download: which there are, and which fits a visitor's computer."""

import hashlib
import json
import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from relay.config.settings import Settings


class Platform(StrEnum):
    """What kind of computer a program is for."""

    WINDOWS = "windows"
    MACOS = "macos"
    LINUX = "linux"

    @property
    def label(self) -> str:
        """Its name, as people write it."""
        return {"windows": "Windows", "macos": "macOS", "linux": "Linux"}[self.value]

    @property
    def requirement(self) -> str:
        """Its name, with what a desktop must have so that it can be shared."""
        return "Linux (X11)" if self is Platform.LINUX else self.label


SHIPPED = Path(__file__).parents[1] / "downloads"
"""The programs that come with the relay."""
_FILES = {
    "deskside-help-windows.exe": Platform.WINDOWS,
    "deskside-help-windows.zip": Platform.WINDOWS,
    "deskside-help-macos.zip": Platform.MACOS,
    "deskside-help-linux.tar.gz": Platform.LINUX,
    "deskside-help.pyz": Platform.LINUX,
}
"""Of several for one kind of computer, the first that is there is offered."""
_PHONE = re.compile(r"Android|iPhone|iPad|Mobile")
_HOST = re.compile(r"[a-z0-9.-]{1,253}", re.ASCII)
_PYTHON = ".pyz"
_SIZE = "size.json"


@dataclass(frozen=True)
class Download:
    """One file. `sha256` is what it must have when it arrives; `fetch_bytes` and `disk_bytes` what its start takes."""

    file: Path
    platform: Platform
    bytes: int
    sha256: str
    fetch_bytes: int = 0
    disk_bytes: int = 0

    @property
    def megabytes(self) -> str:
        """Its size, as people read it."""
        return f"{max(0.1, self.bytes / 1_000_000):.1f}"

    @property
    def fetch_megabytes(self) -> int:
        """What its first start fetches."""
        return self.fetch_bytes // 1_000_000

    @property
    def disk_megabytes(self) -> int:
        """What it then needs on the disk."""
        return self.disk_bytes // 1_000_000

    @property
    def needs_python(self) -> bool:
        """Whether it runs by the Python of the customer's computer."""
        return self.file.suffix == _PYTHON

    def name_from(self, url: str) -> str:
        """Return what the file is called when it comes from this relay.

        The help program reads the relay's address there (`applet.install.bootstrap`), so that nobody has to type it.
        """
        address = urlsplit(url)
        host = (address.hostname or "").lower()
        if not self.needs_python or not _HOST.fullmatch(host):
            return self.file.name
        port = "" if address.port is None else f"_{address.port}"
        return f"deskside_{host}{port}_help{_PYTHON}"


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
        """Return the program that fits this browser's computer, None when there is none."""
        wanted = platform_of(user_agent)
        return next((download for download in self.all() if download.platform is wanted), None)

    def systems(self) -> list[str]:
        """Return the kinds of computers for which there is a program, as people write them."""
        there = {download.platform for download in self.all()}
        return [platform.requirement for platform in Platform if platform in there]

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
            self._known[key] = Download(file, platform, stat.st_size, digest, *_start_of(file))
        return self._known[key]


def downloads_of(settings: Settings) -> Downloads:
    """Return the programs that a relay offers: its own folder's, and those that come with it unless one was chosen."""
    return Downloads(settings.downloads, *(() if settings.downloads_dir else (SHIPPED,)))


def platform_of(user_agent: str) -> Platform | None:
    """Return what kind of computer a browser runs on; None where it does not say, or no program can be for it."""
    if is_phone(user_agent):
        return None
    if "Windows" in user_agent:
        return Platform.WINDOWS
    if "Mac OS X" in user_agent:
        return Platform.MACOS
    return Platform.LINUX if "Linux" in user_agent else None


def is_phone(user_agent: str) -> bool:
    """Whether a browser runs on a phone or tablet."""
    return bool(_PHONE.search(user_agent))


def _start_of(file: Path) -> tuple[int, int]:
    """Return how much the first start of a program fetches, and how much it then needs; 0 where it does not say."""
    try:
        with zipfile.ZipFile(file) as packed:
            size = json.loads(packed.read(_SIZE))
        return int(size["fetch_bytes"]), int(size["disk_bytes"])
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return 0, 0
