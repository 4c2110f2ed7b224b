"""Measures what the help program fetches at its first start: `make lock` writes it beside the lock of the applet.

For Linux on x86-64, where customers can use it today. The relay's page tells it to customers before they begin.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from applet.install.bundle import ROOT

TARGET = ROOT / "locks" / "applet-size.json"


def measure() -> dict[str, int]:
    """Return the bytes to fetch, and those on the disk afterwards. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += [
            "--only-binary=:all:",
            "--require-hashes",
            "--requirement",
            str(ROOT / "locks" / "applet.txt"),
            "--dest",
            folder,
        ]
        subprocess.run(command, check=True)
        wheels = list(Path(folder).glob("*.whl"))
        fetched = sum(wheel.stat().st_size for wheel in wheels)
        unpacked = sum(each.file_size for wheel in wheels for each in zipfile.ZipFile(wheel).infolist())
    return {"fetch_bytes": fetched, "disk_bytes": unpacked}


if __name__ == "__main__":
    TARGET.write_text(json.dumps(measure()) + "\n")
