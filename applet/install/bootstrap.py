"""What deskside-help.pyz does first: makes a place for the help program in the customer’s cache, and runs it.

Standard library only, because it runs before anything is installed. The place is named after the program’s own bytes,
so a newer program never runs in an older one’s place. Every package is checked against its hash. Nothing is fetched
where the program could not be used afterwards.
"""

from __future__ import annotations  # an older Python must be able to say that it is too old

import gettext
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import venv
import zipfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

REQUIREMENTS = "requirements.txt"
SIZE = "size.json"
READY = "ready"
DIGITS = 16
LOOK_SECONDS = 0.5
STEP_PERCENT = 10
"""How often progress is written where lines cannot be written over."""
MEGABYTE = 1_000_000
LEAST_PYTHON = (3, 11)
_CATALOGUE = "applet/locale/{}/LC_MESSAGES/deskside-applet.mo"
STARTED_AS = "DESKSIDE_FILE"
"""Tells the program, in its environment, from which file it was started: the name says for which relay."""
_ = str  # marks the texts for `tests.catalogues`; `_Speech` translates them
WAYLAND = _(
    "Your desktop uses Wayland, which the help program cannot share yet. Sign out. On the sign-in screen, "
    "choose the session with “Xorg” or “X11” in its name (often behind a gear), sign in, and start this "
    "program again."
)


class CannotPrepareError(Exception):
    """The help program cannot run on this computer, or cannot be installed now. The text says what to do."""


def cache_folder(environment: Mapping[str, str], platform: str, home: Path) -> Path:
    """Return where programs of this user may keep what they can make again."""
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Deskside"
    if platform == "darwin":
        return home / "Library" / "Caches" / "Deskside"
    return Path(environment.get("XDG_CACHE_HOME") or home / ".cache") / "deskside"


def place_for(archive: bytes, cache: Path) -> Path:
    """Return the folder for exactly this program."""
    return cache / hashlib.sha256(archive).hexdigest()[:DIGITS]


