"""How many sessions the relay's sealed tunnel carries on one core.

Real sessions through a real relay process: each gets pictures of 2,250 bytes and answers with 60, at a pace that gives
180 kbit/s for each of the sessions that are stood for. What counts is the processor time that the relay takes.
"""

import asyncio
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import msgspec
import psutil

from codec.session.links.tunnel import TUNNEL_PATH
from codec.wire.api_types import Code, Method, NewCode, PickUp, SignedIn, SignIn
from codec.wire.signals import APPLET_PATH, CONSOLE_PATH, ConsoleSignIn, TunnelPlease, write
from tests.perf.table import Row
from tests.support.relay_process import RelayProcess
from tests.support.relays import EMAIL, PASSWORD, enter_with

CONSOLE = "console-of-perf"
SESSIONS = 40
PICTURE_BYTES = 2_250
ANSWER_BYTES = 60
PICTURES_A_SECOND = 10
SPEED_UP = 5
"""Each real session carries as much as this many: 40 sockets at five times the pace stand for 200 sessions."""
SECONDS = 8.0


async def measure() -> list[Row]:
    """Measure the relay's processor time for a known load."""
    with TemporaryDirectory() as folder:
        relay = RelayProcess(Path(folder))
        try:
            await relay.start()
            async with aiohttp.ClientSession() as http:
                legs = await _tunnels(http, relay.url)
                process = psutil.Process(relay.pid)
                before = process.cpu_times()
                carried = await _load(legs)
                after = process.cpu_times()
        finally:
            relay.end()
    seconds = (after.user - before.user) + (after.system - before.system)
    kbits = carried * 8 / 1000
    note = f"{carried / 1e6:.0f} MB for {seconds:.2f} s of processor time on {os.cpu_count()} cores"
    return [
        Row("relay, sealed tunnel: sessions on a core", kbits / seconds / 180, "", 300, more_is_better=True, note=note)
    ]


async def _tunnels(http: aiohttp.ClientSession, url: str) -> list[tuple[aiohttp.ClientWebSocketResponse, ...]]:
    body = msgspec.json.encode(SignIn(email=EMAIL, password=PASSWORD, console=CONSOLE))
    async with http.post(f"{url}/api/v1/sign-in", data=body) as response:
        token = msgspec.json.decode(await response.read(), type=SignedIn).token
    headers = {"Authorization": f"Bearer {token}"}
    console = await http.ws_connect(url + CONSOLE_PATH)
    await console.send_str(write(ConsoleSignIn(token, CONSOLE, 1)))
    legs = []
    for _ in range(SESSIONS):
        async with http.post(
            f"{url}/api/v1/codes", data=msgspec.json.encode(NewCode(method=Method.PIN)), headers=headers
        ) as response:
            code = msgspec.json.decode(await response.read(), type=Code)
        applet = await http.ws_connect(url + APPLET_PATH)
        await applet.send_str(write(enter_with(code)))
        session = (await _hear(applet, "entered"))["session"]
        body = msgspec.json.encode(PickUp(console=CONSOLE))
        async with http.post(f"{url}/api/v1/sessions/{session}/pick-up", data=body, headers=headers) as response:
            response.raise_for_status()
        await console.send_str(write(TunnelPlease(session)))
        tickets = [(await _hear(socket, "tunnel"))["ticket"] for socket in (applet, console)]
        legs.append(await asyncio.gather(*(_leg(http, url, ticket) for ticket in tickets)))
    return [tuple(pair) for pair in legs]


async def _hear(socket: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    while True:
        heard: dict[str, Any] = msgspec.json.decode(await socket.receive_str(timeout=10))
        if heard["type"] == kind:
            return heard


async def _leg(http: aiohttp.ClientSession, url: str, ticket: object) -> aiohttp.ClientWebSocketResponse:
    leg = await http.ws_connect(url + TUNNEL_PATH)
    await leg.send_str(msgspec.json.encode({"ticket": ticket}).decode())
    await leg.receive_str(timeout=10)
    return leg


async def _load(legs: list[tuple[aiohttp.ClientWebSocketResponse, ...]]) -> int:
    """Run the load and return the bytes that arrived at the consoles' legs."""
    carried = await asyncio.gather(*(_converse(*pair) for pair in legs))
    return sum(carried)


async def _converse(applet: aiohttp.ClientWebSocketResponse, console: aiohttp.ClientWebSocketResponse) -> int:
    picture, answer = os.urandom(PICTURE_BYTES), os.urandom(ANSWER_BYTES)
    loop = asyncio.get_running_loop()
    until, arrived = loop.time() + SECONDS, 0
    wait = 1 / (PICTURES_A_SECOND * SPEED_UP)
    while loop.time() < until:
        await applet.send_bytes(picture)
        arrived += len(await console.receive_bytes())
        await console.send_bytes(answer)
        await applet.receive_bytes()
        await asyncio.sleep(wait)
    return arrived
