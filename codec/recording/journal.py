"""The session journal (`.dsr`): what both ends said, as it travelled, with times. Every film can be made from it later.

A file is a head and chunks, and is only ever appended to. A chunk is whole or it is not there: its length and checksum
say so. docs/recording-formats.md has the bytes. Picture packets are compressed already and chat is little, so nothing
is compressed again and adding a message costs microseconds.

What is not kept: keys, typed text and clipboards, since passwords travel there, and what only serves the line.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

import msgspec
from msgspec import Struct

from codec.errors import MALFORMED, DesksideError
from codec.recording.avi_reader import Content
from codec.recording.sink import Sink
from codec.wire.declaration import where
from codec.wire.messages import (
    MESSAGES,
    Message,
)

FILE_HEAD = b"DSR\x01\r\n\x1a\n"
CHUNK_TAG = b"DSRc"
CHUNK_BYTES = 64 << 10
"""A chunk is closed when it holds so much; a tick closes it earlier."""
MAX_CHUNK = 64 << 20
_CHUNK = struct.Struct("<4sIIQ")
"""Tag, length of the records, CRC-32 of time and records, time in microseconds."""
_RECORD = struct.Struct("<IBI")
"""Microseconds after the chunk's time, source, length."""
_TIME = struct.Struct("<Q")
MICROSECONDS = 1_000_000

KEPT = where(MESSAGES, lambda declared: declared.recorded)
"""The session messages that a recording keeps."""


class NotAJournalError(DesksideError):
    """The file is no session journal (.dsr), or not even its first bytes are left."""


class Speaker(IntEnum):
    """Who said it. Further numbers are for further sources: a camera, a collaborator, a monitored technician."""

    RECORDER = 0
    APPLET = 1
    CONSOLE = 2


class Event(Struct, frozen=True, tag_field="event", omit_defaults=True):
    """Base of what the recorder itself notes."""


class Began(Event, frozen=True, tag="began"):
    """The first event: whose session this is. `at` is milliseconds since 1970 in UTC."""

    session: int
    at: int
    technician: str
    customer: str = ""
    program: str = ""


class Noted(Event, frozen=True, tag="noted"):
    """Something happened that a person who watches should know."""

    what: str
    detail: str = ""


OUTPUT_FAILED = "output_failed"
"""`what` of the event that a file of the recording ended early and the others go on; `detail` is its kind."""


class Ended(Event, frozen=True, tag="ended"):
    """The last event."""

    reason: str


RecorderEvent = Began | Noted | Ended
NOTHING = b""
"""An entry of the recorder that says only that time went by."""
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(RecorderEvent)


@dataclass(frozen=True)
class Record:
    """One entry: microseconds since the recording began, who, and the bytes of the message or event."""

    time: int
    source: int
    data: bytes


def keeps(message: Message) -> bool:
    """Whether a recording keeps this session message."""
    return isinstance(message, KEPT)


def pack_event(event: RecorderEvent) -> bytes:
    """Return the bytes of an event."""
    return _encoder.encode(event)


def unpack_event(data: bytes) -> RecorderEvent | None:
    """Return the event, None for one that this program does not know."""
    try:
        event: RecorderEvent = _decoder.decode(data)
    except MALFORMED:
        return None
    return event


class JournalWriter:
    """Appends to a journal. `add` what is said, `flush` several times a second."""

    def __init__(self, sink: Sink) -> None:
        """Raises RecordingStoppedError."""
        self._sink = sink
        self._records: list[bytes] = []
        self._size = 0
        self._time = 0
        sink.append(FILE_HEAD)

    def add(self, time: int, source: int, data: bytes) -> None:
        """Keep an entry; `time` in microseconds never goes back. Raises RecordingStoppedError."""
        if not self._records:
            self._time = time
        elif time - self._time > 0xFFFFFFFF or self._size > CHUNK_BYTES:
            self.flush()
            self._time = time
        self._records += (_RECORD.pack(max(time - self._time, 0), source, len(data)), data)
        self._size += _RECORD.size + len(data)

    def flush(self) -> None:
        """Write what was added. Raises RecordingStoppedError."""
        if not self._records:
            return
        records = b"".join(self._records)
        self._records.clear()
        self._size = 0
        check = zlib.crc32(records, zlib.crc32(_TIME.pack(self._time)))
        self._sink.append(_CHUNK.pack(CHUNK_TAG, len(records), check, self._time) + records)
        self._sink.commit([])


