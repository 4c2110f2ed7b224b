"""`make wheel`: writes the wheel into a folder. `setup.py` refuses to build one that would be incomplete."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def build(folder: Path) -> Path:
    """Build the wheel of this checkout into `folder` and return its path; what was there before stays.

    Everything that lies between is elsewhere, so that two may build at once. Raises CalledProcessError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as between, tempfile.TemporaryDirectory() as made:
        command = [sys.executable, "setup.py", "--quiet", "egg_info", "--egg-base", between]
        command += ["build", "--build-base", between, "bdist_wheel", "--bdist-dir", f"{between}/wheel", "-d", made]
        subprocess.run(command, cwd=ROOT, check=True, env={"PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "ignore"})
        (wheel,) = Path(made).iterdir()
        target = folder / wheel.name
        target.write_bytes(wheel.read_bytes())
    return target


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
