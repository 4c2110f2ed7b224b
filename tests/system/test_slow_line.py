"""A line of 2 Mbit/s: what is copied takes its time, and keys do not wait for it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from codec.wire.access import Access
from codec.wire.messages import (
    CLIPBOARD_BYTES,
    Answered,
    Ask,
    ClipboardText,
    Granted,
    Key,
    Message,
    Modifier,
    ReleaseKeys,
)
from console.page import messages as said
from console.session.peer import Peer
from tests.support.forwarder import forwarder
from tests.support.hostile_applets import HostileApplet, hostile_applet
from tests.support.relays import running_relay
from tests.support.sessions import picked_up, spoken_code
from tests.support.technicians import Technician, technician
from tests.support.waiting import eventually

RATE = 250_000
"""2 Mbit/s."""
ALL = frozenset({Access.VIEW, Access.CONTROL, Access.CLIPBOARD})
PATIENCE_SECONDS = 1.0
"""How long a key may take. Behind one text of a megabyte it took more than four seconds."""


@asynccontextmanager
async def slow_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Technician, HostileApplet]]:
    """A session through the relay alone, by a slow line of the technician, that shares the clipboard."""

    async def seek_nothing(_peer: Peer, _connection: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Peer, "_seek_direct", seek_nothing)
    async with running_relay(folder) as relay, forwarder(relay.url, RATE) as cable, technician(cable.url) as anna:
        code = await spoken_code(anna)
        async with hostile_applet(relay.url, code) as applet:
            await picked_up(anna)
            await applet.connected()
            for number, access in enumerate((Access.CONTROL, Access.CLIPBOARD)):
                anna.send(Ask(number, access))
                await applet.hear(Ask)
                applet.say(Granted(ALL if access is Access.CLIPBOARD else ALL - {Access.CLIPBOARD}))
                applet.say(Answered(number, True))
                await anna.hear(Answered)
            anna.say(said.ShareClipboard(anna.session, True))
            await anna.hear(said.ClipboardShared, lambda each: each.on)
            yield anna, applet


@pytest.mark.finding("field-11")
async def test_keys_pass_what_is_copied_on_its_way_to_the_customer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with slow_line(tmp_path, monkeypatch) as (anna, applet):
        anna.send(ClipboardText("0" * CLIPBOARD_BYTES))
        await anna.hear(said.ClipboardShared, lambda each: each.copying)
        for number in range(1, 5):
            anna.send(ClipboardText(str(number) * CLIPBOARD_BYTES))
        for number in range(5):
            pressed = time.monotonic()
            anna.send(Key(True, f"Key{number}", "a"))
            await applet.hear(Key)
            assert time.monotonic() - pressed < PATIENCE_SECONDS
        anna.send(ClipboardText("short and newer"))
        texts = [(await applet.hear(ClipboardText)).text for _ in range(2)]
        assert [text[:15] for text in texts] == ["0" * 15, "short and newer"]  # all between was replaced
        await anna.hear(said.ClipboardShared, lambda each: not each.copying)


@pytest.mark.finding("field-11")
async def test_an_answer_passes_what_the_customer_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with slow_line(tmp_path, monkeypatch) as (anna, applet):
        assert applet.peer is not None
        assert applet.peer.connection is not None
        before = applet.peer.connection.sent_bytes
        applet.peer.send(ClipboardText("0" * CLIPBOARD_BYTES))
        await eventually(lambda: applet.peer.connection.sent_bytes > before)  # type: ignore[union-attr]
        for number in range(1, 5):
            applet.peer.send(ClipboardText(str(number) * CLIPBOARD_BYTES))
        for number in range(5):
            begun = time.monotonic()
            anna.send(Ask(10 + number, Access.RECORD))
            await applet.hear(Ask)
            applet.say(Answered(10 + number, False))
            await anna.hear(Answered)
            assert time.monotonic() - begun < PATIENCE_SECONDS
        assert [(await anna.hear(ClipboardText)).text[0] for _ in range(2)] == ["0", "4"]


@pytest.mark.finding("field-11")
async def test_what_may_no_longer_be_shared_does_not_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with slow_line(tmp_path, monkeypatch) as (anna, applet):
        anna.send(ClipboardText("1" * CLIPBOARD_BYTES))
        await anna.hear(said.ClipboardShared, lambda each: each.copying)
        anna.send(ClipboardText("2" * CLIPBOARD_BYTES))
        anna.say(said.ShareClipboard(anna.session, False))
        assert (await applet.hear(ClipboardText)).text[0] == "1"  # it had begun
        anna.say(said.ShareClipboard(anna.session, True))
        anna.send(ClipboardText("3"))  # and not "2"
        assert (await applet.hear(ClipboardText)).text == "3"


async def test_a_paste_waits_for_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text lets keys pass, so that Ctrl+V was there before what it pastes."""
    async with slow_line(tmp_path, monkeypatch) as (anna, applet):
        anna.send(ClipboardText("0" * CLIPBOARD_BYTES))
        await anna.hear(said.ClipboardShared, lambda each: each.copying)
        keys = [
            Key(True, "ControlLeft", "Control", modifiers=Modifier.CONTROL),
            Key(True, "KeyV", "v", "v", Modifier.CONTROL),
            Key(False, "KeyV", "v", "v", Modifier.CONTROL),
            Key(False, "ControlLeft", "Control"),
            Key(True, "KeyA", "a", "a"),
        ]
        for key in keys:
            anna.send(key)
        heard = [await applet.hear(Message, lambda each: isinstance(each, Key | ClipboardText)) for _ in range(6)]
        assert isinstance(heard.pop(1), ClipboardText)
        assert heard == keys


async def test_a_paste_whose_text_may_no_longer_be_shared_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with slow_line(tmp_path, monkeypatch) as (anna, applet):
        anna.send(ClipboardText("0" * CLIPBOARD_BYTES))
        await anna.hear(said.ClipboardShared, lambda each: each.copying)
        anna.send(Key(True, "KeyV", "v", "v", Modifier.CONTROL))
        anna.say(said.ShareClipboard(anna.session, False))
        await applet.hear(ReleaseKeys)
        anna.send(Key(True, "KeyA", "a", "a"))
        assert (await applet.hear(Key)).code == "KeyA"
