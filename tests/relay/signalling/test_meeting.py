"""A customer and a technician find each other at a real relay, over real sockets."""

import asyncio
import json
from pathlib import Path

import aiohttp
import pytest

from codec.session.links.tunnel import TUNNEL_PATH, TunnelLink, open_tunnel
from codec.wire.access import FUNCTIONS
from codec.wire.api_types import CodeState, Method, SessionState
from codec.wire.customer_kinds import CustomerKind
from codec.wire.permits import Function
from codec.wire.permits import read as read_permit
from codec.wire.session_types import SessionType
from codec.wire.signals import (
    APPLET_PATH,
    CONSOLE_PATH,
    AppletSignal,
    CodeChanged,
    ConsoleSignal,
    Enter,
    Entered,
    Leave,
    Leaving,
    Missed,
    Permitted,
    Ping,
    Pong,
    Refusal,
    Refused,
    RelaySignal,
    Return,
    SessionChanged,
    SessionSignal,
    SessionTunnel,
    SignedOut,
    State,
    Tunnel,
    TunnelPlease,
)
from tests.support.relays import CONSOLE, AppletEnd, ConsoleEnd, RunningRelay, enter_with, running_relay


async def session_in_state(console: ConsoleEnd, state: SessionState) -> SessionChanged:
    """Wait until the console hears that a session is in `state`."""
    while True:
        heard: SessionChanged = await console.hear_a(SessionChanged)
        if heard.session.state is state:
            return heard


async def picked_up(relay: RunningRelay, applet: AppletEnd) -> int:
    """Let the applet in and pick its session up."""
    entered = await relay.enter(applet)
    await relay.pick_up(entered.session)
    return entered.session


@pytest.mark.req("SESS-20")
async def test_a_pin_brings_customer_and_technician_together(relay: RunningRelay) -> None:
    async with relay.console() as console:
        code = await relay.make_code(name="Printer on floor 2")
        assert code.pin is not None
        assert len(code.pin) == 6
        async with relay.applet(enter_with(code)) as applet:
            entered = await relay.enter(applet)
            assert (entered.technician, entered.organisation) == ("Anna de Vries", "Northwind IT")
            waiting = (await session_in_state(console, SessionState.WAITING)).session
            assert (waiting.name, waiting.computer, waiting.customer_present) == (
                "Printer on floor 2",
                "FRONT-DESK-2",
                True,
            )
            active = await relay.pick_up(entered.session)
            assert active.state is SessionState.ACTIVE
            state = await applet.hear_a(State)
            while not state.technician_present:
                state = await applet.hear_a(State)
            await console.say(ConsoleSignal(entered.session, "aGVsbG8="))
            assert (await applet.hear_a(RelaySignal)).data == "aGVsbG8="
            await applet.say(AppletSignal("d29ybGQ="))
            assert await console.hear_a(SessionSignal) == SessionSignal(entered.session, "d29ybGQ=")


@pytest.mark.req("SESS-33")
async def test_a_link_works_like_a_pin_and_its_page_begins_nothing(relay: RunningRelay) -> None:
    code = await relay.make_code(Method.LINK)
    assert code.path is not None
    async with relay.http.get(relay.url + code.path) as response:
        assert "Anna de Vries from Northwind IT wants to help you" in await response.text()
    assert (await relay.call("GET", "/sessions"))[1] == []
    async with relay.applet(enter_with(code)) as applet:
        assert (await relay.enter(applet)).state is SessionState.WAITING


async def test_a_page_asks_whether_the_relay_still_answers(relay: RunningRelay) -> None:
    async with relay.applet(enter_with(await relay.make_code())) as applet:
        await relay.enter(applet)
        for _ in range(2):
            await applet.say(Ping())
            assert await applet.hear_a(Pong) == Pong()


async def test_a_code_admits_only_once(relay: RunningRelay) -> None:
    code = await relay.make_code()
    async with relay.console() as console:
        async with relay.applet(enter_with(code)) as first:
            await relay.enter(first)
            async with relay.applet(enter_with(code)) as second:
                assert await second.hear() == Refused(Refusal.USED)
        missed = await console.hear_a(Missed)
        assert (missed.reason, missed.code) == (Refusal.USED, code.id)


