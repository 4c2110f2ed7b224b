"""What leads to a sign-in, by every way of the JSON API: who may change it, with which proof, and who hears of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio
from sqlalchemy import select, update

from relay.accounts.model import PersonRow, SignInRow
from relay.credentials.model import PasswordLinkRow
from relay.store.database import open_store
from tests.relay.api.offices import ADMINISTRATORS, Office, running_office, sign_in
from tests.support.mail_server import running_mail_server
from tests.support.relays import EMAIL, PASSWORD
from tests.support.waiting import eventually

MASTERS = {"kind": "master_administrators"}
MALLORY = "mallory@evil.example"
NEW = "Roses in the snow 8"
OWNER = {"kind": "master_administrator", "id": 1}
ALL_SCOPES = ("org:read", "org:write", "settings:read", "settings:write")


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """An organisation with two masters besides its owner, one of them signed in."""
    with running_mail_server() as server:
        async with running_office(tmp_path, **server.settings) as office:
            office.mail = server
            await two_masters(office)
            yield office


async def two_masters(office: Office) -> None:
    """Add two masters, and sign one of them in."""
    for name in ("master", "second"):
        await office.person(name, "master_administrator", MASTERS)
    office.units["owner"] = OWNER
    await sign_in(office, "master")


def path_of(office: Office, name: str, more: str = "") -> str:
    """Return where somebody's calls are."""
    unit = office.units[name]
    return f"/units/{unit['kind']}/{unit['id']}{more}"


async def patch(office: Office, name: str, token: str, **values: object) -> tuple[int, Any]:
    """Change fields of somebody, having seen what is there now."""
    _status, shown = await office.call("GET", path_of(office, name))
    body = {"values": values, "version": shown["version"]}
    return await office.call("PATCH", path_of(office, name), body, token)


async def problem(office: Office, method: str, path: str, body: object = None, token: str = "owner") -> str:
    """Return what a refusal is called, and its status."""
    status, answer = await office.call(method, path, body, token)
    assert status >= 400, (path, body, answer)
    return str(answer["problem"])


async def bring_in(office: Office, token: str, text: str, query: str = "") -> tuple[int, Any]:
    """Bring in a file of people."""
    headers, url = {"Authorization": f"Bearer {office.tokens.get(token, token)}"}, office.relay.url
    async with office.relay.http.post(f"{url}/api/v1/people{query}", data=text.encode(), headers=headers) as response:
        return response.status, await response.json()


async def people(office: Office) -> list[tuple[object, ...]]:
    """Return of everybody what leads to a sign-in, as it is stored."""
    store = await open_store(office.relay.settings.database)
    row = PersonRow
    query = select(row.id, row.email, row.sso_id, row.role, row.status, row.password_hash, row.deleted_at)
    async with store.transaction() as transaction:
        found: list[tuple[object, ...]] = [tuple(each) for each in await transaction.execute(query.order_by(row.id))]
    await store.close()
    return found


async def let_proofs_age(office: Office) -> None:
    """Let the last password of everybody be more than five minutes old."""
    store = await open_store(office.relay.settings.database)
    async with store.transaction() as transaction:
        old = datetime.now(UTC) - timedelta(minutes=5, seconds=1)
        await transaction.execute(update(SignInRow).values(proved_at=old))
    await store.close()


def mails(office: Office) -> list[Any]:
    """Return the mails that have gone out."""
    assert office.mail is not None
    return list(office.mail.mails)


