"""Reading one selection of X11 (ICCCM 2), step by step. Pure: properties come in, and what to do next goes out.

A text comes whole in one property, or in parts (INCR): then each part is taken by deleting the property.
"""

from dataclasses import dataclass, field
from enum import Enum, auto

IDLE_SECONDS = 2.0
"""A program that gives nothing for so long is not waited for."""
WHOLE_SECONDS = 10.0
"""Nor one that gives its text in crumbs."""
TARGETS = ("UTF8_STRING", "text/plain;charset=utf-8", "STRING")
"""What is asked for, one after the other, until the program has it."""


class Step(Enum):
    """What follows."""

    WAIT = auto()
    ASK_NEXT = auto()
    """Ask for the next of TARGETS."""
    TEXT = auto()
    TOO_LONG = auto()
    NOTHING = auto()
    """What was copied is no text."""


@dataclass
class SelectionTransfer:
    """One reading, begun at `now` in seconds of a steady clock. At most `limit` bytes are taken."""

    limit: int
    now: float
    target: int = 0
    in_parts: bool = False
    size: int = 0
    parts: list[bytes] = field(default_factory=list)
    _heard_at: float = 0.0

    def __post_init__(self) -> None:
        self._heard_at = self.now

    @property
    def ends_at(self) -> float:
        """When it is given up, unless something comes."""
        return min(self._heard_at + IDLE_SECONDS, self.now + WHOLE_SECONDS)

    @property
    def text(self) -> str:
        """What was read."""
        data = b"".join(self.parts)
        encoding = "latin-1" if TARGETS[self.target] == "STRING" else "utf-8"
        return data.decode(encoding, "replace").rstrip("\0")

    def refused(self, now: float) -> Step:
        """The program does not have this target."""
        self._heard_at = now
        if self.target + 1 == len(TARGETS):
            return Step.NOTHING
        self.target += 1
        return Step.ASK_NEXT

    def begins_in_parts(self, least: int, now: float) -> Step:
        """The text comes in parts, of `least` bytes in all or more."""
        self._heard_at, self.in_parts, self.size = now, True, least
        return Step.TOO_LONG if least > self.limit else Step.WAIT

    def is_too_long(self, size: int) -> bool:
        """Whether a property of this size is too much."""
        self.size = max(self.size, sum(map(len, self.parts)) + size)
        return self.size > self.limit

    def part(self, data: bytes, now: float) -> Step:
        """A property has come."""
        self._heard_at = now
        if self.is_too_long(len(data)):
            return Step.TOO_LONG
        self.parts.append(data)
        if self.in_parts and data:
            return Step.WAIT
        return Step.TEXT if any(self.parts) else Step.NOTHING