def language_of(environment: Mapping[str, str]) -> str:
    """Return the language that the environment names, for example "nl"."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((environment[name] for name in names if environment.get(name)), "")
    return re.split(r"[_.@-]", chosen)[0]


def is_wayland(environment: Mapping[str, str]) -> bool:
    """Whether the desktop is one whose screen cannot be shared yet."""
    return environment.get("XDG_SESSION_TYPE") == "wayland"


def why_not_here(platform: str, environment: Mapping[str, str], version: tuple[int, ...]) -> str | None:
    """Return why the help program cannot be used on this computer, as a text to translate; None where it can."""
    if platform != "linux":
        return _("There is no help program for this kind of computer yet. Tell your technician that it needs Linux.")
    if is_wayland(environment):
        return WAYLAND
    if version < LEAST_PYTHON:
        return _("The help program needs Python 3.11 or newer. This computer has an older one. Tell your technician.")
    return None


def progress(fetched: int, whole: int) -> int:
    """Return how much of the download is there, in percent: 100 only at the end, which we do not see."""
    return min(99, fetched * 100 // whole) if whole else 0


class Speech:
    """Speaks with the customer on the terminal, in the language of the computer where the archive has it."""

    def __init__(self, archive: Path, language: str, to: TextIO) -> None:
        self._to = to
        self._texts = gettext.NullTranslations()
        self._percent = -STEP_PERCENT
        with zipfile.ZipFile(archive) as packed:
            self._size = json.loads(packed.read(SIZE))
            name = _CATALOGUE.format(language)
            if name in packed.namelist():
                self._texts = gettext.GNUTranslations(io.BytesIO(packed.read(name)))

    def say(self, text: str, **values: object) -> None:
        """Write a line."""
        print(self._texts.gettext(text) % values if values else self._texts.gettext(text), file=self._to, flush=True)

    def begin(self) -> None:
        """Say what will happen, and how much is fetched."""
        self.say(
            _("Preparing the help program, once: it downloads %(fetch)s MB and needs %(disk)s MB of disk space."),
            fetch=self._size["fetch_bytes"] // MEGABYTE,
            disk=self._size["disk_bytes"] // MEGABYTE,
        )

    def show(self, fetched: int) -> None:
        """Say how much of that is there."""
        percent = progress(fetched, self._size["fetch_bytes"])
        line = f"  {percent} %"
        if self._to.isatty():
            print(f"\r{line} ", end="", file=self._to, flush=True)
        elif percent >= self._percent + STEP_PERCENT:
            self._percent = percent
            print(line, file=self._to, flush=True)

    def end(self) -> None:
        """End the line of the progress."""
        print("\r  100 %" if self._to.isatty() else "  100 %", file=self._to, flush=True)


def prepare(archive: Path, place: Path, speech: Speech) -> None:
    """Unpack the program and install what it needs. A place that was not finished is made again.

    Raises CannotPrepareError, OSError and CalledProcessError.
    """
    if (place / READY).exists() and is_ours_alone(place):
        return
    if find_spec("ensurepip") is None:
        raise CannotPrepareError(
            _("Python’s “venv” is missing on this computer. Install the package python3-venv, then start this again.")
        )
    speech.begin()
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True, mode=0o700)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(place / "program")
    venv.create(place / "python", with_pip=True)
    _install(place, speech)
    (place / READY).touch()


def _install(place: Path, speech: Speech) -> None:
    """Fetch and install the packages of the lock: those alone, as they are, and nothing that must be compiled."""
    between = place / "fetched"
    between.mkdir()
    command = [python_of(place), "-P", "-m", "pip", "install", "--quiet", "--progress-bar", "off"]
    command += ["--disable-pip-version-check", "--no-cache-dir", "--no-deps", "--only-binary", ":all:"]
    command += ["--require-hashes", "--requirement", str(place / "program" / REQUIREMENTS)]
    environment = os.environ | {"TMPDIR": str(between)}
    pip = subprocess.Popen(command, env=environment)  # noqa: S603  (every word of it is ours)
    try:
        while pip.poll() is None:
            speech.show(sum(each.stat().st_size for each in between.rglob("*.whl") if each.exists()))
            time.sleep(LOOK_SECONDS)
    finally:
        pip.kill()
        pip.wait()
    speech.end()
    shutil.rmtree(between, ignore_errors=True)
    if pip.returncode:
        raise subprocess.CalledProcessError(pip.returncode, command)


def is_ours_alone(place: Path) -> bool:
    """Whether only this user can have put the programs there that are run from it."""
    found = place.stat()
    return os.name == "nt" or (found.st_uid == os.geteuid() and not found.st_mode & 0o077)


def python_of(place: Path) -> str:
    """Return the interpreter of a place."""
    inside = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return str(place.joinpath("python", *inside))


def main() -> int:
    """Run the help program; return its exit code."""
    os.umask(0o077)
    archive = Path(sys.argv[0]).resolve()
    speech = Speech(archive, language_of(os.environ), sys.stderr)
    place = place_for(archive.read_bytes(), cache_folder(os.environ, sys.platform, Path.home()))
    try:
        if reason := why_not_here(sys.platform, os.environ, sys.version_info[:3]):
            raise CannotPrepareError(reason)
        prepare(archive, place, speech)
    except CannotPrepareError as error:
        speech.say(str(error))
        return 1
    except (OSError, subprocess.CalledProcessError) as error:
        speech.say(_("The help program could not be prepared: %(why)s"), why=error)
        speech.say(_("Check your internet connection and the free space on your disk, then start it again."))
        return 1
    environment = {**os.environ, "PYTHONPATH": str(place / "program"), STARTED_AS: os.path.abspath(sys.argv[0])}
    # -P: nothing is imported from the folder that we are started in, which may be full of downloads.
    command = [python_of(place), "-P", "-m", "applet", *sys.argv[1:]]
    if os.name != "nt":  # there a program that replaces itself lets go of its terminal
        sys.stdout.flush()
        os.execve(command[0], command, environment)  # noqa: S606  (so that signals reach the program itself)
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603  (the customer's own words for our program)


if __name__ == "__main__":
    sys.exit(main())
