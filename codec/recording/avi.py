"""An AVI file, of any length, that can be opened at every instant of its writing, with pictures at their right times.

Layout: header with the list of index chunks, then pictures, each run of them behind the index chunk that names them
(codec/recording/opendml.py). Beyond 1 GB the file goes on in further RIFF parts, as OpenDML has it.

Order of writing, which is what survives a crash: pictures are appended; then, with each `flush`, what was appended is
committed and a few numbers in the front are patched: entries before the count of entries, counts before lengths. All
these numbers are aligned, so that none is ever half written, and each only grows: whatever instant the file is cut off
at, it says nothing that is not there. What is behind the last flush is whole chunks without an index; players that
read on find them too. There is no index of the old kind at the end, which would only exist after a proper end.

Times: an AVI file has one picture in each slot of a constant length. Slots in which nothing changed are empty chunks,
which cost 16 bytes and which players show as the picture before.
"""

import struct
from dataclasses import dataclass

from codec.errors import DesksideError
from codec.recording.opendml import CHUNK_ID, Index, IndexEntry, SuperIndex
from codec.recording.sink import Patch, Sink

PART_BYTES = 1 << 30
INDEX_ENTRIES = 2048
INDEXES = 2048
"""Room for 23 hours at 50 pictures a second."""
_EMPTY = CHUNK_ID + bytes(4)
_HAS_INDEX, _IS_INTERLEAVED, _TRUST_CHUNK_TYPE = 0x10, 0x100, 0x800


class AviFullError(DesksideError):
    """This file cannot name any more pictures. The recording goes on in another file."""


@dataclass(frozen=True)
class Stream:
    """What an AVI file holds: pictures of one size, in slots of 1 / `rate` s, of the codec that `fourcc` names."""

    width: int
    height: int
    rate: int
    fourcc: bytes
    bits: int = 24
    extra: bytes = b""


@dataclass(frozen=True)
class Limits:
    """How much goes where; tests choose less."""

    part_bytes: int = PART_BYTES
    index_entries: int = INDEX_ENTRIES
    indexes: int = INDEXES


