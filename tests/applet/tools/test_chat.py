"""Whether a session begins with the chat on, and whether the technician may turn it on and off."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from applet.session.ui_state import UiState
from applet.tools.chat import ChatTool
from codec.wire.messages import ChatState, Message, SwitchChat
from codec.wire.permits import Function


@dataclass
class Host:
    """What the group permits, and what the tool says to both sides."""

    permitted: frozenset[Function]
    sent: list[Message] = field(default_factory=list)
    ui_state: UiState = field(default_factory=UiState)

    def __post_init__(self) -> None:
        self.send = self.sent.append

    def permits(self, function: Function) -> bool:
        return function in self.permitted

    def show(self, ui_state: UiState) -> None:
        self.ui_state = ui_state


@pytest.mark.req("PERM-01", "PERM-02", "PERM-55", "PERM-56", "PERM-57", "PERM-58", "PERM-59")
@pytest.mark.parametrize("may_switch", [True, False])
@pytest.mark.parametrize("on", [True, False])
def test_the_group_says_whether_it_is_on_at_first_and_may_be_switched(on: bool, may_switch: bool) -> None:
    wanted = {Function.CHAT: on, Function.CHAT_TOGGLE: may_switch}
    host = Host(frozenset(each for each, is_permitted in wanted.items() if is_permitted))
    lent: Any = host
    tool = ChatTool(lent)
    tool.entered()
    tool.met()
    assert host.sent == [ChatState(on)]
    tool.take(SwitchChat(not on))
    assert host.sent[1:] == [ChatState(on != may_switch)]
    assert host.ui_state.chat_on == (on != may_switch)
