"""F18: recordings, and everything that lies with them, are for their owner only, whatever the umask says."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.recording.formats import FormatName
from codec.recording.recorder import OutputKind
from codec.recording.sink import RecordingStoppedError
from codec.stores.base import StoreError
from codec.stores.files import FileStore
from codec.stores.folder import Folder
from codec.stores.names import PART
from codec.wire.api_types import RecordingRules
from codec.wire.messages import SignHead
from codec.wire.signals import BeginRecording, Stamp
from console.library.file_operations import Conversion, make_film
from console.library.library import Library
from console.recording.confirmed_locations import Order
from console.recording.files import RecordingFile
from console.recording.recordings import Recordings
from console.recording.session_recordings import SessionRecordings
from tests.codec.recording.kept import keep

STRANGER = 54_321


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """Let everything that is made without a mode be for everybody, as careless systems do."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """Return the modes of a folder and of all that lies in it."""
    return {str(each.relative_to(folder.parent)): each.stat().st_mode & 0o777 for each in (folder, *folder.rglob("*"))}


def assert_private(folder: Path, least: int) -> None:
    """Prove that nobody else reads anything of a folder in which so many files lie at least."""
    found = modes(folder)
    assert sum((folder.parent / each).is_file() for each in found) >= least
    for path, mode in found.items():
        assert mode == (0o700 if (folder.parent / path).is_dir() else 0o600), path


class Told:
    """Remembers what failed."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def recording_failed(self, reason: str, *, runs: bool) -> None:
        """See RecordingListener."""
        self.failed.append(f"{reason} ({runs})")

    def ask_applet(self, head: SignHead) -> None:
        """See RecordingListener."""

    def ask_relay(self, signal: BeginRecording | Stamp) -> None:
        """See RecordingListener."""

    def recording_began(self, at: int) -> None:
        """See RecordingListener."""

    def output_lost(self, kind: OutputKind) -> None:
        """See RecordingListener."""

    def files_closed(self, path: Path, *, failed: bool) -> None:
        """See RecordingListener."""


async def record(recordings: Recordings) -> None:
    """Record nothing for a moment."""
    told = Told()
    recording = SessionRecordings(7, recordings, told)
    recording.begin("Hélène", Ed25519PrivateKey.generate().public_key().public_bytes_raw(), [])
    recording.end("technician")
    await recording.settled()
    assert told.failed == []


@pytest.mark.parametrize("location", ["", "sftp://files.example/kept"])
async def test_f18_recordings_proofs_spool_and_notes_are_private_with_their_parents(
    tmp_path: Path, location: str
) -> None:
    """The spool's parent was made for everybody when the first recording was to be sent later."""
    recordings = Recordings(tmp_path / "data" / "recordings", "dsr", rules=RecordingRules(location=location))
    await record(recordings)
    recordings.recording_index.close()
    assert_private(tmp_path / "data", least=3)


async def test_f18_a_folder_of_an_earlier_version_is_closed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    recordings = Recordings(data / "recordings", data=data, rules=RecordingRules(location="sftp://files.example/kept"))
    for folder in (recordings.folder, recordings.recording_index.spool):
        folder.mkdir(parents=True, mode=0o755)
    assert await recordings.checked() == ""
    assert {each.stat().st_mode & 0o777 for each in (recordings.folder, recordings.recording_index.spool)} == {0o700}


async def test_f18_the_groups_folder_keeps_its_mode_and_its_recordings_are_private_all_the_same(
    tmp_path: Path,
) -> None:
    share = tmp_path / "share"
    share.mkdir(mode=0o755)
    recordings = Recordings(tmp_path / "own", "dsr", rules=RecordingRules(location=str(share)))
    recordings.confirmed.confirm(Order(recordings.account, str(share)))
    await record(recordings)
    recordings.recording_index.close()
    assert share.stat().st_mode & 0o777 == 0o755
    assert {each.stat().st_mode & 0o777 for each in share.iterdir()} == {0o600}
    assert len(list(share.iterdir())) == 2


async def test_f18_a_folder_that_the_technician_chose_and_that_others_can_write_is_refused(tmp_path: Path) -> None:
    (tmp_path / "chosen").mkdir(mode=0o777)
    problem = await Recordings(tmp_path / "chosen", data=tmp_path / "data").checked()
    assert "could put their files in place of ours" in problem
    assert (tmp_path / "chosen").stat().st_mode & 0o777 == 0o777


def test_f18_films_that_are_made_of_recordings_are_private_too(tmp_path: Path) -> None:
    keep(tmp_path / "kept", None)
    (kept,) = Library(lambda: [tmp_path / "kept"], lambda: 3e9).look()
    make_film(kept, Conversion())
    assert {each.stat().st_mode & 0o777 for each in (tmp_path / "kept").iterdir()} == {0o600}
    assert len(list((tmp_path / "kept").iterdir())) == 3


def test_f18_a_real_process_converts_into_a_private_file(tmp_path: Path) -> None:
    journal = keep(tmp_path / "kept", None)[0]
    target = tmp_path / "film.avi"
    command = [sys.executable, "-m", "console", "convert", str(journal), str(target), "--format", FormatName.RASC]
    subprocess.run(command, check=True, umask=0o022, capture_output=True)
    assert target.stat().st_mode & 0o777 == 0o600


def test_f18_a_link_in_the_place_of_a_recording_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.avi").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RecordingStoppedError, match="there is such a file"):
        RecordingFile(tmp_path / "a.avi")
    assert not (tmp_path / "elsewhere").exists()


async def _send(folder: Path, source: Path) -> None:
    await FileStore(Folder(folder), str(folder)).send(source, "a.dsr", lambda _: None)


async def test_f18_what_was_put_where_a_recording_is_to_go_does_not_get_it(tmp_path: Path) -> None:
    """Somebody else who may write in the group's folder makes the file first, to own and read what is sent."""
    share, source, stolen = tmp_path / "share", tmp_path / "a.dsr", tmp_path / "stolen"
    share.mkdir()
    source.write_bytes(b"what was recorded")
    part = share / ("a.dsr" + PART)
    part.symlink_to(stolen)
    await asyncio.wait_for(_send(share, source), 10)
    assert not stolen.exists()
    assert (share / "a.dsr").read_bytes() == source.read_bytes()
    assert (share / "a.dsr").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's file")
async def test_f18_another_users_beginning_is_not_gone_on_with(tmp_path: Path) -> None:
    share, source = tmp_path / "share", tmp_path / "a.dsr"
    share.mkdir()
    source.write_bytes(b"what was recorded")
    part = share / ("a.dsr" + PART)
    part.write_bytes(b"what")
    os.chown(part, STRANGER, STRANGER)
    with part.open("rb") as theirs:
        with pytest.raises(StoreError, match="another user's file") as refused:
            await _send(share, source)
        assert refused.value.retry
        assert theirs.read() == b"what"
        await _send(share, source)
        assert theirs.read() == b""
    assert (share / "a.dsr").stat().st_uid == os.geteuid()


async def test_f18_what_we_have_begun_is_gone_on_with_and_closed(tmp_path: Path) -> None:
    share, source = tmp_path / "share", tmp_path / "a.dsr"
    share.mkdir()
    source.write_bytes(b"what was recorded")
    part = share / ("a.dsr" + PART)
    part.write_bytes(b"what")
    part.chmod(0o644)
    inode = part.stat().st_ino
    await _send(share, source)
    assert (share / "a.dsr").stat().st_ino == inode
    assert (share / "a.dsr").stat().st_mode & 0o777 == 0o600
