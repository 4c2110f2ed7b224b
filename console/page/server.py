"""Serves the page on this computer, and joins each open page to the engine."""

import asyncio
import logging
import os
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from weakref import WeakKeyDictionary

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from codec.errors import MALFORMED
from codec.wire.messages import BadMessageError, UnknownMessageError
from console.engine import Engine
from console.page.loopback_user import peer_is
from console.page.messages import MAX_PAGE_MESSAGE, BadPageMessageError, read
from console.page.open_pages import SESSION_HEAD, Page
from console.page.page_auth import (
    CODE_LENGTH,
    Admission,
    CodeUsedError,
    NotAdmittedError,
    PageAuth,
    TooManyTriesError,
    code_from,
)
from console.page.running_instance import ANOTHER_PAGE, OPENS_SECONDS, PAGE_OPENED, Ask, answer, may_ask

PAGE_FOLDER = Path(__file__).parent / "static"
NOT_BUILT = (
    "This installation of Deskside Console is incomplete: its page is missing. Install it again. "
    "In a checkout, `make wheel` builds the page; then reload the page.\n"
)
KEY_SECONDS = 10.0
MAX_OPEN_BYTES = 1_000
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; "
        "img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; form-action 'none'"
    ),
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_log = logging.getLogger(__name__)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PageServer:
    """The web application of the page, for one engine.

    `host` is where it listens, "127.0.0.1:8090"; requests that call it by another name are refused, which keeps out
    pages that point a name of their own at this computer. `show_code` is called with each new code, `warn` with what
    looks as if somebody else had tried to get in. `secret` is what a second start of
    this person knows.
    """

    def __init__(
        self,
        engine: Engine,
        host: str,
        show_code: Callable[[str], None],
        warn: Callable[[str], None],
        secret: bytes | None = None,
        reopening: str = "deskside-console open",
        starting: str = "deskside-console",
    ) -> None:
        """`reopening` is the command that opens another page, `starting` the one that starts this console again."""
        self._commands = {"command": reopening, "start": starting}
        self._engine = engine
        self._hosts = {host, host.replace("127.0.0.1", "localhost")}
        self._cookie = f"deskside-console-{host.rpartition(':')[2]}"
        self._show_code = show_code
        self._warn = warn
        self._strangers: WeakKeyDictionary[asyncio.BaseTransport, bool] = WeakKeyDictionary()
        self._has_warned = False
        self._secret = secret
        self._opened = asyncio.Event()
        self._door = PageAuth(_new_code())
        show_code(self._door.code)

    def application(self) -> web.Application:
        """Return the application, to be run by an AppRunner."""
        application = web.Application(middlewares=[self._guard], client_max_size=MAX_OPEN_BYTES)
        application.router.add_post("/open", self._open)
        application.router.add_get("/open", self._how_to_open)
        application.router.add_post(ANOTHER_PAGE, self._another_page)
        application.router.add_post(PAGE_OPENED, self._page_opened)
        application.router.add_get("/page", self._page)
        application.router.add_get("/", self._index)
        if PAGE_FOLDER.is_dir():
            application.router.add_static("/", PAGE_FOLDER)
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        if self._is_stranger(request.transport):
            return web.Response(status=403, text="This page belongs to another user of this computer.\n")
        origin = request.headers.get("Origin")
        foreign = origin is not None and origin.removeprefix("http://") not in self._hosts
        if request.host not in self._hosts or foreign:
            return web.Response(status=403, text="This page is only for the computer that it runs on.\n")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    def _is_stranger(self, line: asyncio.Transport | None) -> bool:
        """Whether a program of another user is at the other end. It is looked up once for each connection."""
        if line is None:
            return True
        known = self._strangers.get(line)
        if known is None:
            ours, theirs = line.get_extra_info("sockname"), line.get_extra_info("peername")
            known = os.name == "posix" and not (ours and theirs and peer_is(os.getuid(), ours[:2], theirs[:2]))
            self._strangers[line] = known
        if known and not self._has_warned:
            self._has_warned = True
            self._warn("Another user of this computer tried to open your console, and was refused.")
        return known

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        index = PAGE_FOLDER / "index.html"
        if not index.is_file():
            return web.Response(status=503, text=NOT_BUILT)
        return web.FileResponse(index)

    async def _open(self, request: web.Request) -> web.Response:
        try:
            code = msgspec.json.decode(await request.read())["code"]
            admission = Admission(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
            self._door.open(str(code), _new_code(), admission, time.monotonic())
        except CodeUsedError as error:
            ago = time.monotonic() - error.at
            self._warn(
                f"A page came with a code that was used {ago:.0f} seconds ago. If that was not you both times, "
                "another program has your console open: press Ctrl-C, then start deskside-console again."
            )
            used = int((time.time() - ago) * 1000)
            return web.json_response({"message": str(error), "used": used}, status=403)
        except (*MALFORMED, ValueError, KeyError, TypeError, NotAdmittedError) as error:
            known = isinstance(error, NotAdmittedError)
            return web.json_response({"message": str(error) if known else NotAdmittedError.__doc__}, status=403)
        except TooManyTriesError as error:
            return web.json_response({"message": str(error)}, status=429)
        self._show_code(self._door.code)
        self._opened.set()
        self._opened = asyncio.Event()
        response = web.json_response({"key": admission.key})
        response.set_cookie(self._cookie, admission.cookie, httponly=True, samesite="Strict", path="/")
        return response

    async def _how_to_open(self, _request: web.Request) -> web.Response:
        """Say what a person types to get in: a page that was not let in hears nothing else of this console."""
        return web.json_response(self._commands)

    async def _another_page(self, request: web.Request) -> web.Response:
        """Give a code to a second start of the same person, who opens another page with it."""
        secret, asked = await self._asked(request)
        self._warn("Another page is being opened by a second start of deskside-console.")
        said = answer(secret, asked, self._door.code, self._engine.relay)
        return web.Response(body=msgspec.json.encode(said), content_type="application/json")

    async def _page_opened(self, request: web.Request) -> web.Response:
        """Answer when the page was opened with a code: then the file that led there can go."""
        _secret, asked = await self._asked(request)
        opened = self._opened
        if asked.code == self._door.code:
            with suppress(TimeoutError):
                await asyncio.wait_for(opened.wait(), OPENS_SECONDS)
        return web.Response()

    async def _asked(self, request: web.Request) -> tuple[bytes, Ask]:
        """Return what a program of this person asks. Raises HTTPForbidden for pages, which always name their origin."""
        try:
            asked = msgspec.json.decode(await request.read(), type=Ask)
        except MALFORMED:
            raise web.HTTPForbidden from None
        if self._secret is None or "Origin" in request.headers or not may_ask(self._secret, asked):
            raise web.HTTPForbidden
        return self._secret, asked

    async def _page(self, request: web.Request) -> web.StreamResponse:
        if "Origin" not in request.headers:
            return web.Response(status=403, text="Only the page itself connects here.\n")
        socket = web.WebSocketResponse(max_msg_size=MAX_PAGE_MESSAGE + (2 << 20), heartbeat=20, compress=False)
        await socket.prepare(request)
        if not await self._admitted(request, socket):
            await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"key")
            return socket
        if self._engine.is_closing:  # what becomes of the sessions meanwhile is no page's to tell
            await socket.close(code=WSCloseCode.GOING_AWAY)
            return socket
        page = Page()
        self._engine.page_opened(page)
        writer = asyncio.ensure_future(_write(page, socket))
        try:
            await self._read(page, socket)
        finally:
            self._engine.page_closed(page)
            writer.cancel()
        return socket

    async def _admitted(self, request: web.Request, socket: web.WebSocketResponse) -> bool:
        try:
            first = await socket.receive_str(timeout=KEY_SECONDS)
            key = msgspec.json.decode(first)["key"]
        except (*MALFORMED, TypeError, ValueError, KeyError, TimeoutError):
            return False
        return self._door.admits(request.cookies.get(self._cookie, ""), str(key))

    async def _read(self, page: Page, socket: web.WebSocketResponse) -> None:
        async for frame in socket:
            try:
                if frame.type is WSMsgType.TEXT:
                    self._engine.page_said(page, read(frame.data))
                elif frame.type is WSMsgType.BINARY:
                    self._session_message(frame.data)
            except UnknownMessageError:
                continue
            except (BadPageMessageError, BadMessageError) as error:
                _log.warning("a page said what no page says: %s", error)
                await socket.close(code=WSCloseCode.INVALID_TEXT, message=b"message")
                return

    def _session_message(self, data: bytes) -> None:
        if len(data) < SESSION_HEAD.size:
            raise BadPageMessageError("a session message without its session")
        (session,) = SESSION_HEAD.unpack_from(data)
        self._engine.page_sent(session, data[SESSION_HEAD.size :])


async def _write(page: Page, socket: web.WebSocketResponse) -> None:
    while True:
        item = await page.outbox.get()
        if item is None:
            await socket.close(code=WSCloseCode.GOING_AWAY)
            return
        try:
            if isinstance(item, bytes):
                await socket.send_bytes(item)
            else:
                await socket.send_str(item)
        except ConnectionError:
            return  # the reader notices too
        page.taken(item)


def _new_code() -> str:
    return code_from(os.urandom(CODE_LENGTH))