async def test_a_key_changes_nothing_that_leads_to_a_sign_in_whatever_the_way(office: Office) -> None:
    """F10: a key with every scope, made by the owner, on each way that a person has."""
    key = await office.key(*ALL_SCOPES)
    units = office.units
    group = await office.create("administrator_group", ADMINISTRATORS, name="Leads")
    before = await people(office)
    for name in ("owner", "master", "administrator", "technician"):
        for values in ({"email": MALLORY}, {"sso_id": "mallory"}, {"status": "disabled"}):
            status, answer = await patch(office, name, key, **values)
            assert (status, answer["problem"]) == (403, "people_only"), (name, values)
        one = {"units": [units[name]]}
        assert await problem(office, "POST", "/units/status", one | {"status": "disabled"}, key) == "people_only"
        assert await problem(office, "POST", "/units/delete", one, key) == "people_only"
        for method, more in (("POST", "/invitation"), ("DELETE", "/invitation"), ("DELETE", "/second-step")):
            assert await problem(office, method, path_of(office, name, more), token=key) == "scope_missing"
        password = path_of(office, name, "/password")
        assert await problem(office, "PUT", password, {"password": NEW}, key) == "scope_missing"
    status, answer = await patch(office, "master", key, role="account_owner")
    assert (status, answer["problem"]) == (403, "people_only")
    for kind, place in (("master_administrator", MASTERS), ("administrator", ADMINISTRATORS)):
        made = {"kind": kind, "place": place, "values": {"name": "Mallory"}}
        assert await problem(office, "POST", "/units", made, key) == "people_only"
    for values in ({"status": "enabled"}, {"sso_id": "m"}):
        made = {
            "kind": "technician",
            "place": units["europe"],
            "values": {"name": "Mallory", "email": MALLORY} | values,
        }
        assert await problem(office, "POST", "/units", made, key) == "people_only"
    for unit, target in (
        (units["administrator"], group),
        (units["watcher"], ADMINISTRATORS),
        (units["watchers"], group),
    ):
        moved = {"units": [unit], "target": target}
        assert await problem(office, "POST", "/units/move", moved, key) == "people_only"
    linked = {"units": [units["administrator"]], "target": units["asia"]}
    assert await problem(office, "POST", "/units/link", linked, key) == "people_only"
    linked["target"] = units["europe"]
    assert await problem(office, "POST", "/units/unlink", linked, key) == "people_only"
    status, answer = await patch(office, "watchers", key, rights="standard")
    assert (status, answer["problem"]) == (403, "people_only")
    status, answer = await patch(office, "europe", key, status="disabled")
    assert (status, answer["problem"]) == (403, "people_only")
    for row in (
        f"name,email,sso_id\nAnna de Vries,{EMAIL},mallory",
        "name,email,status\ntechnician,technician@northwind.example,disabled",
        f"kind,name,email,group,status\ntechnician,Mallory,{MALLORY},Support Europe,enabled",
        f"kind,name,email\nmaster_administrator,Mallory,{MALLORY}",
    ):
        for query in ("", "?dry_run=true"):
            _status, found = await bring_in(office, key, row, query)
            assert (found["kept"], found["counts"]) == (False, {"refused": 1}), row
    for setting in ("two_step.required", "password.level", "addresses.access"):
        chosen = {"two_step.required": [], "password.level": "excellent", "addresses.access": "denied"}[setting]
        body = {"values": {setting: chosen, "addresses.exceptions": ["127.0.0.0/8"]}, "confirmed": True}
        assert await problem(office, "PATCH", "/settings/organisation/0", body, key) == "people_only"
    where = f"/settings/technician_group/{units['europe']['id']}"
    body = {"values": {"console_addresses.exceptions": ["198.51.100.0/24"]}, "confirmed": True}
    assert await problem(office, "PATCH", where, body, key) == "people_only"
    lock = "/settings/organisation/0/locks/console_addresses.access"
    assert await problem(office, "PUT", lock, {"locked": True}, key) == "people_only"
    assert await problem(office, "POST", "/api-keys", {"name": "x", "scopes": ["org:read"]}, key) == "scope_missing"
    assert await problem(office, "POST", "/me/proof", {"current": PASSWORD}, key) == "scope_missing"
    assert await people(office) == before


async def test_who_leaves_a_disabled_group_is_let_in_by_people_only(office: Office) -> None:
    """F10: a key moves nobody into a disabled group or out of one, alone or with a group around them."""
    key = await office.key(*ALL_SCOPES)
    former = office.units["former"] = await office.create("technician_group", {"kind": "technicians"}, name="Former")
    inside = await office.create("technician_group", former, name="Inside")
    await office.person("gone", "technician", inside)
    assert (await patch(office, "former", "owner", status="disabled"))[0] == 200
    for unit in (office.units["gone"], inside):
        moved = {"units": [unit], "target": office.units["europe"]}
        assert await problem(office, "POST", "/units/move", moved, key) == "people_only"
    for unit in (office.units["colleague"], office.units["asia"]):
        moved = {"units": [unit], "target": former}
        assert await problem(office, "POST", "/units/move", moved, key) == "people_only", "nor does a key shut them out"
    status, answer = await patch(office, "former", key, status="enabled")
    assert (status, answer["problem"]) == (403, "people_only")
    await let_proofs_age(office)
    moved = {"units": [office.units["gone"]], "target": office.units["europe"]}
    assert await problem(office, "POST", "/units/move", moved) == "proof_needed"


async def test_what_a_key_may_still_do_with_people(office: Office) -> None:
    """F10: it drafts technicians, whom nothing lets in until a person enables them, and changes what opens nothing."""
    key = await office.key(*ALL_SCOPES)
    values: dict[str, object] = {"name": "Draft", "email": "draft@northwind.example", "standard": True}
    made = {"kind": "technician", "place": office.units["europe"], "values": values}
    status, draft = await office.call("POST", "/units", made, key)
    assert (status, draft["values"]["status"]) == (201, "disabled")
    office.units["draft"] = {"kind": "technician", "id": draft["id"]}
    assert (await patch(office, "draft", key, email=MALLORY))[1]["problem"] == "people_only"
    assert (await office.call("POST", "/password-links", {"email": values["email"]}))[0] == 204
    harmless: list[dict[str, object]] = [{"nickname": "Tech"}, {"description": "By the CRM"}, {"standard": False}]
    for values in harmless:
        assert (await patch(office, "technician", key, **values))[0] == 200, values
    await patch(office, "draft", "owner", status="enabled")
    assert (await office.call("POST", "/password-links", {"email": "draft@northwind.example"}))[0] == 204
    await eventually(lambda: bool(mails(office)))
    assert len(mails(office)) == 1, "the first, for a draft, sent nothing"


