"""What deskside-help.pyz does first: makes a place for the help program in the customer’s cache, and runs it.

Standard library only, because it runs before anything is installed. The place is named after the program’s own bytes,
so a newer program never runs in an older one’s place. Every package is checked against its hash.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

REQUIREMENTS = "requirements.txt"
READY = "ready"
DIGITS = 16


def cache_folder(environment: dict[str, str], platform: str, home: Path) -> Path:
    """Return where programs of this user may keep what they can make again."""
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Deskside"
    if platform == "darwin":
        return home / "Library" / "Caches" / "Deskside"
    return Path(environment.get("XDG_CACHE_HOME") or home / ".cache") / "deskside"


def place_for(archive: bytes, cache: Path) -> Path:
    """Return the folder for exactly this program."""
    return cache / hashlib.sha256(archive).hexdigest()[:DIGITS]


def prepare(archive: Path, place: Path) -> None:
    """Unpack the program and install what it needs. A place that was not finished is made anew."""
    if (place / READY).exists() and is_ours_alone(place):
        return
    print("Preparing the help program. This is done once and takes about a minute…", flush=True)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True, mode=0o700)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(place / "program")
    venv.create(place / "python", with_pip=True)
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--requirement"]
    subprocess.run([python_of(place), *install, str(place / "program" / REQUIREMENTS)], check=True)  # noqa: S603
    (place / READY).touch()


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
    place = place_for(archive.read_bytes(), cache_folder(dict(os.environ), sys.platform, Path.home()))
    try:
        prepare(archive, place)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"The help program could not be prepared: {error}", file=sys.stderr)
        print("Check your internet connection and the free space on your disk, then start it again.", file=sys.stderr)
        return 1
    environment = {**os.environ, "PYTHONPATH": str(place / "program")}
    command = [python_of(place), "-m", "applet", *sys.argv[1:]]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
