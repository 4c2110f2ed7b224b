"""The small rules of codec/ts answer any calls as Python's do."""

from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from codec.backoff import Retries
from codec.picture.rate.pacing import Pace
from codec.session.lines import Lines
from codec.session.path_manager import LinkKind
from codec.token_bucket import Bucket, Rate
from codec.wire.lanes import Lane
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
        rate = pace.budget(now, videos=False).bytes_per_second
        assert node.ask("pace", calls) == pytest.approx([*ours, rate])


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


class CountingStream:
    """Carries lines in chunks of one each, and confirms what it is told to."""

    def __init__(self, kind: LinkKind | None) -> None:
        self.kind = kind
        self.sent: list[str] = []
        self.known = self.count = 0

    def send(self, _lane: Lane, message: bytes) -> None:
        self.count += 1
        self.sent.append(message.hex())

    def queued(self, _lane: Lane) -> int:
        return self.count

    def confirmed(self, _lane: Lane) -> int:
        return self.known


def test_lines_are_handed_over_the_same(node: Node) -> None:
    random = Random(1)
    for _ in range(ROUNDS):
        now, lines, stream = 0.0, Lines(0.0), CountingStream(None)
        calls: list[tuple[Any, ...]] = [(None, 0, "use")]
        lines.use(stream)
        ours: list[tuple[list[str], int]] = [([], 0)]
        for number in range(4 * CALLS):
            now += random.choice((0.0, 0.1, 3.0))
            method = random.choice(("add", "add", "add", "handOver", "handOver", "use", "end"))
            if method in ("use", "end") and random.random() < 0.8:
                method = "add"
            kind = random.choice((None, LinkKind.RELAYED, LinkKind.DIRECT))
            known = stream.known if method == "use" else random.randint(stream.known, stream.count)
            stream.sent, stream.kind, stream.known = [], kind, known
            match method:
                case "add":
                    line = f"line {number}".encode()
                    lines.add(line, now)
                    calls.append((kind, known, method, line.hex(), now))
                case "handOver":
                    lines.hand_over(now)
                    calls.append((kind, known, method, now))
                case "use":
                    stream = CountingStream(kind)
                    lines.use(stream)
                    calls.append((kind, known, method))
                case "end":
                    lines.end()
                    calls.append((kind, known, method))
            ours.append((stream.sent, len(lines)))
        assert [tuple(each) for each in node.ask("lines", calls)] == ours
        assert any(sent for sent, _ in ours)
