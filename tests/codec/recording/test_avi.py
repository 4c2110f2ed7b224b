"""AVI files that open at every instant, of any length, with every picture at its time; also when damaged."""

import hashlib
import io
import struct

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.picture.diff import Frame
from codec.recording.avi import AviFullError, AviWriter, Limits, Stream
from codec.recording.avi_reader import NotAnAviError, read_avi
from codec.recording.rasc import RascEncoder
from tests.codec.recording.pictures import as_picture, noise
from tests.codec.recording.sinks import MemoryFile

STREAM = Stream(48, 32, 50, b"RASC", 32)
SMALL = Limits(part_bytes=30_000, index_entries=16, indexes=64)


def write(slots: list[int], limits: Limits | None = None, until: int | None = None) -> tuple[MemoryFile, list[Frame]]:
    """Write a picture of noise at each slot, flushing after every second one; None leaves the file without an end."""
    file, encoder, pictures = MemoryFile(), RascEncoder(48, 32), []
    writer = AviWriter(file, STREAM, limits)
    for number, slot in enumerate(slots):
        pictures.append(noise(48, 32, number))
        key = number % 4 == 0
        packet = encoder.encode(pictures[-1], key=key)
        assert packet is not None
        writer.write(slot, packet, key)
        if number % 2:
            writer.flush()
    if until is not None:
        writer.close(until)
    return file, pictures


def played(content: bytes) -> tuple[list[tuple[int, Frame]], int | None]:
    """Return what FFmpeg shows: slot and picture of each, and how many slots the file says that it has."""
    with av.open(io.BytesIO(content), "r") as container:
        stream = container.streams.video[0]
        return [(frame.pts or 0, as_picture(frame)) for frame in container.decode(stream)], stream.duration


@settings(max_examples=25, deadline=None)
@given(gaps=st.lists(st.integers(1, 90), min_size=1, max_size=12), small=st.booleans())
def test_ffmpeg_shows_every_picture_at_its_time(gaps: list[int], small: bool) -> None:
    slots = np.cumsum(gaps).tolist()
    file, pictures = write(slots, SMALL if small else None, until=slots[-1] + 7)
    shown, duration = played(bytes(file.content))
    assert [slot for slot, _ in shown] == slots
    assert all(np.array_equal(seen, made[..., :3]) for (_, seen), made in zip(shown, pictures, strict=True))
    assert duration == slots[-1] + 7


def test_beyond_the_limit_a_file_goes_on_in_further_parts() -> None:
    slots = list(range(0, 120, 3))
    file, pictures = write(slots, SMALL, until=120)
    assert file.content.count(b"AVIX") >= 3
    shown, duration = played(bytes(file.content))
    assert [slot for slot, _ in shown] == slots
    assert np.array_equal(shown[-1][1], pictures[-1][..., :3])
    assert duration == 120
    at, parts = 0, 0
    while at < len(file.content):  # every part is a RIFF of its own, none is too long, and nothing lies between them
        assert file.content[at : at + 4] == b"RIFF"
        size = 8 + struct.unpack_from("<I", file.content, at + 4)[0]
        assert size <= SMALL.part_bytes + 16
        at, parts = at + size, parts + 1
    assert parts == file.content.count(b"RIFF")


def test_a_player_may_jump() -> None:
    slots = list(range(0, 400, 10))
    file, _ = write(slots, SMALL, until=400)
    with av.open(io.BytesIO(bytes(file.content)), "r") as container:
        stream = container.streams.video[0]
        for wanted, key in ((390, 360), (5, 0), (200, 200), (199, 160)):
            container.seek(wanted, stream=stream)
            assert next(container.decode(stream)).pts == key


def test_it_opens_at_every_instant_and_nothing_flushed_is_missing() -> None:
    """Every prefix of what was written, with appends torn anywhere, as a killed program or a full disk leaves it."""
    file, _ = write(
        [0, 4, 5, 30, 31, 50, 51, 90, 91, 92, 120, 121], Limits(part_bytes=24_000, index_entries=8, indexes=64)
    )
    whole = read_avi(bytes(file.content))
    header_is_there = 2
    for written, content in file.instants(torn=3):
        if written < header_is_there:
            continue
        found = read_avi(content)
        flushed = sum(1 for commit in file.commits if commit <= written)
        assert len(found.chunks) >= 2 * (flushed - 1)
        expected = whole.chunks[: len(found.chunks)]
        assert [(each.offset, each.size, each.slot) for each in found.chunks] == [
            (each.offset, each.size, each.slot) for each in expected
        ]


def test_ffmpeg_opens_it_at_every_instant_too() -> None:
    slots = [0, 4, 5, 30, 31, 50, 51, 90]
    file, pictures = write(slots, Limits(part_bytes=24_000, index_entries=8, indexes=64))
    opened = 0
    for number, content in file.instants(torn=1):
        if number < file.commits[1]:
            continue  # before the first picture is committed there is nothing to show
        shown, _ = played(content)
        flushed = sum(1 for commit in file.commits if commit <= number)
        assert len(shown) >= 2 * (flushed - 1)
        for slot, seen in shown:
            assert np.array_equal(seen, pictures[slots.index(slot)][..., :3])
        opened += 1
    assert opened > 60


def test_damage_costs_the_pictures_that_it_hits() -> None:
    slots = list(range(0, 200, 10))
    file, _ = write(slots, until=200)
    whole = read_avi(bytes(file.content))
    assert whole.is_whole
    hit = whole.chunks[7]
    content = bytearray(file.content)
    content[hit.offset - 8 : hit.offset + 40] = b"?" * 48
    found = read_avi(bytes(content))
    assert found.damage
    assert found.chunks == [*whole.chunks[:7], *whole.chunks[8:]]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_garbage_has_a_name(content: bytes) -> None:
    with pytest.raises(NotAnAviError):
        read_avi(content)
    with pytest.raises(NotAnAviError):
        read_avi(b"RIFF" + content + b"strhstrfmovi" + bytes(80))


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0), flip=st.integers(1, 255), cut=st.integers(0, 30_000))
def test_changed_files_are_read_as_far_as_they_can_be(place: int, flip: int, cut: int) -> None:
    content = bytearray(SAMPLE[: max(len(SAMPLE) - cut, 1)])
    content[place % len(content)] ^= flip
    try:
        found = read_avi(bytes(content))
    except NotAnAviError:
        return
    assert all(each.offset + each.size <= len(content) for each in found.chunks)


def test_a_file_that_can_name_no_more_says_so_and_stays_whole() -> None:
    file = MemoryFile()
    writer = AviWriter(file, STREAM, Limits(index_entries=4, indexes=2))
    with pytest.raises(AviFullError, match="another file"):
        writer.fill(20)
    writer.flush()
    assert read_avi(bytes(file.content)).slots == 8


def test_the_past_cannot_be_written() -> None:
    writer = AviWriter(MemoryFile(), STREAM)
    writer.fill(5)
    with pytest.raises(ValueError, match="slot 4"):
        writer.write(4, b"RASC", key=True)


def test_golden_bytes() -> None:
    """A whole file of three slots."""
    file = MemoryFile()
    writer = AviWriter(file, STREAM, Limits(index_entries=2, indexes=2))
    writer.write(1, b"KBNDx", key=True)
    writer.close(3)
    assert (
        hashlib.sha256(file.content).hexdigest() == "6fec001cf7d7dfbf1fad63975640779b3338b866d2d80d966e14f8589e20dba7"
    )


SAMPLE = bytes(write([0, 4, 5, 30], SMALL)[0].content)
