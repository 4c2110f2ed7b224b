"""Web servers that take files by PUT, as WebDAV servers and many others do. They must answer HEAD, GET and DELETE too.

What is there is asked by HEAD. A file goes in segments, PUT with `Content-Range: bytes A-B/SIZE`, first a small one to
see whether the server can: it can when HEAD says after each that all so far is there, or when the answer is 308 and its
`Range` says how far it got. Otherwise the file goes in one PUT, from its beginning; after a break it is sent again.
Until it is whole it is there in part, under its own name. In the end it is read back by GET, and its SHA-256 compared.
"""

import asyncio
import hashlib
import re
import secrets
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import aiohttp
from aiohttp import DigestAuthMiddleware, hdrs
from aiohttp.payload import Payload
from yarl import URL

from codec.stores.address_policy import Reach
from codec.stores.base import CredentialsNeededError, Progress, StoreError
from codec.stores.credentials import credentials_needed
from codec.stores.locations import Location
from codec.stores.names import quoted, stored_name
from codec.stores.source import CHUNK, digest_of, opened
from codec.stores.web import Piece, WebLine, address_of, length, proxy_refused

FIRST_SEGMENT, SEGMENT = 64 << 10, 8 << 20
SAMPLE = 64 << 10
"""So much of the end of what is there must be as in the file, or it is another file."""
_CANNOT = (400, 404, 405, 409, 411, 415, 416, 422, 501)
_GOT = re.compile(r"(?:bytes[= ])?0-(\d+)")
_REASONS = {
    403: ("you cannot write and read there. Correct the permissions on the server", False),
    404: ("the folder does not exist, or files in it cannot be read. Correct the path or the permissions", False),
    405: ("the server does not accept or show files there. It must allow PUT, HEAD, GET and DELETE", False),
    409: ("the folder does not exist. Create it there, or correct the address", False),
    413: ("the recording is too large for the server. Raise the limit on the server", False),
    423: ("the file is in use there", True),
    501: ("the server does not accept files there. It must allow PUT, HEAD, GET and DELETE", False),
    507: ("no space is left there. Make room, or choose another location", True),
}


