"""The Sessions tab: what it lists, and what administrators do with it, at a real relay on both databases."""

import asyncio
import re
from contextlib import AsyncExitStack

import msgspec
import pytest

from codec.wire.api_types import Code, Ended
from codec.wire.api_types import SessionState as S
from codec.wire.signals import Attention, StartSession
from relay.events.kinds import ActorKind, Moved, Transferred
from tests.relay.admin.browsers import Browser
from tests.relay.admin.conftest import Center
from tests.relay.events.test_log import kept
from tests.relay.sessions.test_transfers import Desk, desk, told, until
from tests.support.channels import through
from tests.support.relays import EMAIL, PASSWORD, AppletEnd, ConsoleEnd, RunningRelay, enter_with


async def signed_in(relay: RunningRelay) -> Browser:
    """Return the browser of the account owner."""
    form = {"email": EMAIL, "password": PASSWORD}
    async with relay.http.post(f"{relay.url}/sign-in", data=form, allow_redirects=False) as response:
        assert response.status == 303, await response.text()
        return Browser(relay, response.cookies["deskside"].value)


def tab(unit: str = "technicians") -> str:
    """Return the address of a unit's sessions."""
    return f"/admin/sessions/{unit}"


async def asked(owner: Browser, session: int, intent: str, **fields: str) -> tuple[int, str]:
    """Decide about a session, on the page that asks; return what came of it."""
    path = f"{tab()}/{session}/{intent}"
    form = await owner.form(path)
    for name, value in fields.items():
        form[name] = value
    answer = await owner.post(path, form.fields)
    return answer.status, answer.location or answer.text


@pytest.mark.req("SESS-142", "SESS-143", "SESS-144", "SESS-145", "SESS-148")
async def test_the_tab_lists_what_is_open_and_says_nothing_where_nothing_has_changed(relay: RunningRelay) -> None:
    async with desk(relay) as it:
        owner = await signed_in(relay)
        for unit in ("technicians", "master_administrator-1"):
            page = (await owner.get(tab(unit))).text
            assert "Mrs Jansen" in page
            assert '<span class="cut-lines">Active</span>' in page
            assert "<bdi>Anna de Vries</bdi>" in page
            assert "<span>Private</span>" in page
            assert 'id="sessions-refresh"' in page
        assert "No open sessions" in (await owner.get(tab(f"technician-{it.bob.id}"))).text
        assert "No sessions here" in (await owner.get(tab("administrators"))).text
        found = re.search(r'"was": "([0-9a-f]{16})"', page)
        assert found is not None
        path = f"{tab('master_administrator-1')}/list?was={found[1]}"
        assert (await owner.get(path, HX_Request="true")).status == 204, "the page has it already"
        await it.does("hold")
        assert "On hold" in (await owner.get(path, HX_Request="true")).text
        assert "Mrs Jansen" in (await owner.get(f"{tab()}?sort=-customer&page=99")).text


@pytest.mark.req("SESS-147", "SESS-180")
async def test_what_an_administrator_closes_ends_for_both_and_is_theirs_in_the_log(relay: RunningRelay) -> None:
    async with desk(relay) as it:
        owner = await signed_in(relay)
        status, to = await asked(owner, it.number, "close")
        assert (status, to.partition("?")[0]) == (303, tab())
        assert (await told(it.applet, S.CLOSED_BY_TECHNICIAN)).leg
        assert (await until(it.annas, S.CLOSED_BY_TECHNICIAN)).ending is Ended.ADMINISTRATOR
        assert "Closed</b>: <bdi>Mrs Jansen" in (await owner.get(to)).text
        answer = await owner.get(f"{tab()}/{it.number}/close")
        assert (answer.status, "This session has ended." in answer.text) == (409, True)
    last = [each for each in await kept(relay, it.number) if isinstance(each.what, Moved)][-1]
    assert (last.actor.kind, last.actor.name) == (ActorKind.ADMINISTRATOR, "Anna de Vries")


@pytest.mark.req("SESS-171")
async def test_what_an_administrator_puts_on_hold_stays_with_its_technician(relay: RunningRelay) -> None:
    async with desk(relay) as it:
        owner = await signed_in(relay)
        assert (await asked(owner, it.number, "hold"))[0] == 303
        assert (await told(it.applet, S.ON_HOLD)).technician == "Anna de Vries"
        await until(it.annas, S.ON_HOLD)
        answer = await owner.get(f"{tab()}/{it.number}/hold")
        assert (answer.status, "does not work in the state" in answer.text) == (409, True)


