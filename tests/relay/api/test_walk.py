"""Every call of the API, made by everybody who must not make it.

A new call fails here until somebody says for whom it is.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from sqlalchemy import update

from relay.api.calls import Call, calls_of
from relay.api.document import APIS
from relay.api_keys.rules import Scope
from relay.app import make_app
from relay.credentials.model import ApiKeyRow
from relay.secret import digest
from relay.store.database import open_store
from relay.web.api import PREFIX
from tests.relay.api.offices import Office, running_office
from tests.support.relays import settings_for

CALLS = {declared.name: declared for api in APIS.values() for declared, _handler in calls_of(api)}
ASIA = "asia"
"""The group that the administrator does not answer for; his colleague there is `colleague`."""


@dataclass(frozen=True)
class Foreign:
    """A call on what is not the administrator's: gaps of its path, its body, its query. `{asia}` is filled in."""

    gaps: dict[str, str] = field(default_factory=dict)
    body: object = None
    query: str = ""


MALLORY = "mallory@evil.example"


def unit(name: str) -> dict[str, str]:
    """Return a placeholder for the name of a unit."""
    return {"unit": name}


_GROUP = {"kind": "technician_group", "id": ASIA}
_COLLEAGUE = {"kind": "technician", "id": "colleague"}
_ASIA_TO_EUROPE = {"units": [unit("colleague")], "target": unit("europe")}
FOREIGN: dict[str, Foreign] = {
    "show_unit": Foreign(_GROUP),
    "edit_unit": Foreign(_GROUP, {"version": 1, "values": {"name": "Taken"}}),
    "create_unit": Foreign(body={"kind": "technician_group", "place": unit(ASIA), "values": {"name": "New"}}),
    "set_status": Foreign(body={"units": [unit("colleague")], "status": "disabled"}),
    "move_units": Foreign(body=_ASIA_TO_EUROPE),
    "link_units": Foreign(body={"units": [{"kind": "channel", "id": 1}], "target": unit(ASIA)}),
    "unlink_units": Foreign(body={"units": [unit("elsewhere")], "target": unit(ASIA)}),
    "preview_drag": Foreign(body=_ASIA_TO_EUROPE),
    "delete_units": Foreign(body={"units": [unit("colleague")]}),
    "exclude_technician": Foreign({"id": "colleague", "channel": "1"}, {"excluded": True}),
    "show_permissions": Foreign({"id": ASIA}),
    "edit_permissions": Foreign({"id": ASIA}, {"version": 1, "permissions": {"chat": {"enabled": False}}}),
    "show_targets": Foreign({"id": ASIA, "key": "transfer"}),
    "set_targets": Foreign({"id": ASIA, "key": "transfer"}, {"units": []}),
    "show_settings": Foreign(_GROUP),
    "save_settings": Foreign(_GROUP, {"values": {"timeouts.waiting": 5}}),
    "lock_setting": Foreign({**_GROUP, "key": "timeouts.waiting"}, {"locked": True}),
    "make_report": Foreign({"name": "audit_list"}, query="?kind=technician_group&id={asia}"),
    "page_report": Foreign({"name": "audit_list"}, query="?kind=technician_group&id={asia}"),
    "revoke_key": Foreign({"id": "1"}),
    "end_sign_in": Foreign({"id": "1"}),
    "show_way_in": Foreign(_COLLEAGUE),
    "set_password": Foreign(_COLLEAGUE, {"password": "Roses in the snow 8"}),
    "reset_second_step": Foreign(_COLLEAGUE),
    "invite": Foreign(_COLLEAGUE),
    "add_person": Foreign(
        body={"kind": "technician", "place": unit(ASIA), "name": "Mallory", "email": MALLORY, "licences": []}
    ),
    "withdraw_invitation": Foreign(_COLLEAGUE),
    "show_details": Foreign(),
    "edit_details": Foreign(body={"version": 1, "contact_details": "Taken"}),
    "set_logo": Foreign(body={}),
    "remove_logo": Foreign(),
    "set_licences": Foreign(body={"version": 1, "totals": {"standard": None}}),
    "show_notifications": Foreign(),
    "choose_notifications": Foreign(body={"events": ["login_failed"]}),
}
"""Calls that name what they are about, and those that are for master administrators only."""
OWN: dict[str, Foreign] = {
    "tree": Foreign(),
    "creatable": Foreign(_GROUP),
    "export_people": Foreign(),
    "list_reports": Foreign(),
    "list_keys": Foreign(),
    "list_invitations": Foreign(),
    "show_licences": Foreign(),
    "make_key": Foreign(body={"name": "Mine", "scopes": ["org:read"]}),
    "import_people": Foreign(body={}),
}
"""Calls that are about what is the administrator's own anyway; still not for technicians. The others have stories."""
ON_THE_WAY = {
    "choose_due_password",
    "propose_due_authenticator",
    "confirm_due_authenticator",
    "forgot_password",
    "choose_by_link",
}
"""Calls of people whom no token stands for yet: they show a password, or the secret of a link."""
ONES_OWN = {
    "list_sign_ins",
    "sign_out_everywhere",
    "show_password_rule",
    "change_password",
    "prove",
    "show_second_step",
    "propose_authenticator",
    "confirm_authenticator",
    "renew_recovery_codes",
    "remove_authenticator",
}
"""Calls about how one signs in oneself; no number in them could be another's."""
FOR_EVERYBODY = {"reach", "fields", "settings_schema"} | {"about", "sign_in", "sign_out", "me", *ON_THE_WAY, *ONES_OWN}
"""Calls that tell nobody anything that is not his: texts of forms, and what one may do oneself."""
FOR_WHO_SERVES = {"list_sessions", "pick_up", "open_up", "edit_field", "end", "make_code", "list_codes", "cancel_code"}
FOR_WHO_SERVES |= {"hold", "transfer", "transfer_targets", "take_back", "decline", "write_notes"}
FOR_WHO_SERVES |= {"hand_in_chat", "read_chat"}
FOR_WHO_SERVES |= {"show_survey", "answer_survey"}
"""Calls about one's own sessions, refused to whoever has no licence."""


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """An office in which the owner has made a key, number 1."""
    async with running_office(tmp_path) as office:
        await office.key(*Scope)
        yield office


