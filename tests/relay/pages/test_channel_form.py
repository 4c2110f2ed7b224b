"""The form that customers fill in before they wait: what it takes, from which site, and what becomes of it."""

from html import unescape
from typing import Any
from urllib.parse import urlencode

import aiohttp
import msgspec
import pytest

from codec.wire.api_types import SessionState
from codec.wire.signals import Enter, Entered, Refusal, Refused, SessionChanged
from tests.relay.sessions.test_custom_fields import ROWS, TEXT
from tests.support.channels import assign, choose, make_desk, sign_in, through
from tests.support.relays import RunningRelay

ELSEWHERE = {"Origin": "https://www.northwind.example", "Sec-Fetch-Site": "cross-site"}
"""What browsers say of a form in another site's page."""
BOB = "console-of-bob"


async def ask(relay: RunningRelay, rows: list[dict[str, Any]] | None = None, channel: int = 1) -> None:
    """Have Bob's group serve a channel that asks its customers for something."""
    group, *_people = await make_desk(relay, "Bob")
    await assign(relay, channel, group)
    await relay.call(
        "PATCH", "/settings/organisation/0", {"values": {"fields.1": "Staff <number>", "fields.2": "Floor"}}
    )
    if rows is not None:
        await choose(relay, channel, {"channel_fields.fields": rows})


async def post(relay: RunningRelay, data: Any, channel: int = 1, kind: str | None = None) -> tuple[int, str, str]:
    """Post a form as a page of another site does; return status, where it leads, and the page."""
    url, headers = f"{relay.url}/channel/{channel}", ELSEWHERE | ({} if kind is None else {"Content-Type": kind})
    async with relay.http.post(url, data=data, headers=headers, allow_redirects=False) as response:
        return response.status, response.headers.get("Location", ""), await response.text()


async def come(relay: RunningRelay, answers: str, channel: int = 1) -> Entered | Refused:
    """Come in with what was filled in."""
    first: Enter = msgspec.structs.replace(through(channel), answers=answers)
    async with relay.applet(first) as applet:
        heard: Entered | Refused = await applet.hear()
        return heard


@pytest.mark.req("CHAN-29", "CHAN-34", "CHAN-35", "FIELD-05", "SESS-41")
async def test_a_form_of_another_site_leads_into_the_queue_with_what_was_filled_in(relay: RunningRelay) -> None:
    await ask(relay, ROWS)
    token = await sign_in(relay, "Bob")
    typed = {"name": "  Zo\u0301e \u202eLópez", "field_1": "30117", "field_2": "Second", "field_4": "not asked for"}
    status, leads, _page = await post(relay, typed)
    assert status == 303
    path, _, reference = leads.partition("#")
    assert path == "/join?channel=1&answered"
    assert "30117" not in leads
    async with relay.http.get(f"{relay.url}{path}") as response:
        assert response.status == 200
        assert response.url.path == "/join"
    async with relay.console(BOB, token) as console:
        entered = await come(relay, reference)
        assert isinstance(entered, Entered)
        while (session := (await console.hear_a(SessionChanged)).session).state is not SessionState.WAITING:
            pass
        assert (session.name, session.fields) == ("Zóe López", ["30117", "Second"])
    again = await come(relay, reference)
    assert isinstance(again, Refused)
    assert (again.reason, again.page) == (Refusal.NO_ANSWERS, f"{relay.url}/channel/1?again")


@pytest.mark.req("FIELD-05", "SESS-38")
async def test_no_one_comes_in_without_what_is_required(relay: RunningRelay) -> None:
    await ask(relay, ROWS)
    refused = await come(relay, "")
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.page) == (Refusal.NO_ANSWERS, f"{relay.url}/channel/1")
    assert isinstance(await come(relay, "x" * 40), Refused)
    status, leads, _ = await post(relay, {"field_1": "1"})
    assert status == 303
    assert isinstance(await come(relay, leads.partition("#")[2], channel=2), Refused), "it is for one channel only"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"name": "Lars"}, "Fill in this field."),
        ({"name": "Lars", "field_1": "\u202e\u200b\t"}, "Fill in this field."),
        ({"name": "Lars", "field_1": "7", "field_2": "Third"}, "Choose one from the list."),
        ({"name": "Lars", "field_1": "x" * 65}, "Use at most 64 characters."),
        ({"name": "Lars", "field_1": "x" * 9_000}, "Use at most 64 characters."),
        ([("name", "Nils"), ("name", "Lars"), ("field_1", "")], "Fill in this field."),
    ],
)
async def test_what_cannot_stay_is_said_beside_what_was_typed(relay: RunningRelay, typed: Any, problem: str) -> None:
    await ask(relay, ROWS)
    status, _leads, page = await post(relay, typed)
    assert status == 422
    assert problem in page
    assert 'value="Lars"' in page
    assert page.count('role="alert"') == 1
    assert "Staff &lt;number&gt;" in page