@pytest.mark.req("SESS-154", "SESS-155", "SESS-156", "SESS-157", "SESS-159", "SESS-166")
async def test_what_an_administrator_hands_over_is_incoming_there_and_transferred_here(relay: RunningRelay) -> None:
    async with desk(relay) as it:
        owner = await signed_in(relay)
        status, text = await asked(owner, it.number, "transfer")
        assert (status, "Choose a technician, a group or a channel." in text) == (422, True)
        comment = "Knows printers " + "x" * 200
        status, to = await asked(owner, it.number, "transfer", target=f"technician-{it.bob.id}", comment=comment)
        assert status == 303, to
        incoming = await until(it.bobs, S.TRANSFERRING)
        assert incoming.transfer is not None
        assert (incoming.transfer.by, incoming.transfer.former) == ("Anna de Vries", 1)
        assert incoming.transfer.comment == comment[:128]
        assert "Being transferred to Bob" in (await owner.get(tab(f"technician-{it.bob.id}"))).text
        status, _ = await it.does("pick-up", {"console": "console-of-bob"}, it.of_bob)
        assert status == 200
        assert (await until(it.annas, S.TRANSFERRED)).technician == "Bob"
        while (await told(it.applet, S.ACTIVE)).technician != "Bob":
            pass
    events = [each for each in await kept(relay, it.number) if isinstance(each.what, Transferred)]
    assert [each.actor.kind for each in events] == [ActorKind.ADMINISTRATOR, ActorKind.SYSTEM]
    told_of = events[0].what
    assert isinstance(told_of, Transferred)
    assert told_of.by is not None
    assert told_of.former is not None
    assert (told_of.by.id, told_of.former.id, told_of.to) == (1, 1, "Bob")


async def test_what_has_changed_meanwhile_is_not_touched_and_the_page_says_so(relay: RunningRelay) -> None:
    async with desk(relay, is_picked_up=False) as it:
        owner, path = await signed_in(relay), f"{tab()}/{it.number}/close"
        form = await owner.form(path)
        await relay.pick_up(it.number)
        answer = await owner.post(path, form.fields)
        assert (answer.status, "has changed in the meantime" in answer.text) == (409, True)
        assert '<span class="state state--active">Active</span>' in answer.text, "it asks again, about what is now"
        assert (await owner.post(path, (await owner.form(path)).fields)).status == 303
        await told(it.applet, S.CLOSED_BY_TECHNICIAN)


async def test_what_waits_for_a_whole_channel_leaves_it_while_it_is_handed_over(relay: RunningRelay) -> None:
    async with desk(relay, channel=1) as it, AsyncExitStack() as stack:
        number, bobs, _customer = await in_channel(it, stack)
        owner = await signed_in(relay)
        status, text = await asked(owner, number, "transfer", target="technician-1")
        assert (status, "cannot transfer sessions there" in text or "No one there" in text) in (
            (409, True),
            (404, True),
        )
        status, text = await asked(owner, number, "transfer", target=f"group-{it.group.id}")
        assert status == 303, text
        assert (await until(bobs, S.TRANSFERRING)).transfer is not None
        path, body = f"/sessions/{number}/pick-up", {"console": "console-of-bob"}
        status, body = await relay.call("POST", path, body, it.of_bob)
        assert (status, body["state"]) == (200, "active")


async def test_who_came_with_a_secret_is_handed_over_by_their_own_technician_alone(relay: RunningRelay) -> None:
    async with desk(relay) as it:
        body = {"method": "pin", "name": "Ingrid", "has_secret": True}
        status, made = await relay.call("POST", "/codes", body)
        assert status == 201
        async with relay.applet(enter_with(msgspec.convert(made, Code))) as applet:
            number = (await relay.enter(applet)).session
            await relay.pick_up(number)
            assert (await until(it.annas, S.ACTIVE)).has_secret
            owner = await signed_in(relay)
            answer = await owner.get(f"{tab()}/{number}/transfer")
            assert answer.status == 409
            assert "which only the technician’s own console can confirm" in answer.text
            assert (await asked(owner, number, "close"))[0] == 303


async def in_channel(it: Desk, stack: AsyncExitStack) -> tuple[int, ConsoleEnd, AppletEnd]:
    """Let a customer wait in channel 1, which Bob serves; return the session, Bob's console, and the customer's end."""
    bobs = it.bobs
    customer = await stack.enter_async_context(it.relay.applet(through(1)))
    number = (await it.relay.enter(customer)).session
    await until(bobs, S.WAITING)
    return number, bobs, customer


