"""Two ends agree, or say why not; a relay in the middle is seen."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.handshake import Agreement, Handshake, HandshakeError, HandshakeProblem, How, begins
from codec.roles import Role
from codec.seal import derive


def randomness(seed: str) -> bytes:
    return derive(seed.encode(), "test", length=64)


def end(role: Role, secret: str | None = None, seed: str = "", session: str = "7") -> Handshake:
    return Handshake(role, session, secret, randomness(f"{role}{seed}"))


def converse(console: Handshake, applet: Handshake) -> list[bytes]:
    """Let both ends talk until nothing is left to say; return all steps."""
    steps: list[bytes] = []
    step: bytes | None = console.start()
    ends: Iterator[Handshake] = iter([applet, console, applet, console])
    while step is not None:
        steps.append(step)
        step = next(ends).receive(step)
    return steps


def agreement_of(handshake: Handshake) -> Agreement:
    assert handshake.agreement is not None
    return handshake.agreement


@pytest.mark.parametrize(("secret", "how"), [(None, How.WORDS), ("7421", How.SECRET), ("é漢 long secret", How.SECRET)])
def test_both_ends_agree(secret: str | None, how: How) -> None:
    console, applet = end(Role.CONSOLE, secret), end(Role.APPLET, secret)
    converse(console, applet)
    assert agreement_of(console) == agreement_of(applet)
    assert agreement_of(console).how is how
    assert len(agreement_of(console).words) == 3


def test_golden_agreement() -> None:
    """The handshake's bytes are final: an applet of today meets a console of tomorrow."""
    console, applet = end(Role.CONSOLE), end(Role.APPLET)
    steps = converse(console, applet)
    assert [len(step) for step in steps] == [48, 93, 112, 53]
    assert (
        steps[0].hex()
        == "93a6636f6d6d6974a5776f726473c420dca302fcbcc378ffd6ed43f88cad50c9ecb2a3cb1752f054411c1412f5d8f26c"
    )
    assert agreement_of(applet).root.hex() == "bf694f866fd0154c7d4f20aae7aa177129a4f6b8a03c1a5b73b449511cb8dfc3"
    assert agreement_of(applet).words == ("raven", "bucket", "dragon")


def test_each_handshake_gives_another_key() -> None:
    roots = set()
    for seed in "ab":
        console, applet = end(Role.CONSOLE, seed=seed), end(Role.APPLET)
        converse(console, applet)
        roots.add(agreement_of(console).root)
    assert len(roots) == 2


@pytest.mark.parametrize(("console_secret", "applet_secret"), [("7421", "7422"), ("7421", None), (None, "7421")])
def test_different_secrets_end_the_attempt(console_secret: str | None, applet_secret: str | None) -> None:
    console, applet = end(Role.CONSOLE, console_secret), end(Role.APPLET, applet_secret)
    with pytest.raises(HandshakeError) as caught:
        converse(console, applet)
    assert caught.value.problem is HandshakeProblem.SECRETS_DIFFER
    assert console.agreement is None
    assert applet.agreement is None


def test_another_session_is_another_handshake() -> None:
    console, applet = end(Role.CONSOLE, "7421", session="7"), end(Role.APPLET, "7421", session="8")
    with pytest.raises(HandshakeError):
        converse(console, applet)


def test_a_relay_in_the_middle_gives_other_words() -> None:
    """Without a secret the middle can talk to both, but then the people see different words."""
    to_applet, to_console = end(Role.CONSOLE, seed="evil"), end(Role.APPLET, seed="evil")
    console, applet = end(Role.CONSOLE), end(Role.APPLET)
    converse(console, to_console)
    converse(to_applet, applet)
    assert agreement_of(console).words != agreement_of(applet).words


def test_a_relay_in_the_middle_cannot_guess_a_secret() -> None:
    to_applet = end(Role.CONSOLE, "0000", seed="evil")
    applet = end(Role.APPLET, "7421")
    with pytest.raises(HandshakeError) as caught:
        converse(to_applet, applet)
    assert caught.value.problem is HandshakeProblem.SECRETS_DIFFER


def test_a_key_that_was_not_committed_to_is_refused() -> None:
    console, other, applet = end(Role.CONSOLE), end(Role.CONSOLE, seed="other"), end(Role.APPLET)
    applet.receive(console.start())
    share = end(Role.APPLET, seed="other").receive(other.start())
    assert share is not None
    reveal = other.receive(share)
    assert reveal is not None
    with pytest.raises(HandshakeError) as caught:
        applet.receive(reveal)
    assert caught.value.problem is HandshakeProblem.CHANGED_ON_THE_WAY


@settings(max_examples=60, deadline=None)
@given(which=st.integers(0, 3), position=st.integers(0), flip=st.integers(1, 255), secret=st.sampled_from([None, "1"]))
def test_any_changed_byte_ends_the_attempt(which: int, position: int, flip: int, secret: str | None) -> None:
    console, applet = end(Role.CONSOLE, secret), end(Role.APPLET, secret)
    step: bytes | None = console.start()
    try:
        for number, receiver in enumerate([applet, console, applet, console]):
            if step is None:
                break  # taken for an answer to another attempt
            if number == which:
                changed = bytearray(step)
                changed[position % len(changed)] ^= flip
                step = bytes(changed)
            step = receiver.receive(step)
    except HandshakeError:
        pass
    assert console.agreement is None


@given(step=st.binary(max_size=1100))
def test_garbage_has_a_name(step: bytes) -> None:
    with pytest.raises(HandshakeError) as caught:
        end(Role.APPLET).receive(step)
    assert caught.value.problem is HandshakeProblem.MALFORMED


def test_steps_out_of_order_are_refused() -> None:
    console, applet = end(Role.CONSOLE), end(Role.APPLET)
    steps = converse(console, applet)
    fresh = end(Role.APPLET)
    with pytest.raises(HandshakeError):
        fresh.receive(steps[2])
    with pytest.raises(HandshakeError):
        applet.receive(steps[2])


def test_an_answer_to_an_earlier_attempt_is_passed_over() -> None:
    first, again = end(Role.CONSOLE, seed="first"), end(Role.CONSOLE, seed="again")
    late = end(Role.APPLET, seed="late").receive(first.start())
    applet = end(Role.APPLET)
    share = applet.receive(again.start())
    assert late is not None
    assert share is not None
    assert again.receive(late) is None
    reveal = again.receive(share)
    assert reveal is not None
    confirm = applet.receive(reveal)
    assert confirm is not None
    again.receive(confirm)
    assert agreement_of(again) == agreement_of(applet)


def test_an_applet_knows_when_the_console_begins() -> None:
    steps = converse(end(Role.CONSOLE), end(Role.APPLET))
    assert [begins(step) for step in steps] == [True, False, False, False]


def test_only_the_console_starts() -> None:
    with pytest.raises(ValueError, match="console starts"):
        end(Role.APPLET).start()


def test_randomness_must_be_whole() -> None:
    with pytest.raises(ValueError, match="64 random bytes"):
        Handshake(Role.APPLET, "7", None, b"short")
