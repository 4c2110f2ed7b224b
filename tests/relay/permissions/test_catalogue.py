"""Permissions: their order and defaults, locks, what needs what, and what the console hides because of them."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.organization.units import Unit, UnitKind
from relay.permissions.catalogue import (
    ANY,
    APPROVED_ONLY,
    BY_KEY,
    CONSENT_REQUIRED,
    DEFAULTS,
    PERMISSIONS,
    SPECIFIED,
    UNLIMITED,
    Cell,
    Grant,
    copied,
    escapes,
    grants,
    hidden_functions,
    options_of,
    permission_states,
    targets,
)

OFF = Cell(enabled=False)
KEYS = st.sampled_from([permission.key for permission in PERMISSIONS])
cells = st.builds(Cell, st.booleans(), st.none(), st.booleans())
chains = st.lists(st.dictionaries(KEYS, cells, max_size=6), min_size=1, max_size=4)


def granted(**off_or_on: bool) -> Mapping[str, Grant]:
    """Return the defaults, but for these."""
    own = {key: Cell(value, DEFAULTS[key].option) for key, value in off_or_on.items()}
    return grants(permission_states([(1, own)]))


@pytest.mark.req("PERM-33", "PERM-34")
def test_all_permissions_are_there_in_order_with_an_explanation() -> None:
    assert [permission.ids[0] for permission in PERMISSIONS] == [f"PERM-{number:02}" for number in range(1, 33)]
    assert all(permission.label and permission.help for permission in PERMISSIONS)


@pytest.mark.req("PERM-14", "PERM-22", "PERM-25", "PERM-27", "PERM-29")
def test_defaults_are_those_of_a_new_group() -> None:
    off = {key for key, cell in DEFAULTS.items() if not cell.enabled}
    assert off == {"single_prompt", "invite_external", "embedded_script_run", "lan_connect"}
    assert DEFAULTS["record"].option == CONSENT_REQUIRED
    assert DEFAULTS["transfer"].option == DEFAULTS["invite"].option == ANY
    assert DEFAULTS["invite_external"].option == APPROVED_ONLY


@given(chains)
@pytest.mark.req("PERM-38")
def test_the_nearest_lock_decides_and_without_one_the_groups_own_value(chain: list[dict[str, Cell]]) -> None:
    numbered = [(number, each) for number, each in enumerate(chain)]
    for key, state in permission_states(numbered).items():
        locks = [(number, each[key]) for number, each in numbered if key in each and each[key].locked]
        expected = locks[0][1] if locks else chain[0].get(key, DEFAULTS[key])
        assert (state.enabled, state.option) == (expected.enabled, expected.option)
        assert state.locked == bool(locks)
        assert state.by_group == (locks[0][0] if locks else None)


@given(chains)
@pytest.mark.req("PERM-39")
def test_a_new_subgroup_begins_exactly_like_its_parent(chain: list[dict[str, Cell]]) -> None:
    parent = [(number, each) for number, each in enumerate(chain)]
    child = [(-1, copied(permission_states(parent))), *parent]
    assert grants(permission_states(child)) == grants(permission_states(parent))


@pytest.mark.req("EDGE-16")
def test_moving_away_from_a_lock_is_noticed_unless_the_target_is_locked_too() -> None:
    locked = permission_states([(1, {"reboot": Cell(False, None, True)})])
    open_group = permission_states([(2, {})])
    closed_group = permission_states([(3, {"reboot": OFF})])
    decided = permission_states([(4, {"reboot": Cell(True, None, True)})])
    assert escapes(locked, open_group) == ["reboot"]
    assert escapes(locked, closed_group) == escapes(locked, decided) == escapes(open_group, locked) == []


@pytest.mark.req("PERM-08")
def test_managing_files_needs_the_file_manager() -> None:
    assert granted()["manage_files"].enabled
    assert not granted(file_manager_tab=False)["manage_files"].enabled


@pytest.mark.req("PERM-07", "PERM-07a", "PERM-45", "EDGE-19")
def test_sending_files_does_not_depend_on_the_file_manager() -> None:
    without_tab = granted(file_manager_tab=False)
    assert without_tab["send_files"].enabled
    assert "file_manager_tab" in hidden_functions(without_tab)
    assert "file_manager_tab" in hidden_functions(granted(send_files=False, receive_files=False, manage_files=False))
    assert "file_manager_tab" not in hidden_functions(granted(send_files=False, receive_files=False))


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("remote_control", "remote_control_button"),
        ("desktop_view", "desktop_view_button"),
        ("system_info", "system_info_tab"),
        ("reboot", "reboot_tab"),
        ("deploy_calling_card", "calling_card_tab"),
        ("unattended_access", "unattended_tab"),
        ("mobile_config", "device_configuration_tab"),
        ("mobile_classic_display", "customer_display_tab"),
        ("mobile_quick_fix", "quick_fix_tab"),
    ],
)
@pytest.mark.req("PERM-43", "PERM-44", "PERM-46", "PERM-47", "PERM-48", "PERM-50", "PERM-51", "PERM-52", "PERM-53")
def test_what_is_not_permitted_is_out_of_view(key: str, part: str) -> None:
    assert hidden_functions(granted()) == frozenset()
    assert hidden_functions(granted(**{key: False})) == {part}


@pytest.mark.req("PERM-49", "EDGE-20")
def test_scripts_stay_in_view_while_one_of_both_is_on() -> None:
    assert "scripts_tab" not in hidden_functions(granted(script_deploy=False, embedded_script_run=True))
    assert "scripts_tab" in hidden_functions(granted(script_deploy=False))
    assert hidden_functions(granted(reboot=False, embedded_script_run=True)) == {"reboot_tab"}


@pytest.mark.req("PERM-15a", "PERM-15b", "PERM-21a", "PERM-21b", "EDGE-09")
def test_an_empty_list_of_targets_is_nobody_and_never_everybody() -> None:
    group, channel = Unit(UnitKind.TECHNICIAN_GROUP, 7), Unit(UnitKind.CHANNEL, 2)
    some = {key: Cell(True, SPECIFIED) for key in ("transfer", "invite")}
    held = grants(permission_states([(1, some)]))
    assert targets(granted(), "transfer", []).include(channel)
    assert not targets(held, "transfer", []).include(group)
    assert targets(held, "transfer", [group, channel]).include(channel)
    assert not targets(held, "invite", [channel]).include(channel)
    assert not targets(granted(transfer=False), "transfer", [group]).include(group)


@pytest.mark.req("EDGE-18", "PERM-12b")
def test_a_serving_administrator_may_do_everything_but_skip_questions() -> None:
    assert {key for key, grant in UNLIMITED.items() if not grant.enabled} == {"single_prompt"}
    assert UNLIMITED["record"].option == CONSENT_REQUIRED


def test_options_that_do_not_fit_are_refused() -> None:
    assert options_of("transfer", None) == ANY
    assert options_of("record", None) is None
    assert options_of("reboot", None) is None
    for key, option in (("transfer", "all"), ("reboot", ANY)):
        with pytest.raises(ValueError, match=option):
            options_of(key, option)
    assert set(BY_KEY) == set(DEFAULTS)


@pytest.mark.req("LENS-01", "LENS-02")
def test_the_form_has_lens_for_technician_groups_and_says_what_it_lets_them_do() -> None:
    lens = BY_KEY["lens"]
    assert (lens.label, lens.in_effect) == ("Lens", True)
    assert lens.help.startswith("Technicians can start Lens sessions")
