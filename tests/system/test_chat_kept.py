"""What is written in a session is kept, and read by the next technician, and by one whose console was restarted."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from codec.wire.api_types import NewTransfer, SessionState, TargetKind
from codec.wire.chat_log import Who
from codec.wire.signals import SessionChanged
from console.page import messages as said
from tests.support.applets import headless_applet
from tests.support.channels import address_of, make_desk
from tests.support.relays import RunningRelay, running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import SECONDS, Technician, technician
from tests.support.waiting import eventually
from tests.support.xvfb import virtual_display

BOB = "console-of-bob"
WRITTEN = "Good morning. Which printer is it?"


async def is_kept(relay: RunningRelay, session: int) -> None:
    """Wait until the relay has the line."""
    async with asyncio.timeout(SECONDS):
        while WRITTEN not in str(await relay.call("GET", f"/sessions/{session}/chat")):
            pass


async def earlier_line(who: Technician, text: str) -> said.ChatLine:
    """Return a line that was written before this console had the session."""
    return await who.hear(said.ChatLine, lambda line: line.number <= 0 and line.text == text)


@pytest.mark.req("SESS-167", "SESS-219")
async def test_the_next_technician_and_a_restarted_console_read_what_was_written(tmp_path: Path) -> None:
    told = tmp_path / "said"
    with virtual_display() as display:
        async with AsyncExitStack() as stack:
            relay = await stack.enter_async_context(running_relay(tmp_path))
            _group, bobs_number = await make_desk(relay, "Bob")
            killed = await stack.enter_async_context(technician(relay.url))
            code = await spoken_code(killed)
            stack.enter_context(headless_applet(display, relay.url, code, "control", told))
            session = await picked_up(killed)
            await killed.hear(said.Connected, lambda each: each.check is not None)
            killed.say(said.Say(session.id, WRITTEN))
            await eventually(lambda: WRITTEN in told.read_text())
            assert "keeps this conversation" in told.read_text()
            await is_kept(relay, session.id)
            await killed.vanish()
            async with technician(relay.url) as anna:
                await anna.hear(SessionChanged, lambda each: each.session.id == session.id)
                await anna.open(session.id)
                line = await earlier_line(anna, WRITTEN)
                assert (line.who, line.by) == (Who.TECHNICIAN, ""), "it was she who wrote it"
                async with technician(relay.url, BOB, address_of("Bob")) as bob:
                    to = NewTransfer(kind=TargetKind.TECHNICIAN, target=bobs_number.id)
                    await anna.engine._sessions.hand_over(session.id, to)
                    await bob.hear(SessionChanged, lambda each: each.session.state is SessionState.TRANSFERRING)
                    await bob.open(session.id)
                    line = await earlier_line(bob, WRITTEN)
                    assert (line.who, line.by) == (Who.TECHNICIAN, "Anna de Vries")