@pytest.mark.req("SESS-147", "SESS-150", "SESS-151", "SESS-152", "SESS-153")
@pytest.mark.parametrize("to", ["technician", "group", "channel"])
async def test_a_session_that_waits_starts_with_the_console_that_is_asked(relay: RunningRelay, to: str) -> None:
    async with desk(relay, channel=1) as it, AsyncExitStack() as stack:
        number, bobs, customer = await in_channel(it, stack)
        owner = await signed_in(relay)
        target = {"technician": it.bob.id, "group": it.group.id, "channel": 1}[to]
        asking = asyncio.ensure_future(asked(owner, number, "start", target=f"{to}-{target}"))
        heard = await bobs.hear_a(StartSession)
        assert (heard.session, heard.console) == (number, "console-of-bob")
        body = {"console": "console-of-bob", "offered": True}
        status, picked_up = await relay.call("POST", f"/sessions/{number}/pick-up", body, it.of_bob)
        assert (status, picked_up["state"], picked_up["technician"]) == (200, "active", "Bob")
        assert (await told(customer, S.ACTIVE)).technician == "Bob"
        status, path = await asking
        assert status == 303, path
        assert "Started</b>" in (await owner.get(path)).text
        assert (await relay.call("POST", f"/sessions/{number}/pick-up", body, it.of_bob))[0] == 409, "asked for once"
    moves = [each for each in await kept(relay, number) if isinstance(each.what, Moved)]
    moved = next(each for each in moves if isinstance(each.what, Moved) and each.what.new == S.ACTIVE)
    assert (moved.actor.kind, moved.actor.name) == (ActorKind.ADMINISTRATOR, "Anna de Vries")


@pytest.mark.req("SESS-153")
async def test_where_a_console_does_not_start_it_the_page_says_so_and_the_session_waits(
    relay: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.sessions.starting.START_SECONDS", 0.3)
    async with desk(relay, channel=1) as it, AsyncExitStack() as stack:
        number, bobs, _customer = await in_channel(it, stack)
        owner = await signed_in(relay)
        status, text = await asked(owner, number, "start", target=f"technician-{it.bob.id}")
        assert (status, "console did not start the session" in text) == (409, True)
        body = {"console": "console-of-bob", "offered": True}
        assert (await relay.call("POST", f"/sessions/{number}/pick-up", body, it.of_bob))[0] == 409, "too late"
        form = await owner.form(f"{tab()}/{number}/start")
        await bobs.say(Attention(is_here=False))
        while "No technician can take the session" not in (await owner.get(f"{tab()}/{number}/start")).text:
            pass
        form["target"] = "channel-1"
        answer = await owner.post(f"{tab()}/{number}/start", form.fields)
        assert (answer.status, "No technician there can take the session" in answer.text) == (409, True)
        assert "Waiting" in (await owner.get(tab("channel-1"))).text
        assert (await relay.call("POST", f"/sessions/{number}/pick-up", {"console": "x"}, it.of_bob))[0] == 200


@pytest.mark.req("SESS-44", "SESS-150")
async def test_who_picks_it_up_first_has_it_although_another_was_asked_to_start_it(
    relay: RunningRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay.sessions.starting.START_SECONDS", 0.5)
    async with desk(relay, channel=1) as it, AsyncExitStack() as stack:
        number, bobs, _customer = await in_channel(it, stack)
        owner = await signed_in(relay)
        asking = asyncio.ensure_future(asked(owner, number, "start", target=f"technician-{it.bob.id}"))
        await bobs.hear_a(StartSession)
        path = f"/sessions/{number}/pick-up"
        assert (await relay.call("POST", path, {"console": "console-of-bob"}, it.of_bob))[0] == 200, "by hand, first"
        body = {"console": "console-of-bob", "offered": True}
        assert (await relay.call("POST", path, body, it.of_bob))[1]["problem"] == "moved_on"
        status, text = await asking
        assert (status, "has changed in the meantime" in text) == (409, True)


@pytest.mark.req("SESS-149")
async def test_who_only_reads_reports_and_technicians_do_not_get_in(plain: Center) -> None:
    for who in ("reader", "technician"):
        assert (await (await plain.browser(who)).get(tab())).status in (303, 403), who
    assert (await (await plain.browser("lead")).get(tab())).status == 200
