"""What the relay keeps on its disk is its own business (F23, F24), whatever was there before it started."""

import logging
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from codec.host.private_files import NotPrivateError
from relay.accounts.setup_token import FILE, SetupToken, WrongTokenError
from relay.config.settings import SettingsError
from relay.maintenance.data_folder import prepare_data
from relay.monitoring.local_checks import check_files
from relay.secret import KeyFileError, permit_key, relay_key
from relay.store.database import open_store
from relay.store.sqlite_file import StoreError, back_up
from tests.support.relays import settings_for


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.finding("load-1.8")
@pytest.mark.parametrize(("key_of", "name"), [(relay_key, "key"), (permit_key, "permit-key")])
@pytest.mark.parametrize(
    "content", [b"", b"\n", b"00", b"0" * 63, b"0" * 65, b"0" * 66, b"g" * 64, b"\xff" * 64, b"0" * 64 + b"\0"]
)
def test_a_damaged_key_is_refused_by_name(tmp_path: Path, key_of: "object", name: str, content: bytes) -> None:
    """F23: an empty file was taken as the key b""."""
    (tmp_path / name).write_bytes(content)
    (tmp_path / name).chmod(0o600)
    assert callable(key_of)
    with pytest.raises(KeyFileError, match=f"{name} is damaged.*backup"):
        key_of(tmp_path)
    assert (tmp_path / name).read_bytes() == content, "it is left alone"


@pytest.mark.parametrize("bits", [0o644, 0o640, 0o660, 0o602])
def test_a_key_that_others_may_know_is_refused_by_name(tmp_path: Path, bits: int) -> None:
    relay_key(tmp_path)
    (tmp_path / "key").chmod(bits)
    with pytest.raises(KeyFileError, match=f"chmod 600 {tmp_path}/key"):
        relay_key(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
def test_a_key_of_another_user_is_refused_by_name(tmp_path: Path) -> None:
    relay_key(tmp_path)
    os.chown(tmp_path / "key", 12_345, 12_345)
    with pytest.raises(KeyFileError, match="belongs to another user"):
        relay_key(tmp_path)


def test_keys_are_made_once_and_private(tmp_path: Path) -> None:
    assert relay_key(tmp_path) == relay_key(tmp_path) != bytes(32)
    assert permit_key(tmp_path).private_bytes_raw() == permit_key(tmp_path).private_bytes_raw()
    assert {mode(file) for file in tmp_path.iterdir()} == {0o600}


@pytest.mark.finding("load-1.8")
def test_a_relay_with_an_empty_key_does_not_start(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "key").touch(mode=0o600)
    done = subprocess.run(
        [sys.executable, "-m", "relay", "--data", str(data), "--listen", "127.0.0.1:0"],
        capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "DESKSIDE_RELAY_STUN_PORT": "0"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "is damaged" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("content", [b"", b"\n", b"short", b"x" * 44])
def test_an_empty_token_lets_nobody_set_the_relay_up(tmp_path: Path, content: bytes) -> None:
    """F23, of the set-up token: with an empty file, no token at all was the right one."""
    (tmp_path / FILE).write_bytes(content)
    (tmp_path / FILE).chmod(0o600)
    token = SetupToken(tmp_path)
    with pytest.raises(WrongTokenError):
        token.check(content.decode())
    assert len(token.show()) == 43
    assert mode(tmp_path / FILE) == 0o600
    assert SetupToken(tmp_path).show() == token.show()


def test_a_token_that_others_could_read_is_another_one(tmp_path: Path) -> None:
    known = SetupToken(tmp_path).show()
    (tmp_path / FILE).chmod(0o644)
    assert SetupToken(tmp_path).show() != known


async def test_the_database_is_private_in_an_open_folder_too(tmp_path: Path) -> None:
    """F24."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    store = await open_store(f"sqlite+aiosqlite:///{folder / 'relay.sqlite3'}")
    try:
        async with store.transaction() as transaction:
            await transaction.execute(text("UPDATE person SET name = name"))
            modes = {file.name: mode(file) for file in folder.iterdir()}
    finally:
        await store.close()
    assert {"relay.sqlite3", "relay.sqlite3-wal", "relay.sqlite3-shm"} <= set(modes)
    assert set(modes.values()) == {0o600}


async def test_an_open_database_is_closed_to_others_with_all_that_belongs_to_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "relay.sqlite3"
    url = f"sqlite+aiosqlite:///{file}"
    await (await open_store(url)).close()
    backup = tmp_path / "relay.sqlite3.0001.20260101-000000.backup"
    sqlite3.connect(backup).close()
    (tmp_path / "relay.sqlite3-wal").touch()
    for each in (file, backup, tmp_path / "relay.sqlite3-wal"):
        each.chmod(0o644)
    with caplog.at_level(logging.WARNING):
        await (await open_store(url)).close()
    assert (mode(file), mode(backup)) == (0o600, 0o600)
    assert caplog.text.count("others could read it; closed it") == 3


async def test_a_backup_is_private_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, seen = tmp_path / "relay.sqlite3", list[int]()
    sqlite3.connect(file).close()
    connect = sqlite3.connect

    def watched(path: "Path | str") -> sqlite3.Connection:
        if str(path).endswith(".backup.part"):
            seen.append(mode(Path(path)))
        return connect(path)

    monkeypatch.setattr(sqlite3, "connect", watched)
    back_up(file, "0001")
    assert seen == [0o600]


async def test_a_folder_that_is_not_there_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        await open_store(f"sqlite+aiosqlite:///{tmp_path / 'missing' / 'relay.sqlite3'}")


def test_a_data_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(NotPrivateError, match="chmod 700"):
        prepare_data(tmp_path)


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="--data"):
        prepare_data(tmp_path / "file" / "data")


def test_the_doctor_names_what_others_can_read(tmp_path: Path) -> None:
    secret = tmp_path / "turn-secret"
    secret.write_text("secret")
    secret.chmod(0o640)
    settings = settings_for(tmp_path, turn_urls=["turn:turn.example"], turn_secret_file=str(secret))
    prepare_data(settings.data)
    settings.downloads.mkdir()
    (settings.downloads / "deskside-help.pyz").touch()
    relay_key(settings.data)
    settings.downloads.chmod(0o755)
    assert not check_files(settings).is_problem, "a group may read what the operator gave, everybody the downloads"
    (settings.data / "outbox").mkdir(mode=0o700)
    (settings.data / "outbox" / "a mail.eml").touch(mode=0o644)
    secret.chmod(0o644)
    (settings.data / "key").chmod(0o604)
    finding = check_files(settings)
    for file in ("outbox/a mail.eml", "key"):
        assert str(settings.data / file) in finding.saw
    assert str(secret) in finding.saw
    assert f"'{settings.data}/outbox/a mail.eml'" in finding.remedy
    assert "chmod go=" in finding.remedy


def test_the_doctor_looks_at_the_settings_where_a_password_stands_in_them(tmp_path: Path) -> None:
    config = tmp_path / "relay.toml"
    config.touch(mode=0o644)
    plain = settings_for(tmp_path)
    assert not check_files(plain, config).is_problem
    told = settings_for(tmp_path, database_url="postgresql+asyncpg://relay:secret@db.example/relay")
    assert str(config) in check_files(told, config).saw
