"""The small rules of codec/ts answer any calls as Python's do."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import pytest

from codec.backoff import Retries
from codec.token_bucket import Bucket, Rate
from tests.support.node import Node

ROUNDS = 50
CALLS = 60


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with Node("asked.mjs") as started:
        yield started


@dataclass
class Chances:
    """Numbers that are drawn beforehand, so that both languages draw the same."""

    numbers: list[float]

    def __call__(self) -> float:
        return self.numbers.pop(0)


@pytest.mark.parametrize("at", [None, 5.0])
def test_buckets_let_through_the_same(node: Node, at: float | None) -> None:
    random = Random(1)
    for _ in range(ROUNDS):
        rate, now = Rate(random.uniform(0.5, 20), random.uniform(1, 40)), 5.0
        calls: list[tuple[str, float] | tuple[str, float, float]] = []
        for _ in range(CALLS):
            now += random.uniform(-0.1, 1)
            method = random.choice(("take", "take", "wait", "add"))
            amount = random.uniform(0, 10)
            calls.append((method, amount) if method == "add" else (method, amount, now))
        bucket = Bucket(rate, at)
        ours = [getattr(bucket, method)(*about) for method, *about in calls]
        assert node.ask("bucket", {"perSecond": rate.per_second, "burst": rate.burst}, at, calls) == ours


def test_tries_wait_as_long(node: Node) -> None:
    random = Random(1)
    for _ in range(ROUNDS):
        chances = [random.random() for _ in range(CALLS)]
        calls: list[tuple[str, *tuple[float, ...]]] = [
            random.choice((("wait",), ("wait", 2.0), ("wait", 0.0, 1.5), ("succeeded",))) for _ in range(CALLS)
        ]
        retries = Retries(0.3, 20, Chances([*chances]))
        ours = [getattr(retries, method)(*about) for method, *about in calls]
        theirs = node.ask("retries", 0.3, 20, chances, calls)
        assert [each is None for each in theirs] == [each is None for each in ours]
        assert [each or 0.0 for each in theirs] == pytest.approx([each or 0.0 for each in ours])
