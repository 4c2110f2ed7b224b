"""A paste waits for its text. Pure.

At the technician's end until a long text, which lets keys pass, has arrived; at the customer's until it is in the
clipboard.
"""

from collections import deque

from codec.errors import DesksideError
from codec.wire.messages import Key, Message, Modifier, StillHeld
from codec.wire.tools import ToolName

MOST_WAITING = 1_000


class TooMuchWaitsError(DesksideError):
    """More keys and clicks wait behind a paste than anybody makes. They are given up."""


class PasteQueue:
    """Keys and clicks from a paste on, until its text has arrived. They keep their order."""

    def __init__(self) -> None:
        self._waiting: deque[Message] = deque()

    @property
    def waits(self) -> bool:
        """Whether something waits."""
        return bool(self._waiting)

    def holds_back(self, message: Message, copies: bool) -> bool:
        """Keep a message of the technician if it must wait; `copies`: a text is on its way to the customer's clipboard.

        The sign that something is still held passes: without it the applet would let go of Ctrl. Raises
        TooMuchWaitsError.
        """
        if message.declared.tool is not ToolName.INPUT or isinstance(message, StillHeld):
            return False
        if not self._waiting and not (copies and is_paste(message)):
            return False
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            raise TooMuchWaitsError(TooMuchWaitsError.__doc__)
        self._waiting.append(message)
        return True

    def take(self) -> list[Message]:
        """Return what has waited, in its order: the text is there."""
        waiting = list(self._waiting)
        self._waiting.clear()
        return waiting


def is_paste(message: Message) -> bool:
    """Whether a program would paste at this: Ctrl+V or Command+V, with Shift too in terminals, or Shift+Insert."""
    if not isinstance(message, Key) or not message.down or message.modifiers & Modifier.ALT:
        return False
    if message.modifiers & (Modifier.CONTROL | Modifier.META):
        return message.symbol.lower() == "v" or (message.code == "KeyV" and not message.symbol.isascii())
    return bool(message.modifiers & Modifier.SHIFT) and message.symbol == "Insert"