async def test_a_fresh_proof_is_asked_for_oneself_and_for_others(office: Office) -> None:
    """F17: what is guarded needs the password again when it is older than five minutes; then it goes through."""
    await let_proofs_age(office)
    guarded = [
        ("PATCH", path_of(office, "technician"), {"version": 1, "values": {"email": MALLORY}}),
        ("PATCH", path_of(office, "owner"), {"version": 1, "values": {"email": MALLORY}}),
        ("PATCH", path_of(office, "technician"), {"version": 1, "values": {"sso_id": "x"}}),
        ("PATCH", path_of(office, "master"), {"version": 1, "values": {"role": "account_owner"}}),
        ("PUT", path_of(office, "technician", "/password"), {"password": NEW}),
        ("DELETE", path_of(office, "technician", "/second-step"), None),
        (
            "POST",
            "/units",
            {"kind": "administrator", "place": ADMINISTRATORS, "values": {"name": "M", "email": MALLORY}},
        ),
        ("PATCH", "/settings/organisation/0", {"values": {"two_step.required": ["technicians"]}}),
        ("POST", "/api-keys", {"name": "x", "scopes": ["org:read"]}),
    ]
    before = await people(office)
    for method, path, body in guarded:
        assert await problem(office, method, path, body) == "proof_needed", path
    row = f"kind,name,email,group,status\ntechnician,Mallory,{MALLORY},Support Europe,enabled"
    status, refused = await bring_in(office, "owner", row)
    assert (status, refused["problem"]) == (403, "proof_needed")
    assert (await bring_in(office, "owner", row, "?dry_run=true"))[1]["counts"] == {"created": 1}, "only a rehearsal"
    assert await problem(office, "POST", "/me/proof", {"current": "guess"}) == "wrong"
    assert await problem(office, *guarded[0]) == "proof_needed"
    assert await people(office) == before
    assert (await office.call("POST", "/me/proof", {"current": PASSWORD}))[0] == 204
    assert (await patch(office, "technician", "owner", sso_id="tech"))[0] == 200
    assert await problem(
        office, "PATCH", path_of(office, "second"), {"version": 1, "values": {"email": MALLORY}}, "master"
    ) == ("proof_needed"), "a proof counts on the sign-in on which it was given, and on no other"


async def test_a_stolen_session_does_not_keep_the_account(office: Office) -> None:
    """F17: the trial: own address, own second step, then the link by mail. No step of it goes through."""
    await office.call("POST", "/password-links", {"email": EMAIL})
    await eventually(lambda: len(mails(office)) == 1)
    await let_proofs_age(office)
    _status, own = await office.call("GET", path_of(office, "owner"))
    change = {"version": own["version"], "values": {"email": MALLORY}}
    assert await problem(office, "PATCH", path_of(office, "owner"), change) == "proof_needed"
    assert await problem(office, "DELETE", path_of(office, "owner", "/second-step")) == "not_allowed"
    assert await problem(office, "PUT", path_of(office, "owner", "/password"), {"password": NEW}) == "not_allowed"
    assert (await office.call("POST", "/me/proof", {"current": PASSWORD}))[0] == 204
    assert await problem(office, "DELETE", path_of(office, "owner", "/second-step")) == "not_allowed", "not even now"
    store = await open_store(office.relay.settings.database)
    async with store.transaction() as transaction:
        assert await transaction.scalar(select(PasswordLinkRow.id)) is not None
    assert (await office.call("PATCH", path_of(office, "owner"), change))[0] == 200
    async with store.transaction() as transaction:
        assert await transaction.scalar(select(PasswordLinkRow.id)) is None, "open links are void"
    await store.close()
    await eventually(lambda: len(mails(office)) == 2)
    (told,) = [mail for mail in mails(office) if "address of your account" in mail["Subject"]]
    assert told["To"] == EMAIL, "the old address hears of it"
    assert all(part in told.get_content() for part in (MALLORY, "Anna de Vries", "127.0.0.1"))


