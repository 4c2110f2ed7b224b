"""The shared clipboard: what is copied on one computer can be pasted on the other."""

from typing import Any

from codec.wire.access import FUNCTIONS, Access
from codec.wire.lanes import Lane
from codec.wire.messages import Message
from codec.wire.tools import ToolName
from console.page.messages import ClipboardShared, ShareClipboard
from console.tools.base import Holds, Rules, Tool, ToolHost, Verdict, verdict


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
    """Tells the pages how the clipboard is shared."""

    name = ToolName.CLIPBOARD
    rules_type = ClipboardRules

    def __init__(self, host: ToolHost, rules: Any) -> None:
        super().__init__(host, rules)
        self._rules: ClipboardRules = rules
        self._told = self.opening()

    def opening(self) -> ClipboardShared:
        """See Tool."""
        return ClipboardShared(self.host.number, self._rules.shares, self._copies)

    def said(self, message: ShareClipboard) -> None:
        """See Tool."""
        self._rules.share(message.on)

    def changed(self) -> None:
        """See Tool. What waits and may no longer leave is not sent."""
        if not self._rules.flows:
            self.host.discard(Lane.BULK)
        now = self.opening()
        if now != self._told:
            self._told = now
            self.host.tell(now)

    @property
    def _copies(self) -> bool:
        """Whether a long text is still on its way to the applet."""
        return self._rules.flows and self.host.unacknowledged(Lane.BULK) > 0
