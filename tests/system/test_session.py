"""A whole session with real parts: relay, console engine, applet process, X display, programs."""

import base64
import os
from pathlib import Path

import pytest

from codec.session.handshake import AGAIN, RANDOM_BYTES
from codec.session.responder import Responder
from codec.wire.access import Access
from codec.wire.messages import Key, Modifier, TypeText
from codec.wire.signals import AppletSignal, Enter, Entered, RelaySignal, Return, SessionChanged
from console.page import messages as said
from tests.support.relays import AppletEnd, running_relay
from tests.support.sessions import same, screenshot, session, spoken_code
from tests.support.technicians import technician
from tests.support.waiting import written
from tests.support.xvfb import virtual_display


@pytest.mark.req("CONS-26", "CONS-27")
async def test_the_technician_sees_the_screen_and_types_into_a_real_program(tmp_path: Path) -> None:
    with virtual_display(window_manager=True) as display:
        typed = tmp_path / "typed"
        display.start("xterm", "-geometry", "80x24+50+50", "-title", "work", "-e", f"cat > {typed}")
        display.wait_for_window("work")
        display.run("xdotool", "search", "--name", "work", "windowfocus", "--sync")
        async with session(tmp_path, display) as (_, anna):
            await anna.watch()
            await anna.sees(lambda frame: same(frame, screenshot(display)))
            await anna.may(Access.CONTROL)
            for character in "Hej":
                shift = Modifier.SHIFT if character.isupper() else 0
                code = f"Key{character.upper()}"
                anna.send(Key(True, code, character, character, shift))
                anna.send(Key(False, code, character))
            anna.send(TypeText(" wörld € ф\n"))
            await written(typed, "Hej wörld € ф")
            await anna.sees(lambda frame: same(frame, screenshot(display)))
            moved = await anna.until(lambda each: isinstance(each, said.Connected) and each.path is said.Path.DIRECT)
            assert moved.check is said.Check.WORDS


@pytest.mark.parametrize("secret", [False, True])
async def test_a_customer_who_lost_the_key_is_connected_again_and_the_technician_is_told(
    tmp_path: Path, secret: bool
) -> None:
    """As a page does that is loaded again: the relay lets it back in, but what it had agreed on is gone."""
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        pin = (await spoken_code(anna, secret=secret)).replace(" ", "")
        async with relay.applet(Enter(2, pin=pin[:6])) as customer:
            entered = await customer.hear()
            assert isinstance(entered, Entered)
            await anna.until(lambda each: isinstance(each, SessionChanged) and each.session.state == "waiting")
            await anna.request(lambda number: said.PageOpen(number, entered.session))
            first = await _agree(customer, Responder(str(entered.session), pin[6:] or None, _drawn))
        async with relay.applet(Return(entered.ticket)) as customer:
            await customer.say(AppletSignal(base64.b64encode(AGAIN).decode()))
            second = await _agree(customer, Responder(str(entered.session), pin[6:] or None, _drawn))
            await anna.until(lambda each: isinstance(each, said.Connected) and each.words == list(second))
        assert first != second
        restarted = await anna.hear(said.ChatLine, lambda each: each.event is said.Event.CUSTOMER_RESTARTED)
        assert restarted.session == entered.session
        if not secret:
            await anna.hear(said.ChatLine, lambda each: each.event is said.Event.NEW_WORDS)


async def _agree(customer: AppletEnd, responder: Responder) -> tuple[str, ...]:
    """Answer the console until there is a key; return its words."""
    while responder.agreement is None:
        heard = await customer.hear()
        step = responder.receive(base64.b64decode(heard.data)) if isinstance(heard, RelaySignal) else None
        if step is not None:
            await customer.say(AppletSignal(base64.b64encode(step).decode()))
    return responder.agreement.words


def _drawn() -> bytes:
    return os.urandom(RANDOM_BYTES)
