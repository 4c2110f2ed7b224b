"""Customers with a PIN whose technician is not available: they wait, or see a page, as the group has it."""

import msgspec
import pytest

from codec.wire.api_types import Code, Method, NewCode, SessionState
from codec.wire.signals import Attention, Entered, Refusal, Refused
from tests.support.channels import make_desk, sign_in
from tests.support.relays import RunningRelay, enter_with

PAGE = "https://northwind.example/later"


async def code_of(relay: RunningRelay, token: str) -> Code:
    """Make a PIN as this technician."""
    _, body = await relay.call("POST", "/codes", NewCode(method=Method.PIN), token)
    return msgspec.convert(body, Code)


@pytest.mark.req("SESS-112", "SESS-113", "SESS-116")
async def test_where_the_group_has_it_so_the_customer_sees_the_page_and_the_pin_works_later(
    relay: RunningRelay,
) -> None:
    group, _bob = await make_desk(relay, "Bob")
    values = {"private_availability.private_policy": "refuse", "private_availability.private_page": PAGE}
    path = f"/settings/technician_group/{group.id}"
    assert (await relay.call("PATCH", path, {"values": values}))[0] == 200
    token = await sign_in(relay, "Bob")
    code = await code_of(relay, token)
    async with relay.applet(enter_with(code)) as applet:
        assert await applet.hear() == Refused(Refusal.NO_ONE_THERE, page=PAGE)
    assert (await relay.call("GET", "/sessions", token=token))[1] == []
    async with relay.console("console-of-bob", token) as console:
        await console.say(Attention(is_here=True))
        while True:
            async with relay.applet(enter_with(code)) as applet:
                if isinstance(heard := await applet.hear(), Entered):
                    assert heard.state is SessionState.WAITING
                    break


@pytest.mark.req("SESS-114")
async def test_otherwise_they_wait_for_a_technician_who_is_not_there(relay: RunningRelay) -> None:
    await make_desk(relay, "Bob")
    code = await code_of(relay, await sign_in(relay, "Bob"))
    async with relay.applet(enter_with(code)) as applet:
        assert (await relay.enter(applet)).state is SessionState.WAITING
