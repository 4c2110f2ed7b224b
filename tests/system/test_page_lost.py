"""The technician's page is gone: what the customer allowed ends within seconds, and not because of a reload."""

from pathlib import Path

from codec.wire.access import Access
from console.page import messages as said
from console.page.open_pages import Page
from console.session import sessions
from tests.support.sessions import session
from tests.support.waiting import becomes_true
from tests.support.xvfb import virtual_display


async def test_control_ends_when_the_page_that_showed_the_session_is_gone(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with session(tmp_path, display) as (_relay, anna):
            await anna.may(Access.CONTROL)
            open_session = anna.engine._sessions._open_sessions[anna.session]
            assert Access.CONTROL in open_session.snapshot.granted
            other = Page()  # another page is open, and looks at other things
            anna.engine.page_opened(other)
            anna.engine.page_closed(anna.page)

            async def nothing_is_allowed() -> bool:
                return not open_session.snapshot.granted

            await becomes_true(nothing_is_allowed)
            assert said.Event.PAGE_LOST in [line.event for line in open_session.chat.lines]
            assert not open_session.over
            anna.engine.page_closed(other)


async def test_a_page_that_is_loaded_again_keeps_what_is_allowed(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with session(tmp_path, display) as (_relay, anna):
            await anna.may(Access.CONTROL)
            anna.engine.page_closed(anna.page)
            anna.engine.page_opened(anna.page)
            await anna.request(lambda number: said.PageOpen(number, anna.session))
            for _ in range(int(sessions.UNSEEN_SECONDS) + 3):  # about one a second
                anna.heard.clear()
                await anna.hear(said.Connected)
            open_session = anna.engine._sessions._open_sessions[anna.session]
            assert Access.CONTROL in open_session.snapshot.granted
            assert said.Event.PAGE_LOST not in [line.event for line in open_session.chat.lines]
