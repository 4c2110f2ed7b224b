"""The TypeScript half of codec, held by the same kept bytes as Python's, in Node: no browser is needed for that."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.rehearsal.prepare import ROOT
from tests.support.node import SCRIPTS, codec_environment

TESTS = sorted(SCRIPTS.glob("*.test.mjs"))


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.name)
def test_node(file: Path) -> None:
    command = ["node", "--test", "--test-reporter=tap", str(file)]
    done = subprocess.run(
        command, cwd=ROOT, env=codec_environment(), capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^# pass [1-9]", done.stdout, re.MULTILINE), "nothing was tested"
