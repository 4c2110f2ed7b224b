"""The kinds of units: their names are stored, and stand in addresses."""

import re

from relay.organization.units import PEOPLE, PLANNED, ROOTS, Unit, UnitKind


def test_roots_are_told_from_what_is_below_them() -> None:
    """A root is one of its kind, and has no number of its own."""
    assert all(Unit(kind).is_root for kind in ROOTS)
    assert [kind for kind in UnitKind if Unit(kind, 1).is_root] == list(ROOTS)
    assert Unit(ROOTS[0]) == Unit(ROOTS[0], 0)


def test_kinds_fit_into_addresses_and_columns() -> None:
    """Words of letters, at most as long as the column that keeps them."""
    assert all(re.fullmatch(r"[a-z_]{1,32}", kind.value) for kind in UnitKind)


def test_people_are_never_planned_only() -> None:
    """Those who sign in work today."""
    assert not PEOPLE & PLANNED
