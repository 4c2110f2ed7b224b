"""What passes with time: PINs expire, customers who wait are timed out, sign-ins end. Begun again every few seconds."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from relay.tasks.completion import shielded

SWEEP_SECONDS = 5.0
JUMP_SECONDS = 60.0
"""Clocks that are adjusted gently move less than this against the monotonic one between two rounds."""
JUST_NOW = timedelta(seconds=3 * SWEEP_SECONDS)
"""What is stamped so lately may be stamped by the clock as it was set, and is left as it is."""
Step = Callable[[datetime], Coroutine[Any, Any, object]]
Mover = Callable[[timedelta, datetime], Coroutine[Any, Any, None]]
_log = logging.getLogger(__name__)


def elapsed() -> float:
    """Return seconds that no one can set: where the system can tell, those that it slept are among them."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


def was_before(stamp: datetime, now: datetime) -> bool:
    """Whether something was stamped before the clock was set to what is `now`, and has to be moved with it. Pure."""
    return not now - JUST_NOW <= stamp <= now


class Jumps:
    """Notices that the clock was set. Pure."""

    def __init__(self, wall: datetime, steady: float) -> None:
        self._difference = wall.timestamp() - steady

    def between(self, wall: datetime, steady: float) -> timedelta | None:
        """Return by how much the clock was set since the last call, None while it only went on."""
        difference = wall.timestamp() - steady
        moved, self._difference = difference - self._difference, difference
        return timedelta(seconds=moved) if abs(moved) > JUMP_SECONDS else None


class Sweep:
    """Does its `steps` with the present moment, one after the other.

    `movers` hear by how much the clock was set, once each, and what time it is by the clock as it is now. Without any,
    as among several relays, deadlines stay as they are. While `is_clock_right` says no, no time passes.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        movers: Sequence[Mover],
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        steady: Callable[[], float] = elapsed,
        is_clock_right: Callable[[], bool] = lambda: True,
    ) -> None:
        self._is_clock_right = is_clock_right
        self._steps = steps
        self._movers = movers
        self._wall, self._steady = wall, steady
        self._jumps = Jumps(wall(), steady())
        self._owed = [timedelta(0)] * len(movers)

    async def once(self) -> None:
        """Do one round. Raises what a step raises; the next round does all of it again.

        Where the clock was set, deadlines are moved with it first, and nothing ends in this round.
        """
        now = self._wall()
        moved = self._jumps.between(now, self._steady())
        if moved is not None:
            _log.warning("the clock was set by %+.0f seconds", moved.total_seconds())
            self._owed = [owed + moved for owed in self._owed]
        if moved is not None or any(self._owed):
            for number, mover in enumerate(self._movers):
                if self._owed[number]:
                    await shielded(mover(self._owed[number], now))
                    self._owed[number] = timedelta(0)
            return
        if not self._is_clock_right():
            _log.error("the clock of this computer is far from the database's; turn on time synchronisation")
            return
        for step in self._steps:
            await shielded(step(now))

    async def keep_sweeping(self) -> None:
        """Do a round again and again. One failure (a full disk) must not stop it for ever."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self.once()
            except Exception:
                _log.exception("time does not pass in the database; trying again")
