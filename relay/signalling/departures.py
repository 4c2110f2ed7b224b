"""Customers' pages that a browser has closed, or loads again: which of the two shows only when the page comes back."""

import time
from collections.abc import Callable

from aiohttp import WSCloseCode

from codec.wire.customer_kinds import CustomerKind
from relay.bus.base import RELAYS, Bus, Topic
from relay.signalling.across import AppletCame, read_said

RETURN_SECONDS = 20.0
"""So long a page may take to come back. A line that broke says no good-bye, and is waited for much longer."""


def says_goodbye(kind: CustomerKind, close_code: int | None) -> bool:
    """Whether a socket ended as those of pages do that are closed or loaded again. Pure."""
    return kind is CustomerKind.PAGE and close_code == WSCloseCode.GOING_AWAY


class Departures:
    """The sessions whose page was closed and has not come back yet, to this relay or to another one on the bus."""

    def __init__(self, bus: Bus, relay: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._relay = relay
        self._closed: dict[int, float] = {}
        if relay:
            bus.follow([RELAYS], self)

    def closed(self, session: int) -> None:
        """The page was closed, or is being loaded again."""
        self._closed[session] = self._clock()

    def came_back(self, session: int) -> None:
        """The page is there again."""
        self._closed.pop(session, None)

    def is_closed(self, session: int) -> bool:
        """Whether the page was closed and has not come back."""
        return session in self._closed

    def hear(self, _topic: Topic, message: bytes) -> None:
        """See Follower."""
        said = read_said(message, self._relay)
        if isinstance(said, AppletCame):
            self.came_back(said.session)

    def missed(self) -> None:
        """See Follower: a page that came back elsewhere is connected there, so its session is not ended."""

    def take_overdue(self) -> list[int]:
        """Return the sessions whose page has not come back in time, once."""
        before = self._clock() - RETURN_SECONDS
        overdue = [session for session, at in self._closed.items() if at <= before]
        for session in overdue:
            del self._closed[session]
        return overdue
