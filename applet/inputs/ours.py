"""Which of the events on the customer's desktop we put in ourselves. Pure, but used by two threads.

Every event that we inject comes back through the listener. It is matched with what was noted before it was sent; what
matches nothing is the customer's own hand.

Behind each event goes a mark, and the listener says when it has heard it: whatever the customer did before has been
heard by then too. Who waits for that before the next event can be at most one event ahead of the customer.
"""

import secrets
import threading
from collections import deque
from collections.abc import Callable

REMEMBERED = 512
SECONDS = 2.0
"""What has not come back by then never will: the server merges pointer moves."""


class Ours:
    """Notes what is injected, and recognises it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.token = secrets.randbits(32)
        """Tells our marks from those of other programs."""
        self._clock = clock
        self._lock = threading.Lock()
        self._noted: deque[tuple[float, tuple[int, int, int, int]]] = deque(maxlen=REMEMBERED)
        self._marked = 0
        self._heard = 0
        self._listens = False

    def will(self, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        """An event of this kind is about to be injected."""
        with self._lock:
            self._noted.append((self._clock(), (kind, detail, x, y)))

    def recognises(self, kind: int, detail: int, x: int, y: int, is_motion: bool) -> bool:
        """Whether an event that was heard is ours. Places count for motion only."""
        wanted = (kind, 0, x, y) if is_motion else (kind, detail, 0, 0)
        oldest = self._clock() - SECONDS
        with self._lock:
            while self._noted and self._noted[0][0] < oldest:
                self._noted.popleft()
            for noted in self._noted:
                if noted[1] == wanted:
                    self._noted.remove(noted)
                    return True
        return False

    def mark(self) -> int:
        """Return the number of the mark that goes behind the event just sent."""
        with self._lock:
            self._marked = (self._marked + 1) & 0xFFFFFFFF
            return self._marked

    def heard(self, number: int) -> None:
        """The listener has heard this mark, and everything before it."""
        self._heard = number

    def listens(self, on: bool) -> None:
        """Marks are heard from now on, or no longer."""
        with self._lock:
            self._heard, self._listens = self._marked, on

    @property
    def is_caught_up(self) -> bool:
        """Whether the listener has heard all that we injected; always where there is no listener."""
        return not self._listens or self._heard == self._marked
