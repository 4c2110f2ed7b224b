"""A customer goes on in a session by another code: who may make it, and what becomes of the first one."""

import re
from pathlib import Path

import pytest

from codec.wire.api_types import Method, NewCode, PickUp
from codec.wire.api_types import SessionState as S
from codec.wire.customer_kinds import CustomerKind
from codec.wire.signals import Enter, Refusal, Refused, Replaced, Return
from tests.relay.sessions.test_transfers import BOB, desk, until
from tests.support.relays import CONSOLE, running_relay


async def test_the_program_takes_the_place_of_the_page_in_the_same_session(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, relay.console():
        code = await relay.make_code(Method.PIN)
        first = Enter(1, computer="PC", system="Linux", pin=code.pin, kind=CustomerKind.PAGE, means=["chat", "view"])
        async with relay.applet(first) as page:
            entered = await relay.enter(page)
            await relay.pick_up(entered.session, CONSOLE)
            new = NewCode(method=Method.PIN, session=entered.session)
            status, body = await relay.call("POST", "/codes", new)
            assert (status, body["session"]) == (201, entered.session)
            async with relay.applet(Enter(1, computer="PC", system="Linux", pin=body["pin"])) as program:
                again = await relay.enter(program)
                assert (again.session, again.state) == (entered.session, "active")
                assert await page.hear_a(Replaced) == Replaced(CustomerKind.PROGRAM)
                _, (session,) = await relay.call("GET", "/sessions")
                assert (session["kind"], session.get("means", [])) == (CustomerKind.PROGRAM, [])
                async with relay.applet(Return(entered.ticket)) as late:
                    assert await late.hear() == Replaced(CustomerKind.PROGRAM), "it was away when it was replaced"


async def test_a_code_for_a_session_is_refused_where_it_is_not_ones_own_or_over(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, relay.console():
        status, body = await relay.call("POST", "/codes", NewCode(method=Method.PIN, session=4711))
        assert (status, body["problem"]) == (404, "no_such_session")
        code = await relay.make_code(Method.PIN)
        async with relay.applet(Enter(1, computer="PC", system="Linux", pin=code.pin)) as applet:
            session = (await relay.enter(applet)).session
            await relay.pick_up(session, CONSOLE)
            _, body = await relay.call("POST", "/codes", NewCode(method=Method.PIN, session=session))
            await relay.call("DELETE", f"/codes/{body['id']}", None)
            _, (open_session,) = await relay.call("GET", "/sessions")
            assert open_session["state"] == "active", "taking it back ends no session"
            await relay.call("POST", f"/sessions/{session}/end", None)
            status, body = await relay.call("POST", "/codes", NewCode(method=Method.PIN, session=session))
            assert (status, body["problem"]) == (409, "ended")


async def test_a_code_for_a_session_begins_no_other_once_that_is_over(tmp_path: Path) -> None:
    """It is offered to all, whatever ways of inviting their group has: it would be a way around those."""
    async with running_relay(tmp_path) as relay, relay.console():
        code = await relay.make_code(Method.LINK)
        link = (code.path or "").rpartition("/")[2]
        async with relay.applet(Enter(1, computer="PC", system="Linux", link=link)) as applet:
            session = (await relay.enter(applet)).session
            await relay.pick_up(session, CONSOLE)
            _, body = await relay.call("POST", "/codes", NewCode(method=Method.PIN, session=session))
            await relay.call("POST", f"/sessions/{session}/end", None)
        async with relay.applet(Enter(1, computer="PC", system="Linux", pin=body["pin"])) as late:
            assert await late.hear() == Refused(Refusal.ENDED)
        _, sessions = await relay.call("GET", "/sessions")
        assert [each["id"] for each in sessions] == [session]


@pytest.mark.parametrize("is_picked_up", [False, True])
async def test_no_one_takes_the_customers_place_in_a_session_that_they_have_handed_over(
    tmp_path: Path, is_picked_up: bool
) -> None:
    """Who made a code knows it: they would be the customer of a colleague, who has seen another."""
    async with running_relay(tmp_path) as relay, desk(relay) as it:
        _, body = await relay.call("POST", "/codes", NewCode(method=Method.PIN, session=it.number))
        await it.hands_over()
        if is_picked_up:
            await it.does("pick-up", PickUp(console=BOB), it.of_bob)
            await until(it.bobs, S.ACTIVE)
        async with relay.applet(Enter(1, computer="PC", system="Linux", pin=body["pin"])) as posing:
            assert await posing.hear() == Refused(Refusal.CANCELLED)
        if not is_picked_up:
            await it.does("take-back")
            async with relay.applet(Enter(1, computer="PC", system="Linux", pin=body["pin"])) as program:
                assert (await relay.enter(program)).session == it.number


async def test_no_one_ends_a_session_that_they_have_handed_over(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, desk(relay) as it:
        _, body = await relay.call("POST", "/codes", NewCode(method=Method.PIN, session=it.number))
        async with relay.http.post(f"{relay.url}/start", data={"pin": body["pin"]}) as response:
            found = re.search(r'name="code" value="([^"]+)"', await response.text())
        assert found is not None
        await it.hands_over()
        await it.does("pick-up", PickUp(console=BOB), it.of_bob)
        await until(it.bobs, S.ACTIVE)
        async with relay.http.post(f"{relay.url}/not-them", data={"code": found[1]}) as response:
            assert response.status == 200
        _, (session,) = await relay.call("GET", "/sessions", token=it.of_bob)
        assert session["state"] == "active"
