"""Python and TypeScript carry on the same conversations: the kept ones, and any that chance makes up."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from codec.session.path_manager import LinkKind
from codec.wire.lanes import Lane
from codec.wire.roles import Role
from tests.codec.session.conversations import KEPT, PUMP, SCRIPTS, Step, answers, opened, written
from tests.support.node import Node

ROUNDS = 150
STEPS = 40


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with Node("asked.mjs") as started:
        yield started


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


def made_up(random: Random) -> list[Step]:  # noqa: PLR0912
    """Return steps that an unlucky session could consist of, and some that no good end would take."""
    steps: list[Step] = []
    links = 0
    for _ in range(STEPS):
        role, link = random.choice([role.value for role in Role]), random.randint(1, max(1, links))
        match random.choices(range(12), weights=(4, 8, 2, 1, 1, 6, 6, 2, 1, 6, 2, 2))[0]:
            case 0:
                links += 1
                steps += opened(links, random.choice(list(LinkKind)))
            case 1:
                steps.append(["pump", random.randint(1, 12)])
            case 2:
                steps.append(["lose", role, link])
            case 3:
                steps.append(["flip", role, link, random.randrange(100)])
            case 4:
                frame = bytes([random.choice((1, 2, 0x10, 0x11, 0x12, 0x13, 0x14, 0x7F))])
                numbers = b"".join(random.randrange(4).to_bytes(4, "little") for _ in range(random.randrange(5)))
                steps.append(["inject", role, link, (frame + numbers).hex()])
            case 5:
                steps.append(["send", role, random.choice(list(Lane)), links, random.choice((0, 5, 16_384, 60_000))])
            case 6:
                steps += [["wait", random.choice((0.1, 0.5, 2.5, 11))], ["tick", role]]
            case 7:
                steps.append(["drop", role, link])
            case 8:
                steps.append(["ask", role])
            case 9:
                steps.append(["acknowledge", role])
            case 10:
                steps.append(["discard", role, random.choice(list(Lane))])
            case _:
                steps.append(["carry", role, link])
    return [*steps, PUMP]
