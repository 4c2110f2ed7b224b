"""Two ends agree, or say why not; a relay in the middle is seen."""

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.session.handshake import RANDOM_BYTES, Agreement, Handshake, HandshakeError, HandshakeProblem, How, Reveal
from codec.session.seal import derive
from codec.wire.roles import Role


def randomness(seed: str) -> bytes:
    return derive(seed.encode(), "test", length=RANDOM_BYTES)


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
    assert [len(step) for step in steps] == [49, 94, 112, 53]
    assert (
        steps[0].hex()
        == "94a6636f6d6d697402a5776f726473c42093d0fb4c0d6d34ae532cab9e0b155c61bc236205494d6300da394fc6895afb99"
    )
    assert agreement_of(applet).root.hex() == "adcc46be9352302a364ec02bed69ad8de0ae4877d1d311efebca70281899ac16"
    assert agreement_of(applet).words == ("compass", "palace", "falcon")


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
        applet.receive(converse(end(Role.CONSOLE, seed="other"), end(Role.APPLET))[2])


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


def _changed_reveal(reveal: bytes, **changes: bytes) -> bytes:
    return msgspec.msgpack.encode(msgspec.structs.replace(msgspec.msgpack.decode(reveal, type=Reveal), **changes))


@pytest.mark.parametrize("secret", [None, "7421"])
@pytest.mark.parametrize("field", ["public", "nonce", "spake"])
def test_f1_nothing_of_a_reveal_is_free_once_the_share_is_known(field: str, secret: str | None) -> None:
    """F1: one changed bit of any field that enters the key is noticed, whatever the middle knows by then."""
    console, applet = end(Role.CONSOLE, secret), end(Role.APPLET, secret)
    share = applet.receive(console.start())
    assert share is not None
    reveal = console.receive(share)
    assert reveal is not None
    before: bytes = getattr(msgspec.msgpack.decode(reveal, type=Reveal), field)
    after = bytes([before[0] ^ 1]) + before[1:] if before else b"A" + bytes(32)
    with pytest.raises(HandshakeError) as caught:
        applet.receive(_changed_reveal(reveal, **{field: after}))
    lengths_differ = len(before) != len(after)
    expected = HandshakeProblem.MALFORMED if lengths_differ else HandshakeProblem.CHANGED_ON_THE_WAY
    assert caught.value.problem is expected
    assert applet.agreement is None


def test_f1_a_middle_that_searches_after_the_share_finds_no_field_to_search_in() -> None:
    """F1: the attack of the audit: the middle knows both keys and looks for a reveal that gives the console's words."""
    middle, applet = end(Role.CONSOLE, seed="middle"), end(Role.APPLET)
    share = applet.receive(middle.start())
    assert share is not None
    reveal = middle.receive(share)
    assert reveal is not None
    for tried in range(300):
        forged = _changed_reveal(reveal, spake=tried.to_bytes(2, "big"))
        fresh = end(Role.APPLET)
        assert fresh.receive(middle.start()) == share
        with pytest.raises(HandshakeError):
            fresh.receive(forged)


@pytest.mark.parametrize("secret", [None, "7421"])
def test_f1_every_field_has_one_length_and_messages_have_no_extra_ones(secret: str | None) -> None:
    """F1: longer, shorter and additional fields are refused on both ends."""
    steps = converse(end(Role.CONSOLE, secret), end(Role.APPLET, secret))
    for number, step in enumerate(steps):
        fields = msgspec.msgpack.decode(step)
        variants = [[*fields, b""], fields[:-1]]
        for place, field in enumerate(fields):
            if isinstance(field, bytes):
                parts = [field + b"\0", *([field[:-1]] if field else [])]
                variants += [[*fields[:place], part, *fields[place + 1 :]] for part in parts]
        for variant in variants:
            receiver = _brought_to(number, secret)
            try:
                answer = receiver.receive(msgspec.msgpack.encode(variant))
            except HandshakeError:
                continue
            assert answer is None  # taken for an answer to another attempt
            assert receiver.agreement is None


def _brought_to(number: int, secret: str | None) -> Handshake:
    """Return the end that expects step `number`."""
    console, applet = end(Role.CONSOLE, secret), end(Role.APPLET, secret)
    step: bytes | None = console.start()
    for receiver in [applet, console, applet][:number]:
        assert step is not None
        step = receiver.receive(step)
    return [applet, console, applet, console][number]


