"""Backups: whole, private, checked; put back while the relay runs; and what is no backup is refused by name."""

import asyncio
import atexit
import json
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import relay.maintenance.restore as restoring
from relay.config.settings import Settings
from relay.config.sources import Loaded
from relay.maintenance.archive import MANIFEST, NEEDED, BackupError, read_manifest, unpack, write_archive
from relay.maintenance.backup import back_up
from relay.maintenance.data_folder import NoRelayError
from relay.maintenance.last_backup import last_backup
from relay.maintenance.restore import STAGED, put_staged_in_place, restore
from relay.secret import relay_key
from tests.support.databases import Cluster
from tests.support.relay_process import RelayProcess
from tests.support.relays import EMAIL, PASSWORD, running_relay, settings_for
from tests.support.waiting import becomes_true, written

NOW = datetime.now(UTC)
ROOT = Path(__file__).parents[3]


def loaded_of(settings: Settings, file: Path | None = None) -> Loaded:
    return Loaded(settings, file)


def people_in(database: Path) -> list[str]:
    """Return the names of all people in a database."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return sorted(name for (name,) in connection.execute("SELECT name FROM person"))
    finally:
        connection.close()


async def made_in(folder: Path, file: Path, **settings: Any) -> Settings:
    """Make a relay and a backup of it while it runs."""
    async with running_relay(folder, **settings) as relay:
        await back_up(loaded_of(relay.settings), file, NOW)
        return relay.settings


async def test_a_backup_is_whole_private_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    before = os.umask(0o022)
    file, config = tmp_path / "of" / "today.backup", tmp_path / "relay.toml"
    file.parent.mkdir()
    config.write_text("pin_minutes = 7\n")
    try:
        async with running_relay(tmp_path) as relay:
            told = await back_up(loaded_of(relay.settings, config), file, NOW)
            assert last_backup(relay.settings.data) == NOW.replace(microsecond=0)
            with pytest.raises(BackupError, match="already exists"):
                await back_up(loaded_of(relay.settings), file, NOW)
    finally:
        os.umask(before)
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "Not in it" not in " ".join(told), "there is nothing else"
    assert re.search(r"\((\d+ kB|[1-9]\d*\.\d MB), of", told[0]), "a size that says something"
    relay.settings.downloads.mkdir()
    told = await back_up(loaded_of(relay.settings), tmp_path / "again.backup", NOW)
    assert f"Not in it: the help programs in {relay.settings.downloads}." in told, "what is not in it is named"
    manifest = read_manifest(file)
    assert (manifest.database, manifest.format) == ("sqlite", 1)
    with zipfile.ZipFile(file) as packed:
        assert packed.read("key") == (relay.settings.data / "key").read_bytes()
        assert packed.read("relay.toml") == b"pin_minutes = 7\n"
        packed.extract("database", tmp_path / "out")
    assert people_in(tmp_path / "out" / "database") == ["Anna de Vries"]


async def test_a_backup_taken_while_the_relay_writes_is_of_one_moment(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:

        async def write() -> None:
            for _ in range(20):
                await relay.make_code()

        writing = asyncio.ensure_future(write())
        file = tmp_path / "a.backup"
        await back_up(loaded_of(relay.settings), file, NOW)
        await writing
    with zipfile.ZipFile(file) as packed:
        packed.extract("database", tmp_path / "out")
    connection = sqlite3.connect(tmp_path / "out" / "database")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


async def test_a_lost_relay_comes_back_from_its_backup(tmp_path: Path) -> None:
    file = tmp_path / "a.backup"
    old = await made_in(tmp_path / "old", file)
    key = relay_key(old.data)
    shutil.rmtree(old.data)
    new = settings_for(tmp_path / "new")
    told = await restore(loaded_of(new), file, NOW)
    assert told[0].startswith(f"Restored: {file}")
    assert "before" not in " ".join(told), "there was nothing before"
    assert list(new.data.glob("before-restore-*")) == []
    assert relay_key(new.data) == key, "what is sealed opens"
    async with running_relay(tmp_path / "new") as relay:
        _status, answer = await relay.call("POST", "/sign-in", {"email": EMAIL, "password": PASSWORD, "console": "x"})
        assert answer["token"]
    assert {stat.S_IMODE(each.stat().st_mode) & 0o077 for each in new.data.rglob("*")} == {0}


async def test_a_backup_is_put_back_while_the_relay_runs(tmp_path: Path) -> None:
    relay, file = RelayProcess(tmp_path), tmp_path / "a.backup"
    data = relay.settings.data
    config = tmp_path / "relay.toml"
    config.write_text(f'data_dir = "{data}"\n')

    def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
        whole = [sys.executable, "-m", "relay", "--data", str(data), *arguments]
        return subprocess.run(whole, capture_output=True, text=True, check=False, timeout=90, cwd=ROOT)

    try:
        await relay.start()
        pid = relay.pid
        done = await asyncio.to_thread(command, "backup", str(file))
        assert done.returncode == 0, done.stderr
        async with aiohttp.ClientSession() as http:
            who = {"email": EMAIL, "password": PASSWORD, "console": "x"}

            async def token() -> str:
                async with http.post(f"{relay.url}/api/v1/sign-in", json=who) as response:
                    return str((await response.json())["token"])

            headers = {"Authorization": f"Bearer {await token()}"}
            async with http.post(f"{relay.url}/api/v1/codes", json={"method": "pin"}, headers=headers) as response:
                assert response.status == 201
            done = await asyncio.to_thread(command, "restore", str(file))
            assert done.returncode == 0, done.stderr
            assert "Restored" in done.stdout

            async def answers() -> bool:
                try:
                    async with http.get(f"{relay.url}/health") as response:
                        return response.status == 200
                except aiohttp.ClientError:
                    return False

            await becomes_true(answers, 30)
            async with http.get(f"{relay.url}/api/v1/me", headers=headers) as response:
                assert response.status == 401, "it signed in after the backup"
            headers = {"Authorization": f"Bearer {await token()}"}
            async with http.get(f"{relay.url}/api/v1/codes", headers=headers) as response:
                assert await response.json() == []
        assert relay.pid == pid
        (before,) = data.glob("before-restore-*")
        connection = sqlite3.connect(before / "relay.sqlite3")
        assert connection.execute("SELECT count(*) FROM code").fetchone() == (1,), "what was there is kept"
        connection.close()
        assert not (data / STAGED).exists()
        await written(relay.log, "restored before=")
    finally:
        relay.end()


# ── what is refused ────────────────────────────────────────────────────────────────────────────────────────────────


def rewritten(file: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> None:
    """Write an archive again, with its files and its manifest changed."""
    with zipfile.ZipFile(file) as packed:
        files = {name: packed.read(name) for name in packed.namelist() if name != MANIFEST}
        manifest = json.loads(packed.read(MANIFEST))
    change(files, manifest)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(MANIFEST, json.dumps(manifest))
        for name, content in files.items():
            packed.writestr(name, content)


def newer_format(_files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest.update(format=2, deskside="9.0", more=[1])


def newer_schema(_files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest.update(schema="9999", deskside="9.0")


def another_database(_files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest.update(database="postgresql")


def flipped(files: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    content = bytearray(files["database"])
    content[len(content) // 2] ^= 1
    files["database"] = bytes(content)


def longer(files: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    files["database"] += b"x"


def bomb(files: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    files["database"] = bytes(200 << 20)


def promised(_files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["files"]["database"]["size"] = 1 << 50


def long_key(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["key"] = bytes(2048)
    manifest["files"]["key"]["size"] = 2048


def climbing(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["../../evil"] = b"x"
    manifest["files"]["../../evil"] = {"size": 1, "sha256": "0" * 64}


def absolute(files: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    files["/etc/evil"] = b"x"


def without_key(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    del files["key"], manifest["files"]["key"]


def without_manifest_entry(_files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    del manifest["files"]["permit-key"]


def odd_manifest(_files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["files"] = 7


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (newer_format, r"newer Deskside \(9.0\)"),
        (newer_schema, r"newer Deskside \(9.0\)"),
        (another_database, "of a relay with postgresql"),
        (flipped, "damaged"),
        (longer, "damaged"),
        (bomb, "damaged"),
        (promised, "damaged"),
        (long_key, "damaged"),
        (climbing, "not part of a backup"),
        (absolute, "not part of a backup"),
        (without_key, "incomplete"),
        (without_manifest_entry, "incomplete"),
        (odd_manifest, "not a backup"),
    ],
)
async def test_what_is_no_good_backup_is_refused_and_changes_nothing(
    tmp_path: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None], said: str
) -> None:
    file, settings = tmp_path / "a.backup", settings_for(tmp_path)
    shutil.copyfile(await _one_backup(tmp_path), file)
    rewritten(file, change)
    relay_key_before = _fresh(settings)
    with pytest.raises(BackupError, match=said):
        await restore(loaded_of(settings), file, NOW)
    assert (settings.data / "key").read_bytes() == relay_key_before
    assert sorted(each.name for each in settings.data.iterdir()) == ["key"]
    assert not os.path.lexists("/etc/evil")  # noqa: ASYNC240


_BACKUP: list[Path] = []


async def _one_backup(tmp_path: Path) -> Path:
    """Return a good backup, made once."""
    if not _BACKUP:
        file = Path(tempfile.mkdtemp(prefix="deskside-backup-")) / "good.backup"
        atexit.register(shutil.rmtree, file.parent, ignore_errors=True)
        await made_in(tmp_path / "source", file)
        _BACKUP[:] = [file]
    return _BACKUP[0]


def _fresh(settings: Settings) -> bytes:
    settings.data.mkdir(mode=0o700, parents=True)
    relay_key(settings.data)
    return (settings.data / "key").read_bytes()


def a_link(packed: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("known_hosts")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed.writestr(entry, "/etc/passwd")


def twice(packed: zipfile.ZipFile) -> None:
    packed.writestr("key", b"0" * 64)


def many(packed: zipfile.ZipFile) -> None:
    for number in range(2_000):
        packed.writestr(f"{number:060}", b"")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("add", "said"), [(a_link, "link|complete"), (twice, "not a backup"), (many, "not a backup")])
async def test_odd_entries_are_refused(tmp_path: Path, add: Callable[[zipfile.ZipFile], None], said: str) -> None:
    file = tmp_path / "a.backup"
    shutil.copyfile(await _one_backup(tmp_path), file)
    with zipfile.ZipFile(file, "a") as packed:
        add(packed)
    with pytest.raises(BackupError, match=said):
        read_manifest(file)


@pytest.mark.parametrize("content", [b"", b"PK", b"SQLite format 3\0" * 50, b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.backup"
    file.write_bytes(content)
    with pytest.raises(BackupError, match="not a backup"):
        read_manifest(file)
    with pytest.raises(BackupError, match="does not exist"):
        read_manifest(tmp_path / "missing")
    with pytest.raises(BackupError, match="cannot be read"):
        read_manifest(tmp_path)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of next to nothing, which can be read thousands of times."""
    folder = tmp_path_factory.mktemp("small")
    for name in NEEDED:
        (folder / name).write_bytes(name.encode() * 20)
    write_archive(folder / "a.backup", {name: folder / name for name in NEEDED}, schema="1", database="sqlite", at=NOW)
    return folder / "a.backup"


