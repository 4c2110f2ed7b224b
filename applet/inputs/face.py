"""What an input is: the short list of members that every platform has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from codec.errors import DesksideError
from codec.messages import Key


class InputError(DesksideError):
    """The platform takes no input now."""


class Input(Protocol):
    """Puts events in. Positions are pixels of the whole desktop. All may raise InputError."""

    def move(self, x: int, y: int) -> None:
        """Move the pointer."""

    def button(self, button: int, down: bool) -> None:
        """Press or release: 0 left, 1 middle, 2 right, 3 back, 4 forward."""

    def wheel(self, across: int, along: int) -> None:
        """Turn the wheel by whole notches; positive is right and down."""

    def key(self, key: Key) -> None:
        """Press or release a key."""

    def type_text(self, text: str) -> None:
        """Type this text."""

    def release_all(self) -> None:
        """Let go of everything that is held."""

    def close(self) -> None:
        """Let go of everything, and put back what was changed."""


@dataclass(frozen=True)
class Hand:
    """Whom a listener tells of the customer's own hand. Called from the listener's thread."""

    active: Callable[[], None]
    """The customer moved, clicked or typed."""
    stop: Callable[[], None]
    """The customer pressed the stop key."""
    moved: Callable[[int, int], None]
    """The customer's pointer is at this pixel of the desktop."""
    lost: Callable[[], None]
    """The display server is gone: nothing more is heard, the stop key neither."""


class Listener(Protocol):
    """Hears the customer's own hand until it is closed."""

    def close(self) -> None:
        """Stop listening."""
