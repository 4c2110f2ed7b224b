"""What becomes of customers whom no one can help now: as the organisation chose for the channel."""

from datetime import UTC, datetime, timedelta

import pytest

from codec.wire.signals import Attention, Entered, Refusal, Refused, Technicians
from tests.support.channels import assign, choose, make_desk, sign_in, through
from tests.support.relays import RunningRelay

PAGE = "https://northwind.example/closed"
EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@pytest.mark.req("SESS-102", "SESS-107", "SESS-111")
async def test_outside_working_hours_customers_are_taken_to_a_page_where_that_was_chosen(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    await choose(
        relay,
        1,
        {"availability.days": [], "availability.closed_policy": "refuse", "availability.closed_page": PAGE},
    )
    token = await sign_in(relay, "Bob")
    async with relay.console("console-of-bob", token) as console, relay.applet(through(1)) as applet:
        assert await applet.hear() == Refused(Refusal.CLOSED, page=PAGE)
        assert console.desk.sessions == []
    assert (await relay.call("GET", "/sessions", token=token))[1] == []


@pytest.mark.req("SESS-103")
async def test_who_may_wait_outside_working_hours_reads_when_they_begin(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    start, end = (f"{datetime.now(UTC) + timedelta(hours=hours):%H:%M}" for hours in (2, 3))
    await choose(relay, 1, {"availability.days": EVERY_DAY, "availability.start": start, "availability.end": end})
    async with relay.applet(through(1)) as applet:
        entered = await relay.enter(applet)
        assert entered.opens is not None
        assert timedelta(hours=1) < entered.opens - datetime.now(UTC) <= timedelta(hours=2)


@pytest.mark.req("SESS-102")
async def test_during_working_hours_it_counts_whether_anyone_is_there(relay: RunningRelay) -> None:
    group, *_people = await make_desk(relay, "Bob", "Carla")
    await assign(relay, 1, group)
    await choose(relay, 1, {"availability.days": EVERY_DAY})
    await choose(relay, 1, {"availability.start": "00:00", "availability.end": "00:00"})
    await choose(relay, 1, {"availability.open_policy": "refuse", "availability.open_page": PAGE})
    async with relay.console() as console:
        await console.say(Attention(is_here=True))
        await console.hear_a(Technicians)
        async with relay.applet(through(1)) as applet:
            assert await applet.hear() == Refused(Refusal.NO_ONE_THERE, page=PAGE), "who is there does not serve it"
    async with relay.console("console-of-bob", await sign_in(relay, "Bob")) as console:
        await console.say(Attention(is_here=True))
        await console.hear_a(Technicians)
        async with relay.applet(through(1)) as applet:
            assert isinstance(await applet.hear(), Entered)
