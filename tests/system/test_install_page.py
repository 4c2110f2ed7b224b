"""docs/install.md: the shell lines for pip and Docker, run as they are. Those for Debian are run by test_deb.py."""

import os
import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

from relay.config.settings import describe
from tests.packaging import wheel
from tests.packaging.wheel import ROOT
from tests.support.documents import shell_lines
from tests.support.installed import outside

INSTALL = ROOT / "docs" / "install.md"
SHIM = """#!/bin/sh
echo "$(basename "$0") $*" >> {log}
"""


@pytest.mark.finding("use-A5")
def test_the_lines_for_pip_install_what_starts(tmp_path: Path) -> None:
    """Dependencies are those of this environment: that pip can install them is what `make run` shows."""
    wheel.build(tmp_path / "dist")
    env = outside() | {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_QUIET": "1", "PYTHONPATH": _dependencies(tmp_path)}
    headings = ("The server, by pip", "The technician's computer")
    for line in (line for heading in headings for line in shell_lines(INSTALL, heading)):
        if line == "make wheel":
            continue
        starts = re.search(r"deskside-(relay|console) --(config|relay)", line)
        done = subprocess.run(
            f"{line} --help" if starts else line,
            shell=True,
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, (line, done.stderr)
    assert "#public_url" in (tmp_path / "relay.toml").read_text()


def _dependencies(folder: Path) -> str:
    """Return a folder with the packages of this environment, but not the checkout."""
    place = folder / "dependencies"
    place.symlink_to(sysconfig.get_path("purelib"))
    return str(place)


@pytest.mark.finding("use-A5")
def test_the_lines_for_docker_make_the_secrets_and_start_everything(tmp_path: Path) -> None:
    log = tmp_path / "log"
    (tmp_path / "bin").mkdir()
    for name in ("docker", "chown"):
        shim = tmp_path / "bin" / name
        shim.write_text(SHIM.format(log=log))
        shim.chmod(0o755)
    sudo = tmp_path / "bin" / "sudo"
    sudo.write_text('#!/bin/sh\nexec "$@"\n')
    sudo.chmod(0o755)
    env = os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    for line in shell_lines(INSTALL, "The server, by Docker"):
        subprocess.run(line, shell=True, cwd=tmp_path, env=env, check=True)
    secrets = tmp_path / "secrets"
    assert secrets.stat().st_mode & 0o777 == 0o700
    assert {each.name: each.stat().st_mode & 0o777 for each in secrets.iterdir()} == dict.fromkeys(
        ("database", "pgpass", "turn"), 0o600
    )
    database = (secrets / "database").read_text().strip()
    assert len(database) == 64
    assert (secrets / "pgpass").read_text() == f"postgres:5432:deskside:deskside:{database}\n"
    assert log.read_text().splitlines() == [
        "chown -R 10001:10001 secrets",
        "docker compose up --detach",
        "docker compose exec relay /opt/deskside/bin/python -m relay setup-token",
    ]


@pytest.mark.finding("use-A5")
def test_everything_that_the_page_names_is_there() -> None:
    text = INSTALL.read_text()
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert (INSTALL.parent / link).resolve().exists(), link
    for target in re.findall(r"^make (\w+)", text, re.MULTILINE):
        assert f"\n{target}:" in (ROOT / "Makefile").read_text()
    known = {each.name for each in describe()}
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)(?: = [^`]*)?`", text))
    assert {"public_url", "trusted_proxies"} <= named
    assert named <= known, named - known
