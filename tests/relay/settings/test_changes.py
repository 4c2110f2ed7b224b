"""What a save writes, whom it reaches, what stands against it, and what the audit hears."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.settings.audit import SettingAction, differences
from relay.settings.catalogue import CATALOGUE
from relay.settings.changes import (
    Change,
    ConflictError,
    Editor,
    Plan,
    SettingNotAllowedError,
    Write,
    mark,
    plan,
    plan_lock,
)
from relay.settings.declare import Json, Scope
from relay.settings.holders import Holder, HolderEntry, HolderKind, Tree
from relay.settings.inheritance import LOCK, Stored, held
from relay.settings.validation import RESET, SettingsRefusedError, checked
from tests.relay.settings.conftest import (
    ANNA_HERSELF,
    ASIA,
    EUROPE,
    LAPTOPS,
    NETHERLANDS,
    ORGANISATION,
    PHONES,
    PRINTERS,
    UTRECHT,
)

MASTER = Editor(1, is_master=True)
HELPER = Editor(2, is_master=False, reach={NETHERLANDS, UTRECHT, PRINTERS})
WAITING = "timeouts.waiting"


def save(
    tree: Tree,
    stored: Stored,
    unit: Holder,
    values: Mapping[str, Json],
    scope: Scope = Scope.UNIT,
    editor: Editor = MASTER,
    *,
    confirmed: bool = False,
) -> Plan:
    known = {"channel": {1: "Printers", 2: "Phones", 3: "Laptops"}}
    kept = checked(CATALOGUE, unit.kind, values, known)
    return plan(CATALOGUE, tree, stored, editor, Change(unit, kept, scope, confirmed=confirmed))


def after(stored: Stored, made: Plan) -> dict[Holder, dict[str, Json]]:
    found = {unit: dict(values) for unit, values in stored.items()}
    for write in made.writes:
        own = found.setdefault(write.unit, {})
        assert own.get(write.key, RESET) == write.old
        if write.new is RESET:
            del own[write.key]
        else:
            own[write.key] = write.new
    return found


@pytest.mark.req("APP-03")
def test_a_save_writes_only_what_changes(tree: Tree) -> None:
    stored = {EUROPE: {WAITING: 10}}
    made = save(tree, stored, EUROPE, {WAITING: 10, "timeouts.active": 5})
    assert made.writes == (Write(EUROPE, "timeouts.active", RESET, 5, 60, 5),)


def test_a_reset_takes_what_stands_above(tree: Tree) -> None:
    stored = {EUROPE: {WAITING: 10}, UTRECHT: {WAITING: 3}}
    assert save(tree, stored, UTRECHT, {WAITING: RESET}).writes == (Write(UTRECHT, WAITING, 3, RESET, 3, 10),)
    assert save(tree, stored, ASIA, {WAITING: RESET}).writes == ()


@pytest.mark.req("LENS-19", "APP-06")
def test_saving_to_subgroups_leaves_them_nothing_of_their_own_and_the_same_values(tree: Tree) -> None:
    stored: Stored = {UTRECHT: {WAITING: 3, "timeouts.active": 7, "clipboard.mode": "universal"}, ASIA: {WAITING: 4}}
    made = save(tree, stored, EUROPE, {WAITING: 10}, Scope.SUBGROUPS)
    result = after(stored, made)
    assert result[EUROPE] == {WAITING: 10}
    assert result[UTRECHT] == {"clipboard.mode": "universal"}, "the section as the form shows it, nothing else"
    assert result[ASIA] == {WAITING: 4}
    assert held(CATALOGUE, tree, result, UTRECHT, WAITING).value == 10


@pytest.mark.req("APP-05", "LENS-20", "MOB-134")
def test_saving_to_all_groups_touches_no_channel(tree: Tree) -> None:
    stored = {ASIA: {WAITING: 4}, PRINTERS: {WAITING: 5}}
    result = after(stored, save(tree, stored, UTRECHT, {WAITING: 10}, Scope.ALL_GROUPS))
    for group in (EUROPE, NETHERLANDS, UTRECHT, ASIA):
        assert held(CATALOGUE, tree, result, group, WAITING).value == 10
    assert result[PRINTERS] == {WAITING: 5}


@pytest.mark.req("APP-04", "SESS-97", "SESS-134")
def test_saving_to_all_channels_touches_no_group(tree: Tree) -> None:
    result = after({}, save(tree, {}, PRINTERS, {"incoming.only_if_available": True}, Scope.ALL_CHANNELS))
    assert set(result) == {PRINTERS, PHONES, LAPTOPS}


@pytest.mark.req("APP-05")
def test_an_administrator_reaches_only_what_is_his(tree: Tree) -> None:
    result = after({}, save(tree, {}, NETHERLANDS, {WAITING: 10}, Scope.ALL_GROUPS, HELPER))
    assert set(result) == {NETHERLANDS}, "what lies below inherits it already"
    for unit, key in ((EUROPE, WAITING), (ORGANISATION, WAITING)):
        with pytest.raises(SettingNotAllowedError, match="Time-outs"):
            save(tree, {}, unit, {key: 10}, editor=HELPER)


@pytest.mark.req("CC-49", "SESS-84")
def test_who_may_not_and_how_far_not_is_said(tree: Tree) -> None:
    with pytest.raises(SettingNotAllowedError, match="Password policy"):
        save(tree, {}, ORGANISATION, {"password.age": 9}, editor=HELPER)
    with pytest.raises(SettingNotAllowedError, match="for each item separately"):
        save(tree, {}, PRINTERS, {"auto_start.on": True}, Scope.ALL_CHANNELS)
    with pytest.raises(SettingNotAllowedError, match="for each item separately"):
        save(tree, {}, PRINTERS, {WAITING: 1}, Scope.SUBGROUPS)
    with pytest.raises(SettingNotAllowedError):
        save(tree, {}, ANNA_HERSELF, {"command_center.reset": "16:00"}, editor=MASTER)
    assert save(tree, {}, ANNA_HERSELF, {"command_center.reset": "16:00"}, editor=Editor(5, is_master=False)).writes


def test_somebody_who_was_faster_is_noticed(tree: Tree) -> None:
    change = Change(EUROPE, {WAITING: 10}, seen={WAITING: mark(RESET), "timeouts.active": "not looked at"})
    assert plan(CATALOGUE, tree, {}, MASTER, change).writes
    with pytest.raises(ConflictError, match="Waiting sessions end after") as caught:
        plan(CATALOGUE, tree, {EUROPE: {WAITING: 9}}, MASTER, change)
    assert caught.value.keys == (WAITING,)


def test_a_locked_value_cannot_be_changed_below_and_is_left_out_of_wide_saves(tree: Tree) -> None:
    stored = {NETHERLANDS: {WAITING: 5, LOCK + WAITING: True}}
    for editor, unit in ((MASTER, UTRECHT), (HELPER, UTRECHT), (HELPER, NETHERLANDS)):
        with pytest.raises(SettingsRefusedError, match="Locked by Service desk NL"):
            save(tree, stored, unit, {WAITING: 9}, editor=editor)
    assert save(tree, stored, NETHERLANDS, {WAITING: 9}).writes == (Write(NETHERLANDS, WAITING, 5, 9, 5, 9),)
    wide = save(tree, stored, EUROPE, {WAITING: 9}, Scope.SUBGROUPS)
    assert (UTRECHT, WAITING) in wide.skipped
    assert UTRECHT not in {write.unit for write in wide.writes}


def test_only_masters_lock(tree: Tree) -> None:
    made = plan_lock(CATALOGUE, {}, MASTER, EUROPE, WAITING, locked=True)
    assert after({}, made) == {EUROPE: {LOCK + WAITING: True}}
    assert plan_lock(CATALOGUE, after({}, made), MASTER, EUROPE, WAITING, locked=True).writes == ()
    locked = after({}, made)
    assert after(locked, plan_lock(CATALOGUE, locked, MASTER, EUROPE, WAITING, locked=False)) == {EUROPE: {}}
    for editor, unit, key in (
        (HELPER, NETHERLANDS, WAITING),
        (MASTER, PRINTERS, WAITING),
        (MASTER, EUROPE, "unit_labels.labels"),
    ):
        with pytest.raises(SettingNotAllowedError, match="master administrator"):
            plan_lock(CATALOGUE, {}, editor, unit, key, locked=True)


@pytest.mark.req("SESS-75")
def test_channels_that_hand_on_in_a_circle_are_refused_by_name(tree: Tree) -> None:
    def to(channel: Holder) -> dict[str, Json]:
        return {"auto_transfer.on": True, "auto_transfer.to": [channel.id]}

    stored = {PRINTERS: to(PHONES), PHONES: to(LAPTOPS)}
    with pytest.raises(SettingsRefusedError, match="Laptops → Printers → Phones → Laptops"):
        save(tree, stored, LAPTOPS, to(PRINTERS))
    with pytest.raises(SettingsRefusedError, match="to the channel that it is already in"):
        save(tree, stored, LAPTOPS, to(LAPTOPS))
    with pytest.raises(SettingsRefusedError, match="no longer exists"):
        save(tree, stored, LAPTOPS, to(Holder(HolderKind.CHANNEL, 99)))
    assert save(tree, {PRINTERS: to(PHONES)}, PHONES, to(LAPTOPS)).writes


@pytest.mark.req("SESS-108", "CC-45", "CARD-90", "EDGE-33")
@pytest.mark.parametrize(
    ("unit", "values", "field"),
    [
        (PRINTERS, {"availability.closed_policy": "refuse"}, "availability.closed_page"),
        (EUROPE, {"private_availability.private_policy": "refuse"}, "private_availability.private_page"),
        (ORGANISATION, {"card.methods": ["pin"]}, "card.default_method"),
        (ORGANISATION, {"card.links": [{"text": "Shop", "page": ""}]}, "card.links"),
        (ORGANISATION, {"sso.method": "sso_only"}, "sso.password"),
        (ORGANISATION, {"sso.method": "sso_only", "sso.mechanisms": []}, "sso.mechanisms"),
        (ORGANISATION, {"addresses.access": "denied"}, "addresses.exceptions"),
        (ORGANISATION, {"addresses.exceptions": ["0.0.0.0/0"]}, "addresses.exceptions"),
        (ORGANISATION, {"sms_gateway.on": True}, "sms_gateway.page"),
        (ORGANISATION, {"sms_gateway.on": True, "sms_gateway.success": "json"}, "sms_gateway.success_value"),
        (
            ORGANISATION,
            {"sms_gateway.on": True, "sms_gateway.success": "regex", "sms_gateway.success_value": "(ok"},
            "sms_gateway.success_value",
        ),
        (EUROPE, {"portals.link": True}, "portals.link_name"),
        (EUROPE, {"terms.on": True}, "terms.text"),
        (EUROPE, {"mobile_applet.terms": True}, "mobile_applet.terms_page"),
        (EUROPE, {"recording.place": "network"}, "recording.folder"),
        (EUROPE, {"recording.place": "https", "recording.url": "ftp://files.example/"}, "recording.url"),
        (EUROPE, {"export.ended": True}, "export.page"),
        (EUROPE, {"customer_survey.mode": "own"}, "customer_survey.page"),
        (EUROPE, {"technician_survey.mode": "built_in"}, "technician_survey.questions"),
        (EUROPE, {"timeouts.alerts": [{"seconds": 9}, {"seconds": 9, "colour": "red"}]}, "timeouts.alerts"),
        (
            EUROPE,
            {"private_fields.fields": [{"enabled": True, "input": "choice", "choices": ["one"]}] * 6},
            "private_fields.fields",
        ),
        (
            Holder(HolderKind.PERSON, 1),
            {"command_center.longest_wait_warning": 9, "command_center.longest_wait_alarm": 9},
            "command_center.longest_wait_alarm",
        ),
    ],
)
def test_what_does_not_fit_together_is_said_at_its_field(
    tree: Tree, unit: Holder, values: dict[str, Json], field: str
) -> None:
    with pytest.raises(SettingsRefusedError) as caught:
        save(tree, {}, unit, values, confirmed=True)
    assert field in [problem.key for problem in caught.value.problems]


@pytest.mark.req("CARD-54", "REC-19", "EDGE-33")
@pytest.mark.parametrize(
    ("unit", "values"),
    [
        (ORGANISATION, {"card.text_colour": "#2961CF"}),
        (EUROPE, {"recording.place": "ftp", "recording.url": "ftp://files.example/x"}),
        (EUROPE, {"console_addresses.access": "denied"}),
        (EUROPE, {f"connections.{each}": False for each in ("pin", "link", "own_mail", "server_mail", "sms")}),
    ],
)
def test_what_is_merely_unwise_is_saved_after_a_yes(tree: Tree, unit: Holder, values: dict[str, Json]) -> None:
    with pytest.raises(SettingsRefusedError) as caught:
        save(tree, {}, unit, values)
    assert caught.value.problems == ()
    assert len(caught.value.confirmable) == 1
    assert save(tree, {}, unit, values, confirmed=True).writes


def test_a_change_above_that_breaks_a_unit_below_names_it(tree: Tree) -> None:
    stored: Stored = {EUROPE: {"terms.text": "Our terms"}, UTRECHT: {"terms.on": True}}
    with pytest.raises(SettingsRefusedError, match="Utrecht: Enter the terms"):
        save(tree, stored, EUROPE, {"terms.text": RESET})
    assert save(tree, stored, EUROPE, {"look.application_name": "Help"}).writes


def test_every_problem_is_found_at_once_and_nothing_unknown_gets_in(tree: Tree) -> None:
    values = {WAITING: -1, "timeouts.active": "x", "no.such": 1, "waiting.message": "none", "password.age": 1}
    with pytest.raises(SettingsRefusedError) as caught:
        save(tree, {}, EUROPE, values)
    assert [problem.key for problem in caught.value.problems] == list(values)


@pytest.mark.req("REC-16", "REC-19", "POST-08")
def test_a_password_in_an_address_moves_to_where_it_is_kept_safe() -> None:
    kept = checked(CATALOGUE, HolderKind.GROUP, {"recording.url": "ftp://me:sec%40ret@files.example:21/r"}, {})
    assert kept == {
        "recording.url": "ftp://files.example:21/r",
        "recording.user": "me",
        "recording.password": "sec@ret",
    }


@pytest.mark.parametrize(
    ("key", "old", "new", "actions", "values"),
    [
        ("recording.forced", RESET, True, (SettingAction.NOT_SET, SettingAction.ENABLED), ("off", "on")),
        ("recording.forced", True, False, (SettingAction.ENABLED, SettingAction.DISABLED), ("on", "off")),
        (
            "clipboard.mode",
            "session",
            RESET,
            (SettingAction.SELECTED, SettingAction.NOT_SET),
            ("One for each session", "One for each session"),
        ),
        (WAITING, 10, 0, (SettingAction.SET, SettingAction.SET), ("10 minutes", "never")),
        ("scripts.collections", [], [4], (SettingAction.NOT_ASSIGNED, SettingAction.ASSIGNED), ("none", "#4")),
        ("recording.password", {"sealed": "a"}, {"sealed": "b"}, (SettingAction.SET, SettingAction.SET), ("", "")),
        (
            "console_addresses.exceptions",
            ["5.5.5.5/32"],
            [],
            (SettingAction.DELETED, SettingAction.NOT_SET),
            ("5.5.5.5/32", "nothing"),
        ),
        ("sso.requesters", ["a", "b"], ["b", "a"], (SettingAction.SORT, SettingAction.SORT), ("a, b", "b, a")),
        (LOCK + WAITING, RESET, True, (SettingAction.NOT_LOCKED, SettingAction.LOCKED), ("", "")),
    ],
)
def test_the_audit_hears_what_was_and_what_became(
    key: str, old: Json, new: Json, actions: tuple[SettingAction, SettingAction], values: tuple[str, str]
) -> None:
    bare = key.removeprefix(LOCK)
    default = False if key.startswith(LOCK) else CATALOGUE.setting(bare).default
    was, becomes = (default if each is RESET else each for each in (old, new))
    (found,) = differences(CATALOGUE, [Write(EUROPE, key, old, new, was, becomes)])
    assert (found.old_action, found.new_action) == actions
    assert (found.old_value, found.new_value) == values
    assert found.field == CATALOGUE.setting(bare).label
    assert found.section == CATALOGUE.section(bare).title


GROUPS = [Holder(HolderKind.GROUP, number) for number in range(1, 8)]
FOREST = Tree(
    [
        HolderEntry(ORGANISATION, "All", None),
        *(
            HolderEntry(unit, str(unit.id), GROUPS[unit.id // 2 - 1] if unit.id > 1 else ORGANISATION)
            for unit in GROUPS
        ),
    ]
)
KEYS = [WAITING, "timeouts.active", "timeouts.connecting"]
OWN = st.dictionaries(st.sampled_from(KEYS), st.integers(1, 3))


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from([*GROUPS, ORGANISATION]), OWN),
    st.sampled_from(GROUPS),
    OWN.filter(bool),
    st.sampled_from([Scope.UNIT, Scope.SUBGROUPS, Scope.ALL_GROUPS]),
)
def test_after_a_save_every_unit_in_its_reach_has_what_the_form_showed(
    stored: Stored, unit: Holder, values: dict[str, Json], scope: Scope
) -> None:
    made = save(FOREST, stored, unit, values, scope)
    result = after(stored, made)
    reached = {Scope.UNIT: [], Scope.SUBGROUPS: FOREST.under(unit), Scope.ALL_GROUPS: GROUPS}[scope]
    for key in KEYS:
        wanted = held(CATALOGUE, FOREST, result, unit, key).value
        if key in values:
            assert wanted == values[key]
        for each in reached:
            assert held(CATALOGUE, FOREST, result, each, key).value == wanted
    for each in set(GROUPS) - {unit, *FOREST.under(unit), *reached}:
        assert result.get(each, {}) == stored.get(each, {})
    for write in made.writes:
        assert write.was == held(CATALOGUE, FOREST, stored, write.unit, write.key).value
        assert write.becomes == held(CATALOGUE, FOREST, result, write.unit, write.key).value
