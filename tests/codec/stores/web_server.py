"""A web server that takes files by PUT, of each sort that there is."""

import asyncio
import hashlib
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from pathlib import Path
from urllib.parse import unquote

from aiohttp import hdrs, web

from codec.stores.locations import read_location
from tests.codec.stores.grounds import PASSWORD, USER, BrokenError, Ground, certificates

_PUT = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_FIELD = re.compile(r'(\w+)="?([^",]+)"?')
BASIC = "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode()


class Sort(Enum):
    """What a server makes of a PUT with Content-Range."""

    JOINS = "it puts the segments together"
    REFUSES = "501, as nginx"
    IGNORES = "it takes each segment for the whole file"
    RESUMABLE = "308 and a Range, until all is there"


class WebServer:
    """One folder under /in."""

    def __init__(self, ground: Ground, sort: Sort, digest: bool) -> None:
        self._ground, self._sort, self._digest = ground, sort, digest

    def application(self) -> web.Application:
        """Return what serves."""
        made = web.Application(client_max_size=1 << 30)
        made.router.add_route("*", "/{path:.*}", self._answer)
        return made

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if not self._is_known(request):
            ask = 'Digest realm="r", nonce="n1", qop="auth", algorithm=SHA-256' if self._digest else 'Basic realm="r"'
            return web.Response(status=401, headers={hdrs.WWW_AUTHENTICATE: ask}, text=PASSWORD)
        folder, _, name = request.raw_path.partition("?")[0].rpartition("/")
        if folder != "/in":
            return web.Response(status=409, text=PASSWORD)
        path = self._ground.folder / unquote(name)
        match request.method:
            case "PUT":
                return await self._put(request, path)
            case "DELETE":
                return _deleted(path)
            case _:
                return web.FileResponse(path)

    async def _put(self, request: web.Request, path: Path) -> web.Response:
        if self._ground.is_full:
            return web.Response(status=507, text=PASSWORD)
        if not self._ground.may_write:
            return web.Response(status=403, text=PASSWORD)
        found = _PUT.fullmatch(request.headers.get(hdrs.CONTENT_RANGE, ""))
        begin, size = (int(found[1]), int(found[3])) if found else (0, request.content_length or 0)
        if found and self._sort is Sort.REFUSES:
            return web.Response(status=501, text=PASSWORD)
        part = path.with_name(path.name + ".arriving")
        if found and self._sort is Sort.RESUMABLE:
            return await self._resumable(request, path, part, begin, size)
        if found and self._sort is Sort.JOINS:
            await self._take(request, path, begin)
        else:
            await self._take(request, part, 0)
            await asyncio.to_thread(part.rename, path)
        return web.Response(status=201)

    async def _resumable(self, request: web.Request, path: Path, part: Path, begin: int, size: int) -> web.Response:
        there = _size(part)
        if begin == there:
            await self._take(request, part, begin)
            there = _size(part)
        if there == size:
            await asyncio.to_thread(part.rename, path)
            return web.Response(status=201)
        return web.Response(status=308, headers={hdrs.RANGE: f"bytes=0-{there - 1}"})

    async def _take(self, request: web.Request, path: Path, begin: int) -> None:
        with path.open("r+b" if begin else "wb") as file:
            file.seek(begin)
            async for data in request.content.iter_chunked(16 << 10):
                file.write(data)
                try:
                    self._ground.take(data)
                except BrokenError:
                    assert request.transport is not None
                    request.transport.close()
                    raise web.HTTPInternalServerError from None

    def _is_known(self, request: web.Request) -> bool:
        said = request.headers.get(hdrs.AUTHORIZATION, "")
        if not self._digest:
            return said == BASIC
        fields = dict(_FIELD.findall(said))
        ha1, ha2 = _sum(f"{USER}:r:{PASSWORD}"), _sum(f"{request.method}:{request.raw_path}")
        proof = _sum(f"{ha1}:n1:{fields.get('nc')}:{fields.get('cnonce')}:auth:{ha2}")
        return said.startswith("Digest ") and fields.get("response") == proof


@asynccontextmanager
async def web_ground(
    folder: Path, sort: Sort = Sort.JOINS, *, digest: bool = False, tls: bool = False
) -> AsyncIterator[Ground]:
    """Run a server."""
    (folder / "home").mkdir()
    ground = Ground(folder / "home", slack=128 << 10)
    ground.whole = ground.file
    ground.resumes = sort in (Sort.JOINS, Sort.RESUMABLE)
    files = certificates(folder) if tls else None
    runner = web.AppRunner(WebServer(ground, sort, digest).application(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=files.serve() if files else None)
    await site.start()
    port = runner.addresses[0][1]
    ground.location = read_location(f"{'https' if tls else 'http'}://127.0.0.1:{port}/in?part=of it", USER, PASSWORD)
    ground.trust = files.trust() if files else None
    try:
        yield ground
    finally:
        await runner.cleanup()


def _deleted(path: Path) -> web.Response:
    there = path.exists()
    path.unlink(missing_ok=True)
    return web.Response(status=204 if there else 404)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
