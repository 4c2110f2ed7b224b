"""Who comes and goes, kept many at a time: a thousand applets that go together cost a few transactions, not a thousand.

Nothing is lost where the database is busy: what was noted is kept as soon as it can be, as everything is by then.
"""

import asyncio
import logging
from datetime import UTC, datetime

from relay.limits.fair_queue import BusyError
from relay.sessions.service import Sessions
from relay.tasks.completion import shielded

AT_ONCE = 500
AGAIN_SECONDS = 1.0
LAST_SECONDS = 2.0
_log = logging.getLogger(__name__)


class PresenceWriter:
    """Notes who came or went. Run `keep_following` as long as the relay runs, then `finish`."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._applets: dict[int, None] = {}
        self._consoles: dict[tuple[int, str], None] = {}
        self._news = asyncio.Event()

    def applet(self, session: int) -> None:
        """The applet of a session has come or gone."""
        self._applets[session] = None
        self._news.set()

    def console(self, person: int, name: str) -> None:
        """A console has come or gone: the sessions that it holds change with it."""
        self._consoles[person, name] = None
        self._news.set()

    async def keep_following(self) -> None:
        """Store what was noted and announce it, until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await shielded(self.follow())
            except BusyError as error:
                await self._try_again(error.retry_seconds)
            except Exception:
                _log.exception("who came and went could not be kept; trying again")
                await self._try_again(AGAIN_SECONDS)

    async def follow(self) -> None:
        """Store and announce all that is noted. What could not be stored stays noted. Raises as transactions do."""
        while self._applets or self._consoles:
            applets, consoles = list(self._applets)[:AT_ONCE], list(self._consoles)[:AT_ONCE]
            for session in applets:
                del self._applets[session]  # whoever comes or goes while this is stored is noted once more
            for console in consoles:
                del self._consoles[console]
            try:
                await self._sessions.presences_changed(applets, consoles, datetime.now(UTC))
            except BaseException:
                self._applets |= dict.fromkeys(applets)
                self._consoles |= dict.fromkeys(consoles)
                raise

    async def finish(self) -> None:
        """The relay goes down: keep what is noted if that takes no time. The next start finds everybody away anyway."""
        try:
            async with asyncio.timeout(LAST_SECONDS):
                await shielded(self.follow())
        except Exception as error:
            _log.info("the next start will note who went: %s", error or type(error).__name__)

    async def _try_again(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._news.set()
