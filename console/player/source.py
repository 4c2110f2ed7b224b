"""What a player needs of a recording, whatever kind of file it is. Pictures come in stretches that begin with a key."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from codec.picture.diff import Flags, Frame
from codec.wire.messages import PointerShape
from console.player.messages import Mark
from console.player.timeline import Span

Moment = tuple[int, Frame, Flags | None]
"""The time of a picture, the picture, and which tiles may have changed since the one before; None if nobody knows."""


@dataclass
class Outline:
    """What is known of a recording without decoding a picture. Times are microseconds since it began."""

    duration: int = 0
    stretches: list[int] = field(default_factory=list)
    """When each begins, rising."""
    changes: list[int] = field(default_factory=list)
    """When each picture begins, rising."""
    weights: list[int] = field(default_factory=list)
    """The bytes of each."""
    marks: list[Mark] = field(default_factory=list)
    missing: list[Span] = field(default_factory=list)
    is_cut: bool = False
    began: datetime | None = None
    shapes: list[tuple[int, PointerShape]] = field(default_factory=list)
    places: list[tuple[int, tuple[int, int] | None]] = field(default_factory=list)
    """Where the pointer is from then on, in 65,536ths of the picture; None where nobody knows."""


class RecordingSource(Protocol):
    """One source of pictures in a recording. A file with further ones, a camera perhaps, gives further sources."""

    outline: Outline

    def pictures(self, stretch: int) -> Iterator[Moment]:
        """Yield the pictures of a stretch; each is lent until the next. What is damaged ends it."""


def marks_from(marks: Sequence[Mark], begins: float, seconds: float) -> list[Mark]:
    """Return the marks of a part of a recording, timed from its beginning."""
    moved = (Mark(each.at - begins, each.kind, each.text) for each in marks)
    return [each for each in moved if 0 <= each.at <= seconds]
