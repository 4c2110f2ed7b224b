"""The commands that work on a data folder know where its running relay is, and what it could not do."""

import asyncio
import os
import socket
import stat
from pathlib import Path

import pytest

from relay.command_line import main
from relay.config.settings import ENVIRONMENT
from relay.config.sources import load_settings
from relay.maintenance.running_instance import FILE, locate, running_instance, told_to_commands
from relay.monitoring.doctor import diagnose
from relay.monitoring.findings import Finding
from tests.support.relays import EMAIL, free_port, running_relay, settings_for


async def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what a command prints."""
    await asyncio.to_thread(main, list(arguments))
    return capsys.readouterr().out


def stun_of(findings: list[Finding]) -> Finding:
    (found,) = [finding for finding in findings if finding.check == "STUN"]
    return found


async def test_commands_find_the_running_relay_by_its_data_folder_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{ENVIRONMENT}STUN_PORT", "0")
    async with running_relay(tmp_path) as relay:
        data, here = relay.settings.data_dir, f"from the running relay (process {os.getpid()})"
        note = relay.settings.data / FILE
        assert stat.S_IMODE(note.stat().st_mode) == 0o600
        link = await told(capsys, "--data", data, "reset-password", EMAIL)
        assert f"{relay.url}/" in link
        assert f"Address: {here}" in link
        doctor = await told(capsys, "--data", data, "doctor")
        assert f"ok public address: {relay.url} answers" in doctor
        assert f"Address: {here}" in doctor
        other = f"127.0.0.1:{free_port()}"
        link = await told(capsys, "--data", data, "--listen", other, "reset-password", EMAIL)
        assert f"http://{other}/" in link, "an option goes before"
        assert "Address: from command line --listen" in link
        monkeypatch.setenv(f"{ENVIRONMENT}PUBLIC_URL", "https://help.example")
        link = await told(capsys, "--data", data, "reset-password", EMAIL)
        assert "https://help.example/" in link
        assert f"from environment {ENVIRONMENT}PUBLIC_URL" in link
    assert not note.exists(), "it is taken away at the end"
    monkeypatch.delenv(f"{ENVIRONMENT}PUBLIC_URL")
    link = await told(capsys, "--data", data, "reset-password", EMAIL)
    assert "Address: as in the settings; no running relay says where it is" in link


async def test_what_a_killed_relay_left_is_not_believed(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        data = relay.settings.data
        left = (data / FILE).read_bytes()
        for wrong in (b"", b"{}", left[:-1], left.replace(b'"pid":', b'"pid":1')):
            (data / FILE).write_bytes(wrong)
            assert running_instance(data) is None, wrong
        (data / FILE).write_bytes(left)
        assert running_instance(data) is not None
    (data / FILE).write_bytes(left)
    assert running_instance(data) is None, "no relay holds the lock"
    assert locate(load_settings(None, {"data_dir": str(data)}, {})).loaded.settings.listen == "127.0.0.1:8080"


async def test_files_are_named_whatever_folder_a_command_is_run_in(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, tls_certificate="own.pem", tls_key="/etc/own.key")
    settings.data.mkdir()
    with told_to_commands(settings, stun=True):
        said = (settings.data / FILE).read_text()
    assert f'"{Path.cwd() / "own.pem"}"' in said
    assert '"/etc/own.key"' in said


async def test_a_stun_answer_of_another_program_is_not_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Another relay of this computer has the port: it answers, and ours says that it could not listen."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with running_relay(tmp_path / "first", stun_port=port) as first:
        running = running_instance(first.settings.data)
        assert stun_of(await diagnose(first.settings, None, running)).saw == f"127.0.0.1:{port} answers"
        none = stun_of(await diagnose(settings_for(tmp_path / "nowhere", stun_port=port)))
        assert (none.was_made, none.saw) == (
            False,
            f"another program answers at 127.0.0.1:{port}: the relay is not running",
        )
        async with running_relay(tmp_path / "second", stun_port=port) as second:
            said = await told(capsys, "--data", second.settings.data_dir, "doctor")
    assert f"!! STUN: the relay could not listen on UDP port {port}" in said
    assert f"stun-failed port={port}" in caplog.text


@pytest.mark.parametrize("metrics", [False, True])
def test_a_first_start_that_cannot_be_leaves_nothing_behind(
    metrics: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{ENVIRONMENT}STUN_PORT", "0")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        if metrics:
            monkeypatch.setenv(f"{ENVIRONMENT}METRICS_LISTEN", address)
        listen = f"127.0.0.1:{free_port()}" if metrics else address
        assert main(["--data", str(tmp_path / "new"), "--listen", listen]) == 1
    assert f"{address} is in use by another program" in capsys.readouterr().err
    monkeypatch.setenv(f"{ENVIRONMENT}METRICS_LISTEN", "")
    for setting in ("TLS_CERTIFICATE", "TLS_KEY", "METRICS_TOKEN_FILE"):
        monkeypatch.setenv(f"{ENVIRONMENT}{setting}", str(tmp_path / "missing"))
    assert main(["--data", str(tmp_path / "new"), "--listen", f"127.0.0.1:{free_port()}"]) == 1
    assert list(tmp_path.iterdir()) == []
