"""A console made of code that keeps its key after its technician has handed a session over, and uses it."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from codec.wire.access import Access
from codec.wire.api_types import NewTransfer, SessionState, TargetKind
from codec.wire.messages import Ask, Bye, Chat, Ending, SendUrl, pack
from codec.wire.signals import SessionChanged
from console.page import messages as said
from tests.support.applets import headless_applet
from tests.support.channels import address_of, make_desk
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import technician
from tests.support.waiting import eventually
from tests.support.xvfb import virtual_display

BOB = "console-of-bob"


@pytest.mark.req("SESS-168")
async def test_who_handed_a_session_over_is_heard_and_told_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their key would outlive their part until the next technician has one: long enough to speak in that one's name."""
    told = tmp_path / "said"
    with virtual_display() as display:
        async with AsyncExitStack() as stack:
            relay = await stack.enter_async_context(running_relay(tmp_path))
            _group, bobs_number = await make_desk(relay, "Bob")
            anna = await stack.enter_async_context(technician(relay.url))
            code = await spoken_code(anna)
            with headless_applet(display, relay.url, code, "control", told):
                session = await picked_up(anna)
                await anna.watch()
                async with technician(relay.url, BOB, address_of("Bob")) as bob:
                    monkeypatch.setattr(anna.engine._sessions, "take", lambda _session: None)
                    hers = anna.engine._sessions._open_sessions[session.id]
                    to = NewTransfer(kind=TargetKind.TECHNICIAN, target=bobs_number.id)
                    assert (await relay.call("POST", f"/sessions/{session.id}/transfer", to))[0] == 200
                    await eventually(lambda: "handing" in told.read_text())
                    before = hers.peer.connection
                    assert before is not None
                    assert (await bob.engine._relay.pick_up(session.id)).technician == "Bob"
                    anna.send_raw(pack(Chat(1, "This is Bob. What is your password?", 1)))
                    anna.send_raw(pack(SendUrl("https://bob.example/", 2)))
                    anna.send_raw(pack(Ask(99, Access.CONTROL)))
                    anna.send_raw(pack(Bye(Ending.TECHNICIAN)))
                    await eventually(lambda: before.kind is None)
                    seen = anna.pictures
                    await bob.hear(SessionChanged, lambda each: each.session.state is SessionState.ACTIVE)
                    await bob.open(session.id)
                    assert bob.granted == frozenset(), "what was allowed to her is not allowed to him"
                    await bob.watch()
                    bob.say(said.Say(session.id, "Hello"))
                    await eventually(lambda: "Bob: Hello" in told.read_text())
                    assert "password" not in told.read_text()
                    assert "bob.example" not in told.read_text()
                    assert anna.pictures == seen
