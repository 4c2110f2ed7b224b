"""How long recordings are kept: never shorter than the group says, and nothing else is ever touched."""

from pathlib import Path

from msgspec import structs

from codec.wire.api_types import RecordingRules
from console.recording.ledger import EntryState, LedgerEntry
from console.recording.recording_index import files_of
from console.recording.retention import DAY_MS, delete_kept, expired

CLOSED = 1_790_000_000_000


def kept(
    folder: Path, state: EntryState = EntryState.KEPT, keep_days: int = 0, location: str = "/share"
) -> LedgerEntry:
    files = files_of(sorted(folder.glob("7.*")))
    return LedgerEntry(
        id="7", name="7", session=7, began=CLOSED - 5, folder=str(folder), location=location, keep_days=keep_days,
        state=state, closed=CLOSED, files=files,
    )  # fmt: skip


def test_not_a_moment_before_the_days_are_over_and_never_without_a_number_of_days(tmp_path: Path) -> None:
    rules, entry = RecordingRules(location="/share", keep_days=30), kept(tmp_path)
    assert expired([entry], rules, CLOSED + 30 * DAY_MS - 1) == []
    assert expired([entry], rules, CLOSED + 30 * DAY_MS) == [entry]
    assert expired([entry], RecordingRules(location="/share"), CLOSED + 9_999 * DAY_MS) == []


def test_what_waits_never_expires_and_another_location_keeps_to_what_held_then(tmp_path: Path) -> None:
    rules, late = RecordingRules(location="/new", keep_days=1), CLOSED + 10 * DAY_MS
    for state in (EntryState.RECORDING, EntryState.WAITING, EntryState.FAILED):
        assert expired([kept(tmp_path, state, 1, "/new")], rules, late) == []
    assert expired([kept(tmp_path, keep_days=0)], rules, late) == []
    assert expired([kept(tmp_path, keep_days=11)], rules, late) == []
    assert len(expired([kept(tmp_path, keep_days=10)], rules, late)) == 1


def test_only_files_of_this_console_go_and_only_as_they_were_written(tmp_path: Path) -> None:
    for name in ("7.dsr", "7.avi", "7.avi.proof", "8.dsr"):
        (tmp_path / name).write_text("recorded")
    entry = kept(tmp_path)
    (tmp_path / "7.avi").write_text("cut by somebody")
    (tmp_path / "7.txt").write_text("a note of somebody")
    assert delete_kept(entry)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["7.avi", "7.txt", "8.dsr"]


def test_a_share_that_is_away_is_asked_again_later(tmp_path: Path) -> None:
    (tmp_path / "7.dsr").write_text("recorded")
    entry = kept(tmp_path)
    assert not delete_kept(structs.replace(entry, folder=str(tmp_path / "away")))
    (tmp_path / "7.dsr").unlink()
    assert not delete_kept(entry)  # perhaps only the mount is missing
    assert delete_kept(structs.replace(entry, location=""))  # its own folder is always there