def number(office: Office, name: str) -> str:
    """Return the number of a unit that is named, or what was given."""
    return str(office.units[name]["id"]) if name in office.units else name


def filled(office: Office, body: Any) -> Any:
    """Return a body with the units that it names."""
    if isinstance(body, dict):
        if set(body) == {"unit"}:
            return office.units[body["unit"]]
        return {key: filled(office, value) for key, value in body.items()}
    return [filled(office, each) for each in body] if isinstance(body, list) else body


def path_of(office: Office, declared: Call, foreign: Foreign) -> str:
    """Return the address of a call."""
    path = declared.path
    for gap in declared.gaps:
        value = foreign.gaps.get(gap, "technician_group" if gap == "kind" else "1")
        path = path.replace(f"{{{gap}}}", value if gap in ("kind", "key", "name") else number(office, value))
    return path + foreign.query.replace("{asia}", number(office, ASIA))


async def ask(office: Office, name: str, token: str, foreign: Foreign) -> int:
    """Return the status with which a call is answered."""
    declared = CALLS[name]
    status, _body = await office.call(
        declared.method, path_of(office, declared, foreign), filled(office, foreign.body), token
    )
    return status


async def everything(office: Office) -> tuple[Any, list[Any]]:
    """Return what a refused call must not have changed: the tree, and the trail but for keys."""
    _status, tree = await office.call("GET", "/organisation/tree")
    _status, report = await office.call("GET", "/reports/audit_list/rows?limit=1000")
    return tree, [row for row in report["rows"] if row["section"] != "API keys"]


def test_every_call_says_for_whom_it_is() -> None:
    sorted_out = [*FOREIGN, *OWN, *FOR_EVERYBODY, *FOR_WHO_SERVES]
    assert sorted(sorted_out) == sorted(CALLS)
    assert {name for name, declared in CALLS.items() if declared.anybody} == {"about", "sign_in", *ON_THE_WAY}
    assert {name for name, declared in CALLS.items() if declared.serves} == FOR_WHO_SERVES | {"me"}


async def test_every_route_of_the_api_is_declared(tmp_path: Path) -> None:
    made = settings_for(tmp_path)
    made.data.mkdir(parents=True)
    store = await open_store(made.database)
    app = await make_app(made, store)
    runner = web.AppRunner(app)
    await runner.setup()
    found = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api")
    }
    await runner.cleanup()
    await store.close()
    declared = {(each.method, PREFIX + each.path) for each in CALLS.values()}
    assert {each for each in found if each[0] != "HEAD"} == declared | {("GET", f"{PREFIX}/openapi.json")}


