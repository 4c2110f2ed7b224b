"""A damaged recording into one that plays: everything whole is written again, nothing false is shown.

After lost pictures those that build on them would show wrong pixels, so the next one shown is a key.
"""

from dataclasses import dataclass

from codec.errors import DesksideError
from codec.recording.avi import AviWriter
from codec.recording.avi_reader import Avi, Chunk, Content
from codec.recording.journal import Journal, JournalWriter
from codec.recording.rasc import is_whole
from codec.recording.sink import Sink


class NothingToSaveError(DesksideError):
    """Not one whole picture or message is left in this recording."""


@dataclass(frozen=True)
class Repaired:
    """What was saved, and what had to be left out; `seconds` is how long the recording is now."""

    saved: int
    left_out: int
    seconds: float


def repair_avi(content: Content, avi: Avi, sink: Sink) -> Repaired:
    """Write every picture that can be shown truly. Raises NothingToSaveError, RecordingStoppedError."""
    kept = _showable(content, avi)
    if not kept:
        raise NothingToSaveError(NothingToSaveError.__doc__)
    writer = AviWriter(sink, avi.stream)
    for number, chunk in enumerate(kept):
        writer.write(chunk.slot, bytes(content[chunk.offset : chunk.offset + chunk.size]), chunk.key)
        if number % 256 == 0:
            writer.flush()
    writer.close(max(avi.slots, writer.slots))
    return Repaired(len(kept), len(avi.chunks) - len(kept), writer.slots / avi.stream.rate)


def repair_journal(journal: Journal, sink: Sink) -> Repaired:
    """Write every whole chunk. Raises NothingToSaveError, RecordingStoppedError."""
    if not journal.chunks:
        raise NothingToSaveError(NothingToSaveError.__doc__)
    writer, saved = JournalWriter(sink), 0
    for record in journal.records():
        writer.add(record.time, record.source, record.data)
        saved += 1
    writer.flush()
    return Repaired(saved, 0, journal.duration / 1_000_000)


def _showable(content: Content, avi: Avi) -> list[Chunk]:
    """Return the pictures whose predecessors, back to a key, are all there.

    Of RASC the inside is checked too. The other codecs have no checksums there.
    """
    kept: list[Chunk] = []
    gaps = [begins for begins, _ in avi.damage]
    whole = False
    before = 0
    for chunk in avi.chunks:
        if any(before <= gap < chunk.offset for gap in gaps):
            whole = False
        if avi.stream.fourcc == b"RASC" and not is_whole(bytes(content[chunk.offset : chunk.offset + chunk.size])):
            whole, before = False, chunk.offset
            continue
        whole = whole or chunk.key
        if whole and (not kept or chunk.slot > kept[-1].slot):
            kept.append(chunk)
        before = chunk.offset
    return kept
