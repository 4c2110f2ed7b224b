"""The console's end of a session begins again for a customer who has lost the key, and gives nobody a guess by that."""

import base64
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest

from codec.session.handshake import AGAIN, RANDOM_BYTES, HandshakeError, HandshakeProblem
from codec.session.responder import ATTEMPTS, Responder
from codec.wire.signals import ConsoleSignal, TunnelPlease
from console.session.peer import Peer, PeerEvents

SPOILED = b"nobody says this"
LINK = "kMxn83B1jL2g8z7pQq3xWw"


class Customer:
    """The other end, which the test makes say what it wants, and what a console told of it."""

    def __init__(self, secret: str | None) -> None:
        self.secret = secret
        self.steps: list[bytes] = []
        self.tunnels = self.restarted = self.proofs = 0
        self.guesses = 100
        self.refused: list[HandshakeProblem] = []
        self.words: list[tuple[str, ...]] = []
        self.peer: Peer
        self.loaded()

    def loaded(self) -> None:
        """The page is loaded (again): it has no key."""
        self.responder = Responder("7", self.secret, lambda: os.urandom(RANDOM_BYTES))

    def says(self, step: bytes) -> None:
        """Say this to the console."""
        self.peer.signal(base64.b64encode(step).decode())

    def answers(self) -> None:
        """Answer the console's steps until it says no more."""
        while self.steps:
            said = self.responder.receive(self.steps.pop(0))
            if said is not None:
                self.says(said)

    def events(self) -> PeerEvents:
        """What the console's peer tells."""
        deaf: dict[str, Callable[..., Any]] = dict.fromkeys(PeerEvents.__dataclass_fields__, lambda *_given: None)
        deaf |= {"signal": self._signal, "proving": self._proving, "restarted": self._restarted}
        deaf |= {"agreed": lambda agreement: self.words.append(agreement.words), "refused": self.refused.append}
        return PeerEvents(**deaf)

    def _signal(self, signal: ConsoleSignal | TunnelPlease) -> None:
        if isinstance(signal, TunnelPlease):
            self.tunnels += 1
        else:
            self.steps.append(base64.b64decode(signal.data))

    def _proving(self) -> bool:
        self.proofs += 1
        return self.proofs <= self.guesses

    def _restarted(self) -> None:
        self.restarted += 1


@asynccontextmanager
async def meeting(secret: str | None) -> AsyncIterator[Customer]:
    """A customer and a console that has begun."""
    customer = Customer(secret)
    async with aiohttp.ClientSession() as http:
        customer.peer = Peer(7, secret, http, "http://127.0.0.1:1", customer.events())
        customer.peer.begin()
        yield customer
        await customer.peer.close()


@pytest.mark.parametrize("secret", [None, "7421"])
async def test_a_customer_who_lost_the_key_gets_another_one(secret: str | None) -> None:
    async with meeting(secret) as customer:
        customer.answers()
        first = customer.peer.connection
        customer.loaded()
        customer.says(AGAIN)
        assert customer.restarted == 1
        assert customer.peer.connection is first, "what is connected lives until the new key is agreed"
        customer.answers()
        assert customer.peer.connection is not first
        assert len(set(customer.words)) == 2
        assert customer.tunnels == 2


@pytest.mark.parametrize("secret", [None, "7421"])
async def test_a_commit_is_answered_by_a_page_that_was_loaded_again_before_it_answered(secret: str | None) -> None:
    async with meeting(secret) as customer:
        customer.loaded()
        customer.steps.clear()
        customer.says(AGAIN)
        assert customer.restarted == 0
        customer.answers()
        assert len(customer.words) == 1


def lose_the_key_in_the_middle(customer: Customer) -> None:
    """The page is loaded again when it has answered the commit, and the console has said all that it has to say."""
    customer.loaded()
    share = customer.responder.receive(customer.steps.pop(0))
    assert share is not None
    customer.says(share)
    customer.steps.clear()
    customer.loaded()
    customer.says(AGAIN)


