"""The table of a session's states, and what presence and time make of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.wire.api_types import SessionState as State
from relay.sessions.rules import (
    TRANSITIONS,
    ImpossibleTransitionError,
    SessionActor,
    cause_of,
    closed_by_customer,
    may_pick_up,
    overdue,
    state_after_return,
    state_by_presence,
)

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
FOLLOWS_PRESENCE = (State.ACTIVE, State.RECONNECTING, State.OFFLINE, State.DISCONNECTED)
EVERY = st.sampled_from(State)


@given(EVERY, EVERY, st.sampled_from(SessionActor))
@pytest.mark.req("SESS-05")
def test_what_is_not_in_the_table_is_refused(old: State, new: State, actor: SessionActor) -> None:
    """Nothing else decides."""
    if (old, new, actor) in TRANSITIONS:
        assert cause_of(old, new, actor) is TRANSITIONS[old, new, actor]
    else:
        with pytest.raises(ImpossibleTransitionError):
            cause_of(old, new, actor)


@given(EVERY, EVERY, st.sampled_from(SessionActor))
def test_what_has_ended_stays_ended(old: State, new: State, actor: SessionActor) -> None:
    """No row leads out of an end."""
    if old.is_final:
        assert (old, new, actor) not in TRANSITIONS


@given(EVERY, st.booleans(), st.booleans())
def test_who_is_connected_says_what_a_session_that_was_picked_up_is(
    old: State, customer: bool, technician: bool
) -> None:
    """The system may always follow: each step that presence asks for is in the table."""
    new = state_by_presence(old, customer, technician)
    if old not in FOLLOWS_PRESENCE:
        assert new is old
    elif new is not old:
        assert (old, new, SessionActor.SYSTEM) in TRANSITIONS
    if old in FOLLOWS_PRESENCE and customer:
        assert new is (State.ACTIVE if technician else State.DISCONNECTED)


def may_be_picked_up(state: State) -> tuple[bool, ...]:
    """Whether a technician may ever have had a session that is in this state."""
    if state in (State.CONNECTING, State.WAITING):
        return (False,)
    return (False, True) if state is State.TRANSFERRING else (True,)


@pytest.mark.parametrize("state", [each for each in State if not each.is_final])
@pytest.mark.req("SESS-181", "SESS-182")
def test_a_customer_can_leave_wherever_a_session_is(state: State) -> None:
    """And it is told apart whether a technician ever had it, also while it is handed over (T19, T20)."""
    for picked_up in may_be_picked_up(state):
        ended = closed_by_customer(state, picked_up)
        cause_of(state, ended, SessionActor.CUSTOMER)
        assert (ended is State.CLOSED_BY_CUSTOMER) == picked_up


@pytest.mark.parametrize("state", State)
def test_a_console_that_is_there_keeps_what_it_has(state: State) -> None:
    """What waits, is handed over or is on hold can be taken. The rest can when its console has gone."""
    to_take = state in (State.WAITING, State.TRANSFERRING, State.ON_HOLD)
    assert may_pick_up(state, holder_present=True) == to_take
    assert may_pick_up(state, holder_present=False) == (to_take or state in FOLLOWS_PRESENCE)


@given(st.booleans(), st.booleans(), st.booleans())
def test_what_no_one_took_over_is_what_it_was(picked_up: bool, customer: bool, technician: bool) -> None:
    """It waits, or is again what presence makes of it: each of those steps is in the table."""
    state = state_after_return(picked_up, customer, technician)
    cause_of(State.TRANSFERRING, state, SessionActor.SYSTEM)
    assert (state is State.WAITING) == (not picked_up)
    assert state == state_by_presence(state, customer, technician)


@given(st.sampled_from(SessionActor))
def test_what_is_on_hold_never_times_out(actor: SessionActor) -> None:
    """It is in no table: not in that of the moves, and presence does not touch it."""
    assert (State.ON_HOLD, State.TIMED_OUT, actor) not in TRANSITIONS
    assert (State.WAITING, State.ON_HOLD, actor) not in TRANSITIONS
    assert state_by_presence(State.ON_HOLD, customer=False, technician=False) is State.ON_HOLD


def test_patience_ends_at_the_moment_that_was_said() -> None:
    """A customer who does not come back is offline. Everybody else has timed out."""
    patience = {State.RECONNECTING: timedelta(minutes=1), State.WAITING: timedelta(minutes=5)}
    assert overdue(State.RECONNECTING, NOW - timedelta(seconds=59), NOW, patience) is None
    assert overdue(State.RECONNECTING, NOW - timedelta(seconds=60), NOW, patience) is State.OFFLINE
    assert overdue(State.WAITING, NOW - timedelta(minutes=5), NOW, patience) is State.TIMED_OUT
    assert overdue(State.ACTIVE, NOW - timedelta(days=9), NOW, patience) is None
