"""The report on sessions: what it says of each, frozen once it has ended, and whose sessions it shows to whom."""

import csv
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from codec.wire.api_types import CodeState, Ended, SessionState
from codec.wire.customer_kinds import CustomerKind
from codec.wire.session_types import SessionType
from codec.wire.signals import BeginRecording, RecordingBegun, SigningKey
from relay.accounts.rules import Role
from relay.codes.model import CodeRow
from relay.organization.rules import Actor, NotAllowedError
from relay.organization.units import Unit, UnitKind
from relay.reports.formats.cells import Sheet, brief
from relay.reports.service import FORMATS, Format, Reports
from relay.reports.sessions import COLUMNS, SESSIONS, STATES, as_row
from relay.secret import new_secret
from relay.sessions.model import SessionRow
from relay.store.database import Store, open_store
from tests.relay.organization.organisations import ADMINISTRATORS, NOW, TECHNICIANS, Place
from tests.relay.reports.test_audit import TODAY
from tests.support.relays import RunningRelay, enter_with

EVERYTHING = Unit(UnitKind.ORGANISATION)


async def helped(
    store: Store,
    person: int | None,
    state: SessionState = SessionState.CLOSED_BY_TECHNICIAN,
    minutes: int = 7,
    **more: Any,
) -> None:
    """Store a session of a technician that began a minute after its customer came."""
    async with store.transaction() as transaction:
        code = CodeRow(
            person_id=person or 1, method="pin", state=CodeState.USED, name="", pin="123456", routing=None, made_at=NOW,
            expires_at=NOW, ended_at=NOW, misses=0, session_id=None,
        )  # fmt: skip
        transaction.add(code)
        await transaction.flush()
        values: dict[str, Any] = {
            "made_at": NOW, "began_at": NOW + timedelta(minutes=1), "since": NOW + timedelta(minutes=1 + minutes),
            "name": "Mrs Jansen", "computer": "FRONT-DESK-2", "system": "Debian", "method": "pin", "pin": "123456",
            "console": None, "ticket": new_secret(),
            "connecting_ms": 5_000, "waiting_ms": 30_000, "active_ms": 60_000 * minutes - 20_000,
            "reconnect_ms": 20_000,
        }  # fmt: skip
        transaction.add(SessionRow(person_id=person, code_id=code.id, state=state, **(values | more)))


async def rows(place: Place, unit: Unit, actor: Actor | None = None) -> list[dict[str, Any]]:
    """Return the report's rows as programs read them."""
    file = await Reports(place.transactions).file(
        actor or place.owner, "sessions_list", unit, TODAY, Format.JSON, str, NOW
    )
    found: list[dict[str, Any]] = json.loads(b"".join([chunk async for chunk in file.content]))
    return found


@pytest.mark.finding("use-B18")
async def test_what_is_said_of_a_session(place: Place) -> None:
    bob = await place.person("bob", await place.group("Support Europe"))
    await helped(place.store, bob.id, recorded_at=NOW)
    (row,) = await rows(place, EVERYTHING)
    assert [column.key for column in COLUMNS] == list(row)
    del row["session_id"]
    assert row == {
        "begun_at": "2026-11-25T09:00:00+00:00",
        "technician": "bob",
        "customer": "Mrs Jansen",
        "computer": "FRONT-DESK-2",
        "method": "pin",
        "duration": 420,
        "connecting_time": 5,
        "waiting_time": 30,
        "active_time": 400,
        "hold_time": 0,
        "transfer_time": 0,
        "reconnect_time": 20,
        "ended_at": "2026-11-25T09:08:00+00:00",
        "how": "closed_by_technician",
        "recorded": "yes",
        "session_type": "applet",
        "browser": "",
        "channel": "",
        **{f"field_{number}": "" for number in range(1, 6)},
        "notes": "",
    }


