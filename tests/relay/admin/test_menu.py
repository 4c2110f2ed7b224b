"""Which commands there are for what is chosen in the tree."""

import pytest

from relay.admin.menu import menu_for
from relay.organization.rules import Reach
from relay.organization.units import Unit, UnitKind

_K = UnitKind


@pytest.mark.req("ORG-11", "ORG-52", "EDGE-10")
def test_a_menu_has_what_the_role_may_use_and_no_more() -> None:
    master, lead = Reach(all=True), Reach(groups=frozenset({1}))
    outside, someone = Unit(_K.EXTERNAL_GROUP, 1), Unit(_K.TECHNICIAN, 1)
    assert menu_for(master, str, [outside], ()).may_delete
    hers = menu_for(lead, str, [outside], ())
    assert (hers.may_delete, hers.may_enable, hers.may_disable) == (False, False, False)
    assert (hers.may_move, hers.may_add) == (False, True)
    assert menu_for(lead, str, [someone], ()).may_move
    assert menu_for(lead, str, [Unit(_K.ADMINISTRATOR, 1)], ()).is_empty
    assert menu_for(master, str, [Unit(_K.CHANNELS)], (_K.CHANNEL,)).creatable == (("channel", "Create channel"),)
    assert menu_for(lead, str, [Unit(_K.CHANNELS)], ()).is_empty
    assert not menu_for(master, str, [Unit(_K.CHANNEL, 1)], ()).may_delete
    assert not menu_for(lead, str, [someone, outside], ()).may_delete, "only what can be done with all of them"
    linked = menu_for(lead, str, [Unit(_K.CHANNEL, 1)], (), is_linked=True)
    assert (linked.may_unlink, linked.may_delete, linked.creatable) == (True, False, ())


def test_a_menu_offers_only_what_changes_the_status_of_something() -> None:
    master, someone = Reach(all=True), [Unit(_K.TECHNICIAN, 1), Unit(_K.TECHNICIAN, 2)]
    for statuses, offered in (
        ({"enabled"}, (False, True)),
        ({"disabled"}, (True, False)),
        ({"enabled", "disabled"}, (True, True)),
        ({None}, (False, False)),
    ):
        menu = menu_for(master, str, someone, (), statuses=statuses)
        assert (menu.may_enable, menu.may_disable) == offered, statuses
