"""The chat log, and what a page that comes later must hear."""

from datetime import UTC, datetime

import pytest

from codec.wire.access import Access
from codec.wire.chat_log import Who
from codec.wire.messages import (
    Answered,
    Asking,
    Computer,
    Display,
    Displays,
    Granted,
    Notice,
    Release,
    SessionMessage,
    Stopped,
    Trouble,
)
from console.page.messages import Event
from console.session.history import MAX_LINES, ChatLog, Snapshot, event_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)
COMPUTER = Computer(1, "PC", "Linux", "en")
DISPLAYS = Displays([Display(0, "main", 0, 0, 800, 600)])
VIEW = Granted(frozenset({Access.VIEW}))


def test_lines_are_numbered_and_bounded() -> None:
    log = ChatLog(7)
    for number in range(MAX_LINES + 5):
        log.write(Who.CUSTOMER, str(number), NOW)
    assert len(log.lines) == MAX_LINES
    assert (log.lines[0].number, log.lines[0].text) == (6, "5")
    assert log.note(Event.CONNECTED, NOW, "cipher").who is Who.SYSTEM


def test_a_later_page_hears_what_still_holds() -> None:
    snapshot = Snapshot()
    lost = Notice(Trouble.DISPLAY_LOST, True)
    for message in (VIEW, COMPUTER, Asking(1), lost, DISPLAYS, Answered(1, True)):
        snapshot.note(message)
    assert snapshot.replay() == [COMPUTER, VIEW, DISPLAYS, lost]
    assert snapshot.granted == {Access.VIEW}
    snapshot.note(Notice(Trouble.DISPLAY_LOST, False))
    assert snapshot.replay() == [COMPUTER, VIEW, DISPLAYS]
    snapshot.forget()
    assert snapshot.replay() == []
    assert snapshot.granted == frozenset()


@pytest.mark.parametrize(
    ("message", "before", "line"),
    [
        (VIEW, frozenset(), (Event.ALLOWED, "view")),
        (Granted(frozenset(Access)), frozenset({Access.VIEW}), (Event.ALLOWED, "view control clipboard camera record")),
        (VIEW, frozenset(Access), None),
        (Answered(1, False), frozenset(), (Event.DECLINED, "")),
        (Answered(1, False, permitted=False), frozenset(), (Event.NOT_PERMITTED, "")),
        (Answered(1, True), frozenset(), None),
        (Stopped(True), frozenset(), (Event.STOPPED_BY_KEY, "")),
        (Stopped(False), frozenset(), (Event.STOPPED_BY_BUTTON, "")),
        (Release(Access.CONTROL), frozenset(), (Event.RELEASED, "control")),
        (COMPUTER, frozenset(), None),
    ],
)
def test_what_deserves_a_line(
    message: SessionMessage, before: frozenset[Access], line: tuple[Event, str] | None
) -> None:
    assert event_of(message, before) == line
