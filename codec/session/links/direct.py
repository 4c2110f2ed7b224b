"""The direct link: a WebRTC data channel between the two computers (RFC 8831), made with aiortc.

The console offers, the applet answers; both descriptions travel sealed, inside the session itself. aiortc knows no ICE
restart, so a direct path that died is replaced by a whole new attempt.
"""

import asyncio
import contextlib
import hashlib
from collections import deque
from collections.abc import Sequence

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.exceptions import InvalidAccessError, InvalidStateError

from codec.host import background
from codec.session.links.base import LinkClosedError
from codec.session.path_manager import LinkKind
from codec.wire.api_types import IceServer

HIGH_WATER_BYTES = 64 * 1024
LOW_WATER_BYTES = 32 * 1024
MAX_WAITING_MESSAGES = 1024
MAX_WAITING_BYTES = 8 << 20
MAX_MESSAGE_BYTES = 64 * 1024
MAX_CANDIDATES = 64
"""Addresses in a description: a computer with many networks has a dozen. Each is written to, so no more are taken."""
MAX_UNDELIVERED_BYTES = 4 << 20
"""Parts of messages that never become whole; SCTP's own window is 1 MiB, and one that ignores it is given up."""
GUARD_SECONDS = 0.25
ATTEMPT_SECONDS = 30.0
BINDING_SECONDS = 0.5
"""Opening the sockets for all addresses of this machine takes no longer; waiting for STUN servers may."""
_ADDRESS = 4
"""Its place among the words of a candidate (RFC 8839, section 5.1)."""
CHANNEL = 0
"""The number of the one data channel, agreed on beforehand (RFC 8832 is not spoken)."""


