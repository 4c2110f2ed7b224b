"""Who may see a session, pick it up, end it and work in it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.wire.api_types import SessionState, TargetKind
from relay.sessions.queues import EVERYTHING, Deed, Place, Queue, Technician, permitted, was_in_queue

PEOPLE = st.integers(1, 3)
CHANNELS = st.integers(1, 3)
GROUPS = st.integers(1, 3)
TECHNICIANS = st.builds(Technician, PEOPLE, st.frozensets(CHANNELS), st.none() | GROUPS)
QUEUES = st.builds(Queue, st.sampled_from(TargetKind), st.integers(1, 3))
PLACES = st.builds(
    Place,
    st.none() | PEOPLE,
    st.none() | CHANNELS,
    st.sampled_from(SessionState),
    st.none() | QUEUES,
    group=st.none() | GROUPS,
    needs_secret=st.booleans(),
).filter(lambda place: place.state is not SessionState.TRANSFERRING or place.target is not None)
"""What is handed over is sent somewhere; an administrator also sends what no one has."""


@given(TECHNICIANS, PLACES)
def test_who_has_a_session_may_do_everything_and_no_one_else_anything(technician: Technician, place: Place) -> None:
    if place.holder is not None and place.state not in (SessionState.TRANSFERRING, SessionState.DISCONNECTED):
        assert permitted(technician, place) == (EVERYTHING if place.holder == technician.person else frozenset())


@given(TECHNICIANS, PLACES)
def test_colleagues_may_take_over_what_has_lost_its_technician_unless_the_customer_has_a_secret(
    technician: Technician, place: Place
) -> None:
    place = replace(place, state=SessionState.DISCONNECTED, holder=place.holder or 1)
    may, is_colleague = permitted(technician, place), place.group is not None and place.group == technician.group
    if place.channel is not None:
        is_colleague = place.channel in technician.channels
    if place.holder == technician.person:
        assert may == EVERYTHING
    else:
        assert may == ({Deed.SEE} | (set() if place.needs_secret else {Deed.PICK_UP}) if is_colleague else set())


@given(TECHNICIANS, PLACES)
def test_what_is_handed_over_waits_for_those_it_was_sent_to(technician: Technician, place: Place) -> None:
    """Who handed it over can take it back, and work in it no more."""
    if place.state is not SessionState.TRANSFERRING or place.target is None:
        return
    may = permitted(technician, place)
    if place.holder == technician.person:
        assert may == {Deed.SEE, Deed.END, Deed.TRANSFER, Deed.TAKE_BACK}
        return
    assert (Deed.PICK_UP in may) == technician.is_in(place.target)
    assert (Deed.DECLINE in may) == (place.target == Queue(TargetKind.TECHNICIAN, technician.person))
    assert may <= {Deed.SEE, Deed.PICK_UP, Deed.DECLINE}


@pytest.mark.req("CHAN-03", "CHAN-04", "SESS-42")
@given(TECHNICIANS, PLACES)
def test_what_no_one_has_waits_for_all_who_serve_its_channel(technician: Technician, place: Place) -> None:
    if place.holder is None and place.target is None:
        waits_for_them = place.channel in technician.channels and not place.state.is_final
        assert permitted(technician, place) == ({Deed.SEE, Deed.PICK_UP, Deed.END} if waits_for_them else frozenset())


@given(TECHNICIANS, PLACES)
def test_what_a_technician_may_see_without_having_it_was_in_their_queue(technician: Technician, place: Place) -> None:
    is_left = place.holder is not None and place.state is SessionState.DISCONNECTED
    if permitted(technician, place) and place.holder != technician.person and not is_left:
        assert was_in_queue(technician, place)
    if place.channel not in technician.channels and place.target is None:
        assert not was_in_queue(technician, place)