@pytest.mark.parametrize("secret", [None, LINK])
@pytest.mark.parametrize("times", [1, 2])
async def test_a_page_that_is_loaded_again_in_the_middle_of_the_handshake_gets_another_attempt(
    secret: str | None, times: int
) -> None:
    """Both ends waited for ever: the page for a commit, the console for a confirmation."""
    async with meeting(secret) as customer:
        for _ in range(times):
            lose_the_key_in_the_middle(customer)
        customer.answers()
        assert len(customer.words) == 1
        assert customer.restarted == times
        assert customer.refused == []


@pytest.mark.parametrize("had_a_key", [False, True])
async def test_secret_digits_are_put_to_the_proof_once_and_then_the_session_ends(had_a_key: bool) -> None:
    async with meeting("7421") as customer:
        if had_a_key:
            customer.answers()
            customer.says(AGAIN)
        lose_the_key_in_the_middle(customer)
        assert customer.refused == [HandshakeProblem.UNCONFIRMED]
        customer.says(AGAIN)
        assert customer.refused == [HandshakeProblem.UNCONFIRMED], "it has ended"
        assert not customer.steps


async def test_a_secret_without_a_guess_left_ends_a_session_that_has_a_key_too() -> None:
    async with meeting(LINK) as customer:
        customer.answers()
        customer.guesses = customer.proofs
        customer.says(AGAIN)
        customer.loaded()
        customer.answers()
        assert customer.refused == [HandshakeProblem.NO_GUESS_LEFT]


async def test_a_customer_whom_only_words_prove_can_lose_the_key_so_often_and_then_the_session_ends() -> None:
    async with meeting(None) as customer:
        customer.answers()
        for _ in range(2 * ATTEMPTS):
            customer.loaded()
            customer.says(AGAIN)
            customer.answers()
        assert len(customer.words) == ATTEMPTS
        assert customer.restarted == ATTEMPTS - 1
        assert customer.refused == [HandshakeProblem.TOO_MANY_ATTEMPTS]


async def test_a_customer_who_proves_the_secret_each_time_can_lose_the_key_any_number_of_times() -> None:
    async with meeting("7421") as customer:
        customer.answers()
        for _ in range(3 * ATTEMPTS):
            customer.loaded()
            customer.says(AGAIN)
            customer.answers()
        assert len(customer.words) == 3 * ATTEMPTS + 1
        assert customer.refused == []


async def test_attempts_that_a_relay_spoils_count_beside_a_secret_too() -> None:
    async with meeting("7421") as customer:
        customer.answers()
        for _ in range(2 * ATTEMPTS):
            customer.says(AGAIN)
            customer.says(SPOILED)
        assert customer.restarted == ATTEMPTS
        assert customer.proofs == 1, "none of them tested a guess"
        assert customer.refused == [HandshakeProblem.TOO_MANY_ATTEMPTS]


async def test_an_attempt_that_a_relay_spoils_ends_nothing() -> None:
    async with meeting(None) as customer:
        customer.answers()
        first = customer.peer.connection
        customer.says(AGAIN)
        customer.says(SPOILED)
        customer.steps.clear()
        assert customer.refused == []
        assert customer.peer.connection is first
        customer.says(AGAIN)
        customer.loaded()
        customer.answers()
        assert customer.peer.connection is not first


async def test_a_guess_that_was_not_confirmed_is_the_last_of_a_session() -> None:
    """Otherwise AGAIN would let an attacker try one secret after another, and the technician would learn of it last."""
    async with meeting("7421") as customer:
        customer.answers()
        assert customer.proofs == 1
        for guess in ("0000", "0001", "0002"):
            customer.secret = guess
            customer.loaded()
            customer.says(AGAIN)
            with suppress(HandshakeError):
                customer.answers()
            customer.says(AGAIN)
            customer.says(SPOILED)
        assert customer.proofs == 2
        assert len(customer.words) == 1
        assert customer.refused == [HandshakeProblem.UNCONFIRMED]
