"""Customers who wait are told how long others waited or their place, as it changes."""

from contextlib import AsyncExitStack

import msgspec
import pytest

from codec.wire.api_types import Code, PickUp
from codec.wire.signals import Entered, Leave, Leaving, Return, Wait
from relay.sessions.model import SessionRow
from relay.store.database import open_store
from tests.support.channels import assign, choose, make_desk, sign_in, through
from tests.support.relays import AppletEnd, RunningRelay, enter_with

BOB = "console-of-bob"


async def told(applet: AppletEnd, wait: Wait) -> None:
    """Wait until a customer is told this."""
    while await applet.hear_a(Wait) != wait:
        pass


async def has_waited(relay: RunningRelay, session: int, seconds: int) -> None:
    """Let the session have waited for so long before it was picked up."""
    store = await open_store(relay.settings.database)
    try:
        async with store.transaction() as transaction:
            (await transaction.get_one(SessionRow, session)).waiting_ms = seconds * 1000
    finally:
        await store.close()


async def pick_up(relay: RunningRelay, session: int, token: str) -> None:
    """Pick a session up."""
    assert (await relay.call("POST", f"/sessions/{session}/pick-up", PickUp(console=BOB), token))[0] == 200


@pytest.mark.req("SESS-57", "APP-41", "APP-42")
async def test_a_place_in_the_queue_moves_up_when_others_go(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    await choose(relay, 1, {"waiting.message": "position"})
    token = await sign_in(relay, "Bob")
    async with relay.console(BOB, token), AsyncExitStack() as stack:
        first, second, third = [await stack.enter_async_context(relay.applet(through(1))) for _ in range(3)]
        entered: list[Entered] = []
        for place, applet in enumerate((first, second, third), 1):
            entered.append(await applet.hear_a(Entered))
            await told(applet, Wait(position=place))
        await pick_up(relay, entered[0].session, token)
        await told(second, Wait(position=1))
        await told(third, Wait(position=2))
        await second.say(Leave(Leaving.CLOSED))
        await told(third, Wait(position=1))
        await third.socket.close()
        back = await stack.enter_async_context(relay.applet(Return(entered[2].ticket)))
        await told(back, Wait(position=1))
        await choose(relay, 1, {"waiting.message": "none"})
        await told(back, Wait())


async def test_who_waits_where_no_one_serves_any_more_is_told_so(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    await choose(relay, 1, {"waiting.message": "position"})
    async with relay.applet(through(1)) as applet:
        await told(applet, Wait(position=1))
        change = {"units": [{"kind": "channel", "id": 1}], "target": {"kind": "technician_group", "id": group.id}}
        assert (await relay.call("POST", "/units/unlink", change))[0] == 204
        await told(applet, Wait(served=False))
        await assign(relay, 1, group)
        await told(applet, Wait(position=1))


@pytest.mark.req("SESS-55", "SESS-56", "APP-37", "APP-38", "APP-40", "APP-43", "APP-45")
async def test_an_estimate_counts_the_sessions_of_the_channel_or_of_the_technician(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    await choose(relay, 1, {"waiting.message": "estimate"})
    path = f"/settings/technician_group/{group.id}"
    assert (await relay.call("PATCH", path, {"values": {"waiting.estimate": True}}))[0] == 200
    token = await sign_in(relay, "Bob")
    async with relay.console(BOB, token), AsyncExitStack() as stack:

        async def private() -> tuple[AppletEnd, int]:
            _, code = await relay.call("POST", "/codes", {"method": "pin", "name": ""}, token)
            applet = await stack.enter_async_context(relay.applet(enter_with(msgspec.convert(code, Code))))
            return applet, (await applet.hear_a(Entered)).session

        earlier = await stack.enter_async_context(relay.applet(through(1)))
        in_channel = (await earlier.hear_a(Entered)).session
        await pick_up(relay, in_channel, token)
        await has_waited(relay, in_channel, 240)
        _, own = await private()
        await pick_up(relay, own, token)
        await has_waited(relay, own, 30)
        applet = await stack.enter_async_context(relay.applet(through(1)))
        await told(applet, Wait(seconds=240))
        applet, _ = await private()
        await told(applet, Wait(seconds=30))
