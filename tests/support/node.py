"""Node with the TypeScript half of codec: compiled once, and asked over a pipe, a line of JSON each way."""

import atexit
import functools
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.rehearsal.prepare import ROOT, node_environment

SCRIPTS = ROOT / "tests/codec/ts"
JOIN_SCRIPTS = ROOT / "tests/applet/web"


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


@functools.cache
def compiled_join() -> Path:
    """Return the folder of the customer's page as JavaScript: what needs no browser can be called in Node."""
    folder = Path(tempfile.mkdtemp(prefix="deskside-join-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    command = ["npx", "tsc", "--project", "applet/web", "--noEmit", "false", "--rootDir", "applet/web/src"]
    subprocess.run([*command, "--outDir", str(folder)], cwd=ROOT, check=True, env=node_environment())
    (folder / "package.json").write_text('{ "type": "module" }')
    codec = folder / "node_modules/@deskside/codec"
    codec.mkdir(parents=True)
    (codec / "package.json").write_text('{ "type": "module", "exports": { "./*": "./compiled/*.js" } }')
    (codec / "compiled").symlink_to(compiled_codec())
    for scope in ("@noble", "@msgpack"):
        (folder / "node_modules" / scope).symlink_to(ROOT / "node_modules" / scope)
    return folder


def join_environment() -> dict[str, str]:
    """Return the environment in which the scripts of `tests/applet/web` find what is compiled."""
    return codec_environment() | {"JOIN": str(compiled_join())}


class Node:
    """A script that stays and answers, in `tests/codec/ts` unless its path says otherwise. `close` it in the end."""

    def __init__(self, script: str | Path, environment: dict[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            ["node", str(SCRIPTS / script)],
            env=environment or codec_environment(),
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
