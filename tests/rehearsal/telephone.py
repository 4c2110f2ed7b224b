"""What the technician reads aloud: listens at the console as one more page, and passes each new PIN or link on.

It signs nobody in. The codes, with their secrets, are told to every page of a console as soon as somebody made one.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import urlsplit

import aiohttp
import msgspec

from console.page.messages import Invitation, ToPage

_decoder: msgspec.json.Decoder[ToPage] = msgspec.json.Decoder(ToPage)


async def spoken(link: str) -> AsyncIterator[str]:
    """Yield every code that is made at the console whose page `link` opens, as it is given to the customer."""
    address = urlsplit(link)
    base = f"http://{address.netloc}"
    heard: set[int] = set()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        async with http.post(f"{base}/open", json={"code": address.fragment.removeprefix("open=")}) as response:
            key = (await response.json())["key"]
        async with http.ws_connect(f"ws://{address.netloc}/page", headers={"Origin": base}) as socket:
            await socket.send_json({"key": key})
            async for frame in socket:
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    continue
                message = _decoder.decode(frame.data)
                if not isinstance(message, Invitation) or message.code in heard:
                    continue
                code = message.spoken or message.link
                if code is not None:
                    heard.add(message.code)
                    yield code


async def pass_on(link: str, customer: asyncio.StreamWriter) -> None:
    """Tell the customer every code, until either of the two is gone."""
    with suppress(ConnectionError, aiohttp.ClientError):
        async for code in spoken(link):
            customer.write(f"{code}\n".encode())
            await customer.drain()
