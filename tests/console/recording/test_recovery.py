"""What a console left open when it died: found, made to play, and left as it was for its proof."""

from pathlib import Path

import pytest

from codec.recording.avi_reader import read_avi
from codec.recording.journal import read_journal
from console.recording.ledger import EntryState, LedgerEntry
from console.recording.recovery import recovered, without_note
from console.recording.start import name_of
from tests.codec.recording.kept import keep
from tests.codec.recording.victim import BEGAN


def left_open(folder: Path, deferred: bool = True) -> LedgerEntry:
    return LedgerEntry(
        id="00000042-x", name=name_of(BEGAN), session=42, began=BEGAN.at, folder=str(folder), location="/share",
        deferred=deferred,
    )  # fmt: skip


def test_a_torn_recording_gets_one_that_plays_beside_it_and_stays_as_it_was(tmp_path: Path) -> None:
    journal, film = keep(tmp_path, closed=False)
    (tmp_path / "00000041-of-another-session.dsr").touch()
    for path in (journal, film):
        path.write_bytes(path.read_bytes()[:-37])  # the last write never reached the disk
    as_it_was = {path: path.read_bytes() for path in tmp_path.iterdir()}
    found = recovered(left_open(tmp_path))
    assert found is not None
    assert found.state is EntryState.WAITING
    names = {file.name for file in found.files}
    repaired = {f"{path.stem}-repaired{path.suffix}" for path in (journal, film)}
    assert names == {path.name for path in as_it_was if "another" not in path.name} | repaired
    assert all(path.read_bytes() == content for path, content in as_it_was.items())
    assert read_avi(film.with_stem(f"{film.stem}-repaired").read_bytes()).is_whole
    assert not read_journal(journal.with_stem(f"{journal.stem}-repaired").read_bytes()).damage
    again = recovered(left_open(tmp_path))
    assert again is not None
    assert again.files == found.files


def test_a_whole_one_is_only_closed_and_one_that_was_written_where_it_stays_waits_for_nothing(tmp_path: Path) -> None:
    journal, film = keep(tmp_path)
    found = recovered(left_open(tmp_path, deferred=False))
    assert found is not None
    assert found.state is EntryState.KEPT
    assert {file.name for file in found.files} == {path.name for path in tmp_path.iterdir()}
    assert found.size > journal.stat().st_size + film.stat().st_size


def test_nothing_is_found_where_nothing_was_written_and_a_share_that_is_away_is_said(tmp_path: Path) -> None:
    assert recovered(left_open(tmp_path)) is None
    with pytest.raises(FileNotFoundError):
        recovered(left_open(tmp_path / "away"))


def test_without_its_note_a_recording_is_known_by_its_name(tmp_path: Path) -> None:
    paths = keep(tmp_path)
    number = "-".join(name_of(BEGAN).split("-")[:2])
    found = without_note(number, tmp_path)
    assert found is not None
    assert (found.name, found.session, found.began, found.state) == (name_of(BEGAN), 42, BEGAN.at, EntryState.FAILED)
    assert len(found.files) == 2 * len(paths)
    assert without_note("00000001-20260101T000000Z", tmp_path) is None
    assert without_note("..", tmp_path) is None
