"""An applet answers a handful of attempts, each once, and a repeated step is no attempt."""

import itertools

import pytest

from codec.session.handshake import RANDOM_BYTES, Handshake, HandshakeError, HandshakeProblem, How
from codec.session.responder import ATTEMPTS, Responder
from codec.session.seal import derive
from codec.wire.roles import Role

_seeds = itertools.count()


def randomness() -> bytes:
    return derive(str(next(_seeds)).encode(), "test", length=RANDOM_BYTES)


def console(secret: str | None = None) -> Handshake:
    return Handshake(Role.CONSOLE, "7", secret, randomness())


def agree(responder: Responder, end: Handshake) -> None:
    share = responder.receive(end.start())
    assert share is not None
    reveal = end.receive(share)
    assert reveal is not None
    confirm = responder.receive(reveal)
    assert confirm is not None
    end.receive(confirm)


def test_f3_attempts_of_one_session_are_counted_and_end() -> None:
    responder = Responder("7", None, randomness)
    for number in range(ATTEMPTS):
        assert responder.receive(console().start()) is not None
        assert responder.attempt == number + 1
    for _ in range(3):
        with pytest.raises(HandshakeError) as caught:
            responder.receive(console().start())
        assert caught.value.problem is HandshakeProblem.TOO_MANY_ATTEMPTS
    assert responder.agreement is None


def test_a_repeated_commit_is_the_same_attempt() -> None:
    responder, end = Responder("7", None, randomness), console()
    share = responder.receive(end.start())
    for _ in range(20):
        assert end.resend() is not None
        assert responder.receive(end.resend() or b"") == share
    assert responder.attempt == 1


def test_f3_an_agreement_holds_until_the_next_one_is_made() -> None:
    responder, first, second = Responder("7", None, randomness), console(), console()
    agree(responder, first)
    before = responder.agreement
    assert before == first.agreement
    responder.receive(second.start())
    assert responder.agreement is before
    with pytest.raises(HandshakeError):
        responder.receive(b"garbage")
    assert responder.agreement is before
    agree(responder, console())
    assert responder.agreement is not before


def test_steps_without_an_attempt_are_passed_over() -> None:
    responder, end = Responder("7", None, randomness), console()
    share = Handshake(Role.APPLET, "7", None, randomness()).receive(end.start())
    assert share is not None
    reveal = end.receive(share)
    assert reveal is not None
    assert responder.receive(reveal) is None
    assert responder.attempt == 0


@pytest.mark.finding("use-B9")
def test_who_lacks_the_secret_can_still_be_asked_for_it_and_that_is_no_attempt() -> None:
    responder, end = Responder("7", None, randomness), console("2349")
    assert responder.lacks_secret(end.start())
    assert responder.attempt == 0
    responder.give("2349")
    assert not responder.lacks_secret(end.resend() or b"")
    share = responder.receive(end.resend() or b"")
    reveal = end.receive(share or b"")
    assert responder.receive(reveal or b"") is not None
    assert responder.agreement is not None
    assert responder.agreement.how is How.SECRET
    assert responder.attempt == 1


def test_who_agreed_without_a_secret_is_not_asked_for_one_later() -> None:
    responder = Responder("7", None, randomness)
    agree(responder, console())
    assert not responder.lacks_secret(console("2349").start())


@pytest.mark.req("SESS-168")
def test_words_do_instead_of_a_secret_only_once_the_session_is_handed_over() -> None:
    """The technician's own program says so. Until then no relay can have an applet do without its secret."""
    responder = Responder("7", "4711", randomness)
    agree(responder, console("4711"))
    with pytest.raises(HandshakeError) as caught:
        responder.receive(console().start())
    assert caught.value.problem is HandshakeProblem.SECRETS_DIFFER
    responder.hand_over()
    agree(responder, console())
    by_words = responder.agreement
    agree(responder, console("4711"))
    agreements = [by_words, responder.agreement]
    assert [each.how for each in agreements if each is not None] == [How.WORDS, How.SECRET]
    responder.give("1234")
    with pytest.raises(HandshakeError):
        responder.receive(console().start())
