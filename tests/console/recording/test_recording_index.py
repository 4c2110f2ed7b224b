"""What is known of recordings across restarts: whole notes, damaged ones, and who still writes."""

from pathlib import Path

import pytest

from codec.recording.journal import Began
from codec.recording.sink import RecordingStoppedError
from codec.wire.api_types import RecordingRules
from console.recording.ledger import EntryState, KeptFile, LedgerEntry
from console.recording.recording_index import RecordingIndex
from console.recording.target_folder import Target

BEGAN = Began(7, 1_790_000_000_000, "Anna", "Hélène")
ID = "00000007-20260921T141320Z"
RULES = RecordingRules(location="https://files.example/", user="me", password="tulips", deferred=True, keep_days=3)


def begun(recording_index: RecordingIndex, deferred: bool = True) -> LedgerEntry:
    return recording_index.begins(BEGAN, f"{ID}-Anna-Hélène", Target(recording_index.spool, deferred), RULES)


def test_a_recording_is_noted_before_its_first_byte_and_after_its_last(tmp_path: Path) -> None:
    recording_index = RecordingIndex(tmp_path / "spool")
    told: list[LedgerEntry] = []
    recording_index.told = told.append
    assert not recording_index.spool.exists()  # nothing is made before it is needed
    entry = begun(recording_index)
    assert recording_index.ledger.read() == ([entry], [])
    assert (entry.id, entry.state, entry.user, entry.keep_days) == (ID, EntryState.RECORDING, "me", 3)
    assert b"tulips" not in b"".join(file.read_bytes() for file in recording_index.spool.rglob("*") if file.is_file())
    paths = [recording_index.spool / f"{entry.name}.dsr", recording_index.spool / f"{entry.name}.dsr.proof"]
    for path in paths:
        path.write_bytes(b"12345")
    recording_index.closed(entry, [*paths, recording_index.spool / "gone"])
    ((closed,), _) = recording_index.ledger.read()
    assert told == [closed]
    assert (closed.state, closed.size) == (EntryState.WAITING, 10)
    assert closed.files == tuple(KeptFile(path.name, 5) for path in paths)
    assert recording_index.ledger.read([ID]) == ([], [])


def test_what_never_began_is_forgotten_and_what_stays_where_it_is_waits_for_nothing(tmp_path: Path) -> None:
    recording_index = RecordingIndex(tmp_path)
    recording_index.closed(begun(recording_index), [])
    assert recording_index.ledger.read() == ([], [])
    (tmp_path / "x.dsr").touch()
    recording_index.closed(begun(recording_index, deferred=False), [tmp_path / "x.dsr"])
    assert recording_index.ledger.read()[0][0].state is EntryState.KEPT


def test_a_recording_that_could_not_be_sent_later_does_not_begin_and_another_goes_on(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("in the way")
    with pytest.raises(RecordingStoppedError, match="spool"):
        begun(RecordingIndex(tmp_path / "spool"))
    recording_index = RecordingIndex(tmp_path / "spool")
    recording_index.closed(begun(recording_index, deferred=False), [tmp_path / "spool"])


@pytest.mark.parametrize("content", [b"", b"{", b'{"id": 7}', b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_note_is_told_and_hides_no_other(tmp_path: Path, content: bytes) -> None:
    recording_index = RecordingIndex(tmp_path)
    entry = begun(recording_index)
    (tmp_path / "ledger" / "00000001-20260101T000000Z.json").write_bytes(content)
    assert recording_index.ledger.read() == ([entry], ["00000001-20260101T000000Z"])
    recording_index.ledger.set_aside("00000001-20260101T000000Z")
    assert recording_index.ledger.read() == ([entry], [])
    assert (tmp_path / "ledger" / "00000001-20260101T000000Z.damaged").read_bytes() == content


def test_whoever_still_runs_keeps_a_lock_that_dies_with_him(tmp_path: Path) -> None:
    one, other = RecordingIndex(tmp_path), RecordingIndex(tmp_path)
    entry = begun(one)
    assert one.is_running(entry.by)
    assert other.is_running(entry.by)
    assert one.uploading.take()
    assert one.uploading.take()
    assert not other.uploading.take()
    one.close()
    assert other.uploading.take()
    assert not other.is_running(entry.by)
    assert [file.name for file in (tmp_path / "locks").iterdir()] == ["uploads"]