@pytest.mark.req("CHAN-35")
async def test_nothing_that_is_typed_becomes_part_of_the_page(relay: RunningRelay) -> None:
    await ask(relay, ROWS)
    attack = '"><script>alert(1)</script>{{ 7*7 }}'
    status, _leads, page = await post(relay, {"name": attack, "field_1": ""})
    assert status == 422
    assert "<script>alert" not in page
    assert attack in unescape(page)
    status, leads, _page = await post(relay, {"name": attack, "field_1": "1\r\nSet-Cookie: a=b\x1b"})
    assert status == 303
    assert isinstance(await come(relay, leads.partition("#")[2]), Entered)


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (urlencode({"name": "x" * 100_000}), "application/x-www-form-urlencoded", 413),
        (b"name=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b"name=a%00b", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"field_1=1" for _ in range(1_500)), "application/x-www-form-urlencoded", 400),
        (b'{"field_1": ["1"]}', "application/json", 422),
        (b"", "text/plain", 422),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x", 400),
    ],
)
async def test_what_no_form_sends_is_refused(relay: RunningRelay, data: Any, kind: str, status: int) -> None:
    await ask(relay, ROWS)
    found, _leads, page = await post(relay, data, kind=kind)
    assert found == status
    assert "Traceback" not in page


async def test_a_file_is_no_answer(relay: RunningRelay) -> None:
    await ask(relay, ROWS)
    form = aiohttp.FormData()
    form.add_field("field_1", b"1", filename="answer.txt")
    form.add_field("name", "Lars")
    status, _leads, page = await post(relay, form)
    assert (status, "Fill in this field." in page) == (422, True)


async def test_a_channel_that_asks_for_nothing_has_no_form(relay: RunningRelay) -> None:
    await ask(relay, [TEXT] * 6)
    for path in ("/join?channel=1", "/channel/1"):
        async with relay.http.get(relay.url + path) as response:
            assert (response.status, response.url.path) == (200, "/join")
    assert isinstance(await come(relay, ""), Entered)


@pytest.mark.req("CHAN-25", "CHAN-28")
async def test_the_link_of_a_channel_asks_first(relay: RunningRelay) -> None:
    await ask(relay)
    note = {"version": 1, "values": {"description": "For administrators"}}
    status, answer = await relay.call("PATCH", "/units/channel/1", note)
    assert status == 200, answer
    async with relay.http.get(f"{relay.url}/join?channel=1") as response:
        page = await response.text()
        assert (response.status, response.url.path) == (200, "/channel/1")
    assert 'name="name"' in page
    assert 'name="field_1"' not in page
    assert "For administrators" not in page
    async with relay.console(BOB, await sign_in(relay, "Bob")) as console, relay.applet(through(1)):
        assert b"For administrators" not in msgspec.json.encode(await console.hear_a(SessionChanged))


async def test_who_cannot_come_in_is_told_before_they_type(relay: RunningRelay) -> None:
    await make_desk(relay, "Anne")
    for channel in (3, 99, 10**30):
        async with relay.http.get(f"{relay.url}/channel/{channel}") as response:
            assert response.status == 404
            assert "No one answers this link" in await response.text()
        status, _leads, page = await post(relay, {"name": "Lars"}, channel)
        assert (status, "No one answers this link" in page, "Lars" in page) == (404, True, True)
    async with relay.http.get(f"{relay.url}/channel/x") as response:
        assert response.status == 404
    await ask(relay)
    closed = {"availability.closed_policy": "refuse", "availability.closed_page": "https://hours.northwind.example/"}
    await choose(relay, 1, closed | {"availability.days": []})
    async with relay.http.get(f"{relay.url}/channel/1", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, closed["availability.closed_page"])
    status, leads, page = await post(relay, {"name": "Lars <b>"})
    assert (status, leads) == (200, "")
    assert 'href="https://hours.northwind.example/"' in page
    assert "Lars &lt;b&gt;" in page, "what was typed can still be copied"


async def test_one_address_does_not_fill_the_memory(relay: RunningRelay) -> None:
    await ask(relay)
    found = [await post(relay, {"name": '"Lars"'}) for _ in range(40)]
    assert found[0][0] == 303
    status, _leads, page = found[-1]
    assert status == 429
    assert '<input type="hidden" name="name" value="&#34;Lars&#34;">' in page, "it can be tried again as it is"


async def test_only_this_form_is_open_to_other_sites(relay: RunningRelay) -> None:
    for path in ("/start", "/sign-in", "/channel/1/x"):
        async with relay.http.post(f"{relay.url}{path}", data={"pin": "1"}, headers=ELSEWHERE) as response:
            assert response.status in (403, 404)
    async with relay.http.post(f"{relay.url}/start", data={"pin": "1"}, headers=ELSEWHERE) as response:
        assert response.status == 403
