"""A console of one language and an applet of the other agree, or say why not, over a pipe to a Node that stays."""

import itertools
import os
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codec.session.seal import SEAL_OVERHEAD, Seal, SealBrokenError, derive
from codec.wire.roles import Role
from tests.support.handshake_cases import APPLET, CONSOLE, RECEIVERS
from tests.support.handshake_ends import BothEnds, Ends, MixedEnds, NodeEnds, Outcome, PythonEnds, Setting
from tests.support.node import Node

SECRETS = (None, "7421", "Größe-öäü-€", "")
FRAMES = (b"", b"x", bytes(63), bytes(64), bytes(65), os.urandom(16_391))
seeds = map(str, itertools.count())


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with closing(Node("peer.mjs")) as started:
        yield started


def mixed(node: Node, setting: Setting, typescript: Role) -> MixedEnds:
    """Return two ends of which this one is TypeScript's."""
    ours, theirs = PythonEnds(setting), NodeEnds(node, setting)
    return MixedEnds(theirs, ours) if typescript is Role.CONSOLE else MixedEnds(ours, theirs)


def talk(ends: Ends) -> list[Outcome]:
    """Let both talk until nothing is left to say; return what came of each step."""
    outcomes = [ends.do({"do": "begin"})]
    for to in RECEIVERS:
        if "said" in outcomes[-1]:
            outcomes.append(ends.do({"do": "receive", "at": to, "step": outcomes[-1]["said"]}))
    return outcomes


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("typescript", Role)
def test_both_languages_agree_and_open_what_the_other_sealed(node: Node, typescript: Role, secret: str | None) -> None:
    *_before, confirmed, heard = talk(mixed(node, Setting(secret, secret, seed=next(seeds)), typescript))
    agreed: dict[str, Any] = heard[CONSOLE]
    assert agreed == confirmed[APPLET]
    assert agreed["how"] == ("words" if secret is None else "secret")
    assert len(agreed["words"]) == 3
    root = bytes.fromhex(agreed["root"])
    node.ask("seals", agreed["root"], "from them", "from us")
    outgoing, incoming = Seal(derive(root, "from us")), Seal(derive(root, "from them"))
    for frame in FRAMES:
        assert node.ask("open", outgoing.close(frame).hex()) == frame.hex()
        assert incoming.open(bytes.fromhex(node.ask("close", frame.hex()))) == frame
    sealed = bytearray(outgoing.close(b"deskside"))
    sealed[3] ^= 1
    assert node.ask("open", sealed.hex()) is None
    with pytest.raises(SealBrokenError):
        incoming.open(bytes(SEAL_OVERHEAD))


@pytest.mark.parametrize(
    ("at_console", "at_applet"), [("7421", "7422"), ("7421", None), (None, "7421"), ("\u00fc", "u\u0308")]
)
@pytest.mark.parametrize("typescript", Role)
def test_different_secrets_are_noticed_by_the_applet(
    node: Node, typescript: Role, at_console: str | None, at_applet: str | None
) -> None:
    *_before, last = talk(mixed(node, Setting(at_console, at_applet), typescript))
    assert last["problem"] == "secrets_differ"
    assert CONSOLE not in last
    assert APPLET not in last


@pytest.mark.parametrize("typescript", Role)
def test_a_secret_that_was_missing_is_asked_for(node: Node, typescript: Role) -> None:
    ends = mixed(node, Setting("7421", None), typescript)
    commit = ends.do({"do": "begin"})["said"]
    assert ends.do({"do": "lacks", "step": commit}) == {"lacks": True, "attempt": 0}
    ends.do({"do": "give", "secret": "7421"})
    share = ends.do({"do": "receive", "at": APPLET, "step": commit})["said"]
    reveal = ends.do({"do": "receive", "at": CONSOLE, "step": share})["said"]
    confirm = ends.do({"do": "receive", "at": APPLET, "step": reveal})
    assert ends.do({"do": "receive", "at": CONSOLE, "step": confirm["said"]})[CONSOLE] == confirm[APPLET]


@settings(max_examples=60)
@given(
    which=st.integers(0, 3),
    position=st.integers(0, 200),
    flip=st.integers(1, 255),
    secret=st.sampled_from([None, "1"]),
    typescript=st.sampled_from(Role),
)
def test_a_step_that_was_changed_between_them_ends_the_attempt(
    node: Node, which: int, position: int, flip: int, secret: str | None, typescript: Role
) -> None:
    ends = mixed(node, Setting(secret, secret), typescript)
    outcome = ends.do({"do": "begin"})
    for number, to in enumerate(RECEIVERS):
        if "said" not in outcome:
            break
        step = bytearray.fromhex(outcome["said"])
        if number == which:
            step[position % len(step)] ^= flip
        outcome = ends.do({"do": "receive", "at": to, "step": step.hex()})
    assert CONSOLE not in outcome


@settings(max_examples=200)
@given(step=st.binary(max_size=1_100), to=st.sampled_from([APPLET, CONSOLE]), secret=st.sampled_from([None, "1"]))
def test_bytes_that_nobody_made_come_to_the_same(node: Node, step: bytes, to: str, secret: str | None) -> None:
    ends = BothEnds(node, Setting(secret, secret))
    ends.do({"do": "begin"})
    assert "said" not in ends.do({"do": "receive", "at": to, "step": step.hex()})
    ends.do({"do": "lacks", "step": step.hex()})


def test_any_handshake_comes_to_the_same_byte_for_byte(node: Node) -> None:
    """Whatever is drawn, as the programs draw it."""
    for _ in range(20):
        *_before, last = talk(BothEnds(node, Setting("12", "12", seed=os.urandom(8).hex())))
        assert last[CONSOLE] == last[APPLET]
