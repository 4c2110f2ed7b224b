"""The applet's end of a session: what is connected lives until a new key is agreed, and every attempt is told."""

import base64
import os
from collections.abc import AsyncIterator
from typing import Any, cast

import aiohttp
import pytest

from applet.peer import Peer, PeerEvents
from codec.handshake import Agreement, Handshake, HandshakeProblem
from codec.responder import ATTEMPTS
from codec.roles import Role


class Told:
    """What the peer has told."""

    def __init__(self) -> None:
        self.signals: list[bytes] = []
        self.attempts: list[int] = []
        self.agreements: list[Agreement] = []
        self.refused: list[HandshakeProblem] = []

    def events(self) -> PeerEvents:
        return PeerEvents(
            signal=lambda data: self.signals.append(base64.b64decode(data)),
            attempted=self.attempts.append,
            agreed=self.agreements.append,
            moved=lambda _kind: None,
            message=lambda _message: None,
            refused=self.refused.append,
            broken=pytest.fail,
        )


@pytest.fixture
async def pair() -> AsyncIterator[tuple[Peer, Told]]:
    told = Told()
    peer = Peer(7, None, cast(aiohttp.ClientSession, None), "http://127.0.0.1:1", told.events())
    yield peer, told
    await peer.close()


def console() -> Handshake:
    return Handshake(Role.CONSOLE, "7", None, os.urandom(64))


def say(peer: Peer, step: bytes | None) -> None:
    assert step is not None
    peer.signal(base64.b64encode(step).decode())


def agree(peer: Peer, told: Told, end: Handshake) -> None:
    say(peer, end.start())
    say(peer, end.receive(told.signals[-1]))
    end.receive(told.signals[-1])
    assert end.agreement is not None
    assert told.agreements[-1] == end.agreement


async def test_f3_a_connection_lives_until_the_new_handshake_has_agreed(pair: tuple[Peer, Told]) -> None:
    """F3: a commit alone, however often it comes, drops nothing and takes nothing back."""
    peer, told = pair
    agree(peer, told, console())
    before: Any = peer.connection
    newer = console()
    say(peer, newer.start())
    assert peer.connection is before
    assert told.attempts == [2]
    say(peer, newer.receive(told.signals[-1]))
    assert peer.connection is not before
    assert len(told.agreements) == 2


async def test_f3_garbage_does_not_end_a_connection(pair: tuple[Peer, Told]) -> None:
    peer, told = pair
    agree(peer, told, console())
    before: Any = peer.connection
    for garbage in (b"", b"x", b"\xff" * 2_000, console().start()[:-1]):
        say(peer, garbage)
    peer.signal("not base64!")
    assert peer.connection is before
    assert set(told.refused) == {HandshakeProblem.MALFORMED}


async def test_f3_attempts_are_told_and_end(pair: tuple[Peer, Told]) -> None:
    peer, told = pair
    for _ in range(ATTEMPTS + 3):
        say(peer, console().start())
    assert told.attempts == list(range(2, ATTEMPTS + 1))
    assert told.refused == [HandshakeProblem.TOO_MANY_ATTEMPTS] * 3
    assert len(told.signals) == ATTEMPTS