@dataclass
class Journal:
    """What was found in a file: where its whole chunks are, and from where to where something else was."""

    content: Content
    chunks: list[tuple[int, int, int]] = field(default_factory=list)
    """Time, and from where to where the records lie."""
    damage: list[tuple[int, int]] = field(default_factory=list)

    @property
    def duration(self) -> int:
        """Microseconds from the beginning to the last entry."""
        return max((record.time for record in self._records(len(self.chunks) - 1)), default=0) if self.chunks else 0

    def records(self) -> Iterator[Record]:
        """Yield every entry, in order."""
        for number in range(len(self.chunks)):
            yield from self._records(number)

    def _records(self, number: int) -> Iterator[Record]:
        time, at, end = self.chunks[number]
        while at + _RECORD.size <= end:
            later, source, length = _RECORD.unpack_from(self.content, at)
            at += _RECORD.size
            yield Record(time + later, source, bytes(self.content[at : min(at + length, end)]))
            at += length


def read_journal(content: Content) -> Journal:
    """Return what is in the file; damaged chunks are left out and noted. Raises NotAJournalError."""
    journal, at, end = Journal(content), len(FILE_HEAD), len(content)
    if content[: len(FILE_HEAD)] != FILE_HEAD:
        journal.damage.append((0, len(FILE_HEAD)))
    while at < end:
        found = _chunk_at(content, at)
        if found is None:
            begins = at
            at = content.find(CHUNK_TAG, at + 1)
            while at >= 0 and _chunk_at(content, at) is None:
                at = content.find(CHUNK_TAG, at + 1)
            at = end if at < 0 else at
            journal.damage.append((begins, at))
        else:
            journal.chunks.append(found)
            at = found[2]
    if content[: len(FILE_HEAD)] != FILE_HEAD and not journal.chunks:
        raise NotAJournalError(NotAJournalError.__doc__)
    return journal


@dataclass(frozen=True)
class Glance:
    """What a journal says of itself in its first and its last chunk; `duration` is in microseconds."""

    began: Began | None
    duration: int
    ended: bool
    """Whether it was closed properly."""


def glance(content: Content) -> Glance:
    """Return that without reading what is between, which may be damaged. Raises NotAJournalError."""
    first = _chunk_at(content, len(FILE_HEAD))
    if content[: len(FILE_HEAD)] != FILE_HEAD and first is None:
        raise NotAJournalError(NotAJournalError.__doc__)
    began = next((event for event in _events(content, first) if isinstance(event, Began)), None)
    at = content.rfind(CHUNK_TAG)
    while at >= 0 and _chunk_at(content, at) is None:
        at = content.rfind(CHUNK_TAG, 0, at)
    last = None if at < 0 else _chunk_at(content, at)
    if last is None:
        return Glance(began, 0, False)
    ended = any(isinstance(event, Ended) for event in _events(content, last))
    return Glance(began, Journal(content, [last]).duration, ended)


def _events(content: Content, chunk: tuple[int, int, int] | None) -> Iterator[RecorderEvent]:
    """Yield what the recorder noted in a chunk."""
    for record in Journal(content, [] if chunk is None else [chunk]).records():
        event = unpack_event(record.data) if record.source == Speaker.RECORDER else None
        if event is not None:
            yield event


def _chunk_at(content: Content, at: int) -> tuple[int, int, int] | None:
    if at + _CHUNK.size > len(content):
        return None
    tag, length, check, time = _CHUNK.unpack_from(content, at)
    begins = at + _CHUNK.size
    if tag != CHUNK_TAG or length > MAX_CHUNK or begins + length > len(content):
        return None
    if zlib.crc32(content[begins : begins + length], zlib.crc32(_TIME.pack(time))) != check:
        return None
    return time, begins, begins + length
