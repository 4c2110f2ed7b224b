"""A leg is passed on once, and never to ourselves."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import aiohttp
import pytest
from aiohttp import WSCloseCode

from relay.cluster.membership import Membership, Peer
from relay.cluster.own import Own
from relay.signalling.passed_leg import PASSED, PassedLegs


async def test_a_leg_that_was_passed_on_is_not_passed_on_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, str]] = []

    def connect(_self: object, _url: str, *, headers: dict[str, str], **_more: object) -> None:
        sent.append(headers)
        raise OSError

    monkeypatch.setattr(aiohttp.ClientSession, "ws_connect", connect)
    legs, socket = PassedLegs(lambda _relay: "http://relay.example", lambda _request: "192.0.2.1"), AsyncMock()
    first: Any = SimpleNamespace(headers={})
    await legs.serve(first, socket, 2, "2.ticket")
    (headers,) = sent
    again: Any = SimpleNamespace(headers=headers)
    socket.reset_mock()
    await legs.serve(again, socket, 2, "2.ticket")
    assert len(sent) == 1
    assert PASSED in headers
    socket.close.assert_awaited_once_with(code=WSCloseCode.POLICY_VIOLATION, message=b"ticket")


def test_a_relay_that_was_where_we_are_now_is_reached_no_more() -> None:
    store: Any = None
    ours, theirs = Own("http://10.0.0.1:8080", "1", "same"), Own("http://10.0.0.2:8080", "1", "same")
    membership = Membership(store, 3, ours, [Peer(1, ours, 0), Peer(2, theirs, 0)])
    assert (membership.address_of(1), membership.address_of(2)) == (None, theirs.address)
