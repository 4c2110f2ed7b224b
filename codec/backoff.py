"""How long to wait before the next try, so that programs that lost the same server do not come in step. Pure.

Method: exponential growth with full jitter: each wait is drawn from the whole of a span that grows. So the first tries
come early, and however many programs try, they are few in any moment. The span grows by half: after a restart that
takes ten seconds the last one is back ten seconds later.
"""

import random
from collections.abc import Callable

GROWTH = 1.5
MOST_STEPS = 40


class Retries:
    """Waits between tries that fail, at most `last` seconds; `chance` gives numbers in [0, 1)."""

    def __init__(self, first: float, last: float, chance: Callable[[], float] = random.random) -> None:
        self._first = first
        self._last = last
        self._chance = chance
        self._failed = 0

    def wait(self, asked: float = 0.0, most: float = float("inf")) -> float:
        """Return how many seconds to wait; `asked` are those that the other end wants at least.

        Beyond these the wait is at most `most`, for who has a reason to come back sooner than the others.
        """
        span: float = min(self._last, most, self._first * GROWTH ** min(self._failed, MOST_STEPS))
        self._failed += 1
        return asked + max(span, asked / 2) * self._chance()

    def succeeded(self) -> None:
        """The last try went well: the next wait is short again."""
        self._failed = 0
