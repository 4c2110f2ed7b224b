"""Python and TypeScript carry on the same conversations: the kept ones, and any that chance makes up."""

import json
from random import Random
from typing import Any

from codec.session.path_manager import LinkKind
from codec.wire.lanes import Lane
from codec.wire.roles import Role
from tests.codec.session.conversations import KEPT, PUMP, SCRIPTS, Step, answers, opened, written
from tests.support.node import Node

ROUNDS = 150
STEPS = 40
WEIGHTS = {
    "open": 4,
    "pump": 8,
    "lose": 2,
    "flip": 1,
    "inject": 1,
    "send": 6,
    "tick": 6,
    "drop": 2,
    "ask": 1,
    "acknowledge": 6,
    "discard": 2,
    "carry": 2,
}
"""Step → how often it is drawn."""


def test_kept_conversations_are_current() -> None:
    assert KEPT.read_text() == written(), "run `python -m tests.codec.session.conversations`"


def test_something_happens_in_each_kept_conversation() -> None:
    kept: list[dict[str, Any]] = json.loads(KEPT.read_text())
    assert [each["name"] for each in kept] == list(SCRIPTS)
    for each in kept:
        assert any("heard" in answer or "refused" in answer for answer in each["answers"]), each["name"]


def test_whatever_happens_both_languages_say_the_same(node: Node) -> None:
    for seed in range(ROUNDS):
        steps = made_up(Random(seed))
        for step, ours, theirs in zip(steps, answers(steps), node.ask("conversation", steps), strict=True):
            assert theirs == ours, f"seed {seed}: {step}"


def made_up(random: Random) -> list[Step]:
    """Return steps that an unlucky session could consist of, and some that no good end would take."""
    steps: list[Step] = []
    links = 0
    for what in random.choices(list(WEIGHTS), weights=list(WEIGHTS.values()), k=STEPS):
        role, link = random.choice(list(Role)).value, random.randint(1, max(1, links))
        match what:
            case "open":
                links += 1
                steps += opened(links, random.choice(list(LinkKind)))
            case "pump":
                steps.append(["pump", random.randint(1, 12)])
            case "carry" | "lose" | "drop":
                steps.append([what, role, link])
            case "flip":
                steps.append(["flip", role, link, random.randrange(100)])
            case "inject":
                frame = bytes([random.choice((1, 2, 0x10, 0x11, 0x12, 0x13, 0x14, 0x7F))])
                numbers = b"".join(random.randrange(4).to_bytes(4, "little") for _ in range(random.randrange(5)))
                steps.append(["inject", role, link, (frame + numbers).hex()])
            case "send":
                steps.append(["send", role, random.choice(list(Lane)), links, random.choice((0, 5, 16_384, 60_000))])
            case "tick":
                steps += [["wait", random.choice((0.1, 0.5, 2.5, 11))], ["tick", role]]
            case "ask" | "acknowledge":
                steps.append([what, role])
            case "discard":
                steps.append(["discard", role, random.choice(list(Lane))])
    return [*steps, PUMP]
