"""The help programs that customers can download: which there are, and which fits a visitor's computer."""

import hashlib
import json
import logging
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from codec.wire.program_names import name_for
from relay.config.settings import Settings
from relay.programs.minisign import BadKeyError, BadSignatureError, PublicKey, read_key
from relay.programs.signed_files import signature_of, verify


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
FILES = {
    "deskside-help-windows.exe": Platform.WINDOWS,
    "deskside-help-macos.zip": Platform.MACOS,
    "deskside-help-linux-x86_64": Platform.LINUX,
    "deskside-help_amd64.deb": Platform.LINUX,
    "deskside-help.pyz": Platform.LINUX,
}
"""Of several for one kind of computer, the first that is there is offered."""
_PHONE = re.compile(r"Android|iPhone|iPad|Mobile")
_X86 = re.compile(r"x86_64|amd64")
_ARM = re.compile(r"aarch64|armv")
_PYTHON = ".pyz"
_CARRYING = (".exe", ".pyz", "")
"""What is started under the very name that it was downloaded by."""
_SIZE = "size.json"
_SHOWS_DIGEST = {
    Platform.WINDOWS: 'certutil -hashfile "%USERPROFILE%\\Downloads\\{}" SHA256',
    Platform.MACOS: 'shasum -a 256 "$HOME/Downloads/{}"',
    Platform.LINUX: 'sha256sum "$(xdg-user-dir DOWNLOAD)/{}"',
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Download:
    """One file. `sha256` is what it must have when it arrives; `fetch_bytes` and `disk_bytes` what its start takes.

    `signer` is the number of the key that it is signed with, empty where no signature is asked for.
    """

    file: Path
    platform: Platform
    bytes: int
    sha256: str
    fetch_bytes: int = 0
    disk_bytes: int = 0
    signer: str = ""

    @property
    def told_signer(self) -> str:
        """Whose signature it carries, for the operator."""
        return f"signed with the key {self.signer}" if self.signer else "signatures are not checked"

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

    def fits(self, user_agent: str) -> bool:
        """Whether it is for the processor of this browser's computer; browsers tell that on Linux only."""
        return _X86.search(self.file.name) is None or _ARM.search(user_agent) is None

    @property
    def needs_python(self) -> bool:
        """Whether it runs by the Python of the customer's computer."""
        return self.file.suffix == _PYTHON

    @property
    def must_be_allowed(self) -> bool:
        """Whether the customer must allow it to run: browsers never do, and only Linux asks for that."""
        return self.platform is Platform.LINUX and self.file.suffix == ""

    @property
    def is_installed(self) -> bool:
        """Whether it is installed first, and started then: what its name carried is gone by that time."""
        return self.file.suffix in (".deb", ".zip")

    def digest_command(self, name: str) -> str:
        """Return what is typed on such a computer to see the SHA-256 of this file, where browsers put it."""
        return _SHOWS_DIGEST[self.platform].format(name)

    def name_from(self, url: str, pin: str | None = None) -> str:
        """Return what the file is called when it comes from this relay, for a customer with this PIN.

        The help program reads both there, so they need not be typed. An archive and a package are opened by others.
        """
        carries = self.file.suffix in _CARRYING
        return (name_for(url, self.file.suffix, pin) if carries else None) or self.file.name


class Downloads:
    """The folders with the programs: what is in an earlier one goes before its namesake in a later one.

    Where there are `keys`, what lacks a signature by one of them is not there; what came with the relay is as
    trustworthy as the relay. Files are read once, and again when they change.
    """

    def __init__(self, *folders: Path, keys: Sequence[PublicKey] = ()) -> None:
        self._folders = folders
        self._keys = keys
        self._known: dict[tuple[Path, _Version, _Version | None], Download | BadSignatureError] = {}

    def all(self) -> list[Download]:
        """Return every program that is there."""
        found = (self._look(name) for name in FILES)
        return [download for download in found if download is not None]

    def find(self, name: str) -> Download | None:
        """Return a program by its file name; names that are not in the list do not exist."""
        return self._look(name) if name in FILES else None

    def best_for(self, user_agent: str) -> Download | None:
        """Return the program that fits this browser's computer, None when there is none."""
        wanted = platform_of(user_agent)
        return next((each for each in self.all() if each.platform is wanted and each.fits(user_agent)), None)

    def systems(self) -> list[str]:
        """Return the kinds of computers for which there is a program, as people write them."""
        there = {download.platform for download in self.all()}
        return [platform.requirement for platform in Platform if platform in there]

    def refused(self) -> dict[str, str]:
        """Return the programs that are in a folder and not offered, each with the reason."""
        files = [folder / name for folder in self._folders for name in FILES]
        return {file.name: str(why) for file in files if isinstance(why := self._read(file), BadSignatureError)}

    def _look(self, name: str) -> Download | None:
        found = (self._read(folder / name) for folder in self._folders)
        return next((each for each in found if isinstance(each, Download)), None)

    def _read(self, file: Path) -> Download | BadSignatureError | None:
        try:
            version = _version(file)
            key = (file, version, _version_if_there(signature_of(file)))
            if key not in self._known:
                self._known[key] = self._looked_at(file, version.size)
            return self._known[key]
        except OSError:
            return None

    def _looked_at(self, file: Path, size: int) -> Download | BadSignatureError:
        signer = ""
        if self._keys and file.parent != SHIPPED:
            try:
                signer = verify(file, self._keys).name
            except BadSignatureError as error:
                _log.warning("%s is not offered: %s", file, error)
                return error
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, hashlib.sha256).hexdigest()
        return Download(file, FILES[file.name], size, digest, *_start_of(file), signer)


def downloads_of(settings: Settings) -> Downloads:
    """Return the programs that a relay offers: its own folder's, and those that come with it unless one was chosen.

    Raises BadKeyError.
    """
    shipped = () if settings.downloads_dir else (SHIPPED,)
    return Downloads(settings.downloads, *shipped, keys=keys_of(settings))


def keys_of(settings: Settings) -> list[PublicKey]:
    """Return whose signatures are believed. Raises BadKeyError."""
    try:
        return [read_key(each) for each in settings.downloads_keys]
    except BadKeyError as error:
        raise BadKeyError(f"downloads_keys: {error}") from None


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


class _Version(NamedTuple):
    """Tells whether a file is what it was. Who may write it can set its time, but not when that was done (ctime)."""

    inode: int
    size: int
    modified: int
    changed: int


def _version(file: Path) -> _Version:
    stat = file.stat()
    return _Version(stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def _version_if_there(file: Path) -> _Version | None:
    try:
        return _version(file)
    except OSError:
        return None


def _start_of(file: Path) -> tuple[int, int]:
    """Return how much the first start of a program fetches, and how much it then needs; 0 where it does not say."""
    try:
        with zipfile.ZipFile(file) as packed:
            size = json.loads(packed.read(_SIZE))
        return int(size["fetch_bytes"]), int(size["disk_bytes"])
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return 0, 0
