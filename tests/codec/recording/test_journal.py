"""The session journal keeps what was said, never what was typed, and opens up to its last whole chunk."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from codec.recording.journal import (
    FILE_HEAD,
    Began,
    Ended,
    JournalWriter,
    NotAJournalError,
    Noted,
    Record,
    Speaker,
    keeps,
    pack_event,
    read_journal,
    unpack_event,
)
from codec.recording.recorder import JournalOutput, Recorder
from codec.wire.messages import Chat, ClipboardText, Key, Picture, TypeText, pack
from tests.codec.recording.sessions import said
from tests.codec.recording.sinks import MemoryFile

BEGAN = Began(7, 1_790_000_000_000, "Anna", "Hélène", "test")
records = st.lists(st.tuples(st.integers(0, 1 << 34), st.integers(0, 255), st.binary(max_size=300)), max_size=30)


@given(entries=records, flush_every=st.integers(1, 6))
def test_everything_comes_back(entries: list[tuple[int, int, bytes]], flush_every: int) -> None:
    file = MemoryFile()
    writer = JournalWriter(file)
    entries.sort()
    for number, entry in enumerate(entries):
        writer.add(*entry)
        if number % flush_every == 0:
            writer.flush()
    writer.flush()
    journal = read_journal(bytes(file.content))
    assert list(journal.records()) == [Record(*entry) for entry in entries]
    assert not journal.damage
    assert journal.duration == max((time for time, _, _ in entries), default=0)


def recorded() -> MemoryFile:
    file = MemoryFile()
    recorder = Recorder([JournalOutput(JournalWriter(file))], BEGAN, now=5_000_000)
    for (time, source, message), _ in said():
        recorder.take(source, message, 5_000_000 + time)
        recorder.tick(5_000_000 + time)
    recorder.close(8_000_000, "technician")
    return file


@pytest.mark.req("REC-32")
def test_a_session_is_kept_with_chat_and_events() -> None:
    found = list(read_journal(bytes(recorded().content)).records())
    assert unpack_event(found[0].data) == BEGAN
    assert unpack_event(found[-1].data) == Ended("technician")
    expected = [(time, source, pack(message)) for (time, source, message), _ in said() if keeps(message)]
    assert [(each.time, each.source, each.data) for each in found[1:-1]] == expected


def test_a_silent_session_lasts_too() -> None:
    file = MemoryFile()
    recorder = Recorder([JournalOutput(JournalWriter(file))], BEGAN, now=0)
    for tick in range(80):
        recorder.tick(tick * 125_000)
    assert read_journal(bytes(file.content)).duration >= 9_000_000
    assert len(file.content) < 700


def test_what_was_typed_or_copied_is_never_kept() -> None:
    assert not any(keeps(each) for each in (Key(True, "KeyA", "a", "a"), TypeText("secret"), ClipboardText("secret")))
    assert keeps(Chat(1, "hello", 0))
    assert keeps(Picture(0, 0, b""))
    assert b"KeyA" not in bytes(recorded().content)


def test_it_opens_at_every_instant_with_at_most_a_quarter_of_a_second_missing() -> None:
    file = recorded()
    whole = list(read_journal(bytes(file.content)).records())
    for written, content in file.instants(torn=5):
        if written == 0:
            continue
        journal = read_journal(content)
        found = list(journal.records())
        assert found == whole[: len(found)]
        committed = sum(commit <= written for commit in file.commits)
        assert len(journal.chunks) >= committed


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0), flip=st.integers(1, 255))
def test_damage_costs_the_chunk_that_it_hits(place: int, flip: int) -> None:
    content = bytearray(CONTENT)
    at = len(FILE_HEAD) + place % (len(content) - len(FILE_HEAD))
    content[at] ^= flip
    whole, found = read_journal(CONTENT), read_journal(bytes(content))
    assert len(found.chunks) == len(whole.chunks) - 1
    assert [begins <= at < ends for begins, ends in found.damage] == [True]


@given(st.binary(max_size=200))
def test_garbage_has_a_name(content: bytes) -> None:
    assume(not content.startswith(FILE_HEAD))
    with pytest.raises(NotAJournalError):
        read_journal(content)


def test_events_of_a_newer_program_are_skipped() -> None:
    assert unpack_event(pack_event(Noted("x"))) == Noted("x")
    assert unpack_event(b"\x81\xa5event\xa3new") is None
    assert unpack_event(b"\xc1") is None


def test_golden_bytes() -> None:
    file = MemoryFile()
    writer = JournalWriter(file)
    writer.add(1_000_000, Speaker.CONSOLE, b"\x01\x02")
    writer.add(1_000_300, Speaker.APPLET, b"\x03")
    writer.flush()
    assert file.content.hex() == (
        "445352010d0a1a0a" "44535263" "15000000" "3fcadcbe" "40420f0000000000"
        "00000000" "02" "02000000" "0102" "2c010000" "01" "01000000" "03"
    )  # fmt: skip


CONTENT = bytes(recorded().content)
