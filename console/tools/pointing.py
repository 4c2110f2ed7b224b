"""A technician who only watches may point: the customer sees a dot with the technician's name, which fades."""

from typing import Any

from codec.wire.messages import Point
from codec.wire.tools import ToolName
from console.tools.base import Holds, Rules, Tool, ToolHost


class PointingRules(Rules):
    """Knows where was pointed last."""

    def __init__(self, holds: Holds, now: float) -> None:
        super().__init__(holds, now)
        self.last: Point | None = None

    def may_say(self, message: Point, now: float) -> bool:
        """See Rules."""
        self.last = message
        return True

    def start_over(self) -> None:
        """See Rules."""
        self.last = None


class PointingTool(Tool):
    """Takes the dot away when the page that pointed is gone."""

    name = ToolName.POINTING
    rules_type = PointingRules

    def __init__(self, host: ToolHost, rules: Any) -> None:
        super().__init__(host, rules)
        self._rules: PointingRules = rules

    def page_left(self, watched: bool) -> None:
        """See Tool."""
        last = self._rules.last
        if last is not None and last.on:
            self.host.send(Point(last.display, last.x, last.y, on=False))