@pytest.mark.parametrize("pin", ["000000", "999999999"])
async def test_a_pin_of_nobody_is_refused_and_those_who_wait_hear_of_it(relay: RunningRelay, pin: str) -> None:
    code = await relay.make_code()
    if code.pin == pin:
        pytest.skip("one chance in a million")
    async with relay.console() as console, relay.applet(Enter(1, pin=pin)) as applet:
        assert await applet.hear() == Refused(Refusal.UNKNOWN)
        assert (await console.hear_a(Missed)).code is None


async def test_of_two_applets_with_one_pin_one_comes_in(relay: RunningRelay) -> None:
    code = await relay.make_code()
    async with relay.applet(enter_with(code)) as one, relay.applet(enter_with(code)) as other:
        answers = await asyncio.gather(one.hear(), other.hear())
    assert sorted(type(answer).__name__ for answer in answers) == ["Entered", "Refused"]


async def test_a_cancelled_pin_is_refused(relay: RunningRelay) -> None:
    code = await relay.make_code()
    assert (await relay.call("DELETE", f"/codes/{code.id}"))[0] == 204
    async with relay.applet(enter_with(code)) as applet:
        assert await applet.hear() == Refused(Refusal.CANCELLED)


async def test_guessing_is_stopped(relay: RunningRelay) -> None:
    refusals = []
    for guess in range(12):
        async with relay.applet(Enter(1, pin=f"{guess:06d}")) as applet:
            refusals.append(await applet.hear())
    assert refusals[-1].reason is Refusal.TOO_MANY
    assert refusals[-1].retry_seconds > 0


async def test_an_applet_comes_back_by_its_ticket_and_replaces_itself(relay: RunningRelay) -> None:
    code = await relay.make_code()
    async with relay.console() as console, relay.applet(enter_with(code)) as first:
        entered = await relay.enter(first)
        await relay.pick_up(entered.session)
        async with relay.applet(Return(entered.ticket)) as second:
            again = await second.hear()
            assert isinstance(again, Entered)
            assert again.session == entered.session
            while not first.socket.closed:
                await first.socket.receive(timeout=5)
            await second.socket.close()
        assert (await session_in_state(console, SessionState.RECONNECTING)).session.id == entered.session


async def test_a_strange_ticket_is_refused(relay: RunningRelay) -> None:
    async with relay.applet(Return("x" * 40)) as applet:
        assert await applet.hear() == Refused(Refusal.UNKNOWN)


@pytest.mark.req("SESS-44")
async def test_only_one_console_gets_a_waiting_session(relay: RunningRelay) -> None:
    code = await relay.make_code()
    names = ["console-number-1", "console-number-2"]
    async with relay.console(names[0]), relay.console(names[1]), relay.applet(enter_with(code)) as applet:
        session = (await relay.enter(applet)).session
        calls = [relay.call("POST", f"/sessions/{session}/pick-up", {"console": name}) for name in names]
        answers = await asyncio.gather(*calls)
        assert sorted(status for status, _ in answers) == [200, 409]
        assert [body["problem"] for status, body in answers if status == 409] == ["taken"]


async def test_a_session_follows_who_is_there(relay: RunningRelay) -> None:
    code = await relay.make_code()
    async with relay.console("the-first-console") as watching, relay.applet(enter_with(code)) as applet:
        session = (await relay.enter(applet)).session
        async with relay.console("the-other-console"):
            assert (await relay.pick_up(session, "the-other-console")).state is SessionState.ACTIVE
        assert (await session_in_state(watching, SessionState.DISCONNECTED)).session.id == session
        assert (await relay.pick_up(session, "the-first-console")).state is SessionState.ACTIVE


async def test_leaving_ends_the_session_for_both(relay: RunningRelay) -> None:
    code = await relay.make_code()
    async with relay.console() as console, relay.applet(enter_with(code)) as applet:
        await picked_up(relay, applet)
        await applet.say(Leave(Leaving.CLOSED))
        assert (await session_in_state(console, SessionState.CLOSED_BY_CUSTOMER)).session.code == code.id