@pytest.mark.req("CHAT-14", "CHAT-15", "SESS-03", "SESS-09")
async def test_a_chat_in_a_browser_is_an_instant_chat_and_the_browser_is_named(place: Place) -> None:
    bob = await place.person("bob", await place.group("Support Europe"))
    await helped(
        place.store,
        bob.id,
        kind=CustomerKind.PAGE,
        means="view chat",
        session_type=SessionType.CHAT,
        computer="Firefox",
    )
    await helped(place.store, bob.id, SessionState.TIMED_OUT, ticket=None, computer="")
    page, nobody = await rows(place, EVERYTHING)
    assert (page["session_type"], page["browser"], page["computer"]) == ("instant_chat", "Firefox", "")
    assert (nobody["session_type"], nobody["browser"]) == (None, "")
    sheet = Sheet(SESSIONS, UTC, str)
    async with place.store.reading() as reading:
        row = await reading.get_one(SessionRow, 1)
    shown = dict(zip(sheet.brief_titles, brief(sheet, as_row(row, "bob")), strict=True))
    assert shown["Computer"] == "Instant Chat · Firefox"


@pytest.mark.req("FIELD-04", "FIELD-12", "FIELD-20")
async def test_values_of_custom_fields_are_under_the_names_that_they_have_now(relay: RunningRelay) -> None:
    store = await open_store(relay.settings.database)
    try:
        await helped(store, 1, custom_fields=["30117", "=1+1"], made_at=datetime.now(UTC))
    finally:
        await store.close()
    for name in ("Staff number", "Employee"):
        await relay.call("PATCH", "/settings/organisation/0", {"values": {"fields.1": name, "fields.name": "Client"}})
        path = f"{relay.url}/api/v1/reports/sessions_list?format=csv&period=today&language=nl"
        async with relay.http.get(path, headers={"Authorization": f"Bearer {relay.token}"}) as response:
            titles, *found = csv.reader((await response.text("utf-8-sig")).splitlines())
        assert response.status == 200
        row = dict(zip(titles, found[-1], strict=True))
        assert row["Client"] == "Mrs Jansen"
        assert row[name] == "30117"
        assert row["Aangepast veld 2"] == "'=1+1", "a spreadsheet takes nothing for a formula"


@pytest.mark.req("LENS-41")
async def test_a_lens_session_is_named(place: Place) -> None:
    bob = await place.person("bob", await place.group("Support Europe"))
    means = "camera chat"
    await helped(
        place.store, bob.id, kind=CustomerKind.PAGE, means=means, session_type=SessionType.LENS, computer="Chrome"
    )
    (row,) = await rows(place, EVERYTHING)
    assert (row["session_type"], row["browser"]) == ("lens", "Chrome")


async def test_a_browser_that_could_show_something_had_no_instant_chat(place: Place) -> None:
    """Every session in a browser was called one, also where a screen was shown."""
    bob = await place.person("bob", await place.group("Support Europe"))
    await helped(place.store, bob.id, kind=CustomerKind.PAGE, means="view chat", computer="Firefox")
    await helped(place.store, bob.id, kind=CustomerKind.PAGE, means="camera chat", computer="Chrome")
    await helped(place.store, bob.id, kind=CustomerKind.PAGE, means="chat", computer="Safari")
    found = [(each["session_type"], each["browser"]) for each in await rows(place, EVERYTHING)]
    assert found == [("browser", "Firefox"), ("browser", "Chrome"), ("instant_chat", "Safari")]


@pytest.mark.finding("use-B18")
async def test_only_what_has_ended_has_a_duration(place: Place) -> None:
    bob = await place.person("bob", await place.group("Support Europe"))
    await helped(place.store, bob.id, SessionState.ACTIVE)
    await helped(place.store, bob.id, SessionState.CLOSED_BY_WAITING_CUSTOMER, began_at=None)
    await helped(place.store, bob.id, SessionState.CLOSED_BY_CUSTOMER, ending=Ended.WRONG_SECRET.value)
    active, never, wrong = await rows(place, EVERYTHING)
    assert (active["duration"], active["waiting_time"], active["ended_at"], active["how"]) == (
        None,
        None,
        None,
        "active",
    )
    assert (never["duration"], never["waiting_time"], never["active_time"], never["recorded"]) == (0, 30, 0, "no")
    assert wrong["how"] == "wrong_secret"


def test_every_state_and_every_way_to_end_has_words() -> None:
    assert set(STATES) == {state.value for state in SessionState} | {each.value for each in Ended if each.value}


@pytest.mark.finding("use-B18")
@pytest.mark.parametrize("format_", FORMATS)
async def test_every_format_is_offered(place: Place, format_: Format) -> None:
    bob = await place.person("bob", await place.group("Support Europe"))
    await helped(place.store, bob.id)
    reports = Reports(place.transactions)
    file = await reports.file(place.owner, "sessions_list", EVERYTHING, TODAY, format_, str, NOW)
    content = b"".join([chunk async for chunk in file.content])
    assert file.name.startswith("sessions_list_organisation_2026-11-25")
    assert content.startswith(b"PK") if format_ is Format.XLSX else b"Mrs Jansen" in content


