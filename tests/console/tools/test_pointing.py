"""What passes of pointing, and that nothing is pointed at for a page that is gone."""

from dataclasses import dataclass, field
from typing import Any

from codec.wire.access import Access
from codec.wire.messages import Answered, Ask, Asking, Granted, Message, Point, Release
from codec.wire.permits import Function
from codec.wire.tools import ToolName
from console.session.message_filter import MessageFilter
from console.tools.pointing import PointingTool

NOW = 100.0


@dataclass
class Host:
    """What is sent to the applet."""

    sent: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.send = self.sent.append


def seeing() -> MessageFilter:
    """Return the filter of a session whose customer shows the screen."""
    rules = MessageFilter(frozenset(Function), NOW)
    assert rules.may_say(Ask(1, Access.VIEW), NOW)
    for message in (Asking(1), Granted(frozenset({Access.VIEW})), Answered(1, True)):
        assert rules.admit(message, NOW).passed == message
    return rules


def test_only_who_sees_the_screen_points() -> None:
    assert not MessageFilter(frozenset(Function), NOW).may_say(Point(0, 1, 2), NOW)
    rules = seeing()
    assert rules.may_say(Point(0, 1, 2), NOW)
    assert rules.may_say(Release(Access.VIEW), NOW)
    assert not rules.may_say(Point(0, 1, 2), NOW)


def test_the_dot_goes_with_the_page() -> None:
    rules, host = seeing(), Host()
    lent: Any = host
    tool = PointingTool(lent, rules.rules[ToolName.POINTING])
    tool.page_left(watched=True)
    assert host.sent == []
    rules.may_say(Point(0, 1, 2), NOW)
    tool.page_left(watched=True)
    assert host.sent == [Point(0, 1, 2, on=False)]
    rules.may_say(host.sent[0], NOW)
    tool.page_left(watched=False)
    assert len(host.sent) == 1
