"""A relay that puts itself in between: it gives each side a key of its own, as an attacker would."""

import asyncio
import base64
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from codec.session.handshake import RANDOM_BYTES, Handshake, HandshakeError
from codec.wire.api_types import Session, SessionState
from codec.wire.messages import Computer, Displays
from codec.wire.roles import Role
from codec.wire.signals import (
    AppletSignal,
    ConsoleSignal,
    Enter,
    Entered,
    Leave,
    Leaving,
    Refused,
    RelaySignal,
    Return,
    SessionChanged,
)
from console.page import messages as said
from console.session import connection_status, peer
from relay.codes.model import CodeRow
from relay.signalling.hub import ConsoleConnection, Hub
from tests.support.applets import headless_applet
from tests.support.relays import AppletEnd, RunningRelay, running_relay
from tests.support.sessions import spoken_code
from tests.support.technicians import Technician, technician
from tests.support.waiting import eventually
from tests.support.xvfb import virtual_display


async def test_a_swapped_key_is_caught_by_the_secret_and_nothing_is_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Hub.from_applet
    monkeypatch.setattr(
        Hub,
        "from_applet",
        lambda board, number, data, session_console: honest(board, number, _tampered(data), session_console),
    )
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
    monkeypatch.setattr(peer, "RESEND_SECONDS", 0.5)
    monkeypatch.setattr(connection_status, "SLOW_SECONDS", 1.0)
    honest, holds = Hub.from_console, True

    def holding(
        board: Hub, console: ConsoleConnection, signal: ConsoleSignal, session_console: tuple[int, str] | None
    ) -> None:
        honest(
            board, console, ConsoleSignal(signal.session, _tampered(signal.data)) if holds else signal, session_console
        )

    monkeypatch.setattr(Hub, "from_console", holding)
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


async def _waiting(anna: Technician) -> int:
    changed = await anna.until(
        lambda each: isinstance(each, SessionChanged) and each.session.state is SessionState.WAITING
    )
    anna.heard.remove(changed)
    number: int = changed.session.id
    return number


async def test_f2_a_relay_that_plays_the_customer_gets_one_guess_and_the_technician_hears_of_it(tmp_path: Path) -> None:
    """F2: real sockets, real console. The other end takes the console's proof, says nothing, and comes back."""
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        pin = (await spoken_code(anna, secret=True)).replace(" ", "")[:6]
        async with relay.applet(Enter(2, pin=pin)) as middle:
            entered = await middle.hear()
            assert isinstance(entered, Entered)
            number = await _waiting(anna)
            await anna.request(lambda request: said.PageOpen(request, number))
            guess = Handshake(Role.APPLET, str(number), "0000", os.urandom(RANDOM_BYTES))
            reveal = await _through(middle, guess)
        async with relay.applet(Return(entered.ticket)) as middle:
            again = await _step(middle)
            assert again == reveal, "a new attempt would be a second guess"
            await middle.say(Leave(Leaving.CLOSED))
        line = await anna.hear(said.ChatLine, lambda each: each.event is said.Event.SECRET_UNCONFIRMED)
        assert line.detail == "2"


async def test_f2_the_third_guess_burns_the_code_even_when_the_relay_makes_new_sessions_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        pin = (await spoken_code(anna, secret=True)).replace(" ", "")[:6]
        code = next(iter(anna.engine._invitations.codes)).id

        async def not_cancelled(_code: int) -> None:
            """A hostile relay cancels nothing, so that the code lets in once more."""

        monkeypatch.setattr(anna.engine._relay, "cancel_code", not_cancelled)
        for left in (2, 1, 0):
            async with relay.applet(Enter(2, pin=pin)) as middle:
                await middle.hear()
                number = await _waiting(anna)
                await anna.request(lambda request, number=number: said.PageOpen(request, number))  # type: ignore[misc]
                await _through(middle, Handshake(Role.APPLET, str(number), f"000{left}", os.urandom(RANDOM_BYTES)))
                await middle.say(Leave(Leaving.CLOSED))
            line = await anna.hear(said.ChatLine, lambda each: each.event is said.Event.SECRET_UNCONFIRMED)
            assert line.detail == str(left)
            await asyncio.to_thread(_usable_again, relay, code)
        assert anna.engine._invitations.secret_of(code) is None
        async with relay.applet(Enter(2, pin=pin)) as middle:
            await middle.hear()
            number = await _waiting(anna)
            anna.say(said.PageOpen(99, number))
            failed = await anna.until(lambda each: isinstance(each, said.Failed) and each.request == 99)
            assert failed.problem == "secret_burnt"


