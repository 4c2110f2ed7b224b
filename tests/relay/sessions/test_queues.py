"""Who may see a session, pick it up, end it and work in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codec.wire.api_types import SessionState
from relay.sessions.queues import EVERYTHING, Deed, Place, Technician, permitted, was_in_queue

PEOPLE = st.integers(1, 3)
CHANNELS = st.integers(1, 3)
TECHNICIANS = st.builds(Technician, PEOPLE, st.frozensets(CHANNELS))
PLACES = st.builds(Place, st.none() | PEOPLE, st.none() | CHANNELS, st.sampled_from(SessionState))


@given(TECHNICIANS, PLACES)
def test_who_has_a_session_may_do_everything_and_no_one_else_anything(technician: Technician, place: Place) -> None:
    if place.holder is not None:
        assert permitted(technician, place) == (EVERYTHING if place.holder == technician.person else frozenset())


@pytest.mark.req("CHAN-03", "CHAN-04", "SESS-42")
@given(TECHNICIANS, PLACES)
def test_what_no_one_has_waits_for_all_who_serve_its_channel(technician: Technician, place: Place) -> None:
    if place.holder is None:
        waits_for_them = place.channel in technician.channels and not place.state.is_final
        assert permitted(technician, place) == ({Deed.SEE, Deed.PICK_UP, Deed.END} if waits_for_them else frozenset())


@given(TECHNICIANS, PLACES)
def test_what_a_technician_may_see_without_having_it_was_in_their_queue(technician: Technician, place: Place) -> None:
    if permitted(technician, place) and place.holder != technician.person:
        assert was_in_queue(technician, place)
    if place.channel not in technician.channels:
        assert not was_in_queue(technician, place)
