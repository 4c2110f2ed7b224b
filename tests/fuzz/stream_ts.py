"""The path manager of TypeScript takes any sealed frames as Python's does, in bounded memory: each answer is compared.

Inputs are those of tests/fuzz/stream.py. Needs Node. It runs in a process of its own, which stays until this one ends.
"""

import atexit
import functools
from collections.abc import Iterable, Iterator

from codec.session.lanes import CHUNK_BYTES
from codec.session.path_manager import PROOF, LinkKind
from codec.session.stream import DATA
from codec.wire.roles import Role
from tests.codec.session.conversations import Step, answers, opened
from tests.fuzz import stream
from tests.fuzz.mutations import try_each
from tests.support.node import Node

seeds = stream.seeds


def try_one(data: bytes) -> None:
    """Carry out what `data` says in both languages. Raises AssertionError where they differ."""
    steps = list(_steps(data))
    theirs = _node().ask("conversation", steps)
    for number, (ours, other) in enumerate(zip(answers(steps), theirs, strict=True)):
        assert other == ours, f"step {number}: {steps[number]}"


def try_all(inputs: Iterable[bytes]) -> int:
    """Try inputs one after the other; return how many. The one that fails is in the error's notes."""
    return try_each(try_one, inputs)


def _steps(data: bytes) -> Iterator[Step]:
    victim = list(Role)[(data[0] if data else 0) % 2]
    yield from opened(1, LinkKind.RELAYED)
    yield from (["carry", role.value, 1] for role in Role)
    attack = _Attack(victim)
    for how, payload in stream.frames(data[1:]):
        yield from attack.steps(how, payload)


class _Attack:
    """What tests/fuzz/stream.py does to one end, as steps."""

    def __init__(self, victim: Role) -> None:
        self._victim, self._other = victim.value, victim.peer.value
        self._numbers = [0, 0, 0]
        self._last = (stream.RAW, bytes([PROOF]))

    def steps(self, how: int, payload: bytes) -> Iterator[Step]:
        if how == stream.TICK:
            yield ["wait", (payload[0] if payload else 1) / 2]
            yield ["tick", self._victim]
        elif how == stream.GARBAGE:
            yield ["garbage", self._victim, 1, payload.hex()]
        elif how == stream.REPEAT:
            for _ in range(min(stream.REPEATS, 1 + 2 * (payload[0] if payload else 0))):
                yield from self.steps(*self._last)
        else:
            self._last = how, payload
            yield ["inject", self._other, 1, *(self._chunk(payload, how) if how != stream.RAW else [payload.hex()])]

    def _chunk(self, payload: bytes, how: int) -> list[str | int]:
        lane, last = (payload + b"\0\1")[0] % 3, (payload + b"\0\1")[1] & 1
        number, self._numbers[lane] = self._numbers[lane], self._numbers[lane] + 1
        head = bytes([DATA, lane, last]) + number.to_bytes(4, "little")
        return [head.hex(), CHUNK_BYTES] if how == stream.FULL_CHUNK else [(head + payload[2:]).hex()]


@functools.cache
def _node() -> Node:
    node = Node("asked.mjs")
    atexit.register(node.close)
    return node
