"""What a technician draws is gone with the page that drew it."""

from typing import Any

from codec.wire.access import Access
from codec.wire.messages import ClearMarks, Mark, Message, Shape
from console.tools.drawing import DrawingRules, DrawingTool


class Everything:
    """All is granted."""

    granted = frozenset(Access)
    functions: frozenset[str] = frozenset()


class Host:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        """Keep it."""
        self.sent.append(message)


def test_a_page_that_leaves_takes_its_marks_with_it() -> None:
    host: Any = Host()
    rules = DrawingRules(Everything(), 0.0)
    tool = DrawingTool(host, rules)
    tool.page_left(False)
    assert host.sent == []
    assert rules.may_say(Mark(1, Shape.PEN, [0, 0, 1, 1]), 0.0)
    tool.page_left(True)
    assert host.sent == [ClearMarks()]
    rules.may_say(ClearMarks(), 0.0)
    tool.page_left(False)
    assert host.sent == [ClearMarks()]
