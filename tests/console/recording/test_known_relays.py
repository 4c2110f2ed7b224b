"""F19: what this computer remembers of relays, and what it does not take from anybody."""

from pathlib import Path

import pytest

from console.recording.known_relays import FILE, KnownRelays, Seen

RELAY, OTHER = "https://help.example", "https://other.example"
KEY, NEW = bytes([1] * 32), bytes([2] * 32)


@pytest.mark.parametrize("kept", [True, False])
def test_f19_the_first_key_is_remembered_and_another_is_told_until_it_is_trusted(tmp_path: Path, kept: bool) -> None:
    folder = tmp_path / "data" if kept else None
    known = KnownRelays(folder)
    assert known.see(RELAY, KEY) is Seen.KNOWN
    if kept:
        assert (tmp_path / "data" / FILE).stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
        known = KnownRelays(folder)
    assert known.see(RELAY, KEY) is Seen.KNOWN
    assert known.see(RELAY, NEW) is Seen.CHANGED
    assert known.keys() == {RELAY: (KEY,)}
    assert known.see(OTHER, NEW) is Seen.KNOWN
    assert known.see(RELAY, NEW) is Seen.CHANGED  # another relay has it, this one has not
    assert known.remember(RELAY, NEW)
    assert known.see(RELAY, NEW) is Seen.KNOWN
    assert known.keys() == {RELAY: (KEY, NEW), OTHER: (NEW,)}  # what the old one vouched for stays proven


def test_f19_a_relay_that_tells_no_key_is_not_remembered(tmp_path: Path) -> None:
    known = KnownRelays(tmp_path)
    assert known.see(RELAY, b"") is Seen.UNKNOWN
    assert known.keys() == {}


@pytest.mark.parametrize("content", [b"", b"{", b'{"https://help.example": ["00"]}', b"[]"])
def test_f19_a_file_that_is_damaged_vouches_for_nobody_and_is_not_written_over(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / FILE
    file.write_bytes(content)
    file.chmod(0o600)
    known = KnownRelays(tmp_path)
    assert known.keys() == {}
    assert known.see(RELAY, KEY) is Seen.UNKNOWN
    assert file.read_bytes() == content


def test_f19_a_file_that_others_can_write_vouches_for_nobody(tmp_path: Path) -> None:
    known = KnownRelays(tmp_path)
    known.see(RELAY, KEY)
    (tmp_path / FILE).chmod(0o666)
    assert known.keys() == {}
