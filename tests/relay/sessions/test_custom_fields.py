"""The name field and the custom fields of sessions: what may be in them, who is asked for them, who sees an edit."""

import pytest

from codec.wire.api_types import Method, NewCode, Session, SessionState
from codec.wire.custom_fields import CustomField
from codec.wire.messages import VERSION
from codec.wire.signals import Desk, Enter, RulesChanged, SessionChanged
from relay.field_errors import FieldError
from relay.sessions.custom_fields import asked_for, checked, plain, stored
from tests.support.channels import assign, make_desk, sign_in, through
from tests.support.relays import ConsoleEnd, RunningRelay

NAMES = ["Name", "Staff number", "Floor", "Custom field 3", "Custom field 4", "Custom field 5"]
TEXT = {"enabled": False, "required": False, "input": "text", "choices": []}
ROWS = [
    TEXT | {"enabled": True},
    TEXT | {"enabled": True, "required": True},
    TEXT | {"enabled": True, "input": "choice", "choices": ["First", "Second"]},
    TEXT | {"required": True},
    TEXT,
    TEXT,
]
BOB = "console-of-bob"


def test_the_six_are_asked_for_as_the_group_chose() -> None:
    fields = asked_for(NAMES, ROWS)
    assert fields[:4] == (
        CustomField(label="Name", shown=True),
        CustomField(label="Staff number", shown=True, required=True),
        CustomField(label="Floor", shown=True, choices=["First", "Second"]),
        CustomField(label="Custom field 3"),
    ), "what is hidden is never required"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Mrs  Jansen\t\n", "Mrs Jansen"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("abc\u202edef\u2066\u200f", "abcdef"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("line\u2028two\u2029three\x85four", "line two three four"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200d\u200c", ""),
        ("Zoe\u0308", "Zoë"),
        ("\ud800", ""),
        ("\ufeff\u00ad", ""),
    ],
)
def test_a_value_is_plain_text_on_one_line(typed: str, kept: str) -> None:
    assert plain(typed) == kept


@pytest.mark.req("FIELD-11", "FIELD-14", "FIELD-15", "FIELD-16", "FIELD-18")
@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        (["Mrs Jansen"], "field_1", "empty"),
        (["", "\u202e \u200b"], "field_1", "empty"),
        (["", "7", "Third"], "field_2", "not_a_choice"),
        (["x" * 129, "7"], "name", "too_long"),
        (["", "x" * 65], "field_1", "too_long"),
        (["", "x" * 100_000], "field_1", "too_long"),
        (["", "7", "", "", "", "é" * 65], "field_5", "too_long"),
    ],
)
def test_what_cannot_be_stored_names_its_field(values: list[str], field: str, code: str) -> None:
    with pytest.raises(FieldError) as caught:
        checked(values, asked_for(NAMES, ROWS), is_new=True)
    assert (caught.value.field, caught.value.code) == (field, code)


@pytest.mark.req("FIELD-11")
def test_the_longest_values_fit() -> None:
    values = ["n" * 128, "1" * 64, "Second", "x" * 64, "", ""]
    assert checked(values, asked_for(NAMES, ROWS), is_new=True) == values
    assert stored(values[1:]) == values[1:4]


def test_what_is_missing_may_stay_so_in_a_session_that_there_is() -> None:
    assert checked(["Mrs Jansen", ""], asked_for(NAMES, ROWS), is_new=False) == ["Mrs Jansen", *("",) * 5]


@pytest.mark.req("FIELD-17")
def test_a_field_is_free_text_or_a_list_and_never_both() -> None:
    row = TEXT | {"enabled": True, "choices": ["First", "Second"]}
    assert asked_for(NAMES, [row] * 6)[1].choices == [], "choices of a field that is free text again mean nothing"


async def choose_fields(relay: RunningRelay, group: int) -> None:
    """Have the organisation name its fields, and a group ask for some of them."""
    for path, values in (
        ("/settings/organisation/0", {"fields.1": "Staff number", "fields.2": "Floor"}),
        (f"/settings/technician_group/{group}", {"private_fields.fields": ROWS}),
    ):
        status, answer = await relay.call("PATCH", path, {"values": values})
        assert status == 200, answer


async def make_code(relay: RunningRelay, token: str, name: str, *fields: str) -> tuple[int, dict[str, object]]:
    """Ask for a PIN."""
    return await relay.call("POST", "/codes", NewCode(method=Method.PIN, name=name, fields=list(fields)), token)


