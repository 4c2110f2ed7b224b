"""Beginning work at a pace that leaves the event loop to others: of a herd a few are let in at a time."""

import asyncio
from collections import deque


class Pace:
    """Lets `at_once` begin in one turn of the event loop; the others wait in the order in which they came."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._left = at_once
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_due = False

    async def begin(self) -> None:
        """Wait for one's turn, which needs no end."""
        self._come_back()
        if self._left > 0:
            self._left -= 1
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        await mine

    def _come_back(self) -> None:
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._is_due, self._left = False, self._at_once
        while self._waiting and self._left > 0:
            mine = self._waiting.popleft()
            if not mine.done():  # (who has gone takes nobody's turn)
                mine.set_result(None)
                self._left -= 1
        if self._waiting or self._left < self._at_once:
            self._come_back()
