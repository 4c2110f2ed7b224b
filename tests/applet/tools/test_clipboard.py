"""A paste that comes right behind its text waits until that is in the clipboard."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from applet.session.ui_state import ToolNews, UiState
from applet.tools import clipboard
from applet.tools.clipboard import ClipboardTool, CopiedThere, TextPlaced
from codec.wire.access import Access
from codec.wire.messages import ClipboardText, Key, Message, Modifier, PointerMove, ReleaseKeys
from tests.support.waiting import eventually

PASTE, UP = Key(True, "KeyV", "v", "v", Modifier.CONTROL), Key(False, "KeyV", "v", "v", Modifier.CONTROL)
BOTH = frozenset({Access.CONTROL, Access.CLIPBOARD})


@dataclass
class Host:
    """What the tool says, and what it has carried out."""

    told: list[ToolNews] = field(default_factory=list)
    taken: list[Message] = field(default_factory=list)
    ui_state: UiState = field(default_factory=UiState)

    def __post_init__(self) -> None:
        self.tell = self.told.append
        self.take = self.taken.append

    def show(self, ui_state: UiState) -> None:
        self.ui_state = ui_state

    def send(self, message: Message) -> None:
        raise AssertionError(message)

    def discard(self, _lane: object) -> None:
        """Nothing waits."""

    def tool(self) -> ClipboardTool:
        host: Any = self
        return ClipboardTool(host)


async def test_a_paste_waits_until_its_text_is_placed_and_keeps_what_follows_behind_it() -> None:
    host = Host()
    tool = host.tool()
    assert not tool.holds_back(PASTE)
    tool.take(ClipboardText("old"))
    tool.take(ClipboardText("new"))
    assert host.told == [CopiedThere("old"), CopiedThere("new")]
    assert not tool.holds_back(Key(True, "ControlLeft", "Control"))
    assert tool.holds_back(PASTE)
    assert tool.holds_back(UP)
    tool.intend(TextPlaced("old"))
    assert host.taken == []
    tool.intend(TextPlaced("new"))
    assert host.taken == [PASTE, UP]
    assert not tool.holds_back(PASTE)


async def test_windows_that_do_not_answer_hold_it_up_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "PLACE_SECONDS", 0.05)
    host = Host()
    tool = host.tool()
    tool.take(ClipboardText("text"))
    assert tool.holds_back(PASTE)
    await eventually(lambda: host.taken == [PASTE])
    tool.take(ClipboardText("text"))
    assert tool.holds_back(PASTE)
    tool.unseen()
    assert host.taken == [PASTE, PASTE]


async def test_nothing_is_pasted_once_the_clipboard_may_no_longer_be_shared() -> None:
    host = Host()
    tool = host.tool()
    tool.allow(BOTH)
    tool.take(ClipboardText("text"))
    assert tool.holds_back(PASTE)
    assert tool.holds_back(PointerMove(0, 1, 1))
    tool.allow(frozenset({Access.CONTROL}))
    assert host.taken == [ReleaseKeys()]
    tool.take(ClipboardText("text"))
    assert tool.holds_back(PASTE)
    tool.end()
    assert host.taken == [ReleaseKeys(), ReleaseKeys()]
