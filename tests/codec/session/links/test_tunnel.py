"""An attempt at a tunnel that is given up leaves no socket open, at whatever moment."""

import asyncio

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from codec.session.links.cancelling import cancel_and_wait
from codec.session.links.tunnel import TUNNEL_PATH, open_tunnel


async def test_giving_up_while_the_other_end_is_awaited_closes_the_socket() -> None:
    asked, closed = asyncio.Event(), asyncio.Event()

    async def never_pairs(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        asked.set()
        await socket.receive()
        closed.set()
        return socket

    relay = web.Application()
    relay.router.add_get(TUNNEL_PATH, never_pairs)
    async with TestServer(relay) as server, aiohttp.ClientSession() as http:
        opening = asyncio.ensure_future(open_tunnel(http, str(server.make_url("")), "ticket"))
        await asked.wait()
        await cancel_and_wait([opening])
        async with asyncio.timeout(5):
            await closed.wait()
