"""Who hears which technicians are there, and who counts as available."""

from contextlib import AsyncExitStack

import pytest

from codec.wire.api_types import PickUp
from codec.wire.signals import Attention, Refused, Technicians
from codec.wire.technician_status import TechnicianStatus
from relay.organization.units import Unit
from tests.support.channels import assign, choose, make_desk, sign_in, through
from tests.support.relays import ConsoleEnd, RunningRelay

AVAILABLE, BUSY, AWAY = TechnicianStatus
PAGE = "https://northwind.example/closed"
Shown = dict[str, tuple[TechnicianStatus, int]]


async def shown(console: ConsoleEnd, wanted: Shown) -> Technicians:
    """Return what a console hears once it shows these technicians, so and with so many sessions."""
    while True:
        heard: Technicians = await console.hear_a(Technicians)
        if {each.name: (each.status, each.sessions) for each in heard.technicians} == wanted:
            return heard


async def set_of_group(relay: RunningRelay, group: Unit, **values: object) -> None:
    """Have a group choose settings of the console."""
    chosen = {f"console.{key}": value for key, value in values.items()}
    status, answer = await relay.call("PATCH", f"/settings/technician_group/{group.id}", {"values": chosen})
    assert status == 200, answer


async def refuses_when_no_one_is_there(relay: RunningRelay, group: Unit) -> None:
    """Have channel 1 served by a group, and take customers to a page while none of them is available."""
    await assign(relay, 1, group)
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    hours = {"availability.days": days, "availability.start": "00:00", "availability.end": "00:00"}
    await choose(relay, 1, {**hours, "availability.open_policy": "refuse", "availability.open_page": PAGE})


async def is_let_in(relay: RunningRelay) -> bool:
    """Whether a customer may wait in channel 1 now."""
    async with relay.applet(through(1)) as applet:
        return not isinstance(await applet.hear(), Refused)


@pytest.mark.req("TECH-18", "SESS-98")
async def test_a_status_reaches_the_consoles_of_ones_own_group_and_no_others(relay: RunningRelay) -> None:
    await make_desk(relay, "Bob", "Carla")
    await make_desk(relay, "Dora")
    async with (
        relay.console("console-of-bob", await sign_in(relay, "Bob")) as bob,
        relay.console("console-of-carla", await sign_in(relay, "Carla")) as carla,
        relay.console("console-of-dora", await sign_in(relay, "Dora")) as dora,
    ):
        await bob.say(Attention(is_here=True))
        await carla.say(Attention(is_here=False))
        await dora.say(Attention(is_here=True))
        await shown(carla, {"Bob": (AVAILABLE, 0), "Carla": (AWAY, 0)})
        await bob.say(Attention(is_here=True, chosen=BUSY))
        assert (await shown(carla, {"Bob": (BUSY, 0), "Carla": (AWAY, 0)})).chosen is AVAILABLE
        assert (await shown(bob, {"Bob": (BUSY, 0), "Carla": (AWAY, 0)})).chosen is BUSY
        await shown(dora, {"Dora": (AVAILABLE, 0)})
        await carla.socket.close()
        await shown(bob, {"Bob": (BUSY, 0)})


@pytest.mark.req("TECH-03", "TECH-05", "TECH-17", "SESS-98")
async def test_many_sessions_make_busy_until_one_ends_and_do_not_keep_from_taking_more(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await refuses_when_no_one_is_there(relay, group)
    await set_of_group(relay, group, busy_above=1)
    token = await sign_in(relay, "Bob")
    async with relay.console("console-of-bob", token) as bob, AsyncExitStack() as stack:
        await bob.say(Attention(is_here=True))
        await shown(bob, {"Bob": (AVAILABLE, 0)})
        customers = [await stack.enter_async_context(relay.applet(through(1))) for _ in range(3)]
        first, second, third = [(await relay.enter(each)).session for each in customers]
        for session, expected in ((first, AVAILABLE), (second, BUSY), (third, BUSY)):
            body = PickUp(console="console-of-bob")
            assert (await relay.call("POST", f"/sessions/{session}/pick-up", body, token))[0] == 200
            heard: Technicians = await bob.hear_a(Technicians)
            assert heard.technicians[0].status is expected
        assert not await is_let_in(relay)
        for session in (second, third):
            assert (await relay.call("POST", f"/sessions/{session}/end", token=token))[0] == 200
        await shown(bob, {"Bob": (AVAILABLE, 1)})
        assert await is_let_in(relay)


@pytest.mark.req("SESS-98", "SESS-102")
async def test_whoever_is_away_is_not_there_for_customers(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await refuses_when_no_one_is_there(relay, group)
    async with relay.console("console-of-bob", await sign_in(relay, "Bob")) as bob:
        assert not await is_let_in(relay), "its console has not said that anyone is at it"
        await bob.say(Attention(is_here=True))
        await shown(bob, {"Bob": (AVAILABLE, 0)})
        assert await is_let_in(relay)
        await bob.say(Attention(is_here=False))
        await shown(bob, {"Bob": (AWAY, 0)})
        assert not await is_let_in(relay)
        await bob.say(Attention(is_here=True, chosen=AWAY))
        await bob.say(Attention(is_here=True, chosen=AVAILABLE))
        await shown(bob, {"Bob": (AVAILABLE, 0)})
        assert await is_let_in(relay)
    assert not await is_let_in(relay)
