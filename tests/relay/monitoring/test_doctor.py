"""The doctor: each fault by its own name, and what was not checked is not called well."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from applet.install.bundle import build
from relay.app import running
from relay.config.settings import Settings
from relay.maintenance.data_folder import SecondRelayError, prepare_data, take_lock
from relay.maintenance.last_backup import last_backup, remember_backup
from relay.monitoring.doctor import diagnose
from relay.monitoring.findings import Finding
from relay.monitoring.local_checks import (
    check_downloads,
    check_mail,
    check_open_files,
    judge_backup,
    judge_disk,
    judge_people,
)
from relay.monitoring.network_checks import Answer, judge_answer, judge_clock
from tests.support.passwords import quick_passwords
from tests.support.relays import running_relay, settings_for

NOW = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)


def named(findings: Iterable[Finding], check: str) -> Finding:
    """Return the finding of a check."""
    (found,) = [finding for finding in findings if finding.check == check]
    return found


@pytest.mark.finding("use-C6")
async def test_what_was_not_checked_is_not_called_well(tmp_path: Path) -> None:
    findings = await diagnose(settings_for(tmp_path))
    not_made = {finding.check for finding in findings if not finding.was_made}
    assert {
        "data folder", "files", "relay", "database", "administrators", "backup", "certificate", "served certificate",
        "TURN", "HTTPS", "clock", "WebSocket", "proxy", "STUN",
    } <= not_made  # fmt: skip
    for finding in findings:
        (first, *_) = finding.as_lines()
        assert first.startswith("!! " if finding.is_problem else "ok " if finding.was_made else "–  ")
        assert finding.as_dict()["ok"] is (False if finding.is_problem else True if finding.was_made else None)
    assert not (tmp_path / "relay").exists(), "the doctor makes nothing"


@pytest.mark.finding("use-C2")
async def test_another_program_at_the_port_is_told_as_that(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    app = web.Application()

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<h1>It works!</h1>", content_type="text/html")

    app.router.add_get("/{rest:.*}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, *settings.address).start()
        findings = await diagnose(settings)
    finally:
        await runner.cleanup()
    address = named(findings, "public address")
    assert address.saw == f"another program answers at {settings.url}, and the relay is not running"
    assert "listen" in address.remedy
    assert "DNS" not in address.remedy
    for check in ("WebSocket", "clock"):
        finding = named(findings, check)
        assert (finding.was_made, finding.is_problem) == (False, False), finding


@pytest.mark.finding("use-C2")
@pytest.mark.parametrize(
    ("answer", "runs", "saw", "remedy"),
    [
        (Answer("Connection refused"), False, "does not answer", "Start the relay"),
        (Answer("Connection refused"), True, "does not answer", "DNS"),
        (Answer(), False, "another program answers", "Stop that program"),
        (Answer(), True, "another program answers", "Configure the proxy to forward requests"),
        (Answer(is_well=True), False, "a relay answers", "--config"),
        (Answer(is_well=False), True, "reports problems", "log"),
        (Answer(is_well=True), True, "answers", ""),
    ],
)
def test_who_answers_is_judged_by_whether_a_relay_runs_here(answer: Answer, runs: bool, saw: str, remedy: str) -> None:
    found = judge_answer(Settings(), answer, runs=runs)
    assert saw in found.saw
    assert (remedy in found.remedy) if remedy else not found.is_problem


@pytest.mark.finding("use-C3")
def test_a_full_disk_is_a_problem_before_it_is_one() -> None:
    assert judge_disk(499_000_000).is_problem
    assert not judge_disk(500_000_000).is_problem


@pytest.mark.finding("use-C3", "use-B19")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
@pytest.mark.parametrize("kib", [8, 64, 700])
def test_a_full_disk_at_the_start_is_told_as_a_full_disk(tmp_path: Path, kib: int) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "none", disk], check=False).returncode:
        pytest.skip("no disk can be made here")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "relay", "--data", str(disk / "data"), "--listen", "127.0.0.1:0"],
            capture_output=True, text=True, check=False, timeout=60, cwd=Path(__file__).parents[3],
            env={**os.environ, "DESKSIDE_RELAY_STUN_PORT": "0"},
        )  # fmt: skip
    finally:
        subprocess.run(["umount", disk], check=True)
    assert done.returncode == 1
    assert "full" in done.stderr or "No space left" in done.stderr
    assert "room" in done.stderr
    for wrong in ("--listen", "sqlalche.me", "Traceback", "damaged"):
        assert wrong not in done.stderr


@pytest.mark.finding("use-C4")
@pytest.mark.parametrize(
    ("ahead", "said"), [(-599.0, "599 s behind that of the server at help.example"), (45.0, "45 s ahead of that")]
)
def test_which_clock_is_off(ahead: float, said: str) -> None:
    found = judge_clock(ahead, "help.example", is_here=False)
    assert f"the clock of this computer is {said}" in found.saw
    assert found.is_problem
    assert judge_clock(ahead, "help.example", is_here=True).is_problem


def test_a_clock_that_agrees_with_itself_was_not_compared() -> None:
    assert judge_clock(0.5, "help.example", is_here=False).was_made
    assert not judge_clock(0.5, "help.example", is_here=True).was_made
    assert not judge_clock(None, "help.example", is_here=False).was_made


@pytest.mark.finding("use-C6")
async def test_set_up_mail_help_program_and_a_second_relay_are_looked_at(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with running(settings, quick_passwords()):
        findings = await diagnose(settings)
        assert "not set up yet" in named(findings, "administrators").saw
        assert "setup-token" in named(findings, "administrators").remedy
        assert str(settings.data / "outbox") in named(findings, "mail").saw
        assert f"process {os.getpid()}" in named(findings, "relay").saw
        with pytest.raises(SecondRelayError, match=f"process {os.getpid()}"):
            take_lock(settings.data)
    take_lock(settings.data).let_go()
    empty = settings_for(tmp_path, downloads_dir=str(tmp_path / "none"))
    assert check_downloads(empty).is_problem
    assert "downloads add" in check_downloads(empty).remedy


@pytest.mark.finding("use-C6")
async def test_the_doctor_asks_the_mail_server(tmp_path: Path) -> None:
    found = await check_mail(settings_for(tmp_path, smtp_host="127.0.0.1", smtp_port=1, smtp_security="none"))
    assert "127.0.0.1:1 does not accept e-mails" in found.saw


@pytest.mark.finding("use-C6")
def test_nobody_who_can_administer_is_a_problem() -> None:
    assert "reset-password" in judge_people(5, 0, "https://help.example").remedy
    assert not judge_people(5, 1, "https://help.example").is_problem


@pytest.mark.finding("use-C6")
def test_the_age_of_the_last_backup_is_judged(tmp_path: Path) -> None:
    old, young = NOW - timedelta(days=8), NOW - timedelta(days=2)
    assert judge_backup(None, NOW, old).is_problem
    assert not judge_backup(None, NOW, young).was_made, "there is little to lose yet"
    assert judge_backup(old, NOW, old).saw == "the last one is 8 days old"
    assert judge_backup(old, NOW, old).is_problem
    assert not judge_backup(young, NOW, old).is_problem
    assert last_backup(tmp_path) is None
    remember_backup(tmp_path, NOW)
    assert last_backup(tmp_path) == NOW
    (tmp_path / "last-backup").write_text("yesterday")
    assert last_backup(tmp_path) is None


@pytest.mark.finding("use-C6")
def test_the_limit_of_open_files_is_looked_at(tmp_path: Path) -> None:
    program = "import sys; from relay.__main__ import main; sys.argv[1:] = ['doctor', '--data', sys.argv[1]]; main()"
    done = subprocess.run(
        ["sh", "-c", 'ulimit -n 256; exec "$@"', "sh", sys.executable, "-c", program, str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert "!! open files: 256 carry 96 connections of the 8192 in max_connections" in done.stdout
    assert not check_open_files(settings_for(tmp_path, max_connections=16)).is_problem


# ── the data folder ────────────────────────────────────────────────────────────────────────────────────────────────


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.finding("use-B15")
async def test_everything_in_the_data_folder_is_closed_to_others_whoever_made_it(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        settings = settings_for(tmp_path)
        settings.data.mkdir()
        (settings.data / "outbox").mkdir()
        (settings.data / "outbox" / "a.eml").touch()
        (settings.data / "relay.sqlite3.0001.20260101-000000.backup").touch()
        async with running_relay(tmp_path) as relay:
            await relay.make_code()
            found = {path: mode(path) for path in [settings.data, *settings.data.rglob("*")]}
            assert (settings.data / "relay.sqlite3-wal") in found
        assert {path: bits for path, bits in found.items() if bits & 0o077} == {}
    finally:
        os.umask(before)


@pytest.mark.finding("use-B15")
def test_the_help_program_before_the_first_start_opens_no_data_folder(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        build(tmp_path / "data" / "downloads")
    finally:
        os.umask(before)
    assert mode(tmp_path / "data") == 0o700
    prepare_data(tmp_path / "data")
    assert mode(tmp_path / "data") == 0o700


@pytest.mark.finding("use-B15")
@pytest.mark.parametrize("folder", ["outbox", "relay.sqlite3-extra"])
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
def test_what_another_user_owns_is_refused_by_name(tmp_path: Path, folder: str) -> None:
    data = tmp_path / "data"
    prepare_data(data)
    (data / folder).mkdir()
    os.chown(data / folder, 12_345, 12_345)
    with pytest.raises(PermissionError, match=f"{folder} belongs to another user"):
        prepare_data(data)


@pytest.mark.finding("use-B15")
def test_a_folder_that_holds_more_than_a_relay_is_not_closed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    home.chmod(0o755)
    (home / "letters").mkdir(mode=0o755)
    (home / "letters").chmod(0o755)
    (home / "key").touch()
    prepare_data(home)
    assert (mode(home), mode(home / "letters")) == (0o755, 0o755)


async def test_a_health_page_of_the_relay_is_known(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        assert not named(await diagnose(relay.settings), "public address").is_problem
