"""The tree as a page draws it: what is open, and no more."""

import pytest

from relay.admin.outline import AT_ONCE, branch, path_to, rows, search
from relay.organization.queries import Node
from relay.organization.units import Unit, UnitKind

_K = UnitKind


@pytest.mark.req("ORG-01", "ORG-02", "ORG-03", "ORG-14")
def test_a_tree_draws_what_is_open_and_no_more() -> None:
    people = tuple(Node(Unit(_K.TECHNICIAN, n), f"T {n}", True, True, False) for n in range(1, 1001))
    big = Node(Unit(_K.TECHNICIAN_GROUP, 1), "Big", True, True, False, people)
    roots = (Node(Unit(_K.TECHNICIANS), "Technicians", True, True, False, (big,)),)
    closed = rows(roots, (), Unit(_K.TECHNICIANS))
    assert closed[0].inside[0].inside == ()
    assert closed[0].count == 1000
    opened = rows(roots, (), people[900].unit)[0].inside[0]
    assert len(opened.inside) == AT_ONCE + 1, "what is shown is there, however far down it stands"
    assert opened.left_out == 1000 - AT_ONCE - 1
    rest = branch(roots, big.unit, (), big.unit, start=900)
    assert rest is not None
    assert [row.label for row in rest.inside] == [f"T {n}" for n in range(901, 1001)]
    assert [node.name for node in path_to(roots, people[3].unit)] == ["Technicians", "Big", "T 4"]
    found, count = search(roots, "t 99")
    assert count == 11
    assert found[0].path == ("Technicians", "Big")
