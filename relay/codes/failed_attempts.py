"""Wrong PINs and ended codes, told to technicians as sums: guessing must not fill their screens. Pure.

The first of a kind is told at once, because the customer on the telephone may have misheard. What follows within EVERY
seconds is told together, as one, when they are over.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

EVERY = 30.0
"""Seconds between two notices of a kind."""
Kind = TypeVar("Kind", bound=Hashable)


@dataclass(frozen=True)
class Told:
    """What is told: how often it happened, and with which code where it was always the same."""

    count: int
    code: int | None


@dataclass
class _Sum:
    told_at: float
    count: int = 0
    code: int | None = None


class FailedAttempts(Generic[Kind]):
    """The sums that are not told yet. It holds one for each kind that happened in the last EVERY seconds."""

    def __init__(self) -> None:
        self._sums: dict[Kind, _Sum] = {}

    def note(self, kind: Kind, code: int | None, now: float) -> Told | None:
        """It happened once more: return what to tell now, None when it is told later."""
        found = self._sums.get(kind)
        if found is None:
            self._sums[kind] = _Sum(now)
            return Told(1, code)
        found.code = code if found.count == 0 or found.code == code else None
        found.count += 1
        return None

    def due(self, now: float) -> list[tuple[Kind, Told]]:
        """Return what is to be told now. Call it every few seconds."""
        told = []
        for kind, found in list(self._sums.items()):
            if now - found.told_at < EVERY:
                continue
            if found.count == 0:
                del self._sums[kind]
                continue
            told.append((kind, Told(found.count, found.code)))
            self._sums[kind] = _Sum(now)
        return told
