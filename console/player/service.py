"""The players of all pages: one for each page that plays something. Lives in the event loop."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from codec.errors import DesksideError
from codec.recording.endings import JOURNAL
from console.library.library import Kept, Library
from console.page.open_pages import Page
from console.player.messages import OpenPlayer, PlayerDo, PlayerFailed, PlayerOpened
from console.player.player import Hearer
from console.player.player_thread import PlayerThread, described, source_of

PLAYER = 0
"""The session number under which pictures of a recording travel to the page."""


class CannotBePlayedError(DesksideError):
    """The recording could not be opened. The text says why."""


class Players:
    """Opens and closes players, and hands them what the pages do."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._playing: dict[Page, PlayerThread] = {}

    async def open(self, page: Page, asked: OpenPlayer) -> None:
        """Play something; return when it can be played. Raises UnknownRecordingError, CannotBePlayedError."""
        kept = self._library.find(asked.recording)
        path = kept.path(asked.file)
        self.close(page)
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[PlayerOpened | PlayerFailed] = loop.create_future()

        def tell(message: PlayerOpened | PlayerFailed) -> None:
            if self._playing.get(page) is player:
                page.tell(message)
            if not outcome.done():
                outcome.set_result(message)

        def soon(work: Callable[[], None]) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
                loop.call_soon_threadsafe(work)

        def if_here(work: Callable[[], None]) -> Callable[[], None]:
            return lambda: work() if self._playing.get(page) is player else None

        hearer = Hearer(
            message=lambda data: soon(if_here(lambda: page.pass_on(PLAYER, data))),
            now=lambda now: soon(if_here(lambda: page.tell(now))),
        )
        player = self._playing[page] = PlayerThread(
            source_of(path, _journal(kept)),
            described(kept.id, asked.file),
            hearer,
            lambda message: soon(lambda: tell(message)),
        )
        message = await outcome
        if isinstance(message, PlayerFailed):
            if self._playing.get(page) is player:
                del self._playing[page]
            raise CannotBePlayedError(message.message)

    def do(self, page: Page, deed: PlayerDo) -> None:
        """A page does something; without a player that means nothing."""
        if page in self._playing:
            self._playing[page].do(deed)

    def close(self, page: Page) -> None:
        """A page plays nothing any more."""
        player = self._playing.pop(page, None)
        if player is not None:
            player.close()

    def close_all(self) -> None:
        """The console ends."""
        for page in list(self._playing):
            self.close(page)


def _journal(kept: Kept) -> Path | None:
    """Return the journal of a recording, where there is one."""
    return next((kept.folder / each.name for each in kept.facts.files if each.name.endswith(JOURNAL)), None)
