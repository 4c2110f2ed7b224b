"""Measures what the help program fetches at its first start, and what its place then takes on the disk.

`make lock` writes both beside the lock of the applet. For Linux on x86-64, where customers can use it today. The
relay's page and the program itself tell them to customers before they begin.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from applet.install.bootstrap import Speech, prepare
from applet.install.bundle import ROOT, build

TARGET = ROOT / "locks" / "applet-size.json"


def measure() -> dict[str, int]:
    """Return the bytes to fetch, and those on the disk afterwards. Raises as `prepare` does, and CalledProcessError."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += [
            "--only-binary=:all:",
            "--require-hashes",
            "--requirement",
            str(ROOT / "locks" / "applet.txt"),
            "--dest",
            f"{folder}/fetched",
        ]
        subprocess.run(command, check=True)
        archive, place = build(Path(folder, "program")), Path(folder, "place")
        prepare(archive, place, Speech(archive, "en", sys.stderr))
        return {"fetch_bytes": _bytes_in(Path(folder, "fetched")), "disk_bytes": _bytes_in(place)}


def _bytes_in(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file() and not each.is_symlink())


if __name__ == "__main__":
    TARGET.write_text(json.dumps(measure()) + "\n")
