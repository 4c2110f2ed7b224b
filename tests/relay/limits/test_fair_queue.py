"""Turns at work are fair between parties, bounded, and never lost."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from relay.limits.fair_queue import LATELY_SECONDS, REMEMBERED, BusyError, CallerGoneError, Turns, caller_is_gone


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop run until something holds."""
    for _ in range(1_000):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never held")


class Work:
    """Work that goes on until the test lets it end, and who did it in which order."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.began: list[str] = []
        self.free = asyncio.Semaphore(0)

    def of(self, party: str) -> "asyncio.Task[None]":
        """Come for a turn."""
        return asyncio.ensure_future(self._do(party))

    async def _do(self, party: str) -> None:
        async with self.turns.turn(party):
            self.began.append(party)
            await self.free.acquire()


async def test_a_crowd_from_one_place_delays_another_by_one_turn() -> None:
    work = Work(Turns(1, 64))
    crowd = [work.of("crowd") for _ in range(50)]
    await until(lambda: work.turns.waiting == 49)
    other = work.of("other")
    await until(lambda: work.turns.waiting == 50)
    for _ in range(2):
        work.free.release()
    await until(lambda: len(work.began) == 3)
    assert work.began == ["crowd", "crowd", "other"]
    for each in (*crowd, other):
        each.cancel()


async def test_places_are_bounded_and_the_longest_line_gives_way() -> None:
    work = Work(Turns(1, 4))
    crowd = [work.of("crowd") for _ in range(6)]
    await until(crowd[5].done)
    assert isinstance(crowd[5].exception(), BusyError)
    other = work.of("other")
    await until(crowd[4].done)
    assert isinstance(crowd[4].exception(), BusyError)
    assert (work.turns.waiting, other.done()) == (4, False)
    for _ in range(6):
        work.free.release()
    await asyncio.gather(*crowd[:4], other)
    assert sorted(work.began) == ["crowd"] * 4 + ["other"]


async def test_where_all_lines_are_alike_who_comes_last_is_told_so() -> None:
    work = Work(Turns(1, 3))
    first = [work.of(party) for party in "abcd"]
    await until(lambda: work.turns.waiting == 3)
    with pytest.raises(BusyError) as caught:
        await work.turns.begin("e")
    assert caught.value.retry_seconds > 0
    for each in first:
        each.cancel()


async def test_f13_a_few_that_come_again_and_again_keep_nobody_out_who_has_not_had_a_turn() -> None:
    """F13: seven networks held the six places of an account's slow lane for good, and its owner never got one."""
    work = Work(Turns(1, 6))
    strangers = [f"network {number}" for number in range(7)]
    tasks = [work.of(stranger) for stranger in strangers]
    for done in range(1, len(strangers) + 1):  # each has its turn and comes again at once
        await until(lambda done=done: len(work.began) == done)  # type: ignore[misc]
        work.free.release()
        tasks.append(work.of(strangers[done - 1]))
    await until(lambda: work.turns.waiting == 6)
    owner = work.of("owner")
    await until(lambda: any(each.done() and each.exception() for each in tasks))
    tasks += [work.of(stranger) for stranger in strangers]  # nor do they take the place away again
    for _ in range(7):
        work.free.release()
    await owner
    assert "owner" in work.began
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_f13_what_is_remembered_of_parties_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now)
    turns = Turns(1, 4)
    for number in range(REMEMBERED + 10):
        async with turns.turn(f"network {number}"):
            pass
    assert len(turns._had) == REMEMBERED
    now = LATELY_SECONDS + 1
    async with turns.turn("one"):
        pass
    assert dict(turns._had) == {"one": 1}


@pytest.mark.parametrize("moment", ["waiting", "as it is given its turn"])
async def test_who_is_cut_off_leaves_the_turn_to_others(moment: str) -> None:
    work = Work(Turns(1, 8))
    working, cut, last = work.of("a"), work.of("b"), work.of("c")
    await until(lambda: work.turns.waiting == 2)
    if moment == "waiting":
        cut.cancel()
        await until(cut.done)
        work.free.release()
    else:
        work.free.release()
        await working
        cut.cancel()
    await until(lambda: work.began[-1] == "c")
    work.free.release()
    await last
    async with work.turns.turn("d"):
        assert work.turns.waiting == 0


async def test_one_that_is_cut_off_in_the_very_moment_is_passed_over() -> None:
    """A task that was cancelled has not left its line yet when the turn before it ends."""
    turns = Turns(1, 8)
    await turns.begin("a")
    cut, last = asyncio.ensure_future(turns.begin("b")), asyncio.ensure_future(turns.begin("c"))
    await until(lambda: turns.waiting == 2)
    cut.cancel()
    turns.end(0)
    await last
    turns.end(0)
    assert (turns.waiting, turns._free) == (0, 1)


async def test_a_pause_keeps_turns_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, later = asyncio.get_running_loop(), []
    monkeypatch.setattr(loop, "time", lambda: 100.0)
    monkeypatch.setattr(loop, "call_later", lambda delay, call: later.append((delay, call)))
    turns, began = Turns(1, 8, pause=5.0), []

    async def come(party: str) -> None:
        async with turns.turn(party):
            began.append(party)

    works: list[Awaitable[None]] = [asyncio.ensure_future(come(party)) for party in "ab"]
    await until(lambda: len(later) == 1)
    assert began == ["a"]
    ((delay, call),) = later
    assert delay == 5.0
    call()
    await asyncio.gather(*works)
    assert began == ["a", "b"]


@pytest.mark.finding("load-1.5")
async def test_nothing_is_done_for_those_who_have_gone_and_they_take_nobodys_place() -> None:
    work, gone = Work(Turns(1, 3, skips_gone=True)), set[str]()

    def of(party: str) -> "asyncio.Task[None]":
        token = caller_is_gone.set(lambda: party in gone)
        task = work.of(party)
        caller_is_gone.reset(token)
        return task

    first, impatient, patient, late = (of(party) for party in ("first", "impatient", "patient", "late"))
    await until(lambda: work.turns.waiting == 3)
    gone |= {"impatient"}
    newcomer = of("newcomer")
    await until(impatient.done)
    assert isinstance(impatient.exception(), CallerGoneError)
    assert not newcomer.done()
    gone |= {"patient"}
    for _ in range(3):
        work.free.release()
    await asyncio.gather(first, late, newcomer)
    assert isinstance(patient.exception(), CallerGoneError)
    assert work.began == ["first", "late", "newcomer"]