def test_the_version_before_is_refused_by_name() -> None:
    with pytest.raises(HandshakeError) as caught:
        end(Role.APPLET).receive(msgspec.msgpack.encode(["commit", "words", bytes(32)]))
    assert caught.value.problem is HandshakeProblem.MALFORMED
    other_version = msgspec.msgpack.encode(["commit", 1, "words", bytes(32)])
    with pytest.raises(HandshakeError):
        end(Role.APPLET).receive(other_version)


def test_f2_a_step_that_comes_twice_is_answered_with_the_same_bytes() -> None:
    """F2: sending again what was lost is no new attempt, so it gives nobody a second guess."""
    console, applet = end(Role.CONSOLE, "7421"), end(Role.APPLET, "7421")
    commit = console.start()
    share = applet.receive(commit)
    assert share is not None
    assert applet.receive(commit) == share
    reveal = console.receive(share)
    assert reveal is not None
    assert console.receive(share) == reveal == console.resend()
    confirm = applet.receive(reveal)
    assert confirm is not None
    assert applet.receive(reveal) == confirm
    assert applet.receive(commit) is None  # overtaken
    assert console.receive(confirm) is None
    assert console.receive(confirm) is None
    assert agreement_of(console) == agreement_of(applet)


def test_f2_an_attempt_reveals_one_proof_however_many_shares_come() -> None:
    """F2: a middle that guesses plays the applet; each attempt of the console answers one share only."""
    console = end(Role.CONSOLE, "7421")
    commit = console.start()
    shares = [end(Role.APPLET, f"{guess:04}", seed=str(guess)).receive(commit) for guess in range(5)]
    answers = [console.receive(share) for share in shares if share is not None]
    assert answers[0] is not None
    assert answers[1:] == [None] * 4
    assert console.proof_is_out


def test_f2_a_proof_without_a_confirmation_is_known_to_be_out() -> None:
    console, applet = end(Role.CONSOLE, "7421"), end(Role.APPLET, "7421")
    assert not console.proof_is_out
    share = applet.receive(console.start())
    assert share is not None
    reveal = console.receive(share)
    assert reveal is not None
    assert console.proof_is_out
    confirm = applet.receive(reveal)
    assert confirm is not None
    console.receive(confirm)
    assert not console.proof_is_out
    assert not applet.proof_is_out


def test_only_the_console_starts() -> None:
    with pytest.raises(ValueError, match="console starts"):
        end(Role.APPLET).start()


def test_randomness_must_be_whole() -> None:
    with pytest.raises(ValueError, match="128 random bytes"):
        Handshake(Role.APPLET, "7", None, b"short")


@pytest.mark.parametrize(
    "form",
    [
        b"\xdc\0\4\xa6commit\2\xa5words\xc4\x20",
        b"\x94\xa6commit\xcc\2\xa5words\xc4\x20",
        b"\x94\xd9\6commit\2\xa5words\xc4\x20",
    ],
)
def test_a_step_has_one_form(form: bytes) -> None:
    """MessagePack has several forms for one value: what is not the shortest, one reader takes and another does not."""
    usual = b"\x94\xa6commit\2\xa5words\xc4\x20" + bytes(32)
    assert end(Role.APPLET).receive(usual) is not None
    with pytest.raises(HandshakeError) as caught:
        end(Role.APPLET).receive(form + bytes(32))
    assert caught.value.problem is HandshakeProblem.MALFORMED


@pytest.mark.parametrize("y", [1, 2**255 - 18, (2**255 - 18) | 1 << 255, 1 | 1 << 255])
def test_the_neutral_point_is_refused_however_it_is_written(y: int) -> None:
    """The library takes y + 2²⁵⁵ - 19 for y, and then does not see which point it is."""
    console = end(Role.CONSOLE, "7421")
    commitment = msgspec.msgpack.decode(console.start())[3]
    point = y.to_bytes(32, "little")
    share = ["share", 2, "secret", bytes(range(32)), bytes(32), b"B" + point, commitment[:8]]
    with pytest.raises(HandshakeError) as caught:
        console.receive(msgspec.msgpack.encode(share))
    assert caught.value.problem is HandshakeProblem.MALFORMED
