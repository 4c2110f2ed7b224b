"""Where the bytes of a recording go: the only thing that writers know of files."""

from collections.abc import Sequence
from typing import Protocol

from codec.errors import DesksideError

Patch = tuple[int, bytes]
"""A place in the file, and the bytes that stand there from now on. As many were appended there before, as zeros."""


class RecordingStoppedError(DesksideError):
    """The recording cannot be written any further; what was written so far can be opened. The text says why."""


class Sink(Protocol):
    """A growing file. Both raise RecordingStoppedError, after which nothing more is asked of the sink."""

    def append(self, data: bytes) -> None:
        """Write at the end."""

    def commit(self, patches: Sequence[Patch]) -> None:
        """Everything appended so far is whole. Then carry out the patches, one after the other.

        Patches overlap only where one replaces another. One of four bytes crosses no multiple of four, so it is written
        whole or not at all.
        """
