"""When sessions were last used, as their consoles say: nothing else sees what is done in them.

Every relay on the bus hears it, so whichever ends a session that no one uses knows. It is not stored: a relay that was
just started counts from then.
"""

import time
from collections.abc import Callable

import msgspec

from relay.bus.base import USE, Bus, Topic


class SessionUse:
    """`clock` gives seconds and only goes forward."""

    def __init__(self, bus: Bus, clock: Callable[[], float] = time.monotonic) -> None:
        self._bus = bus
        self._clock = clock
        self._began = clock()
        self._used_at: dict[int, float] = {}
        bus.follow([USE], self)

    def used(self, session: int) -> None:
        """Something was done in a session, or something in it goes on that keeps it from ending."""
        self._bus.publish(USE, msgspec.json.encode(session))

    def over(self, session: int) -> None:
        """A session has ended."""
        self._used_at.pop(session, None)

    def unused_seconds(self, session: int) -> float:
        """Return for how long nothing was done in a session, as far as this relay knows."""
        return self._clock() - self._used_at.get(session, self._began)

    def hear(self, _topic: Topic, message: bytes) -> None:
        """See Follower."""
        self._used_at[msgspec.json.decode(message, type=int)] = self._clock()

    def missed(self) -> None:
        """See Follower: what was missed may be a use of any session."""
        self._began = self._clock()
        self._used_at.clear()
