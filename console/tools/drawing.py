"""What the technician draws over the picture of the customer's camera, for the customer to see."""

from typing import Any

from codec.wire.messages import ClearMarks, Mark, Message
from codec.wire.tools import ToolName
from console.tools.base import Holds, Rules, Tool, ToolHost


class DrawingRules(Rules):
    """Knows whether something is drawn."""

    def __init__(self, holds: Holds, now: float) -> None:
        super().__init__(holds, now)
        self.is_drawn = False

    def may_say(self, message: Message, now: float) -> bool:
        """See Rules."""
        self.is_drawn = isinstance(message, Mark)
        return True

    def start_over(self) -> None:
        """See Rules."""
        self.is_drawn = False


class DrawingTool(Tool):
    """Takes the marks away when the page that drew them is gone."""

    name = ToolName.DRAWING
    rules_type = DrawingRules

    def __init__(self, host: ToolHost, rules: Any) -> None:
        super().__init__(host, rules)
        self._rules: DrawingRules = rules

    def page_left(self, watched: bool) -> None:
        """See Tool."""
        if self._rules.is_drawn:
            self.host.send(ClearMarks())
