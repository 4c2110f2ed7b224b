"""Wrong PINs are told as sums (F36)."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from relay.codes.failed_attempts import EVERY, FailedAttempts, Told


def test_the_first_is_told_at_once_and_the_rest_together() -> None:
    misses = FailedAttempts[str]()
    assert misses.note("unknown", None, 0) == Told(1, None)
    assert [misses.note("unknown", None, second) for second in range(1, 20)] == [None] * 19
    assert misses.due(EVERY - 1) == []
    assert misses.due(EVERY) == [("unknown", Told(19, None))]
    assert misses.note("unknown", None, EVERY + 1) is None
    assert misses.due(2 * EVERY) == [("unknown", Told(1, None))]
    assert misses.due(3 * EVERY) == []
    assert misses.note("unknown", None, 3 * EVERY) == Told(1, None)


def test_a_code_is_named_where_it_was_always_the_same() -> None:
    misses = FailedAttempts[str]()
    for code in (1, 2, 2, 2):
        misses.note("used", code, 0)
    assert misses.due(EVERY) == [("used", Told(3, 2))]
    for code in (2, 3):
        misses.note("used", code, EVERY)
    assert misses.due(2 * EVERY) == [("used", Told(2, None))]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 20)), max_size=80))
def test_nothing_is_lost_and_no_kind_is_told_more_often(steps: list[tuple[str, int]]) -> None:
    misses, now, told = FailedAttempts[str](), 0.0, list[tuple[str, float, int]]()
    for kind, seconds in steps:
        now += seconds
        told += [(each, now, what.count) for each, what in misses.due(now)]
        at_once = misses.note(kind, None, now)
        told += [] if at_once is None else [(kind, now, at_once.count)]
    told += [(each, now + EVERY, what.count) for each, what in misses.due(now + EVERY)]
    for kind in "ab":
        assert sum(count for each, _, count in told if each == kind) == sum(each == kind for each, _ in steps)
        times = [at for each, at, _ in told if each == kind]
        assert all(later - earlier >= EVERY for earlier, later in itertools.pairwise(times))
