"""A STUN server: tells clients which address their request came from (RFC 8489, Binding only).

An answer is hardly longer than its question and goes out at a bounded rate, so that nobody gains by asking in another's
name. Each address (IPv6: /64) has a small share of it, so that one of them does not use it up for all.
"""

import asyncio
import struct
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from aioice import stun

from relay.limits.rate_limiter import address_key

ANSWERS_EACH_SECOND = 2_000
ANSWERS_TO_ONE = 50
MAX_QUESTION_BYTES = 1_200


class StunServer(asyncio.DatagramProtocol):
    """Answers Binding requests. Give it to `create_datagram_endpoint`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._second = 0
        self._answered: Counter[str] = Counter()
        self._all = 0
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.DatagramProtocol."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: tuple[Any, ...]) -> None:
        """See asyncio.DatagramProtocol. Whatever is no Binding request is passed over in silence."""
        if self._transport is None or len(data) > MAX_QUESTION_BYTES or not self._may_answer(str(address[0])):
            return
        answer = binding_answer(data, (str(address[0]), int(address[1])))
        if answer is not None:
            self._transport.sendto(answer, address)

    def _may_answer(self, address: str) -> bool:
        second = int(self._clock())
        if second != self._second:
            self._second, self._answered, self._all = second, Counter(), 0
        key = address_key(address)
        if self._all >= ANSWERS_EACH_SECOND or self._answered[key] >= ANSWERS_TO_ONE:
            return False
        self._answered[key] += 1
        self._all += 1
        return True


def binding_answer(data: bytes, address: tuple[str, int]) -> bytes | None:
    """Return the answer to a Binding request from `address` (host, port), None for anything else. Pure."""
    try:
        question = stun.parse_message(data)
    except (ValueError, IndexError, KeyError, struct.error):
        return None
    if question.message_method != stun.Method.BINDING or question.message_class != stun.Class.REQUEST:
        return None
    answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, question.transaction_id)
    answer.attributes["XOR-MAPPED-ADDRESS"] = address
    return bytes(answer)
