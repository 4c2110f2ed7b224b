"""Packs the help program that customers download: `python -m applet.install.bundle FOLDER` writes deskside-help.pyz.

It holds the program's own code and the hashes of what it needs, so it is small; `bootstrap` fetches the rest once, and
`size.json` says how much that is. It runs on Linux with Python 3.11. The same sources give the same bytes.
"""

import os
import sys
import zipfile
from pathlib import Path

NAME = "deskside-help.pyz"
ROOT = Path(__file__).parents[2]
PACKAGES = ("applet", "codec")
LEFT_OUT = ("applet/install/stand_ins/", "applet/web/", "codec/recording/", "codec/stores/", "codec/ts/")
"""Nothing of the applet imports these (checked by import-linter); two are not Python."""
_KINDS = (".py", ".mo", ".css", ".svg")
_WHEN = (1980, 1, 1, 0, 0, 0)
_SHEBANG = b"#!/usr/bin/env python3\n"


def build(folder: Path) -> Path:
    """Write the help program into `folder` and return its path."""
    before = os.umask(0o077)  # it may be in a relay's data folder, which others must not read
    try:
        folder.mkdir(parents=True, exist_ok=True)
    finally:
        os.umask(before)
    target = folder / NAME
    with target.open("wb") as file:
        file.write(_SHEBANG)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, source in sorted(contents().items()):
                archive.writestr(zipfile.ZipInfo(name, _WHEN), source.read_bytes(), zipfile.ZIP_DEFLATED)
    target.chmod(0o755)
    return target


def contents() -> dict[str, Path]:
    """Return every file of the archive by its name there."""
    files = {
        file.relative_to(ROOT).as_posix(): file
        for package in PACKAGES
        for file in (ROOT / package).rglob("*")
        if file.suffix in _KINDS
    }
    files = {name: file for name, file in files.items() if not name.startswith(LEFT_OUT)}
    return files | {
        "__main__.py": ROOT / "applet/install/bootstrap.py",
        "requirements.txt": ROOT / "locks/applet.txt",
        "size.json": ROOT / "locks/applet-size.json",
    }


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
