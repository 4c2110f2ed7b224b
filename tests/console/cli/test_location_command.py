"""`deskside-console test-location`, as people and scripts use it."""

import asyncio
import io
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from console.cli.command_line import main
from tests.codec.stores.grounds import PASSWORD, USER
from tests.codec.stores.sftp_server import sftp_ground


async def run(folder: Path, said: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "console", "--recordings", str(folder), "test-location",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "HOME": str(folder)},
    )  # fmt: skip
    told, _ = await process.communicate(said.encode())
    return process.returncode, told.decode()


@pytest.mark.req("REC-13", "REC-17", "REC-18")
async def test_a_place_is_tested_from_the_technicians_computer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with sftp_ground(tmp_path) as ground:
        address = replace(ground.location, user="", password="").shown
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{address}\n{USER}\n{PASSWORD}\n"))
        code = await asyncio.to_thread(main, ["--recordings", str(tmp_path / "own"), "test-location"])
        told = capsys.readouterr().out
        assert (code, "Recordings can be stored there" in told) == (0, True)
        assert address.removeprefix("sftp://") in told
        assert (tmp_path / "own" / "spool" / "known_hosts").exists()
        status, wrong = await run(tmp_path / "own", f"{address}\n{USER}\nnot-this-7f3a\n")
        assert (status, "refused the user name or the password" in wrong) == (1, True)
        assert "not-this-7f3a" not in wrong
        assert PASSWORD not in told + wrong


def test_a_location_that_cannot_be_meant_is_refused_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("gopher://files.example/\n"))
    assert main(["test-location"]) == 1
    assert "An address must begin with" in capsys.readouterr().err