@pytest.mark.req("ORG-19", "ORG-44", "CHAN-13")
async def test_an_administrator_is_refused_for_every_unit_that_is_not_his(office: Office) -> None:
    before = await everything(office)
    key = await office.key(*Scope, token="administrator")
    for name, foreign in FOREIGN.items():
        for token in ("administrator", key):
            status = await ask(office, name, token, foreign)
            is_for_people = token == key and CALLS[name].scope is None
            assert status in ((403,) if is_for_people else (403, 404)), (name, status)
    assert await everything(office) == before


@pytest.mark.req("ORG-58a", "ORG-61", "EDGE-13")
async def test_technicians_and_those_who_only_watch_are_refused_everywhere(office: Office) -> None:
    before = await everything(office)
    for name, foreign in (FOREIGN | OWN).items():
        for token in ("technician", "watcher"):
            status = await ask(office, name, token, foreign)
            if name == "creatable":
                continue  # an empty list
            assert status in (403, 404), (name, token, status)
    assert await everything(office) == before


async def test_strangers_dead_tokens_and_dead_keys_are_refused_everywhere(office: Office) -> None:
    revoked, expired = await office.key(*Scope), await office.key(*Scope)
    _status, keys = await office.call("GET", "/api-keys")
    assert (await office.call("DELETE", f"/api-keys/{keys[1]['id']}"))[0] == 204
    await age(office, expired)
    disabled = {"units": [office.units["elsewhere"]], "status": "disabled"}
    assert (await office.call("POST", "/units/status", disabled))[0] == 204
    for name, declared in CALLS.items():
        if declared.anybody:
            continue
        foreign = (FOREIGN | OWN).get(name, Foreign())
        tokens = ("guess", "dk_guess", revoked, expired, "elsewhere")
        statuses = await asyncio.gather(*(ask(office, name, token, foreign) for token in tokens))
        assert statuses == [401] * 5, (name, statuses)
        url = f"{office.relay.url}{PREFIX}{path_of(office, declared, foreign)}"
        for headers in (
            {},
            {"Authorization": "Basic YTpi"},
            {"Authorization": "Bearer "},
            {"Cookie": f"deskside={office.relay.token}"},
        ):
            async with office.relay.http.request(declared.method, url, headers=headers) as response:
                assert response.status == 401, (name, headers)


async def test_a_key_without_the_scope_is_refused_for_every_call(office: Office) -> None:
    for scope in Scope:
        key = await office.key(scope)
        for name, declared in CALLS.items():
            if not declared.anybody and declared.scope is not scope:
                status = await ask(office, name, key, (FOREIGN | OWN).get(name, Foreign()))
                assert status == 403, (name, scope, status)


async def test_another_sites_page_does_nothing(office: Office) -> None:
    headers = {"Authorization": f"Bearer {office.relay.token}", "Origin": "https://evil.example"}
    before = await everything(office)
    for name, declared in CALLS.items():
        if declared.method != "GET":
            url = f"{office.relay.url}{PREFIX}{path_of(office, declared, (FOREIGN | OWN).get(name, Foreign()))}"
            async with office.relay.http.request(declared.method, url, headers=headers) as response:
                assert response.status == 403, name
    assert await everything(office) == before


@pytest.mark.req("ORG-39", "ORG-49")
async def test_who_has_no_licence_serves_nobody(office: Office) -> None:
    path = f"/units/administrator/{office.units['administrator']['id']}"
    edit = {"version": 1, "values": {"standard": False}}
    assert (await office.call("PATCH", path, edit))[0] == 200
    for name in FOR_WHO_SERVES | {"me"}:
        assert await ask(office, name, "administrator", Foreign()) == 401, name


@pytest.mark.req("EDGE-11", "EDGE-12")
async def test_a_restricted_administrator_with_a_licence_still_serves_customers(office: Office) -> None:
    _status, me = await office.call("GET", "/me", token="watcher")
    assert (me["name"], me["nickname"]) == ("watcher", "watcher"), "without a nickname customers see the name"
    assert (await office.call("GET", "/sessions", token="watcher"))[0] == 200


async def age(office: Office, key: str) -> None:
    """Let a key's time be over."""
    store = await open_store(office.relay.settings.database)
    async with store.transaction() as transaction:
        over = datetime.now(UTC) - timedelta(seconds=1)
        await transaction.execute(update(ApiKeyRow).where(ApiKeyRow.digest == digest(key)).values(expires_at=over))
    await store.close()
