"""Deskside as it is installed: from its wheel, into an environment in which nothing of the checkout can be imported."""

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from tests.packaging import wheel

_OURS = ("PYTHON", "DESKSIDE", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel. `folder` holds it."""

    folder: Path

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.folder / "bin" / "python")

    def program(self, name: str) -> str:
        """Return one of its commands."""
        return str(self.folder / "bin" / name)

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end, in a folder of nobody's."""
        return subprocess.run(
            command, cwd=self.folder, env=outside(), capture_output=True, text=True, check=False, timeout=60
        )


def outside() -> dict[str, str]:
    """Return this process's environment without what would lead a Python to the checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}


def install(folder: Path, *, dependencies: bool) -> Installed:
    """Make an environment, empty but for the wheel; `dependencies`: those of the running one are there too."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    made = Installed(folder)
    package = wheel.build(folder / "wheel")
    pip = [sys.executable, "-m", "pip", "--python", made.python, "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--no-index", "--no-deps", str(package)], check=True)
    if dependencies:
        (site,) = (folder / "lib").glob("python*/site-packages")
        # A plain line adds a folder and does not look at the .pth files in it: the checkout is named in one of those.
        (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return made