def read_or_refused(file: Path, folder: Path) -> bool:
    """Return whether a backup was read; False where it was refused."""
    folder.mkdir()
    try:
        unpack(file, read_manifest(file), folder)
    except BackupError:
        return False
    finally:
        shutil.rmtree(folder)
    return True


def test_no_damaged_byte_is_anything_but_a_refusal(small: Path, tmp_path: Path) -> None:
    """Of what zlib said of some of them nobody had thought."""
    good, file = small.read_bytes(), tmp_path / "a.backup"
    places, refused = range(0, len(good), 5), 0
    for place in places:
        file.write_bytes(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
        refused += not read_or_refused(file, tmp_path / "unpacked")
    assert refused > len(places) // 2


@pytest.mark.parametrize("packed_as", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_backup_that_is_packed_otherwise_is_refused(small: Path, tmp_path: Path, packed_as: int) -> None:
    """LZMA takes as much memory as the file says, and has errors of its own."""
    file = tmp_path / "a.backup"
    with zipfile.ZipFile(small) as source, zipfile.ZipFile(file, "w", packed_as) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    with pytest.raises(BackupError, match="not a backup"):
        read_manifest(file)


async def test_a_cut_archive_is_refused(tmp_path: Path) -> None:
    good = (await _one_backup(tmp_path)).read_bytes()
    file = tmp_path / "cut.backup"
    for share in (0.1, 0.5, 0.99):
        file.write_bytes(good[: int(len(good) * share)])
        with pytest.raises(BackupError, match=r"not a backup|damaged"):
            await restore(loaded_of(settings_for(tmp_path)), file, NOW)


async def test_there_is_nothing_to_back_up_where_there_is_no_relay(tmp_path: Path) -> None:
    with pytest.raises(NoRelayError):
        await back_up(loaded_of(settings_for(tmp_path)), tmp_path / "a", NOW)
    async with running_relay(tmp_path) as relay:
        with pytest.raises(BackupError, match="is not a folder"):
            await back_up(loaded_of(relay.settings), tmp_path / "missing" / "a", NOW)


# ── interrupted ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_exchange_that_is_cut_off_anywhere_goes_on_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await _one_backup(tmp_path)
    move, reached = restoring._move, True
    number = 0
    while reached:
        number += 1
        settings = settings_for(tmp_path / str(number))
        old_key = _fresh(settings)
        database = settings.data / "relay.sqlite3"
        database.write_bytes(b"the old database")
        (settings.data / "relay.sqlite3-wal").write_bytes(b"its journal")
        moves, reached = 0, False

        def cut(source: Path, target: Path, at: int = number) -> None:
            nonlocal moves, reached
            moves += 1
            if moves == at:
                reached = True
                raise KeyboardInterrupt
            move(source, target)

        monkeypatch.setattr(restoring, "_move", cut)
        try:
            await restore(loaded_of(settings), file, NOW + timedelta(seconds=number))
        except KeyboardInterrupt:
            pass
        monkeypatch.setattr(restoring, "_move", move)
        await put_staged_in_place(settings)
        assert people_in(database) == ["Anna de Vries"]
        (before,) = settings.data.glob("before-restore-*")
        assert (before / "relay.sqlite3").read_bytes() == b"the old database"
        assert (before / "relay.sqlite3-wal").read_bytes() == b"its journal"
        assert (before / "key").read_bytes() == old_key != (settings.data / "key").read_bytes()
        assert not (settings.data / "relay.sqlite3-wal").exists()
        assert not (settings.data / STAGED).exists()
    assert number > 5


# ── PostgreSQL ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def url(cluster: Cluster) -> str:
    """The address of a PostgreSQL database with all tables."""
    return cluster.new_database()


async def test_a_relay_on_postgresql_is_backed_up_and_put_back(tmp_path: Path, url: str) -> None:
    file = tmp_path / "a.backup"
    async with running_relay(tmp_path, database_url=url) as relay:
        await back_up(loaded_of(relay.settings), file, NOW)
        await relay.make_code()
        settings = relay.settings
    assert read_manifest(file).database == "postgresql"
    await restore(loaded_of(settings), file, NOW)
    (before,) = settings.data.glob("before-restore-*")
    assert (before / "database").stat().st_size > 1_000
    async with running_relay(tmp_path, database_url=url) as relay:
        assert (await relay.call("GET", "/codes"))[1] == []


async def test_a_server_that_refuses_keeps_what_it_has(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.backup"
    settings = await made_in(tmp_path, file, database_url=url)

    async def refuse(_url: str, _source: Path) -> None:
        raise BackupError("pg_restore failed: no")

    monkeypatch.setattr("relay.maintenance.postgresql.load", refuse)
    with pytest.raises(BackupError, match="pg_restore failed"):
        await restore(loaded_of(settings), file, NOW)
    assert list(settings.data.glob("restore-failed-*"))
    async with running_relay(tmp_path, database_url=url) as relay:
        assert (await relay.call("GET", "/me"))[0] == 200
