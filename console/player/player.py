"""Plays one recording for one page, step by step: decides what to show, and decodes what will be wanted. No thread.

What the page shows and what it should show are compared as in a session, so a seek costs one packet. The next picture
is made when the page has painted the last one: nothing queues, and what it gets is always the present.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from codec.picture.diff import Frame
from codec.picture.encoder import Encoder
from codec.wire.messages import Picture, PointerAt, PointerShape, SessionMessage, pack
from console.player.frame_cache import FrameCache, Stretch
from console.player.messages import Act, PlayerDo, PlayerNow
from console.player.source import Moment, RecordingSource
from console.player.timeline import SECOND, Playhead, Timeline

TELL_MICROSECONDS = 200_000
DISPLAY = 0
NO_POINTER = PointerShape(0, 0, 0, 0, b"")


@dataclass(frozen=True)
class Hearer:
    """Who is told. Both must not wait."""

    message: Callable[[bytes], None]
    """A session message: a picture or the pointer."""
    now: Callable[[PlayerNow], None]


class Player:
    """`work` often, as long as it says that there is something to do; times are of a steady clock in microseconds."""

    def __init__(self, source: RecordingSource, hearer: Hearer, frame_cache: FrameCache | None = None) -> None:
        outline = source.outline
        moments = sorted(int(mark.at * SECOND) for mark in outline.marks)
        self.timeline = Timeline(outline.duration, outline.changes, moments)
        self._source = source
        self._hearer = hearer
        self._frame_cache = FrameCache() if frame_cache is None else frame_cache
        self._head = Playhead(self.timeline)
        self._building: _Building | None = None
        self._encoder: Encoder | None = None
        self._shown: int | None = None
        self._number = 0
        self._unpainted = False
        self._waits = False
        self._told: PlayerNow | None = None
        self._told_at = 0
        self._pointer: tuple[PointerShape, tuple[int, int] | None] | None = None

    def do(self, deed: PlayerDo, now: int) -> None:
        """The viewer does something."""
        head = self._head
        at = head.look(now, not self._waits)
        match deed.act:
            case Act.PLAY:
                head.play(now)
            case Act.PAUSE:
                head.playing = False
            case Act.SEEK:
                head.go(_microseconds(deed.value))
            case Act.SPEED:
                head.run_at(deed.value)
            case Act.SKIP:
                head.skips = deed.value > 0
            case Act.STEP:
                head.playing = False
                head.go(self.timeline.step(at, 1 if deed.value > 0 else -1))
            case Act.CHANGE:
                head.go(self.timeline.change(at, 1 if deed.value > 0 else -1))
            case Act.SHOWN:
                self._unpainted = self._unpainted and int(deed.value) != self._number
                return
            case Act.REFRESH:
                self._shown, self._unpainted = None, False
                if self._encoder is not None:
                    self._encoder.refresh()
        self._told = None

    def work(self, now: int) -> float | None:
        """Show what is due and decode a little. Return after how many seconds to call again, None for when asked."""
        at = self._head.look(now, not self._waits)
        self._show(at)
        self._tell(at, now)
        if self._build(at):
            return 0.0
        if self._head.playing:
            return self._until_change(at)
        return None

    def _until_change(self, at: int) -> float:
        place = bisect_right(self.timeline.changes, at)
        following = self.timeline.changes[place] if place < len(self.timeline.changes) else at + TELL_MICROSECONDS
        return min(max((following - at) / self._head.speed, 4_000), TELL_MICROSECONDS) / SECOND

    def _show(self, at: int) -> None:
        """Show the picture of this moment where it is decoded and the page is ready for it."""
        wanted = self.timeline.picture_at(at)
        if wanted is None:
            self._waits = False
            return
        if wanted != self._shown:
            stretch = self._ready(wanted)
            self._waits = stretch is None
            if stretch is None or self._unpainted:
                return
            frame = stretch.at(wanted)
            if frame is not None:
                self._send(frame)
            self._shown = wanted
        self._waits = False
        self._point(at)

    def _ready(self, wanted: int) -> Stretch | None:
        """Return the stretch of a picture where it is decoded so far."""
        number = self._stretch_of(wanted)
        building = self._building
        if building is not None and building.number == number and building.until >= wanted:
            return building.stretch
        return self._frame_cache.get(number)

    def _send(self, frame: Frame) -> None:
        height, width = frame.shape[:2]
        if self._encoder is None or self._encoder.size != (width, height):
            self._encoder = Encoder(width, height)
        packet = self._encoder.encode(frame)
        if packet is None:
            return
        self._number += 1
        self._unpainted = True
        self._say(Picture(DISPLAY, self._number, packet))

    def _point(self, at: int) -> None:
        """Show the pointer where it was at this moment."""
        shapes, places = self._source.outline.shapes, self._source.outline.places
        shape = _latest([time for time, _ in shapes], at)
        place = _latest([time for time, _ in places], at)
        where = None if place is None else places[place][1]
        now = (NO_POINTER if shape is None or where is None else shapes[shape][1]), where
        before, self._pointer = self._pointer, now
        if before is None or before[0] is not now[0]:
            self._say(now[0])
        if where is not None and (before is None or before[1] != where):
            self._say(PointerAt(DISPLAY, *where))

    def _say(self, message: SessionMessage) -> None:
        self._hearer.message(pack(message))

    def _tell(self, at: int, now: int) -> None:
        """Tell where the recording stands, at once when something else changed than the time."""
        head = self._head
        state = PlayerNow(at / SECOND, head.playing, head.speed, head.skips, self._waits)
        is_same = self._told is not None and _timeless(self._told) == _timeless(state)
        if is_same and (self._told == state or now - self._told_at < TELL_MICROSECONDS):
            return
        self._told, self._told_at = state, now
        self._hearer.now(state)

    # ── decoding ahead ─────────────────────────────────────────────────────────────────────────────────────────────

    def _build(self, at: int) -> bool:
        """Decode one picture: of where the viewer is, else of what comes next. Return whether there may be more."""
        number = self._next_to_build(at)
        if number is None:
            return False
        if self._building is None or self._building.number != number:
            self._building = _Building(number, self._source.pictures(number), self._source.outline.stretches[number])
        if not self._building.step():
            if self._building.stretch is not None:
                self._frame_cache.put(number, self._building.stretch)
            self._building = None
        return True

    def _next_to_build(self, at: int) -> int | None:
        count = len(self._source.outline.stretches)
        if not count:
            return None
        here = self._stretch_of(at)
        if here not in self._frame_cache:
            return here
        if self._building is not None and self._frame_cache.has_room:
            return self._building.number
        if not self._frame_cache.has_room:
            return here + 1 if self._is_near_the_end_of(here, at) and here + 1 < count else None
        missing = [each for each in range(count) if each not in self._frame_cache]
        return min(missing, key=lambda each: (each < here, abs(each - here)), default=None)

    def _is_near_the_end_of(self, stretch: int, at: int) -> bool:
        begins = self._source.outline.stretches
        near = stretch + 1 < len(begins) and begins[stretch + 1] - at < 10 * SECOND
        return near and stretch + 1 not in self._frame_cache

    def _stretch_of(self, at: int) -> int:
        return max(bisect_right(self._source.outline.stretches, at) - 1, 0)


class _Building:
    """A stretch that is being decoded. `until`: pictures up to this time are there."""

    def __init__(self, number: int, pictures: Iterator[Moment], begins: int) -> None:
        self.number = number
        self.stretch: Stretch | None = None
        self.until = begins - 1
        self._pictures = pictures

    def step(self) -> bool:
        """Decode the next picture; return False when there is none."""
        following = next(self._pictures, None)
        if following is None:
            return False
        time, frame, touched = following
        if self.stretch is None:
            self.stretch = Stretch(frame.shape[1], frame.shape[0])
        self.stretch.add(time, frame, touched)
        self.until = time
        return True


def _timeless(now: PlayerNow) -> PlayerNow:
    """Return the same without the time."""
    return PlayerNow(0.0, now.playing, now.speed, now.skips, now.waits)


def _latest(times: list[int], at: int) -> int | None:
    place = bisect_right(times, at)
    return place - 1 if place else None


def _microseconds(seconds: float) -> int:
    return int(seconds * SECOND + 0.5) if -1e9 < seconds < 1e9 else 0