class HttpStore:
    """A Store on a web server."""

    def __init__(self, location: Location, reach: Reach, trust: ssl.SSLContext, *, proxies: bool) -> None:
        self._location = location
        self._line = WebLine(location, reach, trust, proxies=proxies)
        if ":" in location.user:
            raise CredentialsNeededError(f"{location.shown}: a user name of a web server has no “:”. Enter it again.")
        has_name = bool(location.user or location.password)
        self._digest = DigestAuthMiddleware(location.user, location.password) if has_name else None
        self._begins = address_of(location)
        self._is_basic = False

    async def confirmed(self, name: str) -> int:
        """See Store."""
        return await self._size(stored_name(name)) or 0

    async def send(self, source: Path, name: str, progress: Progress) -> None:
        """See Store."""
        stored = stored_name(name)
        with opened(source) as file:
            size, begin = await length(file), await self._size(stored) or 0
            if begin and (begin > size or not await self._begins_with(file, stored, begin)):
                raise self._other(stored)
            if begin < size or not size:
                progress(begin)
                if size <= FIRST_SEGMENT or not await self._in_segments(file, stored, begin, size, progress):
                    progress(0)
                    await self._put(stored, Piece(file, 0, size, progress))
            if await self._size(stored) != size or await self._read(stored) != await digest_of(file):
                await self._damaged(stored, was_there=begin == size)
        progress(size)

    async def delete(self, name: str) -> None:
        """See Store."""
        async with self._ask("DELETE", stored_name(name)) as answer:
            if answer.status not in (404, 410):
                self._refuse(answer)

    async def test(self) -> None:
        """See Store."""
        name = f"deskside-test-{secrets.token_hex(8)}.txt"
        text = f"Deskside tests whether recordings can go here. {secrets.token_hex(16)}\n".encode()
        try:
            await self._put(name, text)
            if await self._size(name) != len(text) or await self._read(name) != hashlib.sha256(text).digest():
                raise StoreError(f"{self._shown}: the file read back differs from what was written.", retry=False)
            await self.delete(name)
        except StoreError:
            with suppress(StoreError):
                await self.delete(name)
            raise

    async def close(self) -> None:
        """See Store."""
        await self._line.close()

    async def _in_segments(self, file: BinaryIO, stored: str, begin: int, size: int, progress: Progress) -> bool:
        """Send from `begin` on. Returns False when the server cannot put segments together."""
        at = begin
        while at < size:
            end = min(at + (SEGMENT if at else FIRST_SEGMENT), size)
            headers = {str(hdrs.CONTENT_RANGE): f"bytes {at}-{end - 1}/{size}"}
            async with self._ask("PUT", stored, headers, Piece(file, at, end, progress)) as answer:
                if answer.status in _CANNOT:
                    return False
                if answer.status != 308:
                    self._refuse(answer)
                got = _GOT.fullmatch(answer.headers.get(hdrs.RANGE, "")) if answer.status == 308 else None
                goes_on = answer.status == 308
            there = (int(got[1]) + 1 if got else 0) if goes_on else await self._size(stored) or 0
            if not (at < there <= size if goes_on else there == end):
                return False
            at = there
        return True

    async def _put(self, stored: str, body: Payload | bytes) -> None:
        async with self._ask("PUT", stored, {}, body) as answer:
            self._refuse(answer)

    async def _size(self, stored: str) -> int | None:
        async with self._ask("HEAD", stored) as answer:
            if answer.status in (404, 410):
                return None
            self._refuse(answer)
            return answer.content_length

    async def _read(self, stored: str) -> bytes:
        digest = hashlib.sha256()
        async with self._ask("GET", stored) as answer:
            self._refuse(answer)
            async for data in answer.content.iter_chunked(CHUNK):
                await asyncio.to_thread(digest.update, data)
        return digest.digest()

    async def _begins_with(self, file: BinaryIO, stored: str, size: int) -> bool:
        """Compare the end of what is there with the file."""
        begin = max(0, size - SAMPLE)
        there = b""
        async with self._ask("GET", stored, {hdrs.RANGE: f"bytes={begin}-{size - 1}"}) as answer:
            self._refuse(answer)
            passed = begin if answer.status == 206 else 0
            async for data in answer.content.iter_chunked(CHUNK):
                there += data[max(0, begin - passed) :]
                passed += len(data)
        file.seek(begin)
        return there[:SAMPLE] == await asyncio.to_thread(file.read, size - begin)

    async def _damaged(self, stored: str, *, was_there: bool) -> None:
        if was_there:
            raise self._other(stored)
        with suppress(StoreError):
            await self.delete(stored)
        raise StoreError(f"{self._shown}: the recording arrived damaged. It will be sent again.", retry=True)

    @asynccontextmanager
    async def _ask(
        self, method: str, stored: str, headers: Mapping[str, str] | None = None, body: Payload | bytes | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Lend the answer, after saying who is calling in the way that the server asks for it."""
        url = self._url(stored)
        async with self._line.ask(method, url, self._with_name(headers), body, self._middlewares()) as answer:
            offered = " ".join(answer.headers.getall(hdrs.WWW_AUTHENTICATE, [])).lower()
            if answer.status != 401 or self._is_basic or self._digest is None or "basic" not in offered:
                yield answer
                return
        self._is_basic = True
        async with self._line.ask(method, url, self._with_name(headers), body) as answer:
            yield answer

    def _middlewares(self) -> tuple[DigestAuthMiddleware, ...]:
        return () if self._digest is None or self._is_basic else (self._digest,)

    def _with_name(self, headers: Mapping[str, str] | None) -> dict[str, str]:
        if not self._is_basic:
            return dict(headers or {})
        name = b64encode(f"{self._location.user}:{self._location.password}".encode()).decode("ascii")
        return {**(headers or {}), hdrs.AUTHORIZATION: f"Basic {name}"}

    def _url(self, stored: str) -> URL:
        location = self._location
        query = f"?{quote(location.query, safe='%=&+/:;,.@!$()*~-_')}" if location.query else ""
        return URL(f"{self._begins}{location.path.rstrip('/')}/{quoted(stored)}{query}", encoded=True)

    @property
    def _shown(self) -> str:
        return self._location.shown

    def _refuse(self, answer: aiohttp.ClientResponse) -> None:
        """Raise what the answer means, unless it is a yes. What the server says itself is not repeated."""
        status = answer.status
        if status < 300:
            return
        if status == 401:
            raise credentials_needed(self._location)
        if status == 407:
            raise StoreError(proxy_refused(status), retry=False)
        if status < 400:
            raise StoreError(f"{self._shown} redirects to another address. Enter that address instead.", retry=False)
        reason, retry = _REASONS.get(status, ("the server refused", status >= 500 or status in (408, 429)))
        raise StoreError(f"{self._shown}: {reason} (HTTP {status}).", retry=retry)

    def _other(self, stored: str) -> StoreError:
        return StoreError(
            f"{self._shown} already has another file named {stored}, which is not overwritten. Move or rename it "
            "there.",
            retry=False,
        )
