"""Reads AVI files as codec/recording/avi.py writes them, also damaged ones: whatever is whole is found.

Pictures are found by walking from chunk to chunk, not by the index, so what was written after the last flush counts
too. The index adds what a chunk does not say: which pictures are keys, and the slot of a picture behind damage.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from mmap import mmap

from codec.errors import DesksideError
from codec.recording.avi import Stream
from codec.recording.opendml import CHUNK_ID, INDEX_ID, read_entries

Content = bytes | bytearray | mmap
MAX_SIDE = 16_384
_FILLER = b"JUNK"
_HEADS = {b"RIFF": (b"AVI ", b"AVIX"), b"LIST": (b"movi",)}


class NotAnAviError(DesksideError):
    """The file is no AVI recording, or its first kilobytes are damaged: nothing in it says what its pictures are."""


@dataclass(frozen=True)
class Chunk:
    """One picture in the file: its data, the slot from which it is shown, and whether it needs none before it."""

    offset: int
    size: int
    slot: int
    key: bool


@dataclass
class Avi:
    """What was found: pictures in order, empty slots left out; `slots` is how many slots there are in all."""

    stream: Stream
    chunks: list[Chunk] = field(default_factory=list)
    slots: int = 0
    end: int = 0
    """Where the last whole chunk ends."""
    damage: list[tuple[int, int]] = field(default_factory=list)
    """From where to where something was that is no chunk."""
    unnamed: int = 0
    """Slots that no index names."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is damaged or cut, and the index names everything."""
        return not self.damage and not self.unnamed


def read_avi(content: Content) -> Avi:
    """Return what is in the file. Raises NotAnAviError."""
    stream, at = _read_header(content)
    avi = Avi(stream, end=at)
    named: dict[int, tuple[int, bool]] = {}
    counted = 0
    for tag, offset, size in _walk(content, at, avi):
        if tag == INDEX_ID:
            entries = read_entries(bytes(content[offset : offset + size]))
            named |= {each.offset: (counted + place, each.key) for place, each in enumerate(entries)}
            counted += len(entries)
        elif tag == CHUNK_ID:
            if offset in named:
                slot, key = named[offset]
            else:
                slot, key = avi.slots, size > 0 and is_key(stream.fourcc, content[offset : offset + min(size, 512)])
                avi.unnamed += 1
            if size:
                avi.chunks.append(Chunk(offset, size, slot, key))
            avi.slots = max(avi.slots, slot + 1)
            counted = max(counted, avi.slots)
    return avi


def read_stream(content: Content) -> Stream:
    """Return what kind of pictures the file holds, from its first kilobytes. Raises NotAnAviError."""
    return _read_header(content)[0]


def is_key(fourcc: bytes, data: Content) -> bool:
    """Whether a packet of this codec, of which at least the first bytes are given, needs none before it."""
    match fourcc:
        case b"RASC":
            return data[:4] == b"KBND"
        case b"ZMBV":
            return bool(data[0] & 1)
        case b"H264":
            return b"\0\0\1\x67" in data
        case b"FMP4":
            return b"\0\0\1\xb0" in data
        case _:
            return fourcc == b"MJPG"


def _walk(content: Content, at: int, avi: Avi) -> Iterator[tuple[bytes, int, int]]:
    """Yield tag, offset and size of the data of each whole chunk from `at` on, noting damage and where chunks end."""
    end = len(content)
    while at + 8 <= end:
        tag, size = bytes(content[at : at + 4]), struct.unpack_from("<I", content, at + 4)[0]
        if tag in _HEADS and bytes(content[at + 8 : at + 12]) in _HEADS[tag]:
            at += 12
        elif tag in (CHUNK_ID, INDEX_ID, _FILLER) and at + 8 + size <= end:
            yield tag, at + 8, size
            at += 8 + size + size % 2
        else:
            begins, at = at, _next_chunk(content, at + 1)
            avi.damage.append((begins, at))
            continue
        avi.end = min(at, end)
    if at < end:
        avi.damage.append((at, end))


def _next_chunk(content: Content, at: int) -> int:
    """Return where chunks go on after damage: at one that another follows."""
    end = len(content)
    while True:
        found = [place for tag in (CHUNK_ID, INDEX_ID) if (place := content.find(tag, at)) >= 0]
        if not found or min(found) + 8 > end:
            return end
        at = min(found)
        size = struct.unpack_from("<I", content, at + 4)[0]
        after = at + 8 + size + size % 2
        if after == end or bytes(content[after : after + 4]) in (CHUNK_ID, INDEX_ID, _FILLER, b"RIFF"):
            return at
        at += 1


def _read_header(content: Content) -> tuple[Stream, int]:
    """Return what the file holds, and where its chunks begin."""
    movi = content.find(b"movi", 0, 1 << 22)
    strh, strf = content.find(b"strh", 0, 4096), content.find(b"strf", 0, 4096)
    if content[:4] != b"RIFF" or min(movi, strh, strf) < 0 or movi < strf:
        raise NotAnAviError(NotAnAviError.__doc__)
    fourcc = bytes(content[strh + 12 : strh + 16])
    scale, rate = struct.unpack_from("<II", content, strh + 8 + 20)
    size, _, width, height, _, bits = struct.unpack_from("<IIiiHH", content, strf + 4)
    if scale != 1 or not 0 < rate <= 1_000 or not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise NotAnAviError(f"pictures of {width}×{height} in slots of {scale}/{rate} s are not what recordings hold")
    extra = bytes(content[strf + 48 : strf + 8 + size])
    return Stream(width, height, rate, fourcc, bits, extra), movi + 4
