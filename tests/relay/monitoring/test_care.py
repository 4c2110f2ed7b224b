"""What the operator can rely on: the doctor's findings, a database that is left alone, logs without secrets, coturn."""

import asyncio
import json
import logging
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aioice import turn

from codec.host.terminal import SafeFormatter
from codec.wire.api_types import Method
from relay.monitoring.doctor import diagnose
from relay.monitoring.findings import Finding
from relay.signalling.ice import turn_credentials
from relay.store.database import open_store
from relay.store.sqlite_file import StoreError
from tests.support.relays import PASSWORD, enter_with, free_port, running_relay, settings_for
from tests.support.xvfb import end


def problems(findings: Iterable[Finding]) -> set[str]:
    """Return what is wrong."""
    return {finding.check for finding in findings if finding.is_problem}


async def test_the_doctor_finds_nothing_wrong_with_a_healthy_relay(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        relay.settings.downloads.mkdir()
        (relay.settings.downloads / "deskside-help.pyz").touch()
        findings = await diagnose(relay.settings)
        assert problems(findings) == {"mail"}, "there is no mail server"


async def test_the_doctor_names_the_remedy_for_each_fault(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, public_url="http://relay.invalid", stun_port=free_port(), stun_host="127.0.0.1")
    findings = list(await diagnose(settings))
    assert {"HTTPS", "public address", "STUN"} <= problems(findings)
    assert all(finding.remedy for finding in findings if finding.is_problem)


async def test_a_damaged_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "relay.sqlite3"
    file.write_bytes(b"SQLite format 3\0" + b"damage" * 500)
    before = file.read_bytes()
    with pytest.raises(StoreError, match="damaged"):
        await open_store(f"sqlite+aiosqlite:///{file}")
    assert file.read_bytes() == before


async def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "relay.sqlite3"
    store = await open_store(f"sqlite+aiosqlite:///{file}")
    await store.close()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer"):
        await open_store(f"sqlite+aiosqlite:///{file}")


async def test_an_applet_forges_no_line_of_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """F27: msgspec's error repeats what came, line breaks and all."""
    async with running_relay(tmp_path) as relay:
        code = await relay.make_code(Method.PIN)
        async with relay.applet(enter_with(code)) as applet:
            await relay.enter(applet)
            await applet.socket.send_str(json.dumps({"type": "x\n2026-01-01 INFO Anna signed in\x1b[2J\u202e"}))
            await applet.socket.receive(timeout=5)
    records = [record for record in caplog.records if "Anna signed in" in record.getMessage()]
    assert records
    for record in records:
        assert "\n" in record.getMessage(), "it came as it was sent"
        assert SafeFormatter("%(message)s").format(record).isprintable()


async def test_logs_hold_no_secret(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with running_relay(tmp_path) as relay:
        code = await relay.make_code(Method.PIN)
        link = await relay.make_code(Method.LINK)
        async with relay.applet(enter_with(code)) as applet:
            entered = await relay.enter(applet)
        key = (tmp_path / "relay" / "key").read_text()
        written = "\n".join(record.getMessage() for record in caplog.records if "sqlite" not in record.name)
        for secret in (PASSWORD, relay.token, entered.ticket, str(link.path), key):
            assert secret not in written


@pytest.mark.skipif(shutil.which("turnserver") is None, reason="coturn is not installed")
async def test_coturn_takes_our_credentials_and_refuses_expired_ones() -> None:
    port = free_port()
    options = ["--use-auth-secret", "--static-auth-secret=north", "--realm=help.example", "--no-cli", "--no-tls", "-n"]
    place = [
        "--listening-ip=127.0.0.1",
        "--relay-ip=127.0.0.1",
        f"--listening-port={port}",
        "--pidfile=",
        "--log-file=stdout",
    ]
    server = subprocess.Popen(["turnserver", *options, *place], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: ASYNC220
    try:
        for hours, admitted in ((1, True), (-1, False)):
            until = datetime.now(UTC) + timedelta(hours=hours)
            assert await _allocates(port, *turn_credentials("north", "session-7", until)) is admitted
    finally:
        end(server)


async def _allocates(port: int, username: str, credential: str) -> bool:
    for _ in range(50):
        try:
            transport, _ = await turn.create_turn_endpoint(
                asyncio.DatagramProtocol, ("127.0.0.1", port), username, credential, transport="udp"
            )
        except ConnectionError:
            await asyncio.sleep(0.1)  # the server is still starting
            continue
        except Exception as error:
            if "timed out" in str(error):
                continue
            return False
        transport.close()
        return True
    return False
