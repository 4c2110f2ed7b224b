"""What somebody does with his own account, and with those of others, by the JSON API; on both databases."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
import pytest_asyncio

from codec.wire.signals import SignedOut
from tests.relay.api.offices import Office, running_office
from tests.support.relays import EMAIL, PASSWORD, RunningRelay

NEW, NEWER = "Roses in the snow 8", "Poppies on the hill 9"
WHO = {"email": EMAIL, "password": PASSWORD}


@pytest_asyncio.fixture
async def office(tmp_path: Path, database_url: str) -> AsyncIterator[Office]:
    """An organisation behind a running relay, on each kind of database."""
    async with running_office(tmp_path, database_url=database_url) as office:
        yield office


def app_code(proposed: dict[str, str]) -> str:
    """Return what an authenticator app shows now that has a proposed secret."""
    return pyotp.TOTP(proposed["secret"]).at(datetime.now(UTC))


async def said(relay: RunningRelay, method: str, path: str, body: object = None, token: str = "") -> Any:
    """Call, and return the name of the refusal."""
    _status, answer = await relay.call(method, path, body, token)
    return answer["problem"]


async def test_sign_ins_are_listed_and_ended_one_or_all(relay: RunningRelay) -> None:
    tokens = [(await relay.call("POST", "/sign-in", WHO | {"console": name}))[1]["token"] for name in ("desk", "home")]
    _status, listed = await relay.call("GET", "/me/sign-ins", token=tokens[0])
    programs = [(each["console"], each["this"]) for each in listed if each["kind"] == "token"]
    assert sorted(programs) == [("desk", True), ("home", False), ("test", False)]
    (home,) = [each["id"] for each in listed if each["console"] == "home"]
    async with relay.console(token=tokens[1]) as end:
        assert (await relay.call("DELETE", f"/me/sign-ins/{home}"))[0] == 204
        await end.hear_a(SignedOut)
    assert (await relay.call("GET", "/me", token=tokens[1]))[0] == 401
    assert await said(relay, "DELETE", f"/me/sign-ins/{home}", token=tokens[0]) == "no_such_sign_in"
    assert (await relay.call("DELETE", "/me/sign-ins", token=tokens[0]))[0] == 204
    assert [(await relay.call("GET", "/me", token=token))[0] for token in (tokens[0], relay.token)] == [401, 401]


@pytest.mark.req("ORG-26")
async def test_ones_own_password_is_changed_with_the_present_one(relay: RunningRelay) -> None:
    other = (await relay.call("POST", "/sign-in", WHO))[1]["token"]
    _status, rule = await relay.call("GET", "/me/password")
    assert rule == {"least": "good", "asks_code": False, "days_left": None}
    status, problem = await relay.call("PUT", "/me/password", {"current": NEW, "new": NEW})
    assert (status, problem["problem"], problem["field"]) == (422, "wrong", "current")
    status, problem = await relay.call("PUT", "/me/password", {"current": PASSWORD, "new": "short"})
    assert (status, problem["field"]) == (422, "password")
    assert (await relay.call("PUT", "/me/password", {"current": PASSWORD, "new": NEW}))[0] == 204
    assert (await relay.call("GET", "/me", token=other))[0] == 401, "all others end"
    assert (await relay.call("GET", "/me"))[0] == 200
    assert (await relay.call("POST", "/sign-in", WHO | {"password": NEW}))[0] == 200


@pytest.mark.req("SEC-37", "SEC-42")
async def test_an_authenticator_is_set_up_used_renewed_and_removed(relay: RunningRelay) -> None:
    path = "/me/second-step"
    assert await said(relay, "POST", f"{path}/proposal", {"current": "guess"}, relay.token) == "wrong"
    assert await said(relay, "POST", f"{path}/confirmation", {"code": "123456"}, relay.token) == "enrolment_needed"
    _status, proposed = await relay.call("POST", f"{path}/proposal", {"current": PASSWORD})
    assert proposed["uri"].startswith("otpauth://totp/Deskside%20Northwind%20IT:anna")
    assert (await relay.call("GET", path))[1]["is_set_up"] is False
    headers = {"Authorization": f"Bearer {relay.token}"}
    body, url = {"code": app_code(proposed)}, f"{relay.url}/api/v1{path}/confirmation"
    async with relay.http.post(url, json=body, headers=headers) as response:
        codes = (await response.json())["recovery_codes"]
        assert (response.status, response.headers["Cache-Control"], len(codes)) == (200, "no-store", 10)
    stands = {"is_set_up": True, "wanted": True, "demanded": False, "codes_left": 10}
    assert (await relay.call("GET", path))[1] == stands
    assert await said(relay, "POST", f"{path}/proposal", {"current": PASSWORD}, relay.token) == "has_authenticator"
    assert await said(relay, "POST", "/sign-in", WHO) == "second_step_needed"
    assert (await relay.call("POST", "/sign-in", WHO | {"code": codes[0]}))[0] == 200
    change = {"current": PASSWORD, "new": NEW}
    assert await said(relay, "PUT", "/me/password", change, relay.token) == "second_step_needed"
    assert await said(relay, "POST", f"{path}/recovery-codes", {"code": codes[0]}, relay.token) == "wrong_code"
    _status, renewed = await relay.call("POST", f"{path}/recovery-codes", {"code": codes[1]})
    assert await said(relay, "POST", f"{path}/removal", {"code": codes[2]}, relay.token) == "wrong_code"
    demand = {"values": {"two_step.required": ["administrators"]}}
    assert (await relay.call("PATCH", "/settings/organisation/0", demand))[0] == 200
    new = renewed["recovery_codes"]
    assert await said(relay, "POST", f"{path}/removal", {"code": new[0]}, relay.token) == "not_allowed"
    assert (await relay.call("PATCH", "/settings/organisation/0", {"reset": ["two_step.required"]}))[0] == 200
    assert (await relay.call("POST", f"{path}/removal", {"code": new[0]}))[0] == 204
    assert (await relay.call("POST", "/sign-in", WHO))[0] == 200


@pytest.mark.req("SEC-33", "SEC-38", "SEC-43", "ORG-25", "ORG-32")
async def test_what_is_due_on_the_way_in_is_done_by_the_api_too(office: Office) -> None:
    relay, technician = office.relay, f"/units/technician/{office.units['technician']['id']}"
    who = {"email": "technician@northwind.example", "password": NEW}
    status, problem = await office.call("PUT", f"{technician}/password", {"password": "short"}, "administrator")
    assert (status, problem["field"]) == (422, "password")
    assert (await office.call("PUT", f"{technician}/password", {"password": NEW}, "administrator"))[0] == 204
    assert (await office.call("GET", "/sessions", token="technician"))[0] == 401, "his sign-ins have ended"
    _status, stands = await office.call("GET", f"{technician}/sign-in", token="administrator")
    assert stands == {
        "has_password": True,
        "must_change_password": True,
        "has_second_step": False,
        "link_until": None,
        "link": None,
    }
    demand = {"values": {"two_step.required": ["technicians"]}}
    assert (await office.call("PATCH", "/settings/organisation/0", demand))[0] == 200
    assert await said(relay, "POST", "/sign-in", who) == "enrolment_needed"
    assert await said(relay, "POST", "/sign-in/password", who | {"new": NEWER}) == "nothing_due"
    assert await said(relay, "POST", "/sign-in/second-step", who | {"password": "guess"}) == "wrong_sign_in"
    _status, proposed = await relay.call("POST", "/sign-in/second-step", who)
    confirm = "/sign-in/second-step/confirmation"
    assert await said(relay, "POST", confirm, who | {"code": "000000"}) == "wrong_code"
    _status, enrolled = await relay.call("POST", confirm, who | {"code": app_code(proposed)})
    codes = enrolled["recovery_codes"]
    assert (len(codes), enrolled["signed_in"], enrolled["need"]) == (10, None, "password")
    assert await said(relay, "POST", "/sign-in/second-step", who) == "second_step_needed", "there is one now"
    assert await said(relay, "POST", "/sign-in", who | {"code": codes[0]}) == "password_change_needed"
    assert await said(relay, "POST", "/sign-in/password", who | {"new": NEWER}) == "second_step_needed"
    chosen = who | {"new": NEWER, "code": codes[1], "console": "desk"}
    status, signed_in = await relay.call("POST", "/sign-in/password", chosen)
    assert (status, signed_in["person"]["name"]) == (200, "technician")
    _status, listed = await relay.call("GET", "/me/sign-ins", token=signed_in["token"])
    assert [each["console"] for each in listed] == ["desk"], "nothing is left of the way in"
    assert (await office.call("DELETE", f"{technician}/second-step", token="administrator"))[0] == 204
    assert (await relay.call("GET", "/me/sign-ins", token=signed_in["token"]))[0] == 401
    assert await said(relay, "DELETE", f"{technician}/second-step", token=relay.token) == "no_second_step"
    again = who | {"password": NEWER}
    _status, proposed = await relay.call("POST", "/sign-in/second-step", again)
    _status, enrolled = await relay.call("POST", confirm, again | {"code": app_code(proposed)})
    assert (await relay.call("GET", "/me", token=enrolled["signed_in"]["token"]))[1]["name"] == "technician"


async def test_links_to_choose_a_password_are_sent_withdrawn_and_used_once(office: Office) -> None:
    relay, invitation = office.relay, f"/units/technician/{office.units['technician']['id']}/invitation"
    status, made = await office.call("POST", invitation, token="administrator")
    assert status == 200
    withdrawn = made["url"].partition("#")[2]
    assert (await office.call("DELETE", invitation, token="administrator"))[0] == 204
    assert await said(relay, "DELETE", invitation, token=relay.token) == "no_invitation"
    use = {"new": NEW, "secret": withdrawn}
    assert await said(relay, "POST", "/password-links/use", use) == "link_refused"
    secret = (await office.call("POST", invitation))[1]["url"].partition("#")[2]
    path = invitation.replace("invitation", "sign-in")
    assert (await office.call("GET", path))[1]["link_until"] > datetime.now(UTC).isoformat()
    assert (await relay.call("POST", "/password-links/use", use | {"secret": secret}))[0] == 204
    assert await said(relay, "POST", "/password-links/use", use | {"secret": secret}) == "link_refused"
    who = {"email": "technician@northwind.example", "password": NEW}
    assert (await relay.call("POST", "/sign-in", who))[0] == 200
    for email in ("nobody@northwind.example", EMAIL):
        assert await said(relay, "POST", "/password-links", {"email": email}, relay.token) == "no_mail_server"
    nobody = await office.create("technician", office.units["europe"], name="Nobody yet")
    path = f"/units/technician/{nobody['id']}/invitation"
    assert await said(relay, "POST", path, token=relay.token) == "no_address"


@pytest.mark.req("SEC-01", "SEC-02", "COMP-27")
async def test_masters_choose_notifications_details_and_totals(office: Office) -> None:
    _status, events = await office.call("GET", "/me/notifications")
    assert (len(events), [each for each in events if each["chosen"]]) == (12, [])
    chosen = ["login_failed", "technicians_removed"]
    assert (await office.call("PUT", "/me/notifications", {"events": chosen}))[0] == 204
    _status, events = await office.call("GET", "/me/notifications")
    assert [each["event"] for each in events if each["chosen"]] == chosen
    assert (await office.call("PUT", "/me/notifications", {"events": ["weather"]}))[0] == 400
    _status, details = await office.call("GET", "/organisation/details")
    edit = {"contact_details": "Desk 4", "version": details["version"]}
    _status, edited = await office.call("PATCH", "/organisation/details", edit)
    changed = {"contact_details": "Desk 4", "version": details["version"] + 1}
    assert edited == details | changed
    status, problem = await office.call("PATCH", "/organisation/details", edit | {"contact_details": "Desk 5"})
    assert (status, problem["fields"]) == (409, {"contact_details": "Anna de Vries"})
    _status, shown = await office.call("GET", "/organisation/licences", token="administrator")
    given = shown["licences"]["standard"]["given"]
    assert shown["licences"]["standard"]["total"] is None
    few, enough = ({"totals": {"standard": count}, "version": shown["version"]} for count in (given - 1, given))
    assert (await office.call("PATCH", "/organisation/licences", few))[1]["problem"] == "too_few"
    _status, kept = await office.call("PATCH", "/organisation/licences", enough)
    assert kept["licences"]["standard"] == {"total": given, "given": given}
    more = {"kind": "technician", "place": office.units["europe"]}
    values = {"name": "Late", "email": "late@northwind.example", "standard": True}
    assert (await office.call("POST", "/units", more | {"values": values}))[1]["problem"] == "no_licence_left"
