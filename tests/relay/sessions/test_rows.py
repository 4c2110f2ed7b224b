"""What the desk and the rules see in a row."""

from datetime import UTC, datetime

import pytest

from codec.wire.api_types import Channel, Method, SessionState
from codec.wire.session_types import SessionType
from relay.sessions.queues import Place
from relay.sessions.rows import new_session, place_of, shown

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.mark.req("SESS-02")
@pytest.mark.parametrize("is_through_channel", [False, True])
def test_a_session_came_by_a_code_or_through_a_channel(is_through_channel: bool) -> None:
    row = new_session(NOW, "Hélène", session_type=SessionType.STANDARD)
    row.id = 7
    if is_through_channel:
        row.channel_id, row.channel_name = 3, "Printers"
    else:
        row.person_id, row.code_id, row.method = 5, 9, "link"
    session = shown(row, customer_present=True, page_closed=False)
    came_by = session.channel, session.method, session.code
    assert came_by == ((Channel(id=3, name="Printers"), None, 0) if is_through_channel else (None, Method.LINK, 9))
    assert place_of(row) == Place(row.person_id, row.channel_id, SessionState.CONNECTING)
