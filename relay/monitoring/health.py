"""Whether the relay can do its work: it writes again and again, and reads what it wrote.

Questions cost nothing: they are answered by the latest look, so that a relay with much to do answers as fast as one
that is idle, and is not restarted for it.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from codec.host import background
from relay.limits.fair_queue import BusyError
from relay.monitoring.model import HeartbeatRow
from relay.store.database import Store
from relay.store.sqlite_file import LEAST_FREE_BYTES, StoreError, free_bytes
from relay.tasks.completion import shielded

LOOK_SECONDS = 2.0
ANSWER_SECONDS = 5.0
"""A database that takes longer to give one row does not answer."""
OLDEST_BEAT_SECONDS = 30.0
"""The sweep writes every 5 seconds; a backup or a command of the operator may keep it waiting for some."""
OLDEST_LOOK_SECONDS = 15.0
_BEAT = 1
_log = logging.getLogger(__name__)


class Health:
    """Looks, and says what is wrong. Call `beat` when the other work of the sweep has succeeded."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._beats = 0
        self._beaten_at = self._looked_at = clock()
        self._found = ""
        self._asked: asyncio.Task[int] | None = None

    @property
    def problem(self) -> str:
        """What is wrong, for the operator; empty while all is well."""
        now = self._clock()
        if self._found:
            return self._found
        if now - self._beaten_at > OLDEST_BEAT_SECONDS:
            return f"nothing could be written for {now - self._beaten_at:.0f} seconds; the log says why"
        if now - self._looked_at > OLDEST_LOOK_SECONDS:
            return "the database does not answer"
        return ""

    async def beat(self, now: datetime) -> None:
        """Write that the relay can write. Raises what transactions raise."""
        async with self._store.transaction() as transaction:
            row = await transaction.get(HeartbeatRow, _BEAT, with_for_update=True)
            if row is None:
                row = HeartbeatRow(id=_BEAT, beat=0, at=now)
                transaction.add(row)
            row.beat, row.at = row.beat + 1, now
            beats = row.beat
        self._beats, self._beaten_at = beats, self._clock()

    async def look(self) -> None:
        """Look now."""
        before, self._found = self._found, await self._look()
        self._looked_at = self._clock()
        if self._found and self._found != before:
            _log.error("the relay cannot do its work: %s", self._found)
        elif before and not self._found:
            _log.info("the relay can do its work again")

    async def keep_looking(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await shielded(self.look())
            except Exception:
                _log.exception("looking after the relay's health failed; trying again")
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> str:
        file = self._store.file
        if file is not None:
            if not file.is_there:
                return f"{file.file} was moved, removed or replaced; put it in its place and restart the relay"
            free = free_bytes(file.file)
            if free is not None and free < LEAST_FREE_BYTES:
                return f"the disk of {file.file} is full ({free / 1_000_000:,.1f} MB free)"
        # A question that is not answered is left to end as it will: one that is cut off spoils its connection.
        asked = self._asked = self._asked or background.start(self._read(), "reading the relay's health")
        if not (await asyncio.wait({asked}, timeout=ANSWER_SECONDS))[0]:
            return "the database does not answer"
        self._asked = None
        try:
            gives_back = asked.result()
        except (SQLAlchemyError, StoreError, BusyError, OSError) as error:
            cause = error.__cause__ or error
            return f"the database does not answer ({getattr(cause, 'orig', None) or cause or type(cause).__name__})"
        return "" if gives_back else "the database does not give back what was written"

    async def _read(self) -> bool:
        """Return whether the database has the beat that was the last when it was asked. More may be stored since."""
        beats = self._beats
        async with self._store.probing() as reading:
            return (await reading.scalar(select(HeartbeatRow.beat)) or 0) >= beats
