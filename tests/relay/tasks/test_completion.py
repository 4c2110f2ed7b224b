"""What is begun beside all requests ends before it is let go."""

import asyncio

import pytest

from relay.tasks.completion import run_together, shielded


async def test_a_step_gives_what_it_makes() -> None:
    assert await shielded(asyncio.sleep(0, "made")) == "made"


async def test_a_step_ends_before_who_waits_for_it_is_cancelled() -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def step() -> None:
        begun.set()
        await may_end.wait()
        ended.set()

    waiting = asyncio.ensure_future(shielded(step()))
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
        await shielded(step())


async def test_the_end_of_one_work_is_not_taken_for_the_end_of_all() -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def idle() -> None:
        await asyncio.Event().wait()

    async def busy() -> None:
        begun.set()
        await shielded(may_end.wait())

    all_of_it = run_together(idle(), busy())
    await begun.wait()
    all_of_it.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    assert not all_of_it.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await all_of_it
