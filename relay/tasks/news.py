"""Work that follows news: what comes together is followed at once, and what failed is tried again."""

import asyncio
import logging
from abc import ABC, abstractmethod

from relay.tasks.completion import shielded

AGAIN_SECONDS = 1.0
_log = logging.getLogger(__name__)


class NewsFollower(ABC):
    """Run `keep_following` as long as the relay runs. To the bus it is a Follower to which all news are alike.

    `purpose` says in the log what was not done where it failed.
    """

    purpose: str

    def __init__(self) -> None:
        self._news = asyncio.Event()

    @abstractmethod
    async def follow(self) -> None:
        """Do what follows from all news so far."""

    @property
    @abstractmethod
    def gather_seconds(self) -> float:
        """Return for how long news are gathered before they are followed."""

    def note(self) -> None:
        """There is news."""
        self._news.set()

    def hear(self, _topic: object, _message: bytes) -> None:
        """See Follower."""
        self.note()

    def missed(self) -> None:
        """See Follower."""
        self.note()

    async def keep_following(self) -> None:
        """Follow all news, until cancelled."""
        while True:
            await self._news.wait()
            await asyncio.sleep(self.gather_seconds)
            self._news.clear()
            try:
                await shielded(self.follow())
            except Exception:
                _log.exception("%s: it failed, trying again", self.purpose)
                await asyncio.sleep(AGAIN_SECONDS)
                self.note()
