"""Groups in groups, whatever is moved where: never a cycle, and a reach that is always whole branches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.organization.rules import (
    Reach,
)
from relay.organization.tree import Drag, Forest, what_a_drag_means
from relay.organization.units import ROOTS, UnitKind

K = UnitKind
GROUPS = 8
moves = st.lists(st.tuples(st.integers(1, GROUPS), st.one_of(st.none(), st.integers(1, GROUPS))), max_size=40)


def moved(steps: list[tuple[int, int | None]]) -> Forest:
    """Return the forest after every move that is not refused."""
    forest = Forest(dict.fromkeys(range(1, GROUPS + 1)))
    for group, target in steps:
        if not forest.would_cycle(group, target):
            forest = forest.with_parent(group, target)
    return forest


@given(moves)
@pytest.mark.req("ORG-10")
def test_no_moves_ever_make_a_cycle(steps: list[tuple[int, int | None]]) -> None:
    forest = moved(steps)
    for group in range(1, GROUPS + 1):
        above = forest.up(group)
        assert len(set(above)) == len(above) <= GROUPS
    assert forest.down(forest.children(None)) == frozenset(range(1, GROUPS + 1))


@given(moves, st.sets(st.integers(1, GROUPS)), st.integers(1, GROUPS))
@pytest.mark.req("ORG-19", "EDGE-06")
def test_a_reach_is_exactly_what_stands_below_what_is_assigned(
    steps: list[tuple[int, int | None]], assigned: set[int], asked: int
) -> None:
    forest = moved(steps)
    reach = Reach(groups=forest.down(assigned))
    assert reach.has(asked) == bool(assigned & set(forest.up(asked)))
    assert not reach.has(None)


@given(moves, st.sets(st.integers(1, GROUPS)), st.integers(1, GROUPS))
@pytest.mark.req("EDGE-07")
def test_a_disabled_group_shuts_everything_below_it(
    steps: list[tuple[int, int | None]], disabled: set[int], asked: int
) -> None:
    parents = {group: moved(steps).parent(group) for group in range(1, GROUPS + 1)}
    forest = Forest(parents, frozenset(disabled))
    assert forest.is_shut(asked) == (asked in forest.down(disabled))


@pytest.mark.req("EDGE-02", "ORG-07", "ORG-08", "ORG-09", "ORG-50")
def test_the_same_gesture_moves_or_adds() -> None:
    assert what_a_drag_means(K.ADMINISTRATOR, K.ADMINISTRATOR_GROUP) is Drag.MOVE
    assert what_a_drag_means(K.ADMINISTRATOR, K.TECHNICIAN_GROUP) is Drag.ADD
    assert what_a_drag_means(K.TECHNICIAN, K.TECHNICIAN_GROUP) is Drag.MOVE
    for target in UnitKind:
        assert what_a_drag_means(K.MASTER_ADMINISTRATOR, target) is None
        for root in ROOTS:
            assert what_a_drag_means(root, target) is None