@pytest.mark.req("FIELD-01", "FIELD-02", "FIELD-03", "FIELD-13", "FIELD-14", "SESS-38")
async def test_a_group_asks_for_fields_and_no_session_begins_without_a_required_one(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    token = await sign_in(relay, "Bob")
    async with relay.console(BOB, token) as console:
        assert [field.shown for field in console.desk.fields] == [True, *(False,) * 5]
        await choose_fields(relay, group.id)
        as_declared = list(asked_for(["", "Staff number", "Floor", "", "", ""], ROWS))
        while (rules := await console.hear_a(RulesChanged)).fields[1:] != as_declared[1:]:
            pass
        async with relay.console("bobs-other", token) as other:
            assert isinstance(other.desk, Desk)
            assert other.desk.fields == rules.fields
        status, refused = await make_code(relay, token, "Mrs Jansen")
        assert (status, refused["problem"], refused["field"]) == (422, "empty", "field_1")
        status, refused = await make_code(relay, token, "Mrs Jansen", "7", "Third")
        assert (status, refused["problem"], refused["field"]) == (422, "not_a_choice", "field_2")
        status, listed = await relay.call("GET", "/codes", token=token)
        assert listed == [], "nothing was made"


@pytest.mark.req("FIELD-06", "FIELD-20")
async def test_what_the_technician_fills_in_is_the_sessions(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await choose_fields(relay, group.id)
    token = await sign_in(relay, "Bob")
    status, code = await make_code(relay, token, " Mrs\u202e Jansen", "30117", "Second")
    assert (status, code["name"], code["fields"]) == (201, "Mrs Jansen", ["30117", "Second"])
    async with relay.console(BOB, token) as console, relay.applet(Enter(VERSION, pin=str(code["pin"]))) as applet:
        entered = await relay.enter(applet)
        session = await of_session(console, entered.session, SessionState.WAITING)
        assert (session.name, session.fields) == ("Mrs Jansen", ["30117", "Second"])


async def of_session(console: ConsoleEnd, session: int, state: SessionState) -> Session:
    """Return a session as a console hears of it in this state."""
    while True:
        changed: Session = (await console.hear_a(SessionChanged)).session
        if changed.id == session and changed.state is state:
            return changed


@pytest.mark.req("CONS-91", "CONS-93", "FIELD-08", "FIELD-19", "PERM-23")
async def test_an_edit_is_seen_at_once_by_all_who_see_the_session(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob", "Carla")
    await choose_fields(relay, group.id)
    await assign(relay, 1, group)
    of_bob, of_carla = await sign_in(relay, "Bob"), await sign_in(relay, "Carla")
    async with (
        relay.console(BOB, of_bob),
        relay.console("console-of-carla", of_carla) as carlas,
        relay.applet(through(1)) as applet,
    ):
        number = (await relay.enter(applet)).session
        await of_session(carlas, number, SessionState.WAITING)
        path = f"/sessions/{number}/fields"
        for field, value in ((2, "First"), (0, "Lars Eriksson"), (1, "")):
            status, answer = await relay.call("PATCH", path, {"field": field, "value": value}, of_bob)
            assert status == 200, answer
        while (changed := await carlas.hear_a(SessionChanged)).session.name != "Lars Eriksson":
            pass
        assert changed.session.fields == ["", "First"]
        status, answer = await relay.call("PATCH", path, {"field": 2, "value": "Third"}, of_bob)
        assert (status, answer["problem"], answer["field"]) == (422, "not_a_choice", "field_2")
        for wrong in ({"field": 6, "value": ""}, {"field": -1, "value": ""}, {"field": 1, "value": 7}, {"field": 1}):
            status, _answer = await relay.call("PATCH", path, wrong, of_bob)
            assert status == 400
        status, _answer = await relay.call("PATCH", path, {"field": 0, "value": "Anna's"}, relay.token)
        assert status == 404, "who does not see a session does not edit it"
        await relay.call("POST", f"/sessions/{number}/pick-up", {"console": BOB}, of_bob)
        status, _answer = await relay.call("PATCH", path, {"field": 0, "value": "Carla's"}, of_carla)
        assert status in (404, 409), "a colleague has it now"
        await relay.call("POST", f"/sessions/{number}/end", None, of_bob)
        status, answer = await relay.call("PATCH", path, {"field": 0, "value": "Late"}, of_bob)
        assert (status, answer["problem"]) == (409, "ended")


@pytest.mark.req("CONS-91", "PERM-23")
async def test_without_the_permission_nothing_is_edited(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    status, shown = await relay.call("GET", f"/technician-groups/{group.id}/permissions")
    assert status == 200, shown
    body = {"version": shown["version"], "permissions": {"inline_edit": {"enabled": False}}}
    status, answer = await relay.call("PATCH", f"/technician-groups/{group.id}/permissions", body)
    assert status == 200, answer
    token = await sign_in(relay, "Bob")
    async with relay.console(BOB, token), relay.applet(through(1)) as applet:
        number = (await relay.enter(applet)).session
        status, answer = await relay.call("PATCH", f"/sessions/{number}/fields", {"field": 0, "value": "x"}, token)
        assert (status, answer["problem"]) == (403, "not_permitted")