async def test_ending_a_session_tells_the_applet_and_closes_its_socket(relay: RunningRelay) -> None:
    code = await relay.make_code()
    async with relay.applet(enter_with(code)) as applet:
        session = (await relay.enter(applet)).session
        await relay.call("POST", f"/sessions/{session}/end")
        heard = await applet.hear_a(State)
        while heard.state is not SessionState.CLOSED_BY_TECHNICIAN:
            heard = await applet.hear_a(State)
        assert (await applet.socket.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
        async with relay.applet(Return("y" * 40)) as stranger:
            assert isinstance(await stranger.hear(), Refused)


async def test_a_wrong_secret_is_counted_against_the_code(relay: RunningRelay) -> None:
    code = await relay.make_code()
    async with relay.console() as console, relay.applet(enter_with(code)) as applet:
        await picked_up(relay, applet)
        await applet.say(Leave(Leaving.SECRETS_DIFFER))
        missed = await console.hear_a(Missed)
        assert missed.code == code.id
    _, codes = await relay.call("GET", "/codes")
    assert codes[0]["misses"] == 1


async def test_both_ends_get_tickets_and_the_tunnel_carries_bytes(relay: RunningRelay) -> None:
    code = await relay.make_code()
    async with relay.console() as console, relay.applet(enter_with(code)) as applet:
        session = await picked_up(relay, applet)
        one, other = await tunnel(relay, console, applet, session)
        await one.send(b"sealed")
        assert await other.receive() == b"sealed"
        await other.send(bytes(65_536))
        assert await one.receive() == bytes(65_536)
        await one.close()
        with pytest.raises(Exception, match="closed the tunnel"):
            await other.receive()
        await other.close()


async def tunnel(
    relay: RunningRelay, console: ConsoleEnd, applet: AppletEnd, session: int
) -> tuple[TunnelLink, TunnelLink]:
    """Ask for a tunnel and open both legs."""
    await console.say(TunnelPlease(session))
    ours: SessionTunnel = await console.hear_a(SessionTunnel)
    theirs: Tunnel = await applet.hear_a(Tunnel)
    legs = [open_tunnel(relay.http, relay.url, ticket) for ticket in (ours.ticket, theirs.ticket)]
    one, other = await asyncio.gather(*legs)
    return one, other


async def test_a_ticket_is_good_once(relay: RunningRelay) -> None:
    code = await relay.make_code()
    async with relay.console() as console, relay.applet(enter_with(code)) as applet:
        session = await picked_up(relay, applet)
        await console.say(TunnelPlease(session))
        ticket = (await console.hear_a(SessionTunnel)).ticket
        async with relay.http.ws_connect(relay.url + TUNNEL_PATH) as first:
            await first.send_str(json.dumps({"ticket": ticket}))
            async with relay.http.ws_connect(relay.url + TUNNEL_PATH) as second:
                await second.send_str(json.dumps({"ticket": ticket}))
                assert (await second.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE


async def test_a_slow_reader_slows_its_sender_and_nothing_piles_up(relay: RunningRelay) -> None:
    code = await relay.make_code()
    async with relay.console() as console, relay.applet(enter_with(code)) as applet:
        session = await picked_up(relay, applet)
        one, other = await tunnel(relay, console, applet, session)
        sent = 0
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2):
                while True:
                    await one.send(bytes(60_000))
                    sent += 60_000
        assert sent < 30_000_000, "the relay or a socket took far more than buffers hold"
        arrived = 0
        while arrived < sent:
            arrived += len(await other.receive())
        await one.close()
        await other.close()


async def test_a_console_that_does_not_hold_a_session_gets_nothing_of_it(relay: RunningRelay) -> None:
    code = await relay.make_code()
    with_code = relay.applet(enter_with(code))
    async with relay.console() as holder, relay.console("some-other-console") as other, with_code as applet:
        session = await picked_up(relay, applet)
        await other.say(ConsoleSignal(session, "ZXZpbA=="))
        await other.say(TunnelPlease(session))
        await holder.say(ConsoleSignal(session, "Z29vZA=="))
        assert (await applet.hear_a(RelaySignal)).data == "Z29vZA=="


async def test_signing_out_closes_the_console(relay: RunningRelay) -> None:
    async with relay.console() as console:
        assert (await relay.call("POST", "/sign-out"))[0] == 204
        assert isinstance(await console.hear_a(SignedOut), SignedOut)
    assert (await relay.call("GET", "/me"))[0] == 401


async def test_sessions_outlive_a_restart_of_the_relay(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay:
        code = await relay.make_code()
        async with relay.console(), relay.applet(enter_with(code)) as applet:
            entered = await relay.enter(applet)
            await relay.pick_up(entered.session)
    async with running_relay(tmp_path) as relay, relay.console() as console:
        assert [session.state for session in console.desk.sessions] == [SessionState.RECONNECTING]
        async with relay.applet(Return(entered.ticket)) as applet:
            assert (await applet.hear()).session == entered.session
            assert (await session_in_state(console, SessionState.ACTIVE)).session.console == CONSOLE


@pytest.mark.parametrize("path", [APPLET_PATH, CONSOLE_PATH, TUNNEL_PATH])
@pytest.mark.parametrize("garbage", ["", "{", "null", '{"type": "signal", "data": "x"}', '{"ticket": 5}', "\x00" * 99])
async def test_garbage_closes_that_socket_and_nothing_else(relay: RunningRelay, path: str, garbage: str) -> None:
    async with relay.http.ws_connect(relay.url + path) as socket:
        await socket.send_str(garbage)
        while not socket.closed:
            await socket.receive(timeout=5)
    assert (await relay.call("GET", "/me"))[0] == 200


@pytest.mark.parametrize("path", [APPLET_PATH, CONSOLE_PATH, TUNNEL_PATH])
async def test_a_page_of_another_site_reaches_no_socket(relay: RunningRelay, path: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await relay.http.ws_connect(relay.url + path, headers={"Origin": "https://evil.example"})
    assert refused.value.status == 403


async def test_the_desk_hears_of_each_code(relay: RunningRelay) -> None:
    async with relay.console() as console:
        made = await relay.make_code()
        assert (await console.hear_a(CodeChanged)).code == made
        async with relay.http.post(relay.url + "/start", data={"pin": made.pin}) as response:
            assert response.status == 200
        assert (await session_in_state(console, SessionState.CONNECTING)).session.pin == made.pin
        async with relay.applet(enter_with(made)) as applet:
            await relay.enter(applet)
            used = await console.hear_a(CodeChanged)
            while used.code.state is not CodeState.USED:
                used = await console.hear_a(CodeChanged)


async def test_a_technician_is_permitted_no_more_than_the_customers_page_can_give(relay: RunningRelay) -> None:
    code = await relay.make_code()
    async with relay.console() as console:
        first = Enter(2, pin=code.pin, computer="Firefox", kind=CustomerKind.PAGE, means=["view", "chat"])
        async with relay.applet(first) as applet:
            entered = await relay.enter(applet)
            assert entered.permit is not None
            functions = read_permit(entered.permit, entered.relay_key, entered.session).functions
            assert Function.DESKTOP_VIEW in functions
            assert not {Function.REMOTE_CONTROL, Function.CLIPBOARD} & set(functions)
            told = (await session_in_state(console, SessionState.WAITING)).session
            assert (told.kind, told.means) == (CustomerKind.PAGE, ["view", "chat"])
        async with relay.applet(Return(entered.ticket)) as again:
            back = await relay.enter(again)
            assert back.permit is not None
            assert read_permit(back.permit, back.relay_key, back.session).functions == functions


@pytest.mark.req("CHAT-03", "CHAT-11")
async def test_a_chat_permits_nothing_else_until_its_technician_opens_it_up(relay: RunningRelay) -> None:
    code = await relay.make_code(session_type=SessionType.CHAT)
    assert code.session_type is SessionType.CHAT
    first = Enter(2, pin=code.pin, computer="Firefox", kind=CustomerKind.PAGE, means=["view", "chat"])
    async with relay.console() as console, relay.applet(first) as applet:
        entered = await relay.enter(applet)
        assert entered.permit is not None
        functions = set(read_permit(entered.permit, entered.relay_key, entered.session).functions)
        assert not functions & {*FUNCTIONS.values(), Function.CHAT_TOGGLE}
        assert Function.CHAT in functions
        told = (await session_in_state(console, SessionState.WAITING)).session
        assert (told.session_type, told.means) == (SessionType.CHAT, ["view", "chat"])
        status, body = await relay.call("POST", f"/sessions/{told.id}/open-up")
        assert (status, body["session_type"]) == (200, "standard")
        permitted = await applet.hear_a(Permitted)
        functions = set(read_permit(permitted.permit, entered.relay_key, entered.session).functions)
        assert {Function.DESKTOP_VIEW, Function.RECORD} <= functions
        assert not functions & {Function.REMOTE_CONTROL, Function.CLIPBOARD}
        assert (await console.hear_a(SessionChanged)).session.session_type is SessionType.STANDARD
        await relay.call("POST", f"/sessions/{told.id}/end")
        status, _ = await relay.call("POST", f"/sessions/{told.id}/open-up")
        assert status == 409
