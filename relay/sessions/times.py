"""A session's measured times, as its moves say them (spec sessions-console.md 1.4 and 2.21). Pure.

The relay keeps running sums with each session, which need no reading of all its moves; both come out alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from codec.wire.api_types import SessionState
from relay.events.moment import Moment, between
from relay.sessions.rules import Clock, clock_of

NOTHING = timedelta(0)


@dataclass
class Times:
    """How long each clock ran."""

    of: dict[Clock, timedelta] = field(default_factory=lambda: dict.fromkeys(Clock, NOTHING))

    def add(self, state: SessionState, earlier: Moment, later: Moment, picked_up: bool) -> None:
        """Count the time that a session was in a state. `picked_up`: whether a technician had ever taken it by then."""
        if (clock := clock_of(state, picked_up)) is not None:
            self.of[clock] += between(earlier, later)

    @property
    def total(self) -> timedelta:
        """Total time as reports have it: all but connecting and waiting (SESS-193)."""
        return sum((time for clock, time in self.of.items() if clock not in _BEFORE), NOTHING)


_BEFORE = (Clock.CONNECTING, Clock.WAITING)


def measured(moves: Iterable[tuple[SessionState, Moment]], now: Moment) -> Times:
    """Return the times of a session that came into these states at these moments, in their order, until now."""
    times, state, since, picked_up = Times(), None, now, False
    for following, at in moves:
        if state is not None:
            times.add(state, since, at, picked_up)
        state, since = following, at
        picked_up = picked_up or state is SessionState.ACTIVE
    if state is not None:
        times.add(state, since, now, picked_up)
    return times