class AviWriter:
    """Writes one file to a sink. `write` pictures, `flush` often, `close` in the end; after a failure just let go."""

    def __init__(self, sink: Sink, stream: Stream, limits: Limits | None = None) -> None:
        """Raises RecordingStoppedError."""
        self._sink = sink
        self._limits = limits or Limits()
        self._end = 0
        self._slots = 0
        self._slots_of_first_part = 0
        self._is_first_part = True
        self._patches: list[Patch] = []
        header, self._places = _header(stream, self._limits.indexes)
        self._super = SuperIndex(self._places.indexes, self._limits.indexes)
        self._append(header)
        self._part, self._movi = 0, self._end - 12
        self._index = self._begin_index()
        self.flush()

    @property
    def slots(self) -> int:
        """How many slots are filled: the next picture goes into this one or a later one."""
        return self._slots

    def write(self, slot: int, data: bytes, key: bool) -> None:
        """Show a picture from `slot` on. Raises AviFullError, RecordingStoppedError, ValueError for a past slot."""
        if slot < self._slots:
            raise ValueError(f"slot {slot} has been written already")
        self.fill(slot)
        self._write(CHUNK_ID + struct.pack("<I", len(data)) + data + bytes(len(data) % 2), len(data), key)

    def fill(self, slot: int) -> None:
        """Let the picture that is shown stay until `slot`. Raises as `write` does."""
        while self._slots < slot:
            self._write(_EMPTY, 0, False)

    def flush(self) -> None:
        """Make the file tell all that was written. Raises RecordingStoppedError."""
        patches = [*self._index.patches(), *self._super.extend(self._index), *self._patches]
        self._patches.clear()
        first = self._slots if self._is_first_part else self._slots_of_first_part
        for place, number in ((self._places.slots, self._slots), (self._places.all_slots, self._slots)):
            patches.append((place, struct.pack("<I", number)))
        patches.append((self._places.slots_of_first_part, struct.pack("<I", first)))
        self._sink.commit([*patches, *self._sizes()])

    def close(self, slot: int) -> None:
        """End the file, which lasts until `slot`. Raises as `write` does."""
        self.fill(slot)
        self.flush()

    def _write(self, chunk: bytes, size: int, key: bool) -> None:
        is_full = self._index.is_full
        if is_full and self._super.is_full:
            raise AviFullError(AviFullError.__doc__)
        if self._end + len(chunk) > self._part + self._limits.part_bytes:
            self._align()
            self._patches += self._sizes()
            if self._is_first_part:
                self._slots_of_first_part, self._is_first_part = self._slots, False
            self._append(b"RIFF\0\0\0\0AVIXLIST\0\0\0\0movi")
            self._part, self._movi = self._end - 24, self._end - 12
            is_full = True
        if is_full:
            self._patches = [*self._index.patches(), *self._super.extend(self._index), *self._patches]
            self._index = self._begin_index()
        self._index.add(IndexEntry(self._end + 8, size, key))
        self._append(chunk)
        self._slots += 1

    def _begin_index(self) -> Index:
        self._align()
        index = Index(self._end, self._limits.index_entries)
        self._append(index.as_bytes())
        self._patches += self._super.name(index)
        return index

    def _align(self) -> None:
        """Fill up to a multiple of eight, so that no number that is patched can be half written."""
        if self._end % 8:
            self._append(_chunk(b"JUNK", bytes(-self._end % 8)))

    def _append(self, data: bytes) -> None:
        self._sink.append(data)
        self._end += len(data)

    def _sizes(self) -> list[Patch]:
        """Return what says how long the current part is."""
        return [
            (self._movi + 4, struct.pack("<I", self._end - self._movi - 8)),
            (self._part + 4, struct.pack("<I", self._end - self._part - 8)),
        ]


@dataclass(frozen=True)
class Places:
    """Where in the file the numbers stand that change."""

    slots: int
    slots_of_first_part: int
    all_slots: int
    indexes: int


def _chunk(tag: bytes, data: bytes) -> bytes:
    return tag + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def _header(stream: Stream, indexes: int) -> tuple[bytes, Places]:
    """Return everything up to the first picture, with zeros where numbers will be patched."""
    size = struct.pack("<HH", stream.width, stream.height)
    flags = _HAS_INDEX | _IS_INTERLEAVED | _TRUST_CHUNK_TYPE
    slot = 1_000_000 // stream.rate
    main = struct.pack("<14I", slot, 0, 0, flags, 0, 0, 1, 0, stream.width, stream.height, 0, 0, 0, 0)
    head = b"vids" + stream.fourcc + struct.pack("<10I4x", 0, 0, 0, 1, stream.rate, 0, 0, 0, 0xFFFFFFFF, 0) + size
    picture = struct.pack(
        "<IiiHH4sIiiII", 40 + len(stream.extra), stream.width, stream.height, 1, stream.bits, stream.fourcc,
        stream.width * stream.height * 4, 0, 0, 0, 0,
    )  # fmt: skip
    formats = b"strl" + _chunk(b"strh", head) + _chunk(b"strf", picture + stream.extra)
    streams = _chunk(b"LIST", formats + _chunk(b"indx", SuperIndex.as_bytes(indexes)))
    header = b"hdrl" + _chunk(b"avih", main) + streams + _chunk(b"LIST", b"odml" + _chunk(b"dmlh", bytes(248)))
    written = b"RIFF\0\0\0\0AVI " + _chunk(b"LIST", header)
    indx, dmlh = written.index(b"indx") + 8, written.rindex(b"dmlh") + 8
    strh = written.index(b"strh") + 8
    return written + b"LIST\0\0\0\0movi", Places(strh + 32, 12 + 12 + 8 + 16, dmlh, indx)
