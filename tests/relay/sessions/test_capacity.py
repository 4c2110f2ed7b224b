"""No technician has more sessions at once than their group allows."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from codec.wire.api_types import PickUp
from tests.support.channels import assign, make_desk, sign_in, through
from tests.support.relays import RunningRelay

BOB = "console-of-bob"


async def desk_of_at_most(relay: RunningRelay, most: int) -> str:
    """Have Bob serve a channel, in a group that allows so many sessions; return his token."""
    group, *_people = await make_desk(relay, "Bob")
    await assign(relay, 1, group)
    values = {"console.most_sessions": most}
    status, answer = await relay.call("PATCH", f"/settings/technician_group/{group.id}", {"values": values})
    assert status == 200, answer
    return await sign_in(relay, "Bob")


async def waiting(relay: RunningRelay, stack: AsyncExitStack) -> int:
    """Have a customer wait."""
    return (await relay.enter(await stack.enter_async_context(relay.applet(through(1))))).session


async def pick_up(relay: RunningRelay, session: int, token: str) -> tuple[int, str]:
    """Ask for a session; return the status and the problem."""
    status, body = await relay.call("POST", f"/sessions/{session}/pick-up", PickUp(console=BOB), token)
    return status, body.get("problem", "")


@pytest.mark.req("TECH-01")
async def test_the_next_one_is_picked_up_only_when_one_has_ended(relay: RunningRelay) -> None:
    token = await desk_of_at_most(relay, 2)
    async with relay.console(BOB, token), AsyncExitStack() as stack:
        first, second, third = [await waiting(relay, stack) for _ in range(3)]
        assert await pick_up(relay, first, token) == (200, "")
        assert await pick_up(relay, second, token) == (200, "")
        assert await pick_up(relay, third, token) == (409, "full")
        assert await pick_up(relay, second, token) == (200, ""), "it is counted already"
        assert (await relay.call("POST", f"/sessions/{first}/end", token=token))[0] == 200
        assert await pick_up(relay, third, token) == (200, "")


@pytest.mark.req("TECH-01")
async def test_two_at_once_do_not_both_get_the_last_place(relay: RunningRelay) -> None:
    token = await desk_of_at_most(relay, 1)
    async with relay.console(BOB, token), AsyncExitStack() as stack:
        sessions = [await waiting(relay, stack) for _ in range(4)]
        answers = await asyncio.gather(*(pick_up(relay, session, token) for session in sessions))
    assert sorted(answers) == [(200, ""), (409, "full"), (409, "full"), (409, "full")]
