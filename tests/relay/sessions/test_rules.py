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
    state_by_presence,
)

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
PICKED_UP = (State.ACTIVE, State.RECONNECTING, State.OFFLINE, State.DISCONNECTED)
EVERY = st.sampled_from(State)


@given(EVERY, EVERY, st.sampled_from(SessionActor))
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
    if old not in PICKED_UP:
        assert new is old
    elif new is not old:
        assert (old, new, SessionActor.SYSTEM) in TRANSITIONS
    if old in PICKED_UP and customer:
        assert new is (State.ACTIVE if technician else State.DISCONNECTED)


@given(EVERY)
def test_a_customer_can_leave_wherever_a_session_is(state: State) -> None:
    """And it is told apart whether somebody had picked it up."""
    if not state.is_final:
        ended = closed_by_customer(state)
        cause_of(state, ended, SessionActor.CUSTOMER)
        assert (ended is State.CLOSED_BY_CUSTOMER) == (state in PICKED_UP)


@pytest.mark.parametrize("state", State)
def test_nobody_takes_a_session_from_a_console_that_is_there(state: State) -> None:
    """What waits is anybody's. What was picked up is, when its console has gone."""
    assert may_pick_up(state, holder_present=True) == (state is State.WAITING)
    assert may_pick_up(state, holder_present=False) == (state is State.WAITING or state in PICKED_UP)


def test_patience_ends_at_the_moment_that_was_said() -> None:
    """A customer who does not come back is offline. Everybody else has timed out."""
    patience = {State.RECONNECTING: timedelta(minutes=1), State.WAITING: timedelta(minutes=5)}
    assert overdue(State.RECONNECTING, NOW - timedelta(seconds=59), NOW, patience) is None
    assert overdue(State.RECONNECTING, NOW - timedelta(seconds=60), NOW, patience) is State.OFFLINE
    assert overdue(State.WAITING, NOW - timedelta(minutes=5), NOW, patience) is State.TIMED_OUT
    assert overdue(State.ACTIVE, NOW - timedelta(days=9), NOW, patience) is None
