"""Which of a customer's photos the technician's page keeps, in Node: no browser is needed for that."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.rehearsal.prepare import ROOT, node_environment

SOURCE = "console/ui/src/tools/camera/latest.ts"
ASKS = """
const { latest } = await import(process.argv[1]);
let photos = [];
const kept = JSON.parse(process.argv[2]).map((length, number) => {
  photos = latest([...photos, { number, jpeg: { length } }]);
  return photos.map((photo) => photo.number);
});
console.log(JSON.stringify(kept));
"""
LONGEST = 8 << 20


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What decides, as JavaScript."""
    folder = tmp_path_factory.mktemp("compiled")
    command = ["npx", "tsc", SOURCE, "--ignoreConfig", "--outDir", str(folder), "--target", "es2023"]
    subprocess.run([*command, "--module", "esnext"], cwd=ROOT, env=node_environment(), check=True)
    return (folder / "latest.js").rename(folder / "latest.mjs")


def kept(compiled: Path, sizes: list[int]) -> list[list[int]]:
    """Return which photos are there after each."""
    command = ["node", "--input-type=module", "-e", ASKS, str(compiled), json.dumps(sizes)]
    done = subprocess.run(command, cwd=ROOT, env=node_environment(), capture_output=True, text=True, check=True)
    told: list[list[int]] = json.loads(done.stdout)
    return told


def test_the_latest_photos_stay_as_far_as_there_is_room(compiled: Path) -> None:
    """An hour of photos would be 14 GB."""
    after = kept(compiled, [LONGEST] * 40)
    assert after[31] == list(range(32))
    assert after[39] == list(range(8, 40))
    assert kept(compiled, [100, 100, 300 << 20])[2] == [2], "the newest always does"
