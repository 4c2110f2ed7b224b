"""Which of the events on the customer's desktop we put in ourselves. Pure, but used by two threads.

Every event that we inject comes back through the listener. It is matched with what was noted before it was sent; what
matches nothing is the customer's own hand.
"""

import threading
from collections import deque
from collections.abc import Callable

REMEMBERED = 512
SECONDS = 2.0
"""What has not come back by then never will: the server merges pointer moves."""


class Ours:
    """Notes what is injected, and recognises it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._noted: deque[tuple[float, tuple[int, int, int, int]]] = deque(maxlen=REMEMBERED)

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
