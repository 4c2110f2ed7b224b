"""The direct link on real sockets: it keeps the contract, and it fails with a name."""

import asyncio
import re
import socket

import psutil
import pytest

from codec.session.links.base import LinkClosedError
from codec.session.links.direct import HIGH_WATER_BYTES, MAX_CANDIDATES, MAX_MESSAGE_BYTES, DirectPath
from codec.session.path_manager import LinkKind
from tests.codec.session.links.pairs import direct_pair

HEADERS = 40 + 8
"""IPv6 and UDP."""


async def test_messages_arrive_in_order_both_ways() -> None:
    async with direct_pair() as (console, applet):
        messages = [bytes([number]) * (1 + 4_000 * number) for number in range(10)]
        for message in messages:
            await console.send(message)
            await applet.send(message)
        assert [await applet.receive() for _ in messages] == messages
        assert [await console.receive() for _ in messages] == messages


async def test_both_ends_hold_the_same_binding() -> None:
    async with direct_pair() as (console, applet), direct_pair() as (other, _):
        assert console.binding == applet.binding != b""
        assert console.binding != other.binding
        assert console.kind is LinkKind.DIRECT


async def test_sending_waits_when_the_path_is_full() -> None:
    async with direct_pair() as (console, applet):
        total = 40 * 16_384
        sender = asyncio.ensure_future(_send_all(console, 40, 16_384))
        received = 0
        while received < total:
            received += len(await applet.receive())
            assert console._channel.bufferedAmount <= HIGH_WATER_BYTES + 16_384  # type: ignore[attr-defined]
        await sender


async def _send_all(link: object, count: int, size: int) -> None:
    for _ in range(count):
        await link.send(bytes(size))  # type: ignore[attr-defined]


async def test_a_closed_path_says_so_at_both_ends() -> None:
    async with direct_pair() as (console, applet):
        await console.close()
        with pytest.raises(LinkClosedError):
            await applet.receive()
        with pytest.raises(LinkClosedError):
            await console.send(b"x")


@pytest.mark.parametrize("sdp", ["", "nonsense", "v=0\r\n", "v=0\r\nm=application x y z\r\n"])
async def test_a_description_that_is_none_has_a_name(sdp: str) -> None:
    path = DirectPath()
    try:
        with pytest.raises(LinkClosedError):
            await path.answer(sdp)
    finally:
        await path.close()


@pytest.mark.parametrize("steps", range(1, 12))
async def test_an_attempt_that_is_given_up_midway_leaves_no_socket_open(steps: int) -> None:
    before = _udp_sockets()
    path = DirectPath()
    offering = asyncio.ensure_future(path.offer())
    for _ in range(steps):
        await asyncio.sleep(0)
    offering.cancel()
    await asyncio.gather(offering, return_exceptions=True)
    await path.close()
    await asyncio.sleep(0)  # a transport closes its socket in the loop's next turn
    assert _udp_sockets() == before


def _udp_sockets() -> int:
    return sum(each.type == socket.SOCK_DGRAM for each in psutil.Process().net_connections("udp"))


async def test_a_description_with_hundreds_of_addresses_is_not_used() -> None:
    """F29: each address in it is written to, wherever it is."""
    path, other = DirectPath(), DirectPath()
    try:
        offer = await other.offer()
        line = next(line for line in offer.splitlines() if line.startswith("a=candidate:"))
        with pytest.raises(LinkClosedError, match="more addresses"):
            await path.answer(offer + f"{line}\r\n" * MAX_CANDIDATES)
    finally:
        await asyncio.gather(path.close(), other.close())


async def test_a_browser_whose_addresses_are_names_that_nobody_knows_is_reached_all_the_same() -> None:
    """Firefox hides this network's addresses behind names, and says that there are no others."""
    console, applet = DirectPath(), DirectPath()
    try:
        answer = await applet.answer(await console.offer())
        hidden = re.sub(r"(a=candidate:\S+ 1 udp \d+) \S+", r"\1 nobody-knows.local", answer)
        assert hidden.count("nobody-knows.local") == answer.count("a=candidate:") > 0
        assert "a=end-of-candidates" in hidden
        await console.accept(hidden)
        await asyncio.gather(console.opened(), applet.opened())
        await applet.send(b"here I am")
        assert await console.receive() == b"here I am"
    finally:
        await asyncio.gather(console.close(), applet.close())


async def test_another_channel_ends_the_path() -> None:
    """F29: 65,000 channels could be opened, and each is kept."""
    async with direct_pair() as (console, applet):
        applet._peer.createDataChannel("another")  # type: ignore[attr-defined]
        with pytest.raises(LinkClosedError):
            await console.receive()


async def test_a_message_longer_than_any_frame_ends_the_path() -> None:
    async with direct_pair() as (console, applet):
        applet._peer.sctp._remote_max_message_size = 0  # type: ignore[attr-defined]
        await applet.send(bytes(MAX_MESSAGE_BYTES + 1))
        with pytest.raises(LinkClosedError):
            await console.receive()


async def test_parts_that_never_become_a_message_end_the_path() -> None:
    """F29: aiortc keeps them for as long as they come, whatever window it has told."""
    async with direct_pair() as (console, _):
        console._peer.sctp._advertised_rwnd = -(5 << 20)  # type: ignore[attr-defined]
        with pytest.raises(LinkClosedError):
            await console.receive()


async def test_an_end_that_says_it_takes_no_messages_loses_the_path_and_nothing_more() -> None:
    async with direct_pair() as (console, _):
        console._peer.sctp._remote_max_message_size = 1  # type: ignore[attr-defined]
        with pytest.raises(LinkClosedError):
            await console.send(bytes(100))


@pytest.mark.finding("field-19")
async def test_no_datagram_is_larger_than_a_path_of_1280_bytes_carries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least that IPv6 promises, which is what is left inside many tunnels."""
    sent: list[int] = []
    transport = asyncio.selector_events._SelectorDatagramTransport  # type: ignore[attr-defined]
    send = transport.sendto

    def noting(self: object, data: bytes, addr: object = None) -> None:
        sent.append(len(data))
        send(self, data, addr)

    monkeypatch.setattr(transport, "sendto", noting)
    async with direct_pair() as (console, applet):
        await _send_all(console, 4, 65_536)
        received = 0
        while received < 4 * 65_536:
            received += len(await applet.receive())
    assert len(sent) > 200
    assert max(sent) + HEADERS <= 1_280
