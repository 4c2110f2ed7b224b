"""`make test` forgives what a full machine does, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STORIES = {
    "fails beside others only": ("import os\ndef test_it(): assert 'PYTEST_XDIST_WORKER' not in os.environ", 0, 2),
    "fails": ("def test_it(): assert False", 1, 2),
    "crashes beside others only": (
        "import os\ndef test_it():\n    if 'PYTEST_XDIST_WORKER' in os.environ: os._exit(3)",
        1,
        1,
    ),
    "crashes after another failed": (
        "import os\ndef test_first(): assert 'PYTEST_XDIST_WORKER' not in os.environ\ndef test_it(): os._exit(3)",
        1,
        1,
    ),
    "cannot be imported": ("import nothing_of_this_name", 1, 1),
    "is no test": ("", 0, 1),
}


@pytest.mark.parametrize("name", STORIES)
def test_what_is_tried_again_and_what_comes_of_it(name: str, tmp_path: Path) -> None:
    text, code, runs = STORIES[name]
    (tmp_path / "test_story.py").write_text(text + "\n")
    (tmp_path / "test_fine.py").write_text("def test_it(): pass\n")
    (tmp_path / "pytest.ini").touch()
    command = [sys.executable, "-m", "tests.everything", "--numprocesses=1"]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == code, done.stdout
    assert done.stdout.count("test session starts") == runs
    assert ("passed alone:\n  test_story.py::test_it" in done.stdout) == (code == 0 and runs == 2)
