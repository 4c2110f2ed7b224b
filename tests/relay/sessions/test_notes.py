"""The notes of a session: written by whose it is, until it has ended, and read in the report."""

import json

import pytest

from codec.wire.api_types import MAX_NOTES, SessionState
from codec.wire.signals import SessionChanged
from relay.sessions.notes import plain_lines
from tests.support.channels import make_desk, sign_in
from tests.support.relays import RunningRelay, enter_with


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  first  line \r\n\r\n second\n", "first line\n\nsecond"),
        ("a\u202eb\x00\x1b[31m", "ab[31m"),
        (" \n ", ""),
    ],
)
def test_notes_are_plain_text_of_several_lines(written: str, kept: str) -> None:
    assert plain_lines(written) == kept


@pytest.mark.req("CONS-61", "CONS-62")
async def test_notes_are_kept_with_the_session_until_it_has_ended(relay: RunningRelay) -> None:
    await make_desk(relay, "Bob")
    of_bob = await sign_in(relay, "Bob")
    code = await relay.make_code(name="Hélène")
    async with relay.console() as console, relay.applet(enter_with(code)) as applet:
        session = (await relay.enter(applet)).session
        await relay.pick_up(session)
        path = f"/sessions/{session}/notes"
        status, shown = await relay.call("PATCH", path, {"notes": "Printer  is broken\nToner"})
        assert (status, shown["notes"]) == (200, "Printer is broken\nToner")
        while not (await console.hear_a(SessionChanged)).session.notes:
            pass
        assert (await relay.call("PATCH", path, {"notes": "of another"}, of_bob))[0] == 404
        assert (await relay.call("PATCH", path, {"notes": "x" * (MAX_NOTES + 1)}))[0] in (400, 422)
        status, ended = await relay.call("POST", f"/sessions/{session}/end")
        assert (status, ended["state"]) == (200, SessionState.CLOSED_BY_TECHNICIAN)
        status, refused = await relay.call("PATCH", path, {"notes": "too late"})
        assert (status, refused["problem"]) == (409, "ended")
        _, listed = await relay.call("GET", "/sessions")
        assert [each["notes"] for each in listed] == ["Printer is broken\nToner"]
    _, report = await relay.call("GET", "/reports/sessions_list?format=json&period=today")
    assert "Printer is broken\\nToner" in json.dumps(report)
