"""Waiting for what tells nobody when it happens: a file that another program writes, a window that appears."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

LOOK_SECONDS = 0.02


async def eventually(happened: Callable[[], bool], seconds: float = 10.0) -> None:
    """Return as soon as `happened` says yes. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not happened():  # noqa: ASYNC110  (there is no event to wait for)
            await asyncio.sleep(LOOK_SECONDS)


async def becomes_true(happens: Callable[[], Awaitable[bool]], seconds: float = 10.0) -> None:
    """Return as soon as `happens`, which has to be awaited itself, says yes. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not await happens():  # noqa: ASYNC110  (there is no event to wait for)
            await asyncio.sleep(LOOK_SECONDS)


async def written(file: Path, text: str, seconds: float = 10.0) -> str:
    """Return what is in a file as soon as that contains `text`. Raises TimeoutError, which says what is there."""
    try:
        await eventually(lambda: file.exists() and text in file.read_text(), seconds)
    except TimeoutError:
        there = file.read_text() if file.exists() else None  # noqa: ASYNC240  (a few bytes on a local disk)
        raise TimeoutError(f"{text!r} was not written in {seconds} s; there is {there!r}") from None
    return file.read_text()  # noqa: ASYNC240  (see above)
