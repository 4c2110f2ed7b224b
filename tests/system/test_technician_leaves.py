"""B1: whoever leaves says so: signing out, Ctrl-C and a closed terminal end the sessions, and the customers hear it."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from codec.wire.access import Access
from codec.wire.api_types import SessionState
from console.page import messages as said
from tests.support.applets import headless_applet
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import technician
from tests.support.waiting import eventually
from tests.support.xvfb import virtual_display

LEFT = "has left. No one can see your screen."


@pytest.mark.finding("use-B1")
async def test_signing_out_asks_first_and_then_the_customer_hears_it(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            with headless_applet(display, relay.url, await spoken_code(anna), said=heard) as applet:
                await picked_up(anna)
                await anna.may(Access.CONTROL)
                anna.say(said.PageSignOut(900))
                refused = await anna.hear(said.Failed)
                assert (refused.problem, refused.count) == ("sessions_open", 1)
                assert applet.poll() is None
                await anna.request(lambda number: said.PageSignOut(number, end_sessions=True))
                await eventually(lambda: applet.poll() is not None)
                assert LEFT in heard.read_text()
            _, sessions = await relay.call("GET", "/sessions")
            assert [each["state"] for each in sessions] == [SessionState.CLOSED_BY_TECHNICIAN]


@pytest.mark.finding("use-B1")
async def test_without_a_relay_the_customer_hears_it_all_the_same(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    with virtual_display() as display:
        async with AsyncExitStack() as second, AsyncExitStack() as stack:
            relay = await stack.enter_async_context(running_relay(tmp_path))
            anna = await second.enter_async_context(technician(relay.url))
            with headless_applet(display, relay.url, await spoken_code(anna), said=heard):
                await picked_up(anna)
                await anna.until(lambda each: isinstance(each, said.Connected) and each.path is said.Path.DIRECT)
                await stack.aclose()
                await anna.engine.close()
                await eventually(lambda: LEFT in heard.read_text())
