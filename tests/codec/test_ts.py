"""The TypeScript half of codec, held by the same kept bytes as Python's, in Node: no browser is needed for that."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.rehearsal.prepare import ROOT, node_environment

TESTS = sorted((Path(__file__).parent / "ts").glob("*.test.mjs"))


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """codec/ts as JavaScript."""
    folder = tmp_path_factory.mktemp("codec")
    command = ["npx", "tsc", "--project", "codec/ts", "--rootDir", "codec/ts/src", "--outDir", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, env=node_environment())
    (folder / "package.json").write_text('{ "type": "module" }')
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return folder


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.name)
def test_node(compiled: Path, file: Path) -> None:
    command = ["node", "--test", "--test-reporter=tap", str(file)]
    environment = node_environment() | {"CODEC": str(compiled)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^# pass [1-9]", done.stdout, re.MULTILINE), "nothing was tested"
