"""A session's times add up to the time that passed, whatever happens to clocks and machines."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.wire.api_types import SessionState as State
from relay.events.moment import Moment
from relay.sessions.rules import TRANSITIONS, Clock
from relay.sessions.times import Times, measured

NOW = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""Half an hour before clocks in Europe go back."""
MILLISECONDS = st.integers(0, 10_000_000)


@dataclass(frozen=True)
class Step:
    """So long a session stays where it is. Then the clock may be set, or the machine started again."""

    milliseconds: int
    set_by: timedelta
    starts_again: bool


@st.composite
def lives(draw: st.DrawFn) -> list[State]:
    """A way through the table from the beginning."""
    states = [State.CONNECTING]
    while True:
        following = sorted({new for old, new, _ in TRANSITIONS if old is states[-1]})
        if not following or len(states) > 12:
            return states
        states.append(draw(st.sampled_from(following)))


def steps(restarts: bool) -> st.SearchStrategy[list[Step]]:
    """What happens meanwhile. Where the machine starts again, the clock is all that is left, and is not set as well."""
    jumps = st.just(timedelta(0)) if restarts else st.timedeltas(timedelta(days=-400), timedelta(days=400))
    again = st.booleans() if restarts else st.just(False)
    return st.lists(st.builds(Step, MILLISECONDS, jumps, again), min_size=13, max_size=13)


def lived(states: list[State], passing: list[Step]) -> tuple[Times, int]:
    """Return what is measured of a life, and the milliseconds that have really passed."""
    wall, boot, uptime, passed, moves = NOW, 0, 5_000, 0, []
    for state, step in zip(states, passing, strict=False):
        moves.append((state, Moment(wall, f"boot {boot}", uptime)))
        passed += 0 if state.is_final else step.milliseconds
        wall += timedelta(milliseconds=step.milliseconds) + step.set_by
        uptime += step.milliseconds
        if step.starts_again:
            boot, uptime = boot + 1, 0
    return measured(moves, Moment(wall, f"boot {boot}", uptime)), passed


@given(lives(), st.booleans().flatmap(steps))
@pytest.mark.req("SESS-188", "SESS-189", "SESS-190", "SESS-192", "SESS-193")
def test_the_times_add_up_to_what_has_passed(states: list[State], passing: list[Step]) -> None:
    times, passed = lived(states, passing)
    assert sum(times.of.values(), timedelta(0)) == timedelta(milliseconds=passed)
    before = times.of[Clock.CONNECTING] + times.of[Clock.WAITING]
    assert times.total == timedelta(milliseconds=passed) - before


def test_each_state_has_its_clock() -> None:
    """Losing the technician is no time of the customer's, and a customer who stays away is still awaited."""
    states = [State.CONNECTING, State.WAITING, State.ACTIVE, State.DISCONNECTED, State.RECONNECTING, State.OFFLINE]
    times, _ = lived(
        [*states, State.ACTIVE, State.CLOSED_BY_CUSTOMER], [Step(10**n, timedelta(0), False) for n in range(8)]
    )
    milliseconds = {clock: time / timedelta(milliseconds=1) for clock, time in times.of.items()}
    assert milliseconds == {
        Clock.CONNECTING: 1,
        Clock.WAITING: 10,
        Clock.ACTIVE: 1_001_100,
        Clock.HOLD: 0,
        Clock.TRANSFER: 0,
        Clock.RECONNECT: 110_000,
    }


@pytest.mark.req("SESS-191")
def test_hold_and_transfer_have_their_own_time() -> None:
    """But a customer who is handed over before any technician picked them up still waits."""
    states = [State.CONNECTING, State.WAITING, State.TRANSFERRING, State.ACTIVE, State.ON_HOLD, State.TRANSFERRING]
    times, _ = lived(
        [*states, State.ACTIVE, State.CLOSED_BY_TECHNICIAN], [Step(10**n, timedelta(0), False) for n in range(8)]
    )
    milliseconds = {clock: time / timedelta(milliseconds=1) for clock, time in times.of.items()}
    assert milliseconds == {
        Clock.CONNECTING: 1,
        Clock.WAITING: 110,
        Clock.ACTIVE: 1_001_000,
        Clock.HOLD: 10_000,
        Clock.TRANSFER: 100_000,
        Clock.RECONNECT: 0,
    }
