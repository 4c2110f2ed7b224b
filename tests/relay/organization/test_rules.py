"""Who may arrange what in the organisation, and what must not come about."""

import pytest

from relay.accounts.rules import Role
from relay.organization.rules import (
    LastOneError,
    NoLicenceLeftError,
    NotAllowedError,
    Reach,
    Rights,
    WrongPlaceError,
    check_licence,
    check_link,
    check_place,
    check_reach,
    check_somebody_left,
    creatable,
    reach_of,
    rights_are_whole,
)
from relay.organization.units import ROOTS, Unit, UnitKind

K = UnitKind


@pytest.mark.req("EDGE-04")
def test_an_administrator_without_a_group_reaches_nothing_and_creates_nothing() -> None:
    reach = reach_of(Role.ADMINISTRATOR, Rights.STANDARD, True, True, frozenset(), False)
    for root in ROOTS:
        assert creatable(reach, Unit(root)) == ()
    assert creatable(reach, Unit(K.TECHNICIAN_GROUP, 1)) == ()
    with pytest.raises(NotAllowedError):
        check_reach(reach, K.TECHNICIAN, [1])


@pytest.mark.req("ORG-11", "ORG-37", "ORG-41", "ORG-52", "ORG-53", "ORG-62", "ORG-63", "ORG-64", "ORG-69")
def test_the_menu_offers_what_the_role_may_create() -> None:
    master = reach_of(Role.MASTER_ADMINISTRATOR, Rights.STANDARD, True, True, frozenset(), False)
    own = reach_of(Role.ADMINISTRATOR, Rights.STANDARD, True, True, frozenset({1, 2}), False)
    group = Unit(K.TECHNICIAN_GROUP, 1)
    assert creatable(master, Unit(K.MASTER_ADMINISTRATORS)) == (K.MASTER_ADMINISTRATOR,)
    assert creatable(master, Unit(K.ADMINISTRATORS)) == (K.ADMINISTRATOR, K.ADMINISTRATOR_GROUP)
    assert creatable(master, Unit(K.TECHNICIANS)) == (K.TECHNICIAN_GROUP,)
    assert creatable(own, group) == (K.TECHNICIAN_GROUP, K.TECHNICIAN, K.COMPUTER_GROUP)
    for refused in (Unit(K.MASTER_ADMINISTRATORS), Unit(K.ADMINISTRATORS), Unit(K.TECHNICIANS), group._replace(id=3)):
        assert creatable(own, refused) == ()
    assert creatable(Reach(groups=frozenset({1}), at_top=True), Unit(K.TECHNICIANS)) == (K.TECHNICIAN_GROUP,)


@pytest.mark.req("ORG-57", "ORG-58", "ORG-58a", "ORG-58b", "ORG-60")
def test_restricted_rights_leave_only_what_they_name() -> None:
    monitoring = reach_of(Role.ADMINISTRATOR, Rights.RESTRICTED, True, False, frozenset({1}), False)
    reports = reach_of(Role.ADMINISTRATOR, Rights.RESTRICTED, False, True, frozenset({1}), False)
    assert (monitoring.may_arrange, monitoring.command_center, monitoring.reports) == (False, True, False)
    assert (reports.may_arrange, reports.command_center, reports.reports) == (False, False, True)
    assert creatable(reports, Unit(K.TECHNICIAN_GROUP, 1)) == ()  # EDGE-13
    with pytest.raises(NotAllowedError):
        check_reach(reports, K.TECHNICIAN, [1])
    assert not rights_are_whole("restricted", False, False)
    assert rights_are_whole("restricted", False, True)


@pytest.mark.req("ORG-48", "CHAN-13", "COLL-11")
def test_only_master_administrators_assign_administrators() -> None:
    own = Reach(groups=frozenset({1}))
    check_link(own, K.CHANNEL, 1)
    check_link(own, K.EXTERNAL_GROUP, 1)
    for kind, group in ((K.ADMINISTRATOR, 1), (K.ADMINISTRATOR_GROUP, 1), (K.CHANNEL, 2)):
        with pytest.raises(NotAllowedError):
            check_link(own, kind, group)


def test_a_unit_stands_only_where_its_kind_can() -> None:
    check_place(K.TECHNICIAN, K.TECHNICIAN_GROUP)
    for kind, place in ((K.TECHNICIAN, K.TECHNICIANS), (K.COMPUTER, K.COMPUTERS), (K.TECHNICIANS, K.TECHNICIANS)):
        with pytest.raises(WrongPlaceError):
            check_place(kind, place)


@pytest.mark.req("ORG-30", "ORG-31")
def test_licences_end_unless_there_are_any_number() -> None:
    check_licence(5, 4)
    check_licence(None, 10_000)
    with pytest.raises(NoLicenceLeftError):
        check_licence(5, 5)


@pytest.mark.req("ORG-40")
def test_somebody_is_always_left() -> None:
    check_somebody_left(frozenset({1, 2}), frozenset({2}))
    with pytest.raises(LastOneError):
        check_somebody_left(frozenset({1}), frozenset())
