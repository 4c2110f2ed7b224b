"""The lines that a person writes, until the other end has confirmed them: no lost link, key or page loses one.

They are handed over at a pace that is no flood to the other end, however many were written while it was away, and of
those handed over no more than AHEAD are unconfirmed. So within any time no more arrive than AHEAD and what PACE lets
through, however long the way holds them up before it gives them all at once. Pure: times are arguments.
"""

from collections import deque
from typing import Protocol

from codec.session.path_manager import LinkKind
from codec.session.stream import StreamFullError
from codec.token_bucket import Bucket, Rate
from codec.wire.lanes import Lane

AHEAD = 16
PACE = Rate(per_second=3.5, burst=24)
"""It begins with nothing saved up: a page that is loaded again and again gains nothing by it."""
LAST = 20
"""So many more are handed over ahead of a goodbye."""
MOST_BYTES = 4 << 20


class MessageStream(Protocol):
    """What carries the lines under one key (codec/session/links/connection.py)."""

    @property
    def kind(self) -> LinkKind | None:
        """The kind of link in use, None while there is none."""

    def send(self, lane: Lane, message: bytes) -> None:
        """Queue a message. Raises StreamFullError."""

    def queued(self, lane: Lane) -> int:
        """Return the number of the chunk behind the last one that was queued."""

    def confirmed(self, lane: Lane) -> int:
        """Return the number of the first chunk that the other end has not confirmed."""


class Lines:
    """One person's lines in one session. `now` is in seconds of a steady clock."""

    def __init__(self, now: float) -> None:
        self._pace = Bucket(PACE, now)
        self._pace.take(PACE.burst, now)
        self._ahead: deque[tuple[int, bytes]] = deque()
        """Handed over; each is confirmed with the chunk before this number."""
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._stream: MessageStream | None = None

    def __len__(self) -> int:
        """Return how many the other end has not confirmed."""
        return len(self._ahead) + len(self._waiting)

    def add(self, line: bytes, now: float) -> None:
        """Say this, behind the others. Raises StreamFullError."""
        if self._bytes + len(line) > MOST_BYTES:
            raise StreamFullError(StreamFullError.__doc__)
        self._waiting.append(line)
        self._bytes += len(line)
        self.hand_over(now)

    def use(self, stream: MessageStream | None) -> None:
        """There is a new key, or none any more. What may not have arrived under the one before is said again."""
        self._forget_confirmed()
        self._waiting.extendleft(line for _, line in reversed(self._ahead))
        self._ahead.clear()
        self._stream = stream

    def hand_over(self, now: float) -> None:
        """Hand over what may go now. Call it whenever the other end has said something, and as time passes."""
        self._forget_confirmed()
        while self._waiting and len(self._ahead) < AHEAD and self._pace.wait(1, now) == 0 and self._send_first():
            self._pace.take(1, now)

    def end(self) -> None:
        """A goodbye follows: hand over what the other end takes at once. The rest is lost with the session."""
        for _ in range(min(LAST, len(self._waiting))):
            self._send_first()

    def _send_first(self) -> bool:
        """Hand over the first that waits, where there is a way."""
        stream = self._stream
        if stream is None or stream.kind is None:
            return False
        try:
            stream.send(Lane.CONTROL, self._waiting[0])
        except StreamFullError:
            return False
        self._ahead.append((stream.queued(Lane.CONTROL), self._waiting.popleft()))
        return True

    def _forget_confirmed(self) -> None:
        if not self._ahead or self._stream is None:
            return
        confirmed = self._stream.confirmed(Lane.CONTROL)
        while self._ahead and self._ahead[0][0] <= confirmed:
            self._bytes -= len(self._ahead.popleft()[1])
