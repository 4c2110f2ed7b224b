"""Which connections the relay holds (F9): pure rules, over any story of comings and goings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.host.open_files import RESERVE, connections_possible
from relay.web.connections import (
    ANSWER_SECONDS,
    BODY_START_SECONDS,
    CLOSING_SECONDS,
    FIRST_BYTES_EACH_SECOND,
    SOCKET_SECONDS,
    STALL_SECONDS,
    Connection,
    Connections,
    Ended,
    Limits,
    Phase,
    body_seconds,
    keeps_us_waiting,
    overdue,
)

LIMITS = Limits(total=8, of_address=5, strangers=3, head_seconds=10, body_seconds=120, idle_seconds=75)


def nothing() -> None:
    pass


def a_connection(owner: str | None = "a", since: float = 0.0, phase: Phase = Phase.HEAD) -> Connection:
    return Connection(owner, since, nothing, phase=phase)


def come(connections: Connections, owner: str | None, now: float, phase: Phase = Phase.HEAD) -> Connection | None:
    connection = a_connection(owner, now, phase)
    allowed, _victim = connections.come(connection, now)
    return connection if allowed else None


def test_of_one_address_the_stranger_goes_that_has_kept_us_waiting_longest() -> None:
    connections = Connections(LIMITS)
    first, second, third = (come(connections, "a", now) for now in (0.0, 1.0, 2.0))
    assert first is not None
    assert second is not None
    first.enter(Phase.IDLE, 5.0)
    newcomer = a_connection("a", 6.0)
    assert connections.come(newcomer, 6.0) == (True, second)
    assert set(connections.all()) == {first, third, newcomer}


def test_who_is_known_stays_and_makes_room_for_strangers_of_the_same_address() -> None:
    connections = Connections(LIMITS)
    known = [come(connections, "a", 0.0) for _ in range(3)]
    for each in known:
        assert each is not None
        connections.known(each, is_known=True)
    for now in range(1, 20):
        assert come(connections, "a", now) is not None
    assert set(known) <= set(connections.all())
    assert len(connections) == LIMITS.of_address


def test_where_all_of_an_address_are_served_or_known_the_newcomer_is_refused() -> None:
    connections = Connections(LIMITS)
    for _ in range(LIMITS.strangers):
        assert come(connections, "a", 0.0, Phase.ANSWER) is not None
    assert come(connections, "a", 1.0) is None
    assert come(connections, "b", 1.0) is not None, "others are not concerned"
    slow = [each for each in connections.all() if each.phase is Phase.ANSWER]
    assert come(connections, "a", ANSWER_SECONDS + 1.0) is not None, "by now they wait for their readers"
    assert len(set(slow) & set(connections.all())) == len(slow) - 1


def test_in_all_the_address_that_has_most_makes_room() -> None:
    connections = Connections(LIMITS)
    crowd = [come(connections, "crowd", now) for now in (5.0, 6.0, 7.0)]
    for number in range(5):
        assert come(connections, f"single-{number}", 0.0) is not None
    assert len(connections) == LIMITS.total
    newcomer = a_connection("new", 9.0)
    assert connections.come(newcomer, 9.0) == (True, crowd[0])


def test_a_proxys_connection_counts_for_whom_it_works() -> None:
    connections = Connections(LIMITS)
    through = [come(connections, None, 0.0) for _ in range(7)]
    assert len(connections) == 7, "a listed proxy has no limit of its own"
    for each in through[:4]:
        assert each is not None
        assert connections.belongs(each, "a", 1.0)[0]
    assert len(connections) == 6, "the first of four made room"
    last = through[4]
    assert last is not None
    for each in connections.all():
        each.phase = Phase.ANSWER
    assert connections.belongs(last, "a", 2.0) == (False, None)
    assert connections.belongs(last, "b", 2.0) == (True, None)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["come", "come", "come", "go", "know", "forget", "phase", "belongs"]),
            st.sampled_from(["a", "b", "c", None]),
            st.integers(0, 30),
            st.sampled_from(Phase),
        ),
        max_size=80,
    )
)
def test_no_story_passes_a_limit_or_ends_who_is_known(
    story: list[tuple[str, str | None, int, Phase]],
) -> None:
    connections, now = Connections(LIMITS), 0.0
    for act, owner, number, phase in story:
        now += 1.0
        held = list(connections.all())
        one = held[number % len(held)] if held else None
        if act in ("come", "belongs"):
            known = {each for each in held if each.is_known}
            waiting = any(keeps_us_waiting(each, now) for each in held)
            before = len(held)
            if act == "come":
                allowed, victim = connections.come(a_connection(owner, now, phase), now)
                assert allowed or before >= LIMITS.total or owner is not None
                assert allowed or not waiting or sum(each.owner == owner for each in held) >= LIMITS.strangers
            elif one is not None:
                _allowed, victim = connections.belongs(one, owner, now)
            else:
                continue
            assert victim is None or keeps_us_waiting(victim, now)
            assert known <= set(connections.all())
        elif one is not None and act == "go":
            connections.go(one)
            connections.go(one)
        elif one is not None and act in ("know", "forget"):
            connections.known(one, is_known=act == "know")
        elif one is not None:
            one.enter(phase, now)
        there = list(connections.all())
        assert len(connections) == len(there) <= LIMITS.total
        for address in "abc":
            of_it = [each for each in there if each.owner == address]
            assert len(of_it) <= LIMITS.of_address
            if act == "come":
                newest = [each for each in of_it if not each.is_known and each not in held]
                assert not newest or sum(not each.is_known for each in of_it) <= max(
                    LIMITS.strangers, sum(not each.is_known for each in held if each.owner == address)
                )


@pytest.mark.parametrize(
    ("phase", "longest", "why"),
    [
        (Phase.HEAD, LIMITS.head_seconds, Ended.HEAD),
        (Phase.BODY, BODY_START_SECONDS, Ended.BODY),
        (Phase.IDLE, LIMITS.idle_seconds, Ended.IDLE),
        (Phase.SOCKET, SOCKET_SECONDS, Ended.SOCKET),
        (Phase.CLOSING, CLOSING_SECONDS, Ended.CLOSING),
    ],
)
def test_nothing_may_take_longer_than_is_due(phase: Phase, longest: float, why: Ended) -> None:
    connection = a_connection(phase=phase)
    assert overdue(connection, LIMITS, longest) is None
    assert overdue(connection, LIMITS, longest + 0.1) is why


def test_a_body_that_comes_too_slowly_is_cut_early_and_any_in_the_end() -> None:
    assert body_seconds(0, LIMITS) == BODY_START_SECONDS
    assert body_seconds(20 * FIRST_BYTES_EACH_SECOND, LIMITS) == BODY_START_SECONDS + 20
    assert body_seconds(1 << 30, LIMITS) == LIMITS.body_seconds


def test_who_takes_nothing_of_an_answer_is_cut_known_or_not() -> None:
    connection = a_connection(phase=Phase.SOCKET)
    connection.is_known = True
    for second in range(200):
        connection.wrote(200_000 - second, float(second))
    assert overdue(connection, LIMITS, 200.0) is None, "it takes something, however little"
    for second in range(200, 202 + int(STALL_SECONDS)):
        connection.wrote(200_000 + second, float(second))
    assert overdue(connection, LIMITS, 201.0 + STALL_SECONDS) is Ended.STALLED
    connection.wrote(0, 263.0)
    assert overdue(connection, LIMITS, 900.0) is None


@pytest.mark.finding("load-1.7")
@given(st.integers(1, 1 << 20), st.integers(1, 100_000))
def test_files_are_left_for_everything_else(limit: int, wanted: int) -> None:
    fits = connections_possible(limit, wanted)
    assert 1 <= fits <= wanted
    assert fits == 1 or 2 * fits + min(RESERVE, limit // 4) <= limit
