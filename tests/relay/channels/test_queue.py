"""Customers come through a channel and wait for all who serve it. One technician picks each of them up."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from aiohttp import WSCloseCode, WSMsgType

from codec.wire import permits
from codec.wire.api_types import Channel, PickUp, SessionState
from codec.wire.signals import Entered, Leave, Leaving, Permitted, Refusal, Refused, SessionChanged, SessionGone, State
from relay.events.kinds import ActorKind, Created, Moved
from relay.sessions.rules import Cause
from tests.relay.events.test_log import kept
from tests.support.channels import assign, choose, make_desk, sign_in, take_off, through
from tests.support.relays import ConsoleEnd, RunningRelay

BOB, CARLA = "console-of-bob", "console-of-carla"


async def heard(console: ConsoleEnd, state: SessionState) -> SessionChanged:
    """Return what a console hears of a session in this state."""
    while (changed := await console.hear_a(SessionChanged)).session.state is not state:
        pass
    assert isinstance(changed, SessionChanged)
    return changed


async def pick_up(relay: RunningRelay, session: int, console: str, token: str) -> tuple[int, dict[str, object]]:
    """Ask for a session."""
    return await relay.call("POST", f"/sessions/{session}/pick-up", PickUp(console=console), token)


@pytest.mark.req("CHAN-03", "CHAN-05", "SESS-02", "SESS-12", "SESS-42", "SESS-43")
async def test_a_customer_waits_for_all_who_serve_the_channel_until_one_picks_them_up(relay: RunningRelay) -> None:
    group, bob, _carla = await make_desk(relay, "Bob", "Carla")
    await assign(relay, 2, group)
    of_bob, of_carla = await sign_in(relay, "Bob"), await sign_in(relay, "Carla")
    async with (
        relay.console(BOB, of_bob) as bobs,
        relay.console(CARLA, of_carla) as carlas,
        relay.console() as annas,
        relay.applet(through(2)) as applet,
    ):
        entered = await relay.enter(applet)
        assert (entered.state, entered.technician, entered.permit) == (SessionState.WAITING, "", None)
        for console in (bobs, carlas):
            session = (await heard(console, SessionState.WAITING)).session
            assert (session.id, session.channel, session.method) == (
                entered.session,
                Channel(id=2, name="Channel 2"),
                None,
            )
        status, _ = await pick_up(relay, entered.session, BOB, of_bob)
        assert status == 200
        while (state := await applet.hear_a(State)).technician == "":
            pass
        assert (state.technician, state.state) == ("Bob", SessionState.ACTIVE)
        permitted = await applet.hear_a(Permitted)
        permit = permits.read(permitted.permit, entered.relay_key, entered.session)
        assert permit.technician == bob.id
        assert (await heard(bobs, SessionState.ACTIVE)).session.technician == "Bob"
        assert await carlas.hear_a(SessionGone) == SessionGone(entered.session, bob.id, "Bob")
        assert await pick_up(relay, entered.session, CARLA, of_carla) == (
            409,
            {"problem": "taken", "message": "Bob has picked up this session.", "taken_by": "Bob"} | _EMPTY,
        )
        assert annas.desk.sessions == []
        status, body = await pick_up(relay, entered.session, "console-of-anna", relay.token)
        assert (status, body["problem"]) == (404, "no_such_session")
        async with relay.console("carlas-other", of_carla) as later:
            assert later.desk.sessions == [], "what a colleague has is not listed"
        await applet.say(Leave(Leaving.CLOSED))
        await heard(bobs, SessionState.CLOSED_BY_CUSTOMER)


_EMPTY: dict[str, object] = {
    "field": None,
    "retry_seconds": None,
    "fields": {},
    "confirmable": False,
    "contact": "",
    "ticket": "",
    "least": "",
}


@pytest.mark.req("SESS-44")
async def test_of_many_who_pick_up_at_once_one_gets_it_and_the_others_hear_who(relay: RunningRelay) -> None:
    names = [f"Tech{number}" for number in range(8)]
    group, *_people = await make_desk(relay, *names)
    await assign(relay, 1, group)
    tokens = {name: await sign_in(relay, name) for name in names}
    async with AsyncExitStack() as stack:
        for name in names:
            await stack.enter_async_context(relay.console(f"console-of-{name}", tokens[name]))
        applet = await stack.enter_async_context(relay.applet(through(1)))
        session = (await relay.enter(applet)).session
        answers = await asyncio.gather(*(pick_up(relay, session, f"console-of-{name}", tokens[name]) for name in names))
    won = [name for name, (status, _) in zip(names, answers, strict=True) if status == 200]
    assert len(won) == 1
    lost = [body for status, body in answers if status != 200]
    assert {(body["problem"], body["taken_by"]) for body in lost} == {("taken", won[0])}


@pytest.mark.req("CHAN-06", "SESS-07")
async def test_what_no_one_has_leaves_the_queue_when_it_ends_and_its_life_is_kept(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await assign(relay, 3, group)
    token = await sign_in(relay, "Bob")
    async with relay.console(BOB, token) as console:
        async with relay.applet(through(3)) as applet:
            left = (await relay.enter(applet)).session
            await heard(console, SessionState.WAITING)
            await applet.say(Leave(Leaving.CLOSED))
            assert await console.hear_a(SessionGone) == SessionGone(left)
        async with relay.applet(through(3)) as applet:
            ended = (await relay.enter(applet)).session
            status, body = await relay.call("POST", f"/sessions/{ended}/end", token=token)
            assert (status, body["state"]) == (200, "closed_by_technician")
            while (gone := await console.hear_a(SessionGone)).session != ended:
                pass
            assert gone == SessionGone(ended)
        status, body = await pick_up(relay, ended, BOB, token)
        assert (status, body["problem"]) == (409, "ended")
    created, first, _came, _waiting, closed = await kept(relay, ended)
    assert isinstance(created.what, Created)
    assert (created.what.channel, created.what.channel_name, created.what.technician) == (3, "Channel 3", None)
    assert isinstance(first.what, Moved)
    assert first.what.cause == Cause.CAME_THROUGH_CHANNEL
    assert (closed.actor.kind, closed.actor.name) == (ActorKind.TECHNICIAN, "Bob")


async def test_who_signs_in_finds_what_waits_already(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    async with relay.applet(through(1)) as applet:
        session = (await relay.enter(applet)).session
        token = await sign_in(relay, "Bob")
        async with relay.console(BOB, token) as console:
            assert [each.id for each in console.desk.sessions] == [session]
        status, listed = await relay.call("GET", "/sessions", token=token)
        assert (status, [each["id"] for each in listed]) == (200, [session])


@pytest.mark.req("CHAN-01")
@pytest.mark.parametrize("is_assigned", [False, True])
async def test_a_channel_that_no_one_serves_lets_no_customer_wait_in_vain(
    relay: RunningRelay, is_assigned: bool
) -> None:
    group, *_people = await make_desk(relay, "Bob")
    if is_assigned:
        await assign(relay, 1, group)
    async with relay.applet(through(1)) as applet:
        answer = await applet.hear()
        assert isinstance(answer, Entered) if is_assigned else answer == Refused(Refusal.NOT_SERVED)
    async with relay.applet(through(99)) as applet:
        assert await applet.hear() == Refused(Refusal.UNKNOWN)


@pytest.mark.req("CHAN-15", "CHAN-36", "CHAN-38", "CHAN-39", "CHAN-40", "CHAN-41", "CHAN-44", "SESS-45", "SESS-46")
async def test_who_is_taken_off_a_channel_sees_it_no_longer_and_all_others_do(relay: RunningRelay) -> None:
    group, bob, _carla = await make_desk(relay, "Bob", "Carla")
    windows, mac = 1, 2
    for channel in (windows, mac):
        await assign(relay, channel, group)
    of_bob, of_carla = await sign_in(relay, "Bob"), await sign_in(relay, "Carla")
    async with relay.console(CARLA, of_carla) as carlas, AsyncExitStack() as customers:

        async def waiting_in(channel: int) -> int:
            applet = await customers.enter_async_context(relay.applet(through(channel)))
            session = (await relay.enter(applet)).session
            await until_heard(carlas, session)
            return session

        async with relay.console(BOB, of_bob) as bobs:
            await take_off(relay, bob, mac)
            await until_sent_away(bobs)
        first, hidden = await waiting_in(windows), await waiting_in(mac)
        async with relay.console(BOB, of_bob) as bobs:
            assert [each.id for each in bobs.desk.sessions] == [first]
            status, body = await pick_up(relay, hidden, BOB, of_bob)
            assert (status, body["problem"]) == (404, "no_such_session")
            await waiting_in(mac)
            second = await waiting_in(windows)
            assert await until_heard(bobs, second) <= {first, second}
            await take_off(relay, bob, mac, excluded=False)
            await until_sent_away(bobs)
        async with relay.console(BOB, of_bob) as bobs:
            assert len(bobs.desk.sessions) == 4


async def until_heard(console: ConsoleEnd, session: int) -> set[int]:
    """Wait until a console hears of this session; return all of which it heard until then."""
    found: set[int] = set()
    while session not in found:
        found.add((await console.hear_a(SessionChanged)).session.id)
    return found


async def until_sent_away(console: ConsoleEnd) -> None:
    """Wait until a console is told to come again: it serves other channels now."""
    while (frame := await console.socket.receive(timeout=5)).type is not WSMsgType.CLOSE:
        pass
    assert frame.data == WSCloseCode.TRY_AGAIN_LATER


@pytest.mark.req("CHAN-01")
async def test_an_eleventh_channel_brings_customers_like_the_ten_that_are_there(relay: RunningRelay) -> None:
    group, _bob = await make_desk(relay, "Bob")
    new = {"kind": "channel", "place": {"kind": "channels", "id": 0}, "values": {"name": "Printers"}}
    status, made = await relay.call("POST", "/units", new)
    assert status == 201, made
    number = made["id"]
    assert number == 11
    await assign(relay, number, group)
    await choose(relay, number, {"waiting.message": "position"})
    token = await sign_in(relay, "Bob")
    async with relay.console(BOB, token) as console, relay.applet(through(number)) as applet:
        entered = await relay.enter(applet)
        waits = (await heard(console, SessionState.WAITING)).session
        assert waits.channel == Channel(id=number, name="Printers")
        assert (await pick_up(relay, entered.session, BOB, token))[0] == 200
