"""Where somebody is, as addresses and forms say it; and who sees which tabs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.accounts.rules import Role
from relay.admin.navigation import FOR_ALL, PLANNED, Tab, address, name_of, tabs_of, unit_named
from relay.organization.rules import NOWHERE, NotThereError, Rights, reach_of
from relay.organization.units import ROOTS, Unit, UnitKind

UNITS = st.one_of(
    st.sampled_from(ROOTS).map(Unit),
    st.builds(Unit, st.sampled_from([kind for kind in UnitKind if kind not in ROOTS]), st.integers(0, 2**31 - 1)),
)


@given(UNITS)
def test_a_name_leads_back_to_its_unit(unit: Unit) -> None:
    """Roots are named alone, all others with their number."""
    assert unit_named(name_of(unit)) == unit
    assert address(Tab.SETTINGS, unit) == f"/admin/settings/{name_of(unit)}"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "technician",
        "technicians-1",
        "technicians-0",
        "nobody-1",
        "technician-",
        "technician--1",
        "technician-x",
        "technician-2147483648",
        "technician-99999999999",
        "Technician-1",
        "technician-1/..",
        "technician-\u0661",
    ],
)
def test_what_names_no_unit_is_not_there(name: str) -> None:
    """Whatever somebody wrote into an address."""
    with pytest.raises(NotThereError):
        unit_named(name)


def test_tabs_about_the_whole_organisation_are_for_those_who_rule_it() -> None:
    """ORG-18: others see what they arrange; who arranges nothing sees reports, or nothing."""
    whole = reach_of(Role.MASTER_ADMINISTRATOR, Rights.STANDARD, True, True, frozenset(), False)
    some = reach_of(Role.ADMINISTRATOR, Rights.STANDARD, True, True, frozenset({1}), False)
    assert tabs_of(whole) == tuple(Tab)
    assert set(tabs_of(whole, planned=False)) == set(Tab) - PLANNED
    assert set(tabs_of(some)) == set(Tab) - FOR_ALL
    assert tabs_of(NOWHERE) == ()
