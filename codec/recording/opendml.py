"""The index of an AVI file, as the OpenDML extensions (version 1.02) have it: chunks of entries, and a list of those.

A chunk of entries is *before* the pictures that it will name, with room for all of them, and the list has room for
every such chunk. So nothing is ever moved or written twice: an entry is put beyond those in use, then the number of
those in use grows. At every instant the index names only pictures that are there.
"""

import struct
from dataclasses import dataclass

from codec.recording.sink import Patch

CHUNK_ID = b"00dc"
INDEX_ID = b"ix00"
OF_INDEXES, OF_CHUNKS = 0, 1
HEAD = struct.Struct("<HBBI4s")
"""Words in an entry, sub-type, type, entries in use, the chunks that are named."""
HEAD_BYTES = 24
IN_USE = 4
"""Where the number of entries in use is."""
_ENTRY = struct.Struct("<II")
_NAMED = struct.Struct("<QII")
NOT_A_KEY = 1 << 31


@dataclass(frozen=True)
class IndexEntry:
    """A picture's chunk: where its data begins, how long they are, and whether it is a key."""

    offset: int
    size: int
    key: bool


class Index:
    """The entries of one index chunk, which begins at `start` in the file."""

    def __init__(self, start: int, capacity: int) -> None:
        self.start = start
        self.capacity = capacity
        self.count = 0
        self._pending: list[IndexEntry] = []

    @property
    def is_full(self) -> bool:
        """Whether the next picture needs another index chunk."""
        return self.count == self.capacity

    def as_bytes(self) -> bytes:
        """Return the chunk, still without entries."""
        size = HEAD_BYTES + self.capacity * _ENTRY.size
        head = HEAD.pack(2, 0, OF_CHUNKS, 0, CHUNK_ID) + struct.pack("<QI", self.start, 0)
        return INDEX_ID + struct.pack("<I", size) + head + bytes(size - HEAD_BYTES)

    def add(self, entry: IndexEntry) -> None:
        """Name another picture with the next `patches`."""
        self._pending.append(entry)
        self.count += 1

    def patches(self) -> list[Patch]:
        """Return what brings the chunk in the file up to date: first the entries, then how many they are."""
        if not self._pending:
            return []
        first = self.count - len(self._pending)
        entries = b"".join(
            _ENTRY.pack(each.offset - self.start, each.size | (0 if each.key else NOT_A_KEY)) for each in self._pending
        )
        self._pending.clear()
        body = self.start + 8
        return [(body + HEAD_BYTES + first * _ENTRY.size, entries), (body + IN_USE, struct.pack("<I", self.count))]


class SuperIndex:
    """The list of index chunks, in the header of the file. `start` is where its data begin."""

    def __init__(self, start: int, capacity: int) -> None:
        self.capacity = capacity
        self._start = start
        self._count = 0

    @property
    def is_full(self) -> bool:
        """Whether no further index chunk can be named: the recording goes on in another file."""
        return self._count == self.capacity

    @staticmethod
    def as_bytes(capacity: int) -> bytes:
        """Return the list without entries."""
        return HEAD.pack(4, 0, OF_INDEXES, 0, CHUNK_ID) + bytes(12 + capacity * _NAMED.size)

    def name(self, index: Index) -> list[Patch]:
        """Return what names another index chunk."""
        size = 8 + HEAD_BYTES + index.capacity * _ENTRY.size
        place = self._start + HEAD_BYTES + self._count * _NAMED.size
        self._count += 1
        entry = _NAMED.pack(index.start, size, index.count)
        parts = [(place, entry[:8]), (place + 8, entry[8:12]), (place + 12, entry[12:])]
        return [*parts, (self._start + IN_USE, struct.pack("<I", self._count))]

    def extend(self, index: Index) -> list[Patch]:
        """Return what says how many pictures the latest index chunk names now."""
        place = self._start + HEAD_BYTES + (self._count - 1) * _NAMED.size + 12
        return [(place, struct.pack("<I", index.count))]


def read_entries(body: bytes) -> list[IndexEntry]:
    """Return the entries of an index chunk's data; those that lie beyond the data are left out."""
    if len(body) < HEAD_BYTES:
        return []
    words, _, kind, in_use, chunk = HEAD.unpack_from(body)
    (base,) = struct.unpack_from("<Q", body, 12)
    if words != 2 or kind != OF_CHUNKS or chunk != CHUNK_ID:
        return []
    in_use = min(in_use, (len(body) - HEAD_BYTES) // _ENTRY.size)
    entries = _ENTRY.iter_unpack(body[HEAD_BYTES : HEAD_BYTES + in_use * _ENTRY.size])
    return [IndexEntry(base + offset, size & ~NOT_A_KEY, not size & NOT_A_KEY) for offset, size in entries]
