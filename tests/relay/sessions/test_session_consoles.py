"""Which console holds a session: what the store says at that moment, and nobody where it says nothing."""

from collections.abc import Sequence
from typing import Any

import pytest

from codec.wire.signals import AppletSignal, ConsoleSignal, RelaySignal, SessionSignal
from relay.limits.fair_queue import BusyError
from relay.sessions.moves import SessionMoves
from relay.sessions.presence import PresenceWriter
from relay.sessions.session_consoles import SessionConsoles
from relay.store.database import open_store
from relay.store.sqlite_file import StoreError
from tests.support.relays import CONSOLE, RunningRelay, enter_with


async def test_the_store_says_who_holds_a_session_from_pick_up_to_end(relay: RunningRelay) -> None:
    store = await open_store(relay.settings.database)  # as another process sees it
    try:
        session_consoles = SessionConsoles(store)
        code = await relay.make_code()
        async with relay.console(), relay.applet(enter_with(code)) as applet:
            session = (await relay.enter(applet)).session
            assert await session_consoles.of(session) is None
            await relay.pick_up(session)
            assert await session_consoles.of(session) == (1, CONSOLE)
            assert await session_consoles.of(session + 1) is None
            await relay.call("POST", f"/sessions/{session}/end")
            assert await session_consoles.of(session) is None
    finally:
        await store.close()


@pytest.mark.parametrize("session", [0, -1, 2**31, 2**63, 10**30])
async def test_what_no_session_can_be_is_nobodys(relay: RunningRelay, session: int) -> None:
    store = await open_store(relay.settings.database)
    try:
        assert await SessionConsoles(store).of(session) is None
    finally:
        await store.close()


@pytest.mark.parametrize("error", [BusyError(), StoreError("no disk")])
async def test_where_the_store_does_not_answer_nobody_holds_anything(
    relay: RunningRelay, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def fails(_self: SessionConsoles, _sessions: Sequence[int]) -> Any:
        raise error

    monkeypatch.setattr(SessionConsoles, "_read", fails)
    store = await open_store(relay.settings.database)
    try:
        assert await SessionConsoles(store).of(1) is None
    finally:
        await store.close()


async def test_handshake_steps_need_no_announcement(relay: RunningRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a restart of the relay, and where what was announced has not arrived: the store says who may speak."""
    code = await relay.make_code()
    monkeypatch.setattr(PresenceWriter, "follow", _nothing)
    monkeypatch.setattr(SessionMoves, "announced", lambda self, row, **_told: self.shown(row))
    async with relay.console() as console, relay.applet(enter_with(code)) as applet:
        session = (await relay.enter(applet)).session
        await console.say(ConsoleSignal(session, "too early"))
        await relay.pick_up(session)
        await console.say(ConsoleSignal(session, "hello"))
        assert (await applet.hear_a(RelaySignal)).data == "hello"
        async with relay.console("another-console") as other:
            await other.say(ConsoleSignal(session, "not mine"))
            await applet.say(AppletSignal("answer"))
            assert (await console.hear_a(SessionSignal)).data == "answer"
            await console.say(ConsoleSignal(session, "again"))
            assert (await applet.hear_a(RelaySignal)).data == "again"


async def _nothing(*_given: object) -> None:
    """Keep and tell nothing."""
