"""A leg of a tunnel that another relay holds: joined, message for message, to a leg of our own at that relay.

As in the tunnel itself, a message is read when the last one has been written, so a slow reader slows its sender down.
The ticket is checked by the relay that holds the tunnel; until that has joined both legs, this one is a stranger's.
"""

import asyncio
import json
import logging
from collections.abc import Callable

import aiohttp
from aiohttp import WSCloseCode, WSMsgType, web

from codec.session.links.tunnel import MAX_MESSAGE_BYTES, PAIRING_SECONDS, TUNNEL_PATH
from relay.web.listener import is_known
from relay.web.sockets import Socket

OTHER_RELAY_SECONDS = 5.0
PASSED = "X-Deskside-Passed"
"""Marks a leg that was passed on, which is not passed on again. It is believed of anyone: it only refuses their leg."""
_BETWEEN = "."
_log = logging.getLogger(__name__)


def named(relay: int, ticket: str) -> str:
    """Return a ticket with the number of the relay that holds its tunnel; of one that is alone, as it is. Pure."""
    return f"{relay}{_BETWEEN}{ticket}" if relay else ticket


def relay_of(ticket: str) -> int:
    """Return the number of the relay that a ticket names, 0 where it names none. Pure."""
    number, between, _ = ticket.partition(_BETWEEN)
    return int(number) if between and number.isascii() and number.isdecimal() and len(number) < 10 else 0


class PassedLegs:
    """Passes legs on. `address_of` gives where a relay is reached by the others, None for one that is not there.

    `client` says from where a request comes: the other relay counts the leg as that address's.
    """

    def __init__(self, address_of: Callable[[int], str | None], client: Callable[[web.Request], str]) -> None:
        self._address_of = address_of
        self._client = client

    async def serve(self, request: web.Request, socket: Socket, relay: int, ticket: str) -> None:
        """Pass one leg on until either side ends it."""
        address = None if PASSED in request.headers else self._address_of(relay)
        if address is None:
            await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"ticket")
            return
        timeout = aiohttp.ClientTimeout(total=None, connect=OTHER_RELAY_SECONDS)
        headers = {"X-Forwarded-For": self._client(request), PASSED: "1"}
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.ws_connect(address + TUNNEL_PATH, headers=headers, max_msg_size=MAX_MESSAGE_BYTES + 1) as other,
            ):
                await other.send_str(json.dumps({"ticket": ticket}))
                await self._pass(request, socket, other)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            _log.warning("a leg of a tunnel could not be passed on to %s: %s", address, error or type(error).__name__)
        finally:
            await socket.close(code=WSCloseCode.GOING_AWAY)

    @staticmethod
    async def _pass(request: web.Request, socket: Socket, other: aiohttp.ClientWebSocketResponse) -> None:
        """Pass messages both ways. What is sent before both legs are joined waits in the sockets, as in a tunnel."""

        async def here_to_there() -> None:
            while (message := await socket.receive()).type is WSMsgType.BINARY:
                await other.send_bytes(message.data)

        async def there_to_here() -> None:
            async with asyncio.timeout(2 * PAIRING_SECONDS):
                joined = await other.receive()
            if joined.type is not WSMsgType.TEXT:
                return
            is_known(request)
            await socket.send_str(joined.data)
            while (message := await other.receive()).type is WSMsgType.BINARY:
                await socket.send_bytes(message.data)

        ways = asyncio.ensure_future(here_to_there()), asyncio.ensure_future(there_to_here())
        try:
            ended, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ended:
                way.result()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
