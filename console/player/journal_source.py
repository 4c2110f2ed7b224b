"""Plays a session's journal: every picture as the technician saw it, the pointer, the chat and what happened."""

from collections.abc import Iterator
from datetime import UTC, datetime

from codec.picture.packet import BadPacketError, parse_header
from codec.recording.avi_reader import Content
from codec.recording.journal import (
    MICROSECONDS,
    Began,
    Ended,
    Journal,
    Noted,
    Record,
    Speaker,
    read_journal,
    unpack_event,
)
from codec.recording.playback import PARTING, Playback, Seen, darkens
from codec.wire.access import Access
from codec.wire.messages import (
    Answered,
    Ask,
    BadMessageError,
    Bye,
    Chat,
    Granted,
    Message,
    Picture,
    PointerAt,
    PointerMove,
    PointerShape,
    Release,
    Stopped,
    UnknownMessageError,
    Watch,
    unpack,
)
from console.player.messages import Mark, MarkKind
from console.player.source import Moment, Outline

CHUNK_HEAD, RECORD_HEAD = 20, 9
_Place = tuple[int, int, int]
"""Time, and from where to where the bytes of a message lie."""


class JournalSource:
    """The pictures of a journal. `content` is read again whenever a stretch is decoded."""

    def __init__(self, content: Content) -> None:
        """Raises NotAJournalError."""
        self._content = content
        self._stretches: list[list[_Place]] = []
        self.outline = Outline()
        self._display: int | None = None
        self._granted: frozenset[Access] = frozenset()
        self._whole = False
        """Whether the picture is known: a key came, and nothing was lost since."""
        self._size: tuple[int, int] | None = None
        self._lost_from: int | None = None
        self._dark: _Place | None = None
        """Where it turned dark last."""
        self.sizes: list[tuple[int, int, int]] = []
        """Time, width and height at each key: parts of a film begin where a picture has no room in the first."""
        self._read(read_journal(content))

    def pictures(self, stretch: int) -> Iterator[Moment]:
        """Yield the pictures of a stretch; see Source."""
        playback = Playback()
        for time, begins, ends in self._stretches[stretch]:
            if playback.take(unpack(bytes(self._content[begins:ends]))) is Seen.PICTURE and playback.frame is not None:
                yield time, playback.frame, playback.touched

    def part_begins(self, part: int) -> float:
        """Return at which second a part of a film of this journal begins, counted from 1 (codec/recording/film.py)."""
        begins: list[int] = []
        open_session = (0, 0)
        for time, width, height in self.sizes:
            if width > open_session[0] or height > open_session[1]:
                open_session = width, height
                begins.append(time)
        return begins[min(part, len(begins)) - 1] / MICROSECONDS if begins else 0.0

    def _read(self, journal: Journal) -> None:
        outline, ended = self.outline, False
        gaps = {end for _, end in journal.damage}
        for chunk in journal.chunks:
            if chunk[1] - CHUNK_HEAD in gaps:
                self._lose()
            at = chunk[1]
            for record in Journal(self._content, [chunk]).records():
                at += RECORD_HEAD
                outline.duration = max(outline.duration, record.time)
                if record.source == Speaker.RECORDER:
                    ended = self._event(record) or ended
                else:
                    self._message(record, at)
                at += len(record.data)
        self._found(outline.duration)
        self._stay_lit()
        outline.is_cut = not ended or any(end == len(self._content) for _, end in journal.damage)

    def _lose(self) -> None:
        """Something is missing here: what follows builds on what nobody knows, up to the next key."""
        if self._whole:
            self._lost_from = self.outline.duration
        self._whole = False

    def _found(self, time: int) -> None:
        if self._lost_from is not None:
            self.outline.missing.append((self._lost_from, time))
        self._lost_from = None

    def _event(self, record: Record) -> bool:
        """Take what the recorder noted; return whether that is the end."""
        event = unpack_event(record.data)
        match event:
            case Began(_, at):
                self.outline.began = datetime.fromtimestamp(at / 1000, UTC)
                self._mark(record.time, MarkKind.BEGAN)
            case Noted(what, detail):
                self._mark(record.time, MarkKind.NOTED, f"{what} {detail}".strip())
            case Ended(reason):
                self._mark(record.time, MarkKind.ENDED, reason)
                return True
        return False

    def _message(self, record: Record, at: int) -> None:
        try:
            message = unpack(record.data)
        except (BadMessageError, UnknownMessageError):
            return  # a newer program's message, or one that was damaged before it was recorded
        place = (record.time, at, at + len(record.data))
        match message:
            case Picture(display, _, packet):
                self._picture(place, display, packet)
            case Granted() | Watch():
                if isinstance(message, Granted):
                    self._grant(record.time, message.access)
                if darkens(message):
                    self._darken(place)
            case PointerShape():
                self.outline.shapes.append((record.time, message))
            case PointerAt(display, x, y) | PointerMove(display, x, y):
                if display == self._display:
                    self.outline.places.append((record.time, (x, y)))
            case _:
                self._talk(record, message)

    def _picture(self, place: _Place, display: int, packet: bytes) -> None:
        try:
            head = parse_header(packet)
        except BadPacketError:
            self._lose()
            return
        if display != self._display:
            self.outline.places.append((place[0], None))
            self._display = display
            self._whole = self._whole and head.key
        if head.key:
            self._stretches.append([])
            self.outline.stretches.append(place[0])
            self._whole, self._size = True, (head.grid.width, head.grid.height)
            self.sizes.append((place[0], *self._size))
            self._found(place[0])
        if self._whole:
            self._keep(place, len(packet))

    def _keep(self, place: _Place, weight: int) -> None:
        self._stretches[-1].append(place)
        self.outline.changes.append(place[0])
        self.outline.weights.append(weight)

    def _darken(self, place: _Place) -> None:
        if self._whole:
            self._keep(place, 1)
            self.outline.places.append((place[0], None))
            self._dark = place
        self._whole = False

    def _stay_lit(self) -> None:
        """Where it turned dark because the recording ended, the last picture stays."""
        if self._dark is None or self.outline.changes[-1] != self._dark[0] or self._stretches[-1][-1] != self._dark:
            return
        if self.outline.duration - self._dark[0] < PARTING:
            for kept in (self._stretches[-1], self.outline.changes, self.outline.weights):
                kept.pop()

    def _grant(self, time: int, access: frozenset[Access]) -> None:
        if access - self._granted:
            self._mark(time, MarkKind.ALLOWED, " ".join(each for each in Access if each in access))
        self._granted = access

    def _talk(self, record: Record, message: Message) -> None:
        match message:
            case Chat(_, text, _) if record.source == Speaker.APPLET:
                self._mark(record.time, MarkKind.CUSTOMER_WROTE, text)
            case Chat(_, text, _):
                self._mark(record.time, MarkKind.TECHNICIAN_WROTE, text)
            case Ask(_, access):
                self._mark(record.time, MarkKind.ASKED, access.value)
            case Answered(_, False):
                self._mark(record.time, MarkKind.DECLINED)
            case Release(access):
                self._mark(record.time, MarkKind.RELEASED, access.value)
            case Stopped():
                self._mark(record.time, MarkKind.STOPPED)
            case Bye():
                self._mark(record.time, MarkKind.LEFT)

    def _mark(self, time: int, kind: MarkKind, text: str = "") -> None:
        self.outline.marks.append(Mark(time / MICROSECONDS, kind, text))
