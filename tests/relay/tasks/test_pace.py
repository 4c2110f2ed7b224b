"""A herd is let in a few at a time, in order, and whoever has gone takes nobody's turn."""

import asyncio

from relay.tasks.pace import Pace


async def test_a_few_begin_in_each_turn_of_the_loop_in_the_order_in_which_they_came() -> None:
    pace, begun = Pace(2), list[int]()

    async def come(number: int) -> None:
        await pace.begin()
        begun.append(number)

    herd = [asyncio.ensure_future(come(number)) for number in range(9)]
    counts = []
    while len(begun) < 9:
        await asyncio.sleep(0)
        counts.append(len(begun))
    assert begun == list(range(9))
    assert max(after - before for before, after in zip([0, *counts], counts, strict=False)) <= 2
    await asyncio.gather(*herd)


async def test_one_alone_waits_for_nothing() -> None:
    pace = Pace(2)
    for _ in range(4):
        before = asyncio.ensure_future(pace.begin())
        await asyncio.sleep(0)
        assert before.done()
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_who_has_gone_takes_nobodys_turn() -> None:
    pace, begun = Pace(1), list[int]()

    async def come(number: int) -> None:
        await pace.begin()
        begun.append(number)

    herd = [asyncio.ensure_future(come(number)) for number in range(5)]
    await asyncio.sleep(0)
    for number in (1, 2, 3):
        herd[number].cancel()
    await asyncio.wait(herd)
    assert begun == [0, 4]