async def test_nobody_below_touches_how_somebody_above_signs_in(office: Office) -> None:
    """F20: a master with a fresh proof against the owner; a group's administrator against everybody above."""
    key_of_master = await office.key(*ALL_SCOPES, token="master")
    before = await people(office)
    for values in ({"email": MALLORY}, {"sso_id": "x"}, {"status": "disabled"}, {"role": "master_administrator"}):
        status, answer = await patch(office, "owner", "master", **values)
        assert (status, answer["problem"]) == (403, "outranked"), values
        assert (await patch(office, "owner", key_of_master, **values))[0] == 403
    for method, more, body in (
        ("PUT", "/password", {"password": NEW}),
        ("DELETE", "/second-step", None),
        ("POST", "/invitation", None),
        ("DELETE", "/invitation", None),
    ):
        assert await problem(office, method, path_of(office, "owner", more), body, "master") == "outranked"
    for name in ("master", "second"):
        status, answer = await patch(office, name, "master", role="account_owner")
        assert (status, answer["problem"]) == (403, "outranked")
    one = {"units": [OWNER]}
    assert await problem(office, "POST", "/units/delete", one, "master") == "outranked"
    assert await problem(office, "POST", "/units/status", one | {"status": "disabled"}, "master") == "outranked"
    made = {"kind": "master_administrator", "place": MASTERS, "values": {"name": "M", "role": "account_owner"}}
    assert await problem(office, "POST", "/units", made, "master") == "outranked"
    _status, found = await bring_in(office, "master", f"name,email,sso_id\nAnna de Vries,{EMAIL},mallory")
    assert (found["kept"], found["counts"]) == (False, {"refused": 1})
    for name in ("owner", "master", "elsewhere", "administrator", "colleague"):
        ways: list[tuple[str, str, object]] = [
            ("PATCH", path_of(office, name), {"version": 1, "values": {"email": MALLORY}}),
            ("PUT", path_of(office, name, "/password"), {"password": NEW}),
            ("DELETE", path_of(office, name, "/second-step"), None),
            ("POST", path_of(office, name, "/invitation"), None),
        ]
        for verb, path, sent in ways:
            assert await problem(office, verb, path, sent, "administrator") in ("not_allowed", "outranked"), path
    for kind, place in (("master_administrator", MASTERS), ("administrator", ADMINISTRATORS)):
        values = {"name": "M", "email": MALLORY}
        new = {"kind": kind, "place": place, "values": values}
        assert await problem(office, "POST", "/units", new, "administrator") == "not_allowed"
        _status, found = await bring_in(office, "administrator", f"kind,name,email\n{kind},M,{MALLORY}")
        assert (found["kept"], found["counts"]) == (False, {"refused": 1})
    assert await people(office) == before


async def test_linking_a_channel_opens_nothing_that_was_closed(office: Office) -> None:
    """F25: the trial 403, link, 200 – for a channel of nobody, of others, and one that both would share."""
    body = {"units": [{"kind": "channel", "id": 1}]}
    mine, other = {"target": office.units["europe"]}, {"target": office.units["asia"]}
    settings = "/settings/channel/1"
    change = {"values": {"timeouts.waiting": 7}}
    for ready in (None, other):
        if ready is not None:
            assert (await office.call("POST", "/units/link", body | ready))[0] == 204
        assert (await office.call("GET", settings, token="administrator"))[0] == 403
        for path in ("/units/link", "/units/preview-drag"):
            assert await problem(office, "POST", path, body | mine, "administrator") == "not_allowed"
        assert (await office.call("GET", settings, token="administrator"))[0] == 403
        assert (await office.call("PATCH", settings, change, "administrator"))[0] == 403
    assert (await office.call("GET", settings, token="elsewhere"))[0] == 200, "the only group on it is theirs"
    assert (await office.call("POST", "/units/link", body | mine))[0] == 204, "the owner lets two groups share it"
    for token in ("administrator", "elsewhere"):
        assert (await office.call("GET", settings, token=token))[0] == 403, "neither reaches all of its groups"
        assert (await office.call("PATCH", settings, change, token))[0] == 403
    assert (await office.call("POST", "/units/unlink", body | mine, "administrator"))[0] == 204
    assert (await office.call("GET", settings, token="elsewhere"))[0] == 200


async def test_a_persons_keys_end_with_their_old_password_unless_they_say_otherwise(office: Office) -> None:
    """F21: a key is alive after a change of the password only for who asked to keep it."""
    for keep in (True, False):
        key = await office.key("org:read")
        current, new = (PASSWORD, NEW) if keep else (NEW, PASSWORD)
        body = {"current": current, "new": new} | ({"revoke_keys": False} if keep else {})
        assert (await office.call("PUT", "/me/password", body))[0] == 204
        assert (await office.call("GET", "/organisation/tree", token=key))[0] == (200 if keep else 401)
    administrators = await office.key("org:read", token="administrator")
    assert (await office.call("PUT", path_of(office, "administrator", "/password"), {"password": NEW}))[0] == 204
    assert await problem(office, "GET", "/organisation/tree", token=administrators) == "key_refused"
