"""As `handshake`, in both languages at once: whatever steps come, both ends of both come to the same.

Needs Node. It runs in a process of its own, which stays until this one ends.
"""

import atexit
from collections.abc import Iterable
from functools import cache

from tests.fuzz import handshake
from tests.fuzz.mutations import try_each
from tests.support.handshake_ends import BothEnds
from tests.support.node import Node

seeds = handshake.seeds


def try_one(data: bytes) -> None:
    """Carry out what `data` says. Raises AssertionError, or anything else that is not allowed."""
    handshake.try_with(data, lambda setting: BothEnds(_node(), setting))


def try_all(inputs: Iterable[bytes]) -> int:
    """Try inputs one after the other; return how many. The one that fails is in the error's notes."""
    return try_each(try_one, inputs)


@cache
def _node() -> Node:
    node = Node("peer.mjs")
    atexit.register(node.close)
    return node
