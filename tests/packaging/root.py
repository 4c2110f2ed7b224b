"""An empty Debian as an archive, in which packages are tried: `python3 tests/packaging/root.py FILE`.

Made by mmdebstrap from Debian's own archive: about 20 s on an idle machine. What is in it is what a small server has:
the essential packages, apt, systemd and Debian's Python. Standard library only, because `prepare.py` runs it.
"""

import shutil
import subprocess
import sys
from pathlib import Path

SUITE = "bookworm"
MIRROR = "http://deb.debian.org/debian"
PACKAGES = ("adduser", "python3", "systemd")


def make(file: Path) -> None:
    """Write the archive. Raises CalledProcessError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new.tar")
    command = ["mmdebstrap", "--quiet", "--variant=apt", f"--include={','.join(PACKAGES)}"]
    command += [f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in ("doc", "man", "locale", "info")]
    command += ["--dpkgopt=path-include=/usr/share/doc/deskside-relay/*", "--dpkgopt=force-unsafe-io"]
    subprocess.run([*command, SUITE, str(new), MIRROR], check=True)
    new.replace(file)


def can_make() -> bool:
    """Whether this computer has what it takes."""
    return shutil.which("mmdebstrap") is not None


if __name__ == "__main__":
    make(Path(sys.argv[1]))
