"""What programs do with the JSON API, told from their side."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.relay.api.offices import TECHNICIANS, Office

WAITING = "timeouts.waiting"


async def test_the_tree_shows_each_caller_what_is_his(office: Office) -> None:
    _status, tree = await office.call("GET", "/organisation/tree")
    assert [root["kind"] for root in tree] == [
        "master_administrators",
        "administrators",
        "technicians",
        "channels",
        "external",
        "computers",
    ]
    _status, tree = await office.call("GET", "/organisation/tree", token="administrator")
    (technicians,) = [root for root in tree if root["kind"] == "technicians"]
    assert [group["name"] for group in technicians["children"]] == ["Support Europe"]
    assert (await office.call("GET", "/organisation/reach", token="administrator"))[1]["groups"] == [
        office.units["europe"]["id"]
    ]
    status, fields = await office.call("GET", "/organisation/fields")
    assert (status, fields["channel"][0]["label"]) == (200, "Channel name")


async def test_of_two_edits_the_slower_one_hears_who_was_faster_and_at_which_field(office: Office) -> None:
    path = f"/units/technician_group/{office.units['europe']['id']}"
    _status, seen = await office.call("GET", path)
    edit = {"version": seen["version"], "values": {"name": "Europe"}}
    status, edited = await office.call("PATCH", path, edit)
    assert (status, edited["name"], edited["version"]) == (200, "Europe", seen["version"] + 1)
    status, problem = await office.call("PATCH", path, edit | {"values": {"name": "EMEA"}})
    assert (status, problem["problem"], problem["fields"]) == (409, "changed_meanwhile", {"name": "Anna de Vries"})
    status, merged = await office.call("PATCH", path, edit | {"values": {"description": "Day and night"}})
    assert (status, merged["name"], merged["values"]["description"]) == (200, "Europe", "Day and night")
    assert (await office.call("PATCH", path, {"values": {"name": "EMEA"}}))[0] == 428


async def test_an_edit_may_name_the_etag_instead(office: Office) -> None:
    url = f"{office.relay.url}/api/v1/units/technician_group/{office.units['europe']['id']}"
    headers = {"Authorization": f"Bearer {office.relay.token}"}
    async with office.relay.http.get(url, headers=headers) as response:
        tag = response.headers["ETag"]
    wish = {"values": {"name": "Europe"}}
    async with office.relay.http.patch(url, json=wish, headers=headers | {"If-Match": tag}) as response:
        assert (response.status, response.headers["ETag"]) == (200, '"2"')


async def test_units_are_made_moved_previewed_and_removed(office: Office) -> None:
    utrecht = await office.create("technician_group", TECHNICIANS, name="Utrecht")
    wish = {"units": [utrecht], "target": office.units["europe"]}
    assert (await office.call("POST", "/units/preview-drag", wish))[1] == {"meaning": "move"}
    assert (await office.call("POST", "/units/move", wish))[0] == 204
    _status, shown = await office.call("GET", f"/units/technician_group/{utrecht['id']}")
    assert (shown["place"], shown["place_name"]) == (office.units["europe"], "Support Europe")
    cycle = {"units": [office.units["europe"]], "target": utrecht}
    assert (await office.call("POST", "/units/move", cycle))[1]["problem"] == "cycle"
    assert (await office.call("POST", "/units/delete", {"units": [office.units["europe"]]}))[1][
        "problem"
    ] == "not_empty"
    assert (await office.call("POST", "/units/delete", {"units": [utrecht]}))[0] == 204
    assert (await office.call("GET", f"/units/technician_group/{utrecht['id']}"))[0] == 404


async def test_a_bad_field_is_named(office: Office) -> None:
    new = {"kind": "technician_group", "place": TECHNICIANS, "values": {"name": "x" * 200}}
    status, problem = await office.call("POST", "/units", new)
    assert (status, problem["problem"], problem["field"]) == (422, "too_long", "name")
    status, problem = await office.call("POST", "/units", new | {"nonsense": 1})
    assert (status, problem["problem"]) == (400, "bad_body")
    status, problem = await office.call("GET", "/organisation/tree?nonsense=1")
    assert (status, problem["problem"]) == (400, "bad_query")


@pytest.mark.req("PERM-33", "PERM-34")
async def test_permissions_are_read_set_locked_and_kept_from_administrators(office: Office) -> None:
    path = f"/technician-groups/{office.units['europe']['id']}/permissions"
    _status, seen = await office.call("GET", path)
    assert seen["permissions"]["chat"]["enabled"] is True
    wish = {"version": seen["version"], "permissions": {"chat": {"enabled": False, "locked": True}}}
    status, kept = await office.call("PATCH", path, wish)
    assert (status, kept["permissions"]["chat"]["locked"]) == (200, True)
    wish = {"version": kept["version"], "permissions": {"chat": {"enabled": True}}}
    status, problem = await office.call("PATCH", path, wish, "administrator")
    assert (status, problem["problem"]) == (409, "locked")
    targets = {"units": [office.units["asia"]]}
    assert (await office.call("PUT", f"{path}/transfer/targets", targets))[0] == 204
    assert (await office.call("GET", f"{path}/transfer/targets"))[1] == targets
    assert (await office.call("GET", f"{path}/chat/targets"))[0] == 404


async def test_settings_are_read_with_their_origin_saved_reset_and_locked(office: Office) -> None:
    path = f"/settings/technician_group/{office.units['europe']['id']}"
    _status, seen = await office.call("GET", path)
    assert (seen[WAITING]["value"], seen[WAITING]["source"]) == (30, "default")
    wish = {"values": {WAITING: 10}, "seen": {WAITING: seen[WAITING]["mark"]}}
    assert (await office.call("PATCH", path, wish))[1] == {"changed": 1, "skipped": []}
    status, problem = await office.call("PATCH", path, wish | {"values": {WAITING: 5}})
    assert (status, problem["problem"], list(problem["fields"])) == (409, "changed_meanwhile", [WAITING])
    status, problem = await office.call("PATCH", path, {"values": {WAITING: "soon"}})
    assert (status, problem["problem"], list(problem["fields"])) == (422, "settings_refused", [WAITING])
    assert (await office.call("PUT", f"{path}/locks/{WAITING}", {"locked": True}))[0] == 200
    assert (await office.call("PATCH", path, {"values": {WAITING: 5}}, "administrator"))[0] == 422
    assert (await office.call("PATCH", path, {"reset": [WAITING]}))[0] == 200
    assert (await office.call("GET", path))[1][WAITING]["source"] == "default"
    status, schema = await office.call("GET", "/settings/channel/schema")
    assert (status, schema["additionalProperties"]) == (200, False)


async def test_a_secret_is_taken_and_never_shown(office: Office) -> None:
    assert (await office.call("PATCH", "/settings/organisation/0", {"values": {"sso.password": "hunter2-secret"}}))[
        0
    ] == 200
    _status, seen = await office.call("GET", "/settings/organisation/0")
    assert (seen["sso.password"]["set"], seen["sso.password"]["value"]) == (True, None)


async def test_a_key_does_what_its_scopes_say_as_whoever_made_it(office: Office) -> None:
    key = await office.key("org:read", "org:write", token="administrator")
    path = f"/units/technician_group/{office.units['europe']['id']}"
    assert (await office.call("GET", path, token=key))[0] == 200
    assert (await office.call("GET", f"/units/technician_group/{office.units['asia']['id']}", token=key))[0] == 403
    assert (await office.call("PATCH", path, {"version": 1, "values": {"name": "EMEA"}}, key))[0] == 200
    status, problem = await office.call("GET", "/settings/organisation/0", token=key)
    assert (status, problem["problem"]) == (403, "scope_missing")
    (listed,) = (await office.call("GET", "/api-keys", token="administrator"))[1]
    assert (listed["last_used_from"], listed["scopes"]) == ("127.0.0.1", ["org:read", "org:write"])
    assert key not in str(listed)
    (_newest, *_rest) = (await office.call("GET", "/api-keys"))[1]
    assert (await office.call("DELETE", f"/api-keys/{listed['id']}"))[0] == 204, "a master administrator ends any"
    status, problem = await office.call("GET", path, token=key)
    assert (status, problem["problem"]) == (401, "key_refused")


async def test_a_key_dies_with_its_maker_and_never_lives_for_ever(office: Office) -> None:
    key = await office.key("org:read", token="administrator")
    later = (datetime.now(UTC) + timedelta(days=3_650)).isoformat()
    body = {"name": "CRM", "scopes": ["org:read"], "expires_at": later}
    assert (await office.call("POST", "/api-keys", body))[1]["field"] == "expires_at"
    assert (await office.call("POST", "/api-keys", body | {"scopes": [], "expires_at": None}))[1]["field"] == "scopes"
    gone = {"units": [office.units["administrator"]], "status": "disabled"}
    assert (await office.call("POST", "/units/status", gone))[0] == 204
    assert (await office.call("GET", "/organisation/tree", token=key))[0] == 401


async def test_a_key_cannot_see_the_keys_of_others_or_make_one(office: Office) -> None:
    key = await office.key("org:read", "org:write", "settings:write")
    assert (await office.call("GET", "/api-keys", token=key))[0] == 403
    assert (await office.call("GET", "/api-keys", token="administrator"))[1] == []
    (mine,) = (await office.call("GET", "/api-keys"))[1]
    assert (await office.call("DELETE", f"/api-keys/{mine['id']}", token="administrator"))[0] == 404


async def test_a_foreign_page_acts_nowhere_and_is_told_so_in_json(office: Office) -> None:
    url, headers = f"{office.relay.url}/api/v1/units", {"Origin": "https://elsewhere.example"}
    async with office.relay.http.post(url, data=b"{}", headers=headers) as response:
        assert (response.status, (await response.json())["problem"]) == (403, "foreign_page")


@pytest.mark.req("API-18", "API-32")
async def test_the_rate_and_the_networks_of_a_key_hold_at_once(office: Office) -> None:
    elsewhere = await office.key("org:read", networks=["192.0.2.0/24"])
    status, problem = await office.call("GET", "/organisation/tree", token=elsewhere)
    assert (status, problem["problem"]) == (403, "key_not_from_here")
    body = {"name": "CRM", "scopes": ["org:read"], "networks": ["192.0.2.1/24"]}
    status, problem = await office.call("POST", "/api-keys", body)
    assert (status, problem["problem"], problem["field"]) == (422, "network", "networks")
    here = await office.key("org:read", networks=["127.0.0.0/8", "::1"])
    assert (await office.call("GET", "/api-keys"))[1][0]["networks"] == ["127.0.0.0/8", "::1/128"]
    assert (await office.call("PATCH", "/settings/organisation/0", {"values": {"api.rate": 1}}))[0] == 200
    assert (await office.call("GET", "/organisation/reach", token=here))[0] == 200
    status, problem = await office.call("GET", "/organisation/reach", token=here)
    assert (status, problem["problem"]) == (429, "too_many")
    assert 50 < problem["retry_seconds"] <= 61