@pytest.mark.finding("use-B18")
async def test_an_administrator_sees_the_sessions_of_their_groups_only(place: Place) -> None:
    europe, asia = await place.group("Support Europe"), await place.group("Support Asia")
    bob, kim = await place.person("bob", europe), await place.person("kim", asia)
    for person in (1, bob.id, kim.id):
        await helped(place.store, person)
    admin = await place.administrator("mia", europe)

    async def seen(unit: Unit, actor: Actor | None = None) -> set[str]:
        return {row["technician"] for row in await rows(place, unit, actor)}

    assert await seen(EVERYTHING) == {"Anna de Vries", "bob", "kim"}
    assert await seen(TECHNICIANS) == {"bob", "kim"}
    assert await seen(europe) == {"bob"} == await seen(europe, admin) == await seen(TECHNICIANS, admin)
    assert await seen(bob) == {"bob"}
    assert await seen(Unit(UnitKind.MASTER_ADMINISTRATOR, 1)) == {"Anna de Vries"}
    assert await seen(ADMINISTRATORS) == set()
    for unit in (asia, kim, EVERYTHING):
        with pytest.raises(NotAllowedError):
            await seen(unit, admin)
    with pytest.raises(NotAllowedError):
        await seen(EVERYTHING, Actor(bob.id, "bob", Role.TECHNICIAN, "10.0.0.7"))


@pytest.mark.finding("use-B18")
async def test_a_session_that_was_recorded_is_in_the_report_by_page_and_by_api(relay: RunningRelay) -> None:
    code = await relay.make_code(name="Mrs Jansen")
    async with relay.console() as console, relay.applet(enter_with(code)) as applet:
        await relay.enter(applet)
        (session,) = [each["id"] for each in (await relay.call("GET", "/sessions"))[1]]
        await relay.pick_up(session)
        await applet.say(SigningKey(bytes([2] * 32)))
        await console.say(BeginRecording(session, bytes(16), bytes([3] * 32)))
        await console.hear_a(RecordingBegun)
        await console.say(BeginRecording(session, bytes(16), bytes([3] * 32)))
        await console.hear_a(RecordingBegun)  # by now the first one is kept
        assert (await relay.call("POST", f"/sessions/{session}/end"))[0] == 200
    _status, answer = await relay.call("GET", "/reports/sessions_list/rows?period=today")
    (row,) = answer["rows"]
    assert (row["customer"], row["how"], row["recorded"]) == ("Mrs Jansen", "closed_by_technician", "yes")
    _status, listed = await relay.call("GET", "/reports")
    assert {"audit_list", "sessions_list", "sign_in_list"} <= {report["key"] for report in listed}


@pytest.mark.req("REP-09")
async def test_what_came_through_a_channel_is_in_its_report_also_where_no_technician_took_it(place: Place) -> None:
    """The channel's report was empty, and a session that was closed while it waited was in none."""
    europe = await place.group("Support Europe")
    bob = await place.person("bob", europe)
    came: dict[str, Any] = {"channel_id": 3, "channel_name": "IT helpdesk", "method": "channel"}
    await helped(place.store, bob.id, **came)
    await helped(place.store, None, began_at=None, **came)
    await helped(place.store, bob.id)
    for unit in (Unit(UnitKind.CHANNEL, 3), Unit(UnitKind.CHANNELS)):
        found = [(each["technician"], each["channel"]) for each in await rows(place, unit)]
        assert found == [("bob", "IT helpdesk"), ("", "IT helpdesk")]
    assert await rows(place, Unit(UnitKind.CHANNEL, 4)) == []
    assert len(await rows(place, EVERYTHING)) == 3
    assert [each["channel"] for each in await rows(place, europe)] == ["IT helpdesk", ""]
    async with place.store.reading() as reading:
        row = await reading.get_one(SessionRow, 1)
    sheet = Sheet(SESSIONS, UTC, str)
    shown = dict(zip(sheet.brief_titles, brief(sheet, as_row(row, "bob")), strict=True))
    assert shown["Method"] == "Channel · IT helpdesk"
