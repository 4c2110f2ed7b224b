"""use-B9: a PIN entered without its extra digits burns nothing: the window asks for them."""

from pathlib import Path

import pytest

from codec.wire.api_types import Ended, SessionState
from codec.wire.signals import SessionChanged
from console.page import messages as said
from tests.support.endings import window
from tests.support.relays import running_relay
from tests.support.sessions import spoken_code
from tests.support.technicians import technician
from tests.support.xvfb import virtual_display


@pytest.mark.finding("use-B9")
@pytest.mark.parametrize("right", [True, False])
async def test_the_window_asks_for_the_digits_that_are_missing(tmp_path: Path, right: bool) -> None:
    with virtual_display(window_manager=True) as display:
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            code = await spoken_code(anna, secret=True)
            *pin, digits = code.split()
            if not right:
                digits = f"{(int(digits) + 1) % 10_000:04}"
            async with window(display, tmp_path, relay.url) as applet:
                await applet.has("Deskside help")
                applet.enter(" ".join(pin))
                waiting = await anna.until(
                    lambda each: isinstance(each, SessionChanged) and each.session.state is SessionState.WAITING
                )
                anna.session = waiting.session.id
                await anna.request(lambda number: said.PageOpen(number, anna.session))
                asking = await applet.has("Extra digits")
                display.run("xdotool", "windowfocus", "--sync", asking)
                display.run("xdotool", "type", digits)
                display.run("xdotool", "key", "Return")
                if right:
                    connected = await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
                    assert connected.check is said.Check.SECRET
                    assert await applet.has("Chat with")
                else:
                    await anna.until(lambda each: isinstance(each, said.ChatLine) and each.event is REFUSED)
                    ended = await anna.until(
                        lambda each: isinstance(each, SessionChanged) and each.session.ending is Ended.WRONG_SECRET
                    )
                    assert ended.session.state.is_final
                    assert await applet.has("Your receipt")


REFUSED = said.Event.REFUSED_SECRET
