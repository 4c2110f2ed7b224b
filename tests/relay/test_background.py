"""What is begun beside all requests ends before it is let go."""

import asyncio

import pytest

from relay.background import to_its_end


async def test_a_step_gives_what_it_makes() -> None:
    assert await to_its_end(asyncio.sleep(0, "made")) == "made"


async def test_a_step_ends_before_who_waits_for_it_is_cancelled() -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def step() -> None:
        begun.set()
        await may_end.wait()
        ended.set()

    waiting = asyncio.ensure_future(to_its_end(step()))
    await begun.wait()
    waiting.cancel()
    await asyncio.sleep(0)
    assert not waiting.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended.is_set()


async def test_a_step_that_fails_says_so() -> None:
    async def step() -> None:
        raise ValueError("this")

    with pytest.raises(ValueError, match="this"):
        await to_its_end(step())
