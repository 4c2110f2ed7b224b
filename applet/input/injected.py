"""Which of the events on the customer's desktop we put in ourselves. Pure, but used by two threads.

Every event that we inject comes back through the listener. It is matched with what was noted before it was sent; what
matches nothing is the customer's own hand. But not all comes back as it was sent, and none of that is the customer's:

- a key that we hold may repeat, so whatever is heard of a key that we hold is ours;
- the server keeps the pointer on the screens, so a move may end elsewhere. A move at another place than ours is in
  doubt until our mark is heard: if ours has not come by then, that was it.

Behind each event goes a mark, and the listener says when it has heard it: whatever the customer did before has been
heard by then too. Who waits for that before the next event can be at most one event ahead of the customer.
"""

import secrets
import threading
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

KEY_PRESS, KEY_RELEASE, MOTION = 2, 3, 6
"""X11 events."""
REMEMBERED = 512
SECONDS = 2.0
"""What has not come back by then never will: the server merges pointer moves."""
_LAST_MARK = 0xFFFFFFFF


class _Noted(NamedTuple):
    event: tuple[int, int, int, int]
    mark: int
    """The mark that follows it."""
    at: float


class InjectedEvents:
    """Notes what is injected, and recognises it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.token = secrets.randbits(32)
        """Tells our marks from those of other programs."""
        self._clock = clock
        self._lock = threading.Lock()
        self._noted: deque[_Noted] = deque(maxlen=REMEMBERED)
        self._held: set[int] = set()
        """Keys that were heard to go down by us, and not yet up."""
        self._doubtful = 0
        """Moves that were heard elsewhere than ours."""
        self._marked = 0
        self._heard = 0
        self._listens = False

    def will(self, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        """An event of this kind is about to be injected."""
        with self._lock:
            self._noted.append(_Noted((kind, detail, x, y), self._marked + 1 & _LAST_MARK, self._clock()))

    def recognises(self, kind: int, detail: int, x: int, y: int, is_motion: bool) -> bool:
        """Whether an event that was heard is ours, or may be (see `heard`). Places count for motion only."""
        wanted = (kind, 0, x, y) if is_motion else (kind, detail, 0, 0)
        with self._lock:
            self._forget_old()
            found = next((each for each in self._noted if each.event == wanted), None)
            if found is not None:
                self._noted.remove(found)
                if kind == KEY_PRESS:
                    self._held.add(detail)
                elif kind == KEY_RELEASE:
                    self._held.discard(detail)
            elif is_motion and any(each.event[0] == kind for each in self._noted):
                self._doubtful += 1
                return True
            return found is not None or (kind in (KEY_PRESS, KEY_RELEASE) and detail in self._held)

    def mark(self) -> int:
        """Return the number of the mark that goes behind the event just sent."""
        with self._lock:
            self._marked = self._marked + 1 & _LAST_MARK
            return self._marked

    def heard(self, number: int) -> bool:
        """The listener has heard this mark, and all before it. Return whether a doubtful move was none of ours."""
        with self._lock:
            missed = [each for each in self._noted if each.event[0] == MOTION and not _is_after(each.mark, number)]
            for each in missed:  # not heard at its place: a doubtful move was it, or nothing moved
                self._noted.remove(each)
            doubtful, self._doubtful = self._doubtful - len(missed), 0
            self._heard = number
        return doubtful > 0

    def listens(self, on: bool) -> None:
        """Marks are heard from now on, or no longer."""
        with self._lock:
            self._heard, self._listens = self._marked, on
            self._held.clear()
            self._doubtful = 0

    @property
    def is_caught_up(self) -> bool:
        """Whether the listener has heard all that we injected; always where there is no listener."""
        return not self._listens or self._heard == self._marked

    def _forget_old(self) -> None:
        oldest = self._clock() - SECONDS
        while self._noted and self._noted[0].at < oldest:
            self._noted.popleft()


def _is_after(mark: int, other: int) -> bool:
    """Whether a mark comes after another; they begin again from 0."""
    return 0 < (mark - other & _LAST_MARK) <= _LAST_MARK // 2
