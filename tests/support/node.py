"""Node with the TypeScript half of codec: compiled once, and asked over a pipe, a line of JSON each way."""

import atexit
import functools
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.rehearsal.prepare import ROOT, node_environment

SCRIPTS = ROOT / "tests/codec/ts"


@functools.cache
def compiled_codec() -> Path:
    """Return the folder of codec/ts as JavaScript, which is there for as long as this process is."""
    folder = Path(tempfile.mkdtemp(prefix="deskside-codec-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    command = ["npx", "tsc", "--project", "codec/ts", "--rootDir", "codec/ts/src", "--outDir", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, env=node_environment())
    (folder / "package.json").write_text('{ "type": "module" }')
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return folder


def codec_environment() -> dict[str, str]:
    """Return the environment in which the scripts of `tests/codec/ts` find what is compiled."""
    return node_environment() | {"CODEC": str(compiled_codec())}


class Node:
    """A script of `tests/codec/ts` that stays and answers. Leave it as a context manager, or `close` it in the end."""

    def __init__(self, script: str) -> None:
        self._process = subprocess.Popen(
            ["node", str(SCRIPTS / script)],
            env=codec_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, what: str, *about: Any) -> Any:
        """Return the answer. Raises AssertionError with what the script says where it fails."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([what, *about]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "Node has ended"
        answer = json.loads(line)
        assert "failed" not in answer, answer["failed"]
        return answer["answer"]

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
