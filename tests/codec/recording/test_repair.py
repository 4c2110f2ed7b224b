"""Damaged recordings play again, and never show what was not there."""

import contextlib
import io
import random

import av
import numpy as np
import pytest

from codec.picture.diff import Frame
from codec.recording.avi import AviWriter, Stream
from codec.recording.avi_reader import is_key, read_avi
from codec.recording.formats import FORMATS, FormatName
from codec.recording.journal import JournalWriter, read_journal
from codec.recording.rasc import RascEncoder
from codec.recording.repair import NothingToSaveError, repair_avi, repair_journal
from tests.codec.recording.pictures import as_picture, noise
from tests.codec.recording.sinks import MemoryFile
from tests.codec.recording.test_journal import CONTENT

PICTURES = [noise(48, 32, number) for number in range(24)]


def film() -> bytes:
    """A picture every third slot, every sixth a key."""
    file, encoder = MemoryFile(), RascEncoder(48, 32)
    writer = AviWriter(file, Stream(48, 32, 50, b"RASC", 32))
    for number, picture in enumerate(PICTURES):
        key = number % 6 == 0
        writer.write(3 * number, encoder.encode(picture, key=key) or b"", key)
        writer.flush()
    writer.close(80)
    return bytes(file.content)


FILM = film()


def repaired(content: bytes) -> dict[int, Frame]:
    """Return what FFmpeg shows of the repaired film, by slot; it passes over packets whose inside is damaged."""
    file, shown = MemoryFile(), dict[int, Frame]()
    repair_avi(content, read_avi(content), file)
    assert read_avi(bytes(file.content)).is_whole
    with av.open(io.BytesIO(bytes(file.content)), "r") as container:
        for packet in container.demux(video=0):
            with contextlib.suppress(av.error.InvalidDataError):
                shown |= {frame.pts or 0: as_picture(frame) for frame in packet.decode()}
    return shown


@pytest.mark.finding("load-1.14")
def test_whatever_is_damaged_only_true_pictures_are_shown() -> None:
    """Also where only the inside of a picture was overwritten: what RASC deflates has checksums."""
    chance, chunks = random.Random(3), read_avi(FILM).chunks
    for _ in range(60):
        content = bytearray(FILM)
        begins = chance.randrange(chunks[2].offset, len(content) - 100)
        ends = min(begins + chance.randrange(1, 3_000), len(content))
        content[begins:ends] = chance.randbytes(ends - begins)
        if chance.random() < 0.5:
            del content[chance.randrange(begins, len(content)) :]
        shown = repaired(bytes(content))
        assert shown
        for slot, picture in shown.items():
            assert np.array_equal(picture, PICTURES[slot // 3][..., :3])


def test_a_picture_whose_inside_is_zeroed_goes_with_those_that_build_on_it() -> None:
    chunks = read_avi(FILM).chunks
    content = bytearray(FILM)
    middle = chunks[8].offset + chunks[8].size // 2
    content[middle : middle + 16] = bytes(16)
    assert sorted(repaired(bytes(content))) == [3 * number for number in range(24) if number not in (8, 9, 10, 11)]


def test_a_film_cut_anywhere_keeps_every_whole_picture() -> None:
    chunks = read_avi(FILM).chunks
    for cut in (chunks[3].offset + 5, chunks[10].offset, chunks[20].offset + chunks[20].size):
        shown = repaired(FILM[:cut])
        assert len(shown) == sum(each.offset + each.size <= cut for each in chunks)


def test_pictures_that_build_on_lost_ones_are_left_out() -> None:
    chunks = read_avi(FILM).chunks
    content = bytearray(FILM)
    content[chunks[8].offset - 8 : chunks[8].offset] = b"????????"
    shown = repaired(bytes(content))
    assert sorted(shown) == [3 * number for number in range(24) if number not in (8, 9, 10, 11)]


def test_a_journal_keeps_every_whole_chunk() -> None:
    file = MemoryFile()
    damaged = bytearray(CONTENT)
    damaged[len(damaged) // 2] ^= 1
    journal = read_journal(bytes(damaged))
    saved = repair_journal(journal, file)
    again = read_journal(bytes(file.content))
    assert not again.damage
    assert list(again.records()) == list(journal.records())
    assert saved.saved == len(list(again.records()))


def test_nothing_left_has_a_name() -> None:
    empty = MemoryFile()
    AviWriter(empty, Stream(48, 32, 50, b"RASC", 32))
    with pytest.raises(NothingToSaveError):
        repair_avi(bytes(empty.content), read_avi(bytes(empty.content)), MemoryFile())
    head = MemoryFile()
    JournalWriter(head)
    with pytest.raises(NothingToSaveError):
        repair_journal(read_journal(bytes(head.content)), MemoryFile())


@pytest.mark.parametrize("name", FormatName)
def test_keys_are_known_by_their_bytes_in_every_format(name: FormatName) -> None:
    encoder = FORMATS[name].open(64, 48, 50)
    for number in range(6):
        packet = encoder.encode(noise(64, 48, number), None, number % 3 == 0)
        assert packet is not None
        assert is_key(encoder.stream.fourcc, packet.data[:512]) == packet.is_key
        if name is not FormatName.ZMBV or number == 0:  # FFmpeg's ZMBV chooses its own further keys
            assert packet.is_key == (number % 3 == 0 or name is FormatName.MJPEG)
