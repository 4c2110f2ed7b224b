"""The relayed link: a WebSocket to the relay, which joins it to the other end's and passes sealed bytes through."""

import asyncio
import json

import aiohttp

from codec.session.links.base import LinkClosedError
from codec.session.path_manager import LinkKind

TUNNEL_PATH = "/ws/tunnel"
PAIRING_SECONDS = 20.0
MAX_MESSAGE_BYTES = 64 * 1024


class TunnelLink:
    """One leg of a tunnel, already joined to the other one. Make it with `open_tunnel`."""

    kind = LinkKind.RELAYED
    binding = b""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, data: bytes) -> None:
        """See Link. Waits while the socket's buffer is full; the relay holds no queue, so the far end sets the pace."""
        try:
            await self._socket.send_bytes(data)
        except (aiohttp.ClientError, ConnectionError) as error:
            raise LinkClosedError(f"the relay's tunnel is gone: {error}") from None

    async def receive(self) -> bytes:
        """See Link."""
        message = await self._socket.receive()
        if message.type is aiohttp.WSMsgType.BINARY:
            data: bytes = message.data
            return data
        raise LinkClosedError(f"the relay closed the tunnel ({self._socket.close_code})")

    async def close(self) -> None:
        """See Link."""
        await self._socket.close()


async def open_tunnel(http: aiohttp.ClientSession, relay: str, ticket: str) -> TunnelLink:
    """Join the tunnel that `ticket` admits to at `relay` (its base address), and wait for the other end to join.

    Raises LinkClosedError when the relay refuses, cannot be reached, or the other end does not come.
    """
    try:
        socket = await http.ws_connect(
            relay.rstrip("/") + TUNNEL_PATH, max_msg_size=MAX_MESSAGE_BYTES + 1, autoping=True
        )
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise LinkClosedError(f"the relay cannot be reached: {error}") from None
    try:
        await socket.send_str(json.dumps({"ticket": ticket}))
        async with asyncio.timeout(PAIRING_SECONDS):
            word = await socket.receive()
        if word.type is not aiohttp.WSMsgType.TEXT or json.loads(word.data).get("type") != "paired":
            raise LinkClosedError("the relay refused the tunnel")
    except (aiohttp.ClientError, ConnectionError, TimeoutError, ValueError, LinkClosedError) as error:
        await socket.close()
        raise LinkClosedError(f"the tunnel did not come about: {error}") from None
    except BaseException:
        await socket.close()  # an attempt that is given up has no link to close yet
        raise
    return TunnelLink(socket)
