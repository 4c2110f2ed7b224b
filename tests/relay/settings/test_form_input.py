"""From a posted form back to values: unticked boxes, rows, lists, secrets that stay, and only what differs."""

from hypothesis import given, settings
from hypothesis import strategies as st

from relay.settings.catalogue import CATALOGUE
from relay.settings.changes import Change, Editor, plan
from relay.settings.declare import Json, Scope
from relay.settings.form_input import Posted, changed, changes, read
from relay.settings.holders import Tree
from relay.settings.inheritance import Stored
from relay.settings.validation import RESET, checked
from tests.relay.settings.conftest import ASIA, EUROPE, UTRECHT


def values(**fields: list[str]) -> dict[str, Json]:
    names = {name.replace("__", "."): given for name, given in fields.items()}
    offered = sorted({".".join(name.split(".")[:2]) for name in names if "." in name})
    return read(CATALOGUE, {"has": offered, **names}).values


def test_each_kind_comes_back_as_what_it_is() -> None:
    assert values(recording__forced=[], recording__format=["h264"], timeouts__waiting=["12"]) == {
        "recording.forced": False,
        "recording.format": "h264",
        "timeouts.waiting": 12,
    }
    assert values(recording__forced=["on"]) == {"recording.forced": True}
    assert values(availability__days=["fri", "mon"]) == {"availability.days": ["fri", "mon"]}
    assert values(scripts__collections=["", "4", "2"]) == {"scripts.collections": [2, 4]}
    assert values(addresses__exceptions=["5.5.5.5\r\n\r\n10.1.2.0/24\r\n"]) == {
        "addresses.exceptions": ["5.5.5.5", "10.1.2.0/24"]
    }
    assert values(terms__text=["one\r\ntwo"]) == {"terms.text": "one\ntwo"}
    assert values(command_center__mean_handling_alarm=[" "]) == {"command_center.mean_handling_alarm": None}


def test_what_is_no_number_is_kept_so_that_it_can_be_refused_by_name() -> None:
    entered = values(timeouts__waiting=["soon"])
    assert entered == {"timeouts.waiting": "soon"}


def test_rows_keep_their_order_and_rows_in_which_nobody_wrote_are_left_out() -> None:
    fields = {
        "has": ["customer_survey.questions"],
        "customer_survey.questions.10.text": ["Second?"],
        "customer_survey.questions.10.type": ["open"],
        "customer_survey.questions.2.text": ["First?"],
        "customer_survey.questions.2.type": ["list"],
        "customer_survey.questions.2.shown": ["on"],
        "customer_survey.questions.2.answers.1.text": ["Yes"],
        "customer_survey.questions.2.answers.1.value": ["5"],
    }
    rows = read(CATALOGUE, fields).values["customer_survey.questions"]
    assert [row["text"] for row in rows] == ["First?", "Second?"]
    assert rows[0]["answers"] == [{"text": "Yes", "value": 5}]
    assert (rows[0]["shown"], rows[1]["shown"]) == (True, False)


def test_a_table_of_fixed_rows_always_has_all() -> None:
    fields = {"has": ["private_fields.fields"], "private_fields.fields.2.enabled": ["on"]}
    fields |= {f"private_fields.fields.{row}.input": ["text"] for row in range(1, 7)}
    rows = read(CATALOGUE, fields).values["private_fields.fields"]
    assert [row["enabled"] for row in rows] == [False, True, False, False, False, False]
    assert checked(CATALOGUE, EUROPE.kind, {"private_fields.fields": rows}, {})


def test_a_secret_stays_unless_somebody_writes_a_new_one_or_removes_it() -> None:
    offered = ["export.password", "look.logo"]
    assert read(CATALOGUE, {"has": offered, "export.password": [""]}).values == {}
    assert read(CATALOGUE, {"has": offered, "export.password": ["new"]}).values == {"export.password": "new"}
    removed = read(CATALOGUE, {"has": offered, "remove": offered}).values
    assert removed == {"export.password": None, "look.logo": None}


def test_the_rest_of_the_form_is_read_too() -> None:
    posted = read(
        CATALOGUE,
        {
            "has": ["timeouts.waiting", "no.such", "labels.list"],
            "reset": ["timeouts.waiting"],
            "here": ["timeouts.active"],
            "mark:timeouts.waiting": ["abc"],
            "wide": ["timeouts:subgroups"],
            "confirmed": ["yes"],
            "labels.list": ["x"],
        },
    )
    expected = Posted(
        {"timeouts.waiting": RESET},
        {"timeouts.waiting": "abc"},
        frozenset({"timeouts.active"}),
        ("timeouts", Scope.SUBGROUPS),
        confirmed=True,
    )
    assert posted == expected
    assert read(CATALOGUE, {"wide": ["timeouts:everywhere"]}).wide is None


def test_a_form_copies_nothing_down_that_is_inherited_unless_asked_to(tree: Tree) -> None:
    stored: Stored = {EUROPE: {"timeouts.waiting": 10}, UTRECHT: {"timeouts.active": 5}}
    fields = {"has": ["timeouts.waiting", "timeouts.active"], "timeouts.waiting": ["10"], "timeouts.active": ["6"]}
    assert changed(CATALOGUE, tree, stored, UTRECHT, read(CATALOGUE, fields)) == {"timeouts.active": 6}
    pinned = read(CATALOGUE, fields | {"here": ["timeouts.waiting"]})
    assert changed(CATALOGUE, tree, stored, UTRECHT, pinned) == {"timeouts.waiting": 10, "timeouts.active": 6}


def test_a_wide_save_of_one_section_takes_no_other_along_and_loses_nothing() -> None:
    fields = {"has": ["timeouts.waiting", "terms.scroll"], "timeouts.waiting": ["5"], "terms.scroll": ["on"]}
    entered = {"timeouts.waiting": 5, "terms.scroll": True}
    wide, rest = changes(EUROPE, read(CATALOGUE, fields | {"wide": ["timeouts:all_groups"]}), entered)
    assert (wide.values, wide.scope, wide.sections) == ({"timeouts.waiting": 5}, Scope.ALL_GROUPS, ("timeouts",))
    assert (rest.values, rest.scope) == ({"terms.scroll": True}, Scope.UNIT)
    assert [each.values for each in changes(EUROPE, read(CATALOGUE, fields), entered)] == [entered]


def test_an_unchanged_section_can_still_be_saved_to_all_groups(tree: Tree) -> None:
    stored: Stored = {EUROPE: {"timeouts.waiting": 10}, ASIA: {"timeouts.waiting": 4}}
    change = Change(EUROPE, {}, Scope.ALL_GROUPS, sections=("timeouts",))
    made = plan(CATALOGUE, tree, stored, Editor(1, is_master=True), change)
    assert [(write.unit, write.new) for write in made.writes] == [(ASIA, 10)]


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=20), st.lists(st.text(max_size=8), max_size=3), max_size=6), st.data())
def test_whatever_is_posted_comes_back_as_values_of_what_was_offered(
    fields: dict[str, list[str]], data: st.DataObject
) -> None:
    offered = data.draw(st.lists(st.sampled_from([setting.key for setting in CATALOGUE]), max_size=4))
    written = {key: data.draw(st.lists(st.text(max_size=8), max_size=2)) for key in offered}
    posted = read(CATALOGUE, {**fields, **written, "has": offered})
    assert set(posted.values) <= set(offered)
    assert posted.wide is None
