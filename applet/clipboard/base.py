"""What a clipboard is: the short list of members that every platform has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from codec.errors import DesksideError


class ClipboardError(DesksideError):
    """There is no clipboard that can be shared: no display server, or one that does not tell when it changes."""


@dataclass(frozen=True)
class Copied:
    """Whom a clipboard tells what was copied here, from any thread."""

    text: Callable[[str], None]
    too_long: Callable[[int], None]
    """A text of so many bytes, or more."""
    not_read: Callable[[], None]
    """The program that holds it did not give it in time, or died."""
    placed: Callable[[str], None] = lambda _text: None
    """This text of the technician can be pasted here now."""


class Clipboard(Protocol):
    """Tells what is copied on this computer while it may be shared, and holds what the technician copied.

    Text only. What was copied before it might be shared is not told; what came from the technician is not told back.
    """

    def set_text(self, text: str) -> None:
        """Hold the technician's text, unless that may no longer be. Returns at once."""

    def read(self, give: Callable[[str], None], *, selected: bool = False) -> None:
        """Give what can be pasted here, now or later and from any thread, if that is a text.

        `selected`: what was last selected, where the platform keeps that too. This is for the person at this computer,
        whatever is shared.
        """

    def close(self) -> None:
        """Stop telling."""