async def test_f2_a_guess_counts_for_the_code_whose_secret_was_proven_whatever_the_relay_calls_it(
    tmp_path: Path,
) -> None:
    """F2: the relay answers the pick-up with another code, which would give three guesses more for each code."""
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        pin = (await spoken_code(anna, secret=True)).replace(" ", "")[:6]
        await spoken_code(anna, secret=True)
        tried, other = sorted(code.id for code in anna.engine._invitations.codes)
        honest = anna.engine._relay.pick_up

        async def picking_up(session: int, *, offered: bool = False) -> Session:
            return msgspec.structs.replace(await honest(session, offered=offered), id=session + 1, code=other)

        anna.engine._relay.pick_up = picking_up  # type: ignore[method-assign]
        async with relay.applet(Enter(2, pin=pin)) as middle:
            await middle.hear()
            number = await _waiting(anna)
            await anna.request(lambda request: said.PageOpen(request, number))
            await _through(middle, Handshake(Role.APPLET, str(number), "0000", os.urandom(RANDOM_BYTES)))
            secret_attempts = anna.engine._secret_attempts
            assert (secret_attempts.left(tried), secret_attempts.left(other)) == (2, 3)
            anna.engine._sessions.take(msgspec.structs.replace(anna.engine._sessions.known[0], code=other))
            await middle.say(Leave(Leaving.CLOSED))
        line = await anna.hear(said.ChatLine, lambda each: each.event is said.Event.SECRET_UNCONFIRMED)
        assert line.detail == "2"


async def test_f38_a_session_without_a_secret_needs_a_yes_while_one_is_awaited(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as relay, technician(relay.url) as anna:
        await spoken_code(anna, secret=True)
        plain = (await spoken_code(anna)).replace(" ", "")
        async with relay.applet(Enter(2, pin=plain)) as applet:  # made here without a secret: opens, once
            await applet.hear()
            first = await _waiting(anna)
            await anna.request(lambda request: said.PageOpen(request, first))
            (code,) = (each.code for each in anna.engine._sessions.known if each.id == first)
            await applet.say(Leave(Leaving.CLOSED))
            await anna.hear(SessionChanged, lambda each: each.session.state.is_final)
        await asyncio.to_thread(_usable_again, relay, code)
        async with relay.applet(Enter(2, pin=plain)) as applet:
            await applet.hear()
            number = await _waiting(anna)
            anna.say(said.PageOpen(99, number))
            failed = await anna.until(lambda each: isinstance(each, said.Failed) and each.request == 99)
            assert failed.problem == "secret_expected"
            await anna.request(lambda request: said.PageOpen(request, number, without_secret=True))
            assert msgspec.msgpack.decode(await _step(applet))[2] == "words"


def _usable_again(relay: RunningRelay, code: int) -> None:
    """What a hostile relay does: the code that was used once lets in once more."""
    with closing(sqlite3.connect(relay.settings.data / "relay.sqlite3", timeout=10)) as database, database:
        database.execute(
            f"UPDATE {CodeRow.__tablename__} SET state = 'issued', session_id = NULL, ended_at = NULL WHERE id = ?",
            [code],
        )


async def _step(applet: AppletEnd) -> bytes:
    while not isinstance(heard := await applet.hear(), RelaySignal):
        pass
    return base64.b64decode(heard.data)


async def _through(applet: AppletEnd, guess: Handshake) -> bytes:
    """Play the applet up to the console's proof; return the step that carries it."""
    share = guess.receive(await _step(applet))
    assert share is not None
    await applet.say(AppletSignal(base64.b64encode(share).decode()))
    reveal = await _step(applet)
    with pytest.raises(HandshakeError):
        guess.receive(reveal)
    return reveal


def _is_ending(line: said.ChatLine) -> bool:
    return line.event is not None and line.event.value.startswith(("refused", "ended"))


def _tampered(data: str) -> str:
    """Change one bit of every key that passes."""
    step = msgspec.msgpack.decode(base64.b64decode(data))
    changed = [_flip(part) if isinstance(part, bytes) and len(part) == 32 else part for part in step]
    return base64.b64encode(msgspec.msgpack.encode(changed)).decode()


def _flip(part: bytes) -> bytes:
    return bytes([part[0] ^ 1]) + part[1:]
