"""The shared clipboard: what is copied on one computer can be pasted on the other."""

import asyncio
import logging
from typing import Any

from codec.session.paste_queue import PasteQueue, TooMuchWaitsError
from codec.session.stream import StreamFullError
from codec.wire.access import FUNCTIONS, Access
from codec.wire.lanes import Lane
from codec.wire.messages import Message, ReleaseKeys
from codec.wire.tools import ToolName
from console.page.messages import ClipboardShared, ShareClipboard
from console.tools.base import Holds, Rules, Tool, ToolHost, Verdict, verdict

LOOK_SECONDS = 0.01
"""So often it is looked whether the text that a paste waits for has arrived."""
_log = logging.getLogger(__name__)


class ClipboardRules(Rules):
    """Texts flow while the customer allows it and the technician's own switch is on, which is off at first."""

    ends_without = Access.CLIPBOARD

    def __init__(self, holds: Holds, now: float) -> None:
        super().__init__(holds, now)
        self.shares = False
        """The technician's own switch."""

    @property
    def flows(self) -> bool:
        """Whether texts are copied from one clipboard to the other now."""
        return self.shares and Access.CLIPBOARD in self.holds.granted and self._is_permitted

    def share(self, on: bool) -> None:
        """The technician turns it on or off."""
        self.shares = on and self._is_permitted

    def admit(self, message: Message, now: float) -> Verdict:
        """See Rules."""
        return verdict(message, self.flows)

    def may_say(self, message: Message, now: float) -> bool:
        """See Rules."""
        return self.flows

    def granted(self, before: frozenset[Access]) -> None:
        """See Rules."""
        if Access.CLIPBOARD in before - self.holds.granted:
            self.shares = False

    def settled(self, waits: frozenset[Access]) -> None:
        """See Rules. The technician wanted it, and no question is open any more that could bring it."""
        if Access.CLIPBOARD not in self.holds.granted | waits:
            self.shares = False

    def start_over(self) -> None:
        """See Rules."""
        self.shares = False

    @property
    def _is_permitted(self) -> bool:
        return FUNCTIONS[Access.CLIPBOARD] in self.holds.functions


class ClipboardTool(Tool):
    """Tells the pages how the clipboard is shared, and lets a paste wait for its text."""

    name = ToolName.CLIPBOARD
    rules_type = ClipboardRules

    def __init__(self, host: ToolHost, rules: Any) -> None:
        super().__init__(host, rules)
        self._rules: ClipboardRules = rules
        self._told = self.opening()
        self._pastes = PasteQueue()
        self._looking: asyncio.TimerHandle | None = None

    def opening(self) -> ClipboardShared:
        """See Tool."""
        return ClipboardShared(self.host.number, self._rules.shares, self._copies)

    def said(self, message: ShareClipboard) -> None:
        """See Tool."""
        self._rules.share(message.on)

    def holds_back(self, message: Message) -> bool:
        """See Tool."""
        try:
            held = self._pastes.holds_back(message, self._copies)
        except TooMuchWaitsError as error:
            _log.warning("%s", error)
            self.host.send(ReleaseKeys())
            return True
        if held and self._looking is None:
            self._look_later()
        return held

    def changed(self) -> None:
        """See Tool. What waits and may no longer leave is not sent."""
        if not self._rules.flows:
            self.host.discard(Lane.BULK)
        now = self.opening()
        if now != self._told:
            self._told = now
            self.host.tell(now)

    def page_left(self, watched: bool) -> None:
        """See Tool. Nothing is pasted for a page that is gone."""
        self._pastes.take()

    def end(self) -> None:
        """See Tool."""
        self._pastes.take()
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    @property
    def _copies(self) -> bool:
        """Whether a long text is still on its way to the applet."""
        return self._rules.flows and self.host.unacknowledged(Lane.BULK) > 0

    def _look_later(self) -> None:
        self._looking = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._looking = None
        if not self._rules.flows:
            if self._pastes.take():  # what would be pasted now is something else
                self._send([ReleaseKeys()])
        elif self._copies:
            self._look_later()
        else:
            self._send(self._pastes.take())

    def _send(self, waiting: list[Message]) -> None:
        try:
            for message in waiting:
                self.host.ask(message)
        except StreamFullError as error:
            _log.info("a paste dropped: %s", error)  # a line too slow even for this ends the session elsewhere
