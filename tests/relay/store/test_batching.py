"""What many ask for at once: read together, never before they asked, and nobody's failure is another's."""

import asyncio
from collections.abc import Sequence

import pytest

from relay.store.batching import Batches
from tests.support.waiting import eventually


class Source:
    """Notes what is read together, and stops in the middle when it is told to."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.ended = 0
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.fails = False

    async def read(self, keys: Sequence[int]) -> dict[int, str]:
        self.batches.append(list(keys))
        await self.go_on.wait()
        self.ended += 1
        if self.fails:
            raise OSError("broken")
        return {key: f"{key} of batch {len(self.batches)}" for key in keys if key < 1000}


async def test_who_asks_at_the_same_time_is_read_for_together() -> None:
    source = Source()
    batches = Batches(source.read)
    assert await asyncio.gather(*(batches.get(key) for key in (1, 2, 2))) == [
        "1 of batch 1",
        "2 of batch 1",
        "2 of batch 1",
    ]
    assert source.batches == [[1, 2]]


async def test_who_asks_while_a_batch_is_read_gets_what_is_read_after_that() -> None:
    source = Source()
    batches = Batches(source.read)
    source.go_on.clear()
    first = asyncio.ensure_future(batches.get(1))
    await eventually(lambda: len(source.batches) == 1)
    later = [asyncio.ensure_future(batches.get(key)) for key in (1, 2, 3)]
    source.go_on.set()
    assert await first == "1 of batch 1"
    assert await asyncio.gather(*later) == ["1 of batch 2", "2 of batch 2", "3 of batch 2"]
    assert source.batches == [[1], [1, 2, 3]]


async def test_no_batch_is_larger_than_it_may_be_and_first_come_is_first_served() -> None:
    source = Source()
    batches = Batches(source.read, at_once=4)
    await asyncio.gather(*(batches.get(key) for key in range(10)))
    assert source.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


async def test_nothing_is_read_for_who_has_given_up() -> None:
    source = Source()
    batches = Batches(source.read)
    source.go_on.clear()
    first = asyncio.ensure_future(batches.get(1))
    await eventually(lambda: len(source.batches) == 1)
    gone, stays = asyncio.ensure_future(batches.get(2)), asyncio.ensure_future(batches.get(3))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait({gone})
    source.go_on.set()
    await asyncio.gather(first, stays)
    assert source.batches == [[1], [3]]


async def test_who_gives_up_while_it_is_read_for_them_ends_after_it() -> None:
    source = Source()
    batches = Batches(source.read)
    source.go_on.clear()
    gone = asyncio.ensure_future(batches.get(1))
    await eventually(lambda: len(source.batches) == 1)
    gone.cancel()
    assert not (await asyncio.wait({gone}, timeout=0.01))[0], "the database is still read for it"
    source.go_on.set()
    await asyncio.wait({gone})
    assert (gone.cancelled(), source.ended) == (True, 1)


async def test_a_failure_is_told_to_its_batch_and_the_next_is_read() -> None:
    source = Source()
    batches = Batches(source.read)
    source.fails = True
    failed = await asyncio.gather(batches.get(1), batches.get(2), return_exceptions=True)
    assert [str(each) for each in failed] == ["broken", "broken"]
    source.fails = False
    assert await batches.get(1) == "1 of batch 2"


async def test_what_is_not_there_is_nobody_elses_failure() -> None:
    batches = Batches(Source().read)
    missing, there = await asyncio.gather(batches.get(1000), batches.get(1), return_exceptions=True)
    assert isinstance(missing, LookupError)
    assert there == "1 of batch 1"
    with pytest.raises(LookupError):
        await batches.get(1001)
