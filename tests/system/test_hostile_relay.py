"""A relay that puts itself in between: it gives each side a key of its own, as an attacker would."""

import base64
from pathlib import Path

import msgspec
import pytest

from codec.desk import SessionState
from codec.messages import Computer, Displays
from codec.signals import ConsoleSignal, Enter, Refused, SessionChanged
from console import page_messages as said
from console import peer, room
from relay.pairing.switchboard import ConsoleLine, Switchboard
from tests.support.applets import headless_applet
from tests.support.relays import running_relay
from tests.support.sessions import spoken_code
from tests.support.technicians import technician
from tests.support.waiting import eventually
from tests.support.xvfb import virtual_display


async def test_a_swapped_key_is_caught_by_the_secret_and_nothing_is_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Switchboard.from_applet
    monkeypatch.setattr(Switchboard, "from_applet", lambda board, number, data: honest(board, number, _tampered(data)))
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            with headless_applet(display, relay.url, await spoken_code(anna, secret=True)) as applet:
                waiting = await anna.until(
                    lambda each: isinstance(each, SessionChanged) and each.session.state is SessionState.WAITING
                )
                await anna.request(lambda number: said.PageOpen(number, waiting.session.id))
                await eventually(lambda: applet.poll() is not None)
                ended = await anna.until(lambda each: isinstance(each, said.ChatLine) and _is_ending(each))
                assert ended.event is said.Event.REFUSED_SECRET
                assert not [each for each in anna.heard if isinstance(each, Computer | Displays)]


async def test_a_held_up_handshake_is_said_accuses_nobody_and_goes_on_when_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer, "HANDSHAKE_SECONDS", 0.5)
    monkeypatch.setattr(room, "SLOW_SECONDS", 1.0)
    honest, holds = Switchboard.from_console, True

    def holding(board: Switchboard, console: ConsoleLine, signal: ConsoleSignal) -> None:
        honest(board, console, ConsoleSignal(signal.session, _tampered(signal.data)) if holds else signal)

    monkeypatch.setattr(Switchboard, "from_console", holding)
    with virtual_display() as display:
        async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
            pin = await spoken_code(anna)
            with headless_applet(display, relay.url, pin):
                waiting = await anna.until(
                    lambda each: isinstance(each, SessionChanged) and each.session.state is SessionState.WAITING
                )
                anna.session = waiting.session.id
                await anna.request(lambda number: said.PageOpen(number, anna.session))
                async with relay.applet(Enter(1, pin=pin.replace(" ", ""))) as stranger:
                    assert isinstance(await stranger.hear(), Refused)
                await anna.until(lambda each: isinstance(each, said.Connected) and each.sentence == "slow_handshake")
                holds = False
                await anna.until(lambda each: isinstance(each, said.Connected) and bool(each.words))
                await anna.watch()


def _is_ending(line: said.ChatLine) -> bool:
    return line.event is not None and line.event.value.startswith(("refused", "ended"))


def _tampered(data: str) -> str:
    """Change one bit of every key that passes."""
    step = msgspec.msgpack.decode(base64.b64decode(data))
    changed = [_flip(part) if isinstance(part, bytes) and len(part) == 32 else part for part in step]
    return base64.b64encode(msgspec.msgpack.encode(changed)).decode()


def _flip(part: bytes) -> bytes:
    return bytes([part[0] ^ 1]) + part[1:]
