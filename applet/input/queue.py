"""What the technician did and what is not carried out yet, in its order. Pure: the clock is an argument, in seconds.

It is bounded, and longer texts leave it in slices, so that a stop finds little that has begun and can discard the rest.
"""

from collections import deque

from codec.errors import DesksideError
from codec.token_bucket import Bucket, Rate
from codec.wire.messages import (
    TYPED_CHARACTERS,
    Key,
    Message,
    PointerMove,
    TypeText,
)

SLICE_CHARACTERS = 16
AHEAD_CHARACTERS = 256
MAX_CHARACTERS = 2 * TYPED_CHARACTERS
MAX_MESSAGES = 1_024
BURST = 2_000
"""A page of text is typed at once…"""
PER_SECOND = 500
"""…and a longer one as fast as the fastest keyboards can say it, which nobody reads along with."""


class QueueFullError(DesksideError):
    """The technician sends more than can be typed or clicked. What was waiting is given up."""


class InputQueue:
    """Messages go in, slices of them come out when they may."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque()
        self._characters = 0
        self._bucket = Bucket(Rate(PER_SECOND, BURST))

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._messages

    @property
    def ahead(self) -> str:
        """The rest of the text of which `take` returned a slice just now."""
        first = self._messages[0] if self._messages else None
        return first.text[:AHEAD_CHARACTERS] if isinstance(first, TypeText) else ""

    def put(self, message: Message) -> None:
        """Add a message. Of several moves in a row the last one counts. Raises QueueFullError."""
        if isinstance(message, PointerMove) and self._messages and isinstance(self._messages[-1], PointerMove):
            self._messages[-1] = message
            return
        if isinstance(message, TypeText):
            message = TypeText(message.text.replace("\r\n", "\n").replace("\r", "\n"))
            if self._characters + len(message.text) > MAX_CHARACTERS:
                raise QueueFullError(f"more than {MAX_CHARACTERS} characters wait to be typed")
            self._characters += len(message.text)
        if len(self._messages) >= MAX_MESSAGES:
            raise QueueFullError(f"more than {MAX_MESSAGES} keys and clicks wait to be carried out")
        self._messages.append(message)

    def take(self, now: float) -> Message | None:
        """Return the next message, or the next slice of a text; None where there is none, or not yet (see `wait`)."""
        if self.is_empty or not self._bucket.take(self._price(), now):
            return None
        message = self._messages.popleft()
        if not isinstance(message, TypeText):
            return message
        now_typed, rest = message.text[:SLICE_CHARACTERS], message.text[SLICE_CHARACTERS:]
        self._characters -= len(now_typed)
        if rest:
            self._messages.appendleft(TypeText(rest))
        return TypeText(now_typed)

    def wait(self, now: float) -> float | None:
        """Return in how many seconds `take` has something, None where nothing waits."""
        return None if self.is_empty else self._bucket.wait(self._price(), now)

    def clear(self) -> None:
        """Discard everything. What has been typed stays counted."""
        self._messages.clear()
        self._characters = 0

    def _price(self) -> int:
        """Return how many characters the next message types at most."""
        match self._messages[0]:
            case TypeText(text=text):
                return min(len(text), SLICE_CHARACTERS)
            case Key(down=True):
                return 1
        return 0
