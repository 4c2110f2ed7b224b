"""The picture of the customer's screen."""

import asyncio
from dataclasses import replace

from applet.screen.screen_share import ScreenShare
from applet.tools.base import Tool, ToolHost
from codec.host import background
from codec.session.diagnosis import customers_cause, facts_of
from codec.wire import messages
from codec.wire.access import Access
from codec.wire.lanes import Lane
from codec.wire.messages import Displays, Message, Notice, Refresh, Shown, Trouble, Watch
from codec.wire.tools import ToolName

STATS_SECONDS = 2.0


class PictureTool(Tool):
    """See applet/screen/screen_share.py, which reads, encodes and paces."""

    name = ToolName.PICTURE

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        platform = host.platform
        sees = lambda: host.latch.passes(Access.VIEW)  # noqa: E731  (asked in the capture thread too)
        self._share = ScreenShare(platform.open_screen, platform.open_watcher, self._say, sees)

    def take(self, message: Watch | Refresh | Shown) -> None:
        """See Tool."""
        match message:
            case Shown(display=display, number=number):
                self._share.shown(display, number)
            case Watch(display=watched, films=videos, packets=packets):
                self._share.watch(watched, videos, packets)
            case Refresh(display=display):
                self._share.refresh(display)

    def allow(self, granted: frozenset[Access]) -> None:
        """See Tool. What waits to be sent and may no longer be is not sent."""
        self._share.allow(Access.VIEW in granted)
        if Access.VIEW not in granted:
            self.host.discard(Lane.PICTURE)
            self.host.show(replace(self.host.ui_state, screen_trouble="", slow_because=""))

    async def run(self) -> None:
        """See Tool."""
        telling = background.start(self._tell_stats(), "telling what is measured")
        try:
            await self._share.run()
        finally:
            telling.cancel()

    async def _tell_stats(self) -> None:
        told_at = 0
        while True:
            await asyncio.sleep(STATS_SECONDS)
            stats = self._share.stats()
            self._tell_cause("" if stats is None else customers_cause(facts_of(stats)))
            if stats is None or (self._share.made_pictures == told_at and not stats.waits_ms):
                continue  # an idle screen costs nothing
            told_at = self._share.made_pictures
            self.host.send(stats)

    def _tell_cause(self, cause: str) -> None:
        if cause != self.host.ui_state.slow_because:
            self.host.show(replace(self.host.ui_state, slow_because=cause))

    def _say(self, message: Message) -> None:
        match message:
            case messages.Picture():
                pass
            case Displays(displays=displays):
                self.host.displays = displays
            case Notice(trouble=Trouble.DISPLAY_LOST, on=on, cause=cause):
                # The person here does not see by themselves that the technician sees nothing.
                self.host.show(replace(self.host.ui_state, screen_trouble=cause if on else ""))
        self.host.send(message)