class DirectPath:
    """One attempt at a direct path, and the link that it gives. Close it in the end, whatever happened."""

    kind = LinkKind.DIRECT

    def __init__(self, ice_servers: Sequence[IceServer] = ()) -> None:
        servers = [RTCIceServer(list(server.urls), server.username, server.credential) for server in ice_servers]
        self.binding = b""
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        self._channel = self._peer.createDataChannel("deskside", negotiated=True, id=CHANNEL)
        self._channel.bufferedAmountLowThreshold = LOW_WATER_BYTES
        self._arrived: deque[bytes] = deque()
        self._news = asyncio.Event()
        """Set when something has arrived, or nothing will any more."""
        self._open = asyncio.Event()
        self._gone = asyncio.Event()
        self._waiting_bytes = 0
        self._gathering: asyncio.Future[None] | None = None
        self._guarding: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._room.set()
        self._listen()

    async def offer(self) -> str:
        """Return the description for the other end. Takes as long as the STUN servers take to answer."""
        await self._gather(await self._peer.createOffer())
        return self._peer.localDescription.sdp

    async def answer(self, offer: str) -> str:
        """Take the other end's offer and return ours. Raises LinkClosedError when it is not a usable description."""
        await self._take(offer, "offer")
        await self._gather(await self._peer.createAnswer())
        answer = self._peer.localDescription.sdp
        self.binding = _binding(offer, answer)
        return answer

    async def accept(self, answer: str) -> None:
        """Take the answer to our offer. Raises LinkClosedError."""
        offer = self._peer.localDescription.sdp
        await self._take(answer, "answer")
        self.binding = _binding(offer, answer)

    async def opened(self) -> "DirectPath":
        """Wait until the path carries messages and return it. Raises LinkClosedError when there is no direct path."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ATTEMPT_SECONDS):
                await _first(self._open, self._gone)
        if self._gone.is_set() or not self._open.is_set():
            raise LinkClosedError("there is no direct path between the two computers")
        return self

    async def send(self, data: bytes) -> None:
        """See Link."""
        if self._channel.bufferedAmount > HIGH_WATER_BYTES:
            self._room.clear()
            await _first(self._room, self._gone)
        if self._gone.is_set():
            raise LinkClosedError("the direct path is gone")
        try:
            self._channel.send(data)
        except (InvalidStateError, ConnectionError, ValueError) as error:  # or its other end takes no such messages
            raise LinkClosedError(f"the direct path is gone: {error}") from None

    async def receive(self) -> bytes:
        """See Link."""
        while not self._arrived:
            if self._gone.is_set():
                raise LinkClosedError("the direct path is gone")
            self._news.clear()
            await self._news.wait()
        data = self._arrived.popleft()
        self._waiting_bytes -= len(data)
        return data

    async def close(self) -> None:
        """See Link."""
        self._end()
        if self._guarding is not None:
            self._guarding.cancel()
        if self._gathering is not None:
            await asyncio.wait({self._gathering}, timeout=BINDING_SECONDS)
            self._gathering.cancel()
            await asyncio.gather(self._gathering, return_exceptions=True)
        await self._peer.close()

    async def _gather(self, description: RTCSessionDescription) -> None:
        """Set our description, which gathers candidates.

        It goes on when we are cancelled, until `close`: aioice forgets the sockets that it has when it is cancelled
        before it has all of them, and nobody closes them then.
        """
        self._gathering = asyncio.ensure_future(self._peer.setLocalDescription(description))
        await asyncio.shield(self._gathering)

    def _listen(self) -> None:
        self._channel.on("open", self._open.set)
        self._channel.on("close", self._end)
        self._channel.on("bufferedamountlow", self._room.set)
        self._channel.on("message", self._message)
        self._peer.on("connectionstatechange", self._state_changed)
        self._peer.on("datachannel", lambda _another: self._end())  # there is one, and it was agreed on

    def _message(self, data: bytes | str) -> None:
        too_much = len(self._arrived) >= MAX_WAITING_MESSAGES or self._waiting_bytes > MAX_WAITING_BYTES
        if isinstance(data, str) or len(data) > MAX_MESSAGE_BYTES or too_much:
            self._end()
            return
        self._arrived.append(data)
        self._waiting_bytes += len(data)
        self._news.set()

    def _end(self) -> None:
        self._gone.set()
        self._news.set()

    async def _guard(self) -> None:
        """Give the path up when its other end fills our memory with parts of messages: aiortc only counts them."""
        while not self._gone.is_set():
            window = getattr(self._peer.sctp, "_advertised_rwnd", 0)
            if window < -MAX_UNDELIVERED_BYTES:
                self._end()
            await asyncio.sleep(GUARD_SECONDS)

    def _state_changed(self) -> None:
        if self._peer.connectionState in ("failed", "closed"):
            self._end()

    async def _take(self, sdp: str, kind: str) -> None:
        lines = sdp.splitlines()
        media = [line for line in lines if line.startswith("m=")]
        if len(media) != 1 or not media[0].startswith("m=application") or not _fingerprints(sdp):
            raise LinkClosedError(f"the other end's {kind} describes no data channel")
        if sum(line.startswith("a=candidate:") for line in lines) > MAX_CANDIDATES:
            raise LinkClosedError(f"the other end's {kind} names more addresses than a computer has")
        try:
            await self._peer.setRemoteDescription(RTCSessionDescription(_without_end(sdp), kind))
        except (ValueError, KeyError, IndexError, AttributeError, InvalidAccessError, InvalidStateError) as error:
            raise LinkClosedError(f"the other end's {kind} cannot be used: {error}") from None
        self._guarding = background.start(self._guard(), "watching the direct path")


async def _first(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def _without_end(sdp: str) -> str:
    """Take out that there are no more addresses where all of them are a browser's names for this network.

    Where those names cannot be looked up, aioice then holds that the other end has none, and fails though the other
    end's own checks reach it.
    """
    lines = sdp.splitlines()
    addresses = [line.split() for line in lines if line.startswith("a=candidate:")]
    if any(len(each) > _ADDRESS and not each[_ADDRESS].endswith(".local") for each in addresses):
        return sdp
    return "".join(f"{line}\r\n" for line in lines if line != "a=end-of-candidates")


def _binding(offer: str, answer: str) -> bytes:
    """Hash both ends' DTLS fingerprints (RFC 8122) as the two descriptions name them."""
    return hashlib.sha256("\n".join((*_fingerprints(offer), "", *_fingerprints(answer))).encode()).digest()


def _fingerprints(sdp: str) -> list[str]:
    return sorted(line.strip() for line in sdp.splitlines() if line.startswith("a=fingerprint:"))
