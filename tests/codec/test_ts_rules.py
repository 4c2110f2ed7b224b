"""The small rules of codec/ts answer any calls as Python's do."""

from dataclasses import dataclass
from random import Random

import pytest

from codec.backoff import Retries
from codec.picture.rate.pacing import Pace
from codec.token_bucket import Bucket, Rate
from codec.wire.pins import split
from tests.support.node import Node

ROUNDS = 50
CALLS = 60


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


def test_pictures_leave_at_the_same_pace(node: Node) -> None:
    random = Random(1)
    for _ in range(ROUNDS):
        calls: list[tuple[str, *tuple[float, ...]]] = []
        number, now = 0, 5.0
        for _ in range(4 * CALLS):
            now += random.choice((0.0, 0.002, 0.017, 0.05, 0.4, 3.0)) * random.random()
            match random.choice(("wait", "wait", "sent", "shown", "restart" if random.random() < 0.1 else "shown")):
                case "wait":
                    calls.append(("wait", now))
                case "sent":
                    number += 1
                    calls.append(("sent", number, random.choice((40, 900, 20_000, 3_000_000)), now))
                case "shown":
                    calls.append(("shown", number - random.randrange(4), now))
                case _:
                    calls.append(("restart",))
        pace = Pace()
        ours = [getattr(pace, method)(*about) for method, *about in calls]
        assert node.ask("pace", calls) == pytest.approx(ours)


def test_pins_end_where_they_end_in_python(node: Node) -> None:
    random = Random(1)
    digits = ["", "9", "12345x", *("".join(random.choices("0123456789", k=random.randrange(14))) for _ in range(300))]
    assert node.ask("pins", digits) == [_split(each) for each in digits]


def _split(digits: str) -> dict[str, str] | None:
    try:
        pin, secret = split(digits)
    except ValueError:
        return None
    return {"pin": pin, "secret": secret}
