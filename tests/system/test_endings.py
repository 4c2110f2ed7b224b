"""How sessions end, and what survives when one of the programs does not."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codec.wire.access import Access
from codec.wire.api_types import Method, SessionState
from codec.wire.signals import SessionChanged
from console.page import messages as said
from tests.support.applets import headless_applet
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, session, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.waiting import eventually
from tests.support.xvfb import virtual_display


def is_state(state: SessionState) -> Callable[[object], bool]:
    """Return whether a session is said to have this state."""
    return lambda each: isinstance(each, SessionChanged) and each.session.state is state


async def ended_with(anna: Technician, event: said.Event) -> said.ChatLine:
    """Return the system line of an ending."""
    line = await anna.until(lambda each: isinstance(each, said.ChatLine) and each.event is event)
    assert isinstance(line, said.ChatLine)
    return line


@pytest.mark.req("SESS-179")
async def test_the_technician_ends_a_session_and_the_relay_says_so(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            with headless_applet(display, relay.url, await spoken_code(anna)) as applet:
                await picked_up(anna)
                await anna.request(lambda number: said.PageEnd(number, anna.session))
                await ended_with(anna, said.Event.ENDED_BY_TECHNICIAN)
                await anna.until(is_state(SessionState.CLOSED_BY_TECHNICIAN))
                await eventually(lambda: applet.poll() is not None)
                assert applet.returncode == 0


async def test_the_customer_ends_a_session(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            with headless_applet(display, relay.url, await spoken_code(anna)) as applet:
                await picked_up(anna)
                applet.terminate()
                await ended_with(anna, said.Event.ENDED_BY_CUSTOMER)
                await anna.until(is_state(SessionState.CLOSED_BY_CUSTOMER))


@pytest.mark.req("SESS-176")
async def test_a_killed_applet_is_said_to_be_gone_and_nothing_holds_any_more(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            with headless_applet(display, relay.url, await spoken_code(anna)) as applet:
                await picked_up(anna)
                await anna.may(Access.CONTROL)
                applet.kill()
                await anna.until(is_state(SessionState.RECONNECTING))
                await anna.until(lambda each: isinstance(each, said.Connected) and each.path is said.Path.LOST)


async def test_a_direct_link_to_a_killed_applet_is_not_said_to_be_there_for_long(tmp_path: Path) -> None:
    """Nobody tells that the other end of a direct link is gone; the relay knows it at once."""
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            with headless_applet(display, relay.url, await spoken_code(anna)) as applet:
                await picked_up(anna)
                await anna.until(lambda each: isinstance(each, said.Connected) and each.path is said.Path.DIRECT)
                anna.heard.clear()
                applet.kill()
                await anna.until(is_state(SessionState.RECONNECTING))
                async with asyncio.timeout(5):
                    lost = await anna.hear(said.Connected, lambda each: each.path is said.Path.LOST)
                assert (lost.rtt_ms, lost.sentence) == (None, "customer_away")


async def test_after_a_killed_console_another_one_takes_over_and_must_ask_again(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, technician(relay.url, "first-console") as anna:
            code = await spoken_code(anna)
            with headless_applet(display, relay.url, code, "view"):
                await picked_up(anna)
                await anna.watch()
                number = anna.session
                await anna.vanish()
                async with technician(relay.url, "second-console") as again:
                    await again.until(
                        lambda each: (
                            type(each).__name__ in ("Desk", "SessionChanged")
                            and any(one.state is SessionState.DISCONNECTED for one in _sessions(each))
                        )
                    )
                    await again.open(number)
                    assert again.granted == frozenset()
                    await again.watch()


def _sessions(heard: Any) -> list[Any]:
    return list(getattr(heard, "sessions", None) or [heard.session])


@pytest.mark.parametrize("secret", [True, False])
async def test_secret_digits_prove_who_is_there_and_wrong_ones_end_it(tmp_path: Path, secret: bool) -> None:
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            code = await spoken_code(anna, secret=True)
            entered = code if secret else f"{code[:-1]}{(int(code[-1]) + 1) % 10}"
            with headless_applet(display, relay.url, entered) as applet:
                if secret:
                    await picked_up(anna)
                    connected = await anna.until(
                        lambda each: isinstance(each, said.Connected) and each.check is not None
                    )
                    assert connected.check is said.Check.SECRET
                else:
                    waiting = await anna.until(is_state(SessionState.WAITING))
                    await anna.request(lambda number: said.PageOpen(number, waiting.session.id))
                    await ended_with(anna, said.Event.REFUSED_SECRET)
                    await eventually(lambda: applet.poll() is not None)


async def test_a_link_lets_its_customer_in_and_proves_who_is_there(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with session(tmp_path, display, method=Method.LINK) as (_, anna):
            connected = await anna.until(lambda each: isinstance(each, said.Connected) and each.check is not None)
            assert connected.check is said.Check.SECRET


async def test_garbage_inside_a_session_ends_that_session_only(tmp_path: Path) -> None:
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            with headless_applet(display, relay.url, await spoken_code(anna)) as applet:
                await picked_up(anna)
                anna.send_raw(b"\xc1 this is no MessagePack")
                await ended_with(anna, said.Event.REFUSED_PROTOCOL)
                await eventually(lambda: applet.poll() is not None)
            with headless_applet(display, relay.url, await spoken_code(anna)):
                anna.heard.clear()
                await picked_up(anna)
                await anna.watch()
