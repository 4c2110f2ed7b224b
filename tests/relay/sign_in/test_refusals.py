"""Every refusal at sign-in says the cause and the remedy, and nothing to those who have not shown the password."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from codec.wire.messages import VERSION
from relay.accounts.setup_token import SetupToken
from relay.app import running
from tests.support.passwords import quick_passwords
from tests.support.relays import PASSWORD, RunningRelay, running_relay, settings_for

NOOR, CONTACT = "noor@northwind.example", "Pat Miller, extension 12"


@pytest_asyncio.fixture
async def relay(tmp_path: Path) -> AsyncIterator[RunningRelay]:
    """A relay with a technician, whose organisation says whom to ask."""
    async with running_relay(tmp_path) as relay:
        values = {"values": {"password.change_after_reset": False}}
        assert (await relay.call("PATCH", "/settings/organisation/0", values))[0] == 200
        tree = (await relay.call("GET", "/organisation/tree"))[1]
        (group,) = next(root for root in tree if root["kind"] == "technicians")["children"]
        place = {"kind": "technician_group", "id": group["id"]}
        person = {"kind": "technician", "place": place, "name": "Noor", "email": NOOR, "licences": ["standard"]}
        assert (await relay.call("POST", "/people/new", person | {"password": PASSWORD}))[0] == 201
        contact = {"version": 1, "contact_details": CONTACT}
        assert (await relay.call("PATCH", "/organisation/details", contact))[0] == 200
        yield relay


async def edit(relay: RunningRelay, path: str, **values: object) -> None:
    """Change a unit."""
    shown = (await relay.call("GET", path))[1]
    status, answer = await relay.call("PATCH", path, {"version": shown["version"], "values": values})
    assert status == 200, answer


async def refused(relay: RunningRelay, password: str, **more: object) -> tuple[int, str, str]:
    """Sign in to a console; return how that was refused, and whom to ask."""
    who = {"email": NOOR, "password": password, "serving": True} | more
    status, answer = await relay.call("POST", "/sign-in", who)
    return status, answer.get("problem", ""), answer.get("contact", "")


async def on_the_page(relay: RunningRelay, password: str) -> str:
    """Sign in on the page, and return it."""
    form = {"email": NOOR, "password": password}
    async with relay.http.post(f"{relay.url}/sign-in", data=form, allow_redirects=False) as response:
        return await response.text() if response.status != 303 else response.headers["Location"]


async def person_and_group(relay: RunningRelay) -> tuple[str, str]:
    """Return the addresses of the technician and of the group."""
    tree = (await relay.call("GET", "/organisation/tree"))[1]
    (group,) = next(root for root in tree if root["kind"] == "technicians")["children"]
    return f"/units/technician/{group['children'][0]['id']}", f"/units/technician_group/{group['id']}"


@pytest.mark.finding("use-A7")
async def test_who_is_shut_out_is_told_only_with_the_right_password(relay: RunningRelay) -> None:
    noor, group = await person_and_group(relay)
    assert (await relay.call("POST", "/sign-in", {"email": NOOR, "password": PASSWORD, "serving": True}))[0] == 200
    for unit, problem, sentence in (
        (noor, "disabled", "Your account is disabled."),
        (group, "group_disabled", "Your group is disabled"),
    ):
        await edit(relay, unit, status="disabled")
        assert await refused(relay, "wrong") == (401, "wrong_sign_in", "")
        assert await refused(relay, PASSWORD) == (403, problem, CONTACT)
        page = await on_the_page(relay, PASSWORD)
        assert sentence in page
        assert CONTACT in page
        assert CONTACT not in await on_the_page(relay, "wrong")
        await edit(relay, unit, status="enabled")
    assert await on_the_page(relay, PASSWORD) == "/account"


@pytest.mark.finding("use-A7")
async def test_without_a_licence_the_console_says_so_and_the_page_opens(relay: RunningRelay) -> None:
    noor, _group = await person_and_group(relay)
    await edit(relay, noor, standard=False)
    assert await refused(relay, PASSWORD) == (403, "no_licence", CONTACT)
    assert (await relay.call("POST", "/sign-in", {"email": NOOR, "password": PASSWORD}))[0] == 200, "for other programs"
    assert await on_the_page(relay, PASSWORD) == "/account"
    version = (await relay.call("GET", "/organisation/licences"))[1]["version"]
    totals = {"version": version, "totals": {"standard": 1}}
    assert (await relay.call("PATCH", "/organisation/licences", totals))[0] == 200
    assert await refused(relay, PASSWORD) == (403, "no_licence_free", CONTACT)
    lead = {"kind": "administrator", "place": {"kind": "administrators"}, "name": "Lead", "email": "lead@x.example"}
    made = await relay.call("POST", "/people/new", lead | {"licences": [], "password": PASSWORD})
    assert made[0] == 201, made
    assert await refused(relay, PASSWORD, email="lead@x.example") == (403, "not_a_technician", CONTACT)


@pytest.mark.finding("use-A7")
@pytest.mark.usefixtures("without_delays")
async def test_another_version_and_too_many_tries_are_told(relay: RunningRelay) -> None:
    assert await refused(relay, PASSWORD, version=VERSION + 1) == (409, "other_version", "")
    for _ in range(30):
        await on_the_page(relay, "wrong")
    page = await on_the_page(relay, "wrong")
    assert re.search(r"Too many wrong passwords\. Wait (10|9) minutes, then try again\.", page)
    assert f'value="{NOOR}"' in page, "the address stays"


@pytest.mark.finding("use-A7")
async def test_a_ticket_opens_only_what_is_due_and_once(relay: RunningRelay) -> None:
    noor, _group = await person_and_group(relay)
    values = {"values": {"password.change_after_reset": True, "two_step.required": ["technicians"]}}
    assert (await relay.call("PATCH", "/settings/organisation/0", values))[0] == 200
    await relay.call("PUT", f"{noor}/password", {"password": "Roses in the snow 8"})
    who = {"email": NOOR, "password": "Roses in the snow 8", "serving": True}
    status, first = await relay.call("POST", "/sign-in", who)
    assert (status, first["problem"]) == (403, "enrolment_needed")
    ticket = {"ticket": first["ticket"]}
    assert (await relay.call("GET", "/me", token=first["ticket"]))[0] == 401
    early = await relay.call("POST", "/sign-in/password", ticket | {"new": "Snow on the roses 9"})
    assert early[1]["problem"] == "nothing_due", "the second step comes first"
    status, proposed = await relay.call("POST", "/sign-in/second-step", ticket)
    assert (status, len(proposed["squares"])) == (200, len(proposed["squares"][0]))
    assert (await relay.call("POST", "/sign-in/second-step", {"ticket": "guess"}))[1]["problem"] == "ticket_ended"


@pytest.mark.finding("use-B17")
async def test_set_up_keeps_what_was_typed_and_can_show_the_password(tmp_path: Path) -> None:
    made = settings_for(tmp_path)
    async with running(made, quick_passwords()), aiohttp.ClientSession() as http:
        form = {"organisation": "Northwind", "name": "Anna", "email": "anna@x.example", "password": PASSWORD}
        async with http.post(f"http://{made.listen}/setup", data=form | {"token": "guess"}) as response:
            page = await response.text()
        assert f'value="{PASSWORD}"' in page
        assert 'data-reveal="password"' in page
        assert "You will find it in the terminal where you started the server" not in page, "the error stands there"
        assert "shows it again" in page
        form["token"] = SetupToken(made.data).show()
        async with http.post(f"http://{made.listen}/setup", data=form, allow_redirects=False) as response:
            assert (response.status, response.headers["Location"]) == (303, "/admin/welcome")
