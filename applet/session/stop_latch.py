"""What the customer has not stopped, for every thread that does something with it.

A stop is set here by the thread that hears it: the one that listens for the stop key, the window's, the terminal's. It
is read directly before each single event is injected, each picture read, each clipboard written. So a stop waits behind
nothing, whatever is queued and whatever the event loop is busy with. The loop takes note of it later (`heed`), and only
a new answer of the customer opens it again.
"""

import threading
from collections.abc import Mapping

from codec.wire.access import Access

EVERYTHING = frozenset(Access)
Mark = Mapping[Access, int]
"""How often each permission had been stopped at some moment."""


class StopLatch:
    """What may be done at this moment. It never lets pass more than `Consent` grants, but may already let pass less."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: frozenset[Access] = frozenset()  # replaced as a whole: reading it needs no lock
        self._stops = dict.fromkeys(Access, 0)
        self._unheeded: frozenset[Access] = frozenset()
        self._by_key = False
        self._left = False

    def passes(self, access: Access) -> bool:
        """Whether this may be done now."""
        return access in self._open

    def stop(self, access: frozenset[Access] = EVERYTHING, by_key: bool = False) -> None:
        """The customer stops these. Holds when it returns."""
        with self._lock:
            self._open -= access
            for each in access:
                self._stops[each] += 1
            self._by_key = by_key if not self._unheeded else self._by_key or by_key
            self._unheeded |= access

    def leave(self) -> None:
        """The customer leaves: nothing passes until `begin`, and nothing that is said any more is carried out."""
        with self._lock:
            self._open, self._left = frozenset(), True

    def begin(self) -> None:
        """Another session begins, with nothing allowed."""
        with self._lock:
            self._open, self._unheeded, self._left = frozenset(), frozenset(), False

    @property
    def left(self) -> bool:
        """Whether the customer has left."""
        return self._left

    @property
    def has_stops(self) -> bool:
        """Whether there are stops that nobody has heeded yet."""
        return bool(self._unheeded)

    def heed(self) -> tuple[frozenset[Access], bool]:
        """Return what was stopped since the last call, and whether it was by the key."""
        with self._lock:
            stopped, self._unheeded = self._unheeded, frozenset()
            return stopped, self._by_key

    def mark(self) -> Mark:
        """Return the present moment, for `fresh` and `open`."""
        with self._lock:
            return dict(self._stops)

    def fresh(self, access: frozenset[Access], since: Mark) -> frozenset[Access]:
        """Return those that were not stopped since."""
        with self._lock:
            return self._fresh(access, since)

    def open(self, access: frozenset[Access], since: Mark) -> None:
        """The customer allows these, in answer to a question put `since`. What was stopped after that stays stopped."""
        with self._lock:
            if not self._left:
                self._open |= self._fresh(access, since)

    def keep(self, access: frozenset[Access]) -> None:
        """Nothing but these holds any more."""
        with self._lock:
            self._open &= access

    def _fresh(self, access: frozenset[Access], since: Mark) -> frozenset[Access]:
        return frozenset(each for each in access if self._stops[each] == since[each])
