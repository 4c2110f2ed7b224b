"""Work that is given up tidies up to its end, whoever asks for that and however often."""

import asyncio

from codec.session.links.cancelling import cancel_and_wait


class _Work:
    """Work that needs a while to tidy up after it was cancelled."""

    def __init__(self) -> None:
        self.began, self.may_end = asyncio.Event(), asyncio.Event()
        self.tidy = False
        self.task = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.began.set()
            await self.may_end.wait()
            self.tidy = True


async def test_a_second_call_does_not_interrupt_what_the_first_began() -> None:
    work = _Work()
    await asyncio.sleep(0)
    first = asyncio.ensure_future(cancel_and_wait([work.task, None]))
    await work.began.wait()
    second = asyncio.ensure_future(cancel_and_wait([work.task]))
    await asyncio.sleep(0)
    work.may_end.set()
    await asyncio.gather(first, second)
    assert work.tidy


async def test_a_caller_that_is_cancelled_interrupts_nothing() -> None:
    work = _Work()
    await asyncio.sleep(0)
    caller = asyncio.ensure_future(cancel_and_wait([work.task]))
    await work.began.wait()
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    work.may_end.set()
    await cancel_and_wait([work.task])
    assert work.tidy


async def test_what_has_ended_before_is_no_matter() -> None:
    async def fails() -> None:
        raise OSError("no such network")

    task = asyncio.ensure_future(fails())
    await asyncio.wait({task})
    await cancel_and_wait([task])
    await cancel_and_wait([])
