"""What a place for recordings is: the short list of members that all kinds share."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from codec.errors import DesksideError

Progress = Callable[[int], None]
"""Called with the number of bytes that the place has, as they arrive there."""


class StoreError(DesksideError):
    """The place does not do what is asked. The text says why and what helps; it never holds a password.

    `retry`: the same may succeed later without anybody changing anything.
    """

    def __init__(self, text: str, *, retry: bool) -> None:
        super().__init__(text)
        self.retry = retry


class CredentialsNeededError(StoreError):
    """The place asks who is calling: no credentials were given, or it refused them (REC-18)."""

    def __init__(self, text: str) -> None:
        super().__init__(text, retry=False)


class RecordingStore(Protocol):
    """One place. Not for several calls at once; open one for each.

    A file is there under its own name only when it is there whole, and it never replaces another one. Every method but
    `close` raises StoreError.
    """

    async def confirmed(self, name: str) -> int:
        """Return how many bytes of the file the place has for certain, 0 if none."""

    async def send(self, source: Path, name: str, progress: Progress) -> None:
        """Bring a file that no longer changes there, from the last confirmed byte on.

        Returns when the place has it with its size and its SHA-256; how each kind knows is in its file. Bringing a
        file that is there already does nothing.
        """

    async def delete(self, name: str) -> None:
        """Take the file away, whole or in part. Nothing happens when there is none."""

    async def test(self) -> None:
        """Write a small file, read it back and delete it."""

    async def close(self) -> None:
        """Let go of the place. May be called twice."""
