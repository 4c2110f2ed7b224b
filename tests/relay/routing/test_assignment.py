"""Which session starts with which technician."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from relay.routing.assignment import ANY_NUMBER, Candidate, Waiting, assigned
from relay.routing.rules import Load

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def waits(session: int, channel: int = 1, minutes: int = 0, below: int = ANY_NUMBER, **more: object) -> Waiting:
    """Return a session that has waited for so long."""
    return Waiting(session, channel, NOON - timedelta(minutes=minutes), below, **more)  # type: ignore[arg-type]


def serves(person: int, *channels: int, sessions: int = 0, most: int = 10, has_lens: bool = False) -> Candidate:
    """Return a technician who serves these channels."""
    return Candidate(Load(person, sessions), frozenset(channels), most, has_lens)


@pytest.mark.req("SESS-77", "SESS-78")
def test_a_session_starts_with_the_one_of_its_channel_who_has_least_to_do() -> None:
    assert assigned([waits(7)], [serves(1, 1, sessions=2), serves(2, 1, sessions=1), serves(3, 2)]) == {7: 2}
    assert assigned([waits(7)], [serves(3, 2)]) == {}
    assert assigned([waits(7)], []) == assigned([], [serves(1, 1)]) == {}


@pytest.mark.req("SESS-77")
def test_who_waits_longest_comes_first_of_all_channels_together() -> None:
    one = [serves(1, 1, 2, most=1)]
    assert assigned([waits(7, 1, minutes=2), waits(8, 2, minutes=5)], one) == {8: 1}
    assert assigned([waits(7, 3, minutes=9), waits(8, 2, minutes=5)], one) == {8: 1}, "who fits no one holds up no one"


@pytest.mark.req("SESS-79", "SESS-81", "SESS-85")
@pytest.mark.parametrize(("sessions", "fits"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_channels_limit_is_a_number_of_sessions(sessions: int, fits: bool) -> None:
    assert bool(assigned([waits(7, below=2)], [serves(1, 1, sessions=sessions)])) is fits


@pytest.mark.req("SESS-80", "SESS-82")
def test_ten_is_any_number_up_to_what_the_technicians_group_allows() -> None:
    assert assigned([waits(7, below=10)], [serves(1, 1, sessions=11, most=12)]) == {7: 1}
    assert assigned([waits(7, below=10)], [serves(1, 1, sessions=3, most=3)]) == {}
    assert assigned([waits(7, below=9)], [serves(1, 1, sessions=3, most=3)]) == {}


@pytest.mark.req("TECH-02")
def test_who_has_a_lens_session_gets_no_second_one() -> None:
    lens = [waits(7, is_lens=True), waits(8, minutes=-1, is_lens=True), waits(9, minutes=-2)]
    assert assigned(lens, [serves(1, 1)]) == {7: 1, 9: 1}
    assert assigned(lens[:1], [serves(1, 1, has_lens=True)]) == {}


def test_who_has_handed_a_session_over_does_not_get_it_again() -> None:
    assert assigned([waits(7, former=1)], [serves(1, 1), serves(2, 1, sessions=5)]) == {7: 2}
    assert assigned([waits(7, former=1)], [serves(1, 1)]) == {}


CHANNELS = some.integers(1, 3)
WAITING = some.builds(
    waits,
    some.integers(1, 99),
    CHANNELS,
    some.integers(0, 60),
    some.integers(1, 10),
    is_lens=some.booleans(),
    former=some.none() | some.integers(1, 6),
)
CANDIDATES = some.builds(
    lambda person, channels, sessions, most, has_lens: serves(
        person, *channels, sessions=sessions, most=most, has_lens=has_lens
    ),
    some.integers(1, 6),
    some.sets(CHANNELS),
    some.integers(0, 10),
    some.integers(1, 10),
    some.booleans(),
)


@pytest.mark.req("SESS-77", "SESS-79", "SESS-81", "SESS-82")
@given(
    some.lists(WAITING, max_size=8, unique_by=lambda each: each.session),
    some.lists(CANDIDATES, max_size=6, unique_by=lambda each: each.load.person),
)
def test_no_one_is_given_too_much_and_no_session_waits_that_fits_someone(
    waiting: list[Waiting], candidates: list[Candidate]
) -> None:
    found = assigned(waiting, candidates)
    assert found == assigned(waiting[::-1], candidates[::-1])
    afterwards = {each.load.person: each for each in candidates}
    lens = Counter[int]()
    for session in waiting:
        if (person := found.get(session.session)) is not None:
            assert session.channel in afterwards[person].channels
            assert person != session.former
            lens[person] += session.is_lens
            afterwards[person] = afterwards[person].given(is_lens=session.is_lens)
    for before in candidates:
        after = afterwards[before.load.person]
        if after.load.sessions > before.load.sessions:
            assert after.load.sessions <= before.most
            assert lens[before.load.person] + before.has_lens <= 1 or not lens[before.load.person]
    for session in waiting:
        if session.session not in found:
            assert not [each for each in afterwards.values() if each.fits(session)]
        elif session.below < ANY_NUMBER:
            given_before = [one for one in waiting if found.get(one.session) == found[session.session]]
            last = max(given_before, key=lambda one: (one.since, one.session))
            if last is session:
                assert afterwards[found[session.session]].load.sessions <= session.below
