"""What an input is: the short list of members that every platform has."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from codec.errors import DesksideError
from codec.wire.messages import Key

Steps = Iterator[float | None]
"""Something to be carried out event by event. It halts before each event that begins something (a press, a move, a turn
of the wheel), does that event when it is resumed, and may be dropped wherever it has halted. What ends something (a
release) follows without a halt. A halt may say for how many seconds it wants to rest before it is resumed."""


class InputError(DesksideError):
    """The platform takes no input now."""


class StoppedError(DesksideError):
    """The customer has stopped this, or is at work just now. The event was not injected."""


class Input(Protocol):
    """Puts events in. Positions are pixels of the whole desktop.

    Directly before each event that begins something it asks whether it may, and raises StoppedError when not. All may
    raise InputError.
    """

    @property
    def is_caught_up(self) -> bool:
        """Whether what the customer did before our last event has been heard; always where nobody listens."""

    def move(self, x: int, y: int) -> Steps:
        """Move the pointer."""

    def button(self, button: int, down: bool) -> Steps:
        """Press or release: 0 left, 1 middle, 2 right, 3 back, 4 forward."""

    def wheel(self, across: int, along: int) -> Steps:
        """Turn the wheel by whole notches; positive is right and down."""

    def key(self, key: Key) -> Steps:
        """Press or release a key."""

    def type_text(self, text: str, ahead: str = "") -> Steps:
        """Type this text. `ahead` is what is typed soon: what it needs can be prepared together with this."""

    def left_out(self) -> str:
        """Return the characters that could not be typed since the last call."""

    @property
    def is_holding(self) -> bool:
        """Whether the technician holds a key or a button down."""

    def still_held(self) -> None:
        """The technician is known to hold on. Said about twice a second while that is so."""

    def release_all(self) -> None:
        """Let go of everything that is held. This may be done at any time."""

    def put_back(self) -> bool:
        """Put back what was changed at the keyboard for typing. False where that must wait: then ask again."""

    def close(self) -> None:
        """Let go of everything, and put back what was changed."""


@dataclass(frozen=True)
class LocalInput:
    """Whom a listener tells of the customer's own hand. Called from the listener's thread, before anything else."""

    active: Callable[[], None]
    """The customer moved, clicked or typed."""
    stop: Callable[[], None]
    """The customer pressed the stop key."""
    moved: Callable[[int, int], None]
    """The customer's pointer is at this pixel of the desktop."""
    caught_up: Callable[[], None]
    """Everything up to our last event has been heard."""
    lost: Callable[[], None]
    """The display server is gone: nothing more is heard, the stop key neither."""


class Listener(Protocol):
    """Hears the customer's own hand until it is closed."""

    def close(self) -> None:
        """Stop listening."""
