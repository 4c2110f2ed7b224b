"""The connection explains itself in a real session: relay, engine and applet, with faults that are really there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from codec.session.diagnosis import Diagnosis
from codec.wire.access import Access
from console.page.messages import Connected
from console.session.peer import Peer
from tests.support.applets import headless_applet
from tests.support.forwarder import Forwarder, forwarder
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.xvfb import VirtualDisplay, virtual_display

SECONDS = 10.0
"""So soon the cause is named."""


@asynccontextmanager
async def session(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[VirtualDisplay, Technician, Forwarder, Forwarder]]:
    """A session through the relay, each end by a line of its own: the customer's, then the technician's."""

    async def seek_nothing(_peer: Peer, _connection: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Peer, "_seek_direct", seek_nothing)
    with virtual_display(800, 600) as display:
        display.run("xsetroot", "-solid", "#336699")
        async with (
            running_relay(folder) as relay,
            forwarder(relay.url) as theirs,
            forwarder(relay.url) as ours,
            technician(ours.url) as anna,
        ):
            with headless_applet(display, theirs.url, await spoken_code(anna)):
                await picked_up(anna)
                await anna.may(Access.CONTROL)
                await anna.watch()
                await anna.sees(lambda _frame: True)
                anna.heard.clear()
                yield display, anna, theirs, ours


async def named(anna: Technician, cause: Diagnosis) -> Connected:
    """Return what the page is told as soon as this is the likeliest cause."""
    async with asyncio.timeout(SECONDS):
        return await anna.hear(Connected, lambda each: bool(each.causes) and each.causes[0].cause is cause)


async def test_all_that_is_measured_reaches_the_page_and_nothing_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with session(tmp_path, monkeypatch) as (_display, anna, _theirs, _ours):
        told = await anna.hear(Connected, lambda each: {"encode_ms", "rtt_ms", "page_ms"} <= each.facts.keys())
        assert told.facts["relay_present"] == told.facts["customer_present"] == 1
        assert told.causes == []


async def test_a_customer_whose_line_is_cut_is_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with session(tmp_path, monkeypatch) as (_display, anna, theirs, _ours):
        theirs.cut()
        await named(anna, Diagnosis.CUSTOMER_OFFLINE)


async def test_our_own_line_is_told_from_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with session(tmp_path, monkeypatch) as (_display, anna, _theirs, ours):
        ours.cut()
        await named(anna, Diagnosis.SERVER_UNREACHABLE)


async def test_a_page_that_shows_nothing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with session(tmp_path, monkeypatch) as (display, anna, _theirs, _ours):
        anna.shows = False
        display.run("xsetroot", "-solid", "#aa2222")
        await named(anna, Diagnosis.PAGE_ASLEEP)


async def test_a_black_screen_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with session(tmp_path, monkeypatch) as (display, anna, _theirs, _ours):
        display.run("xsetroot", "-solid", "#000000")
        await named(anna, Diagnosis.SCREEN_DARK)
