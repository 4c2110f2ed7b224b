"""Accepts connections, for one address and port: no more than the relay can hold, and none for longer than is due.

asyncio's own servers accept whatever comes, and meet the end of the file descriptors with a traceback each. Here a
connection is counted the moment it is accepted, before TLS, and `connections` says whether it may stay.
"""

import asyncio
import contextlib
import errno
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, cast

from aiohttp import web, web_fileresponse
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler, RequestPayloadError

from relay.limits.rate_limiter import address_key
from relay.web.clients import Clients
from relay.web.connections import (
    ANSWER_SECONDS,
    CLOSING_SECONDS,
    HEAD_BYTES,
    STALL_SECONDS,
    Connection,
    Connections,
    Ended,
    Phase,
    overdue,
)

BACKLOG = 512
ACCEPTED_AT_ONCE = 16
"""In one turn of the event loop: who is beyond the backlog waits seconds for the system to try again."""
SWEEP_SECONDS = 0.5
LINGERING_SECONDS = 2.0
"""How long the rest of a body that nobody wanted is read and dropped, so that its sender sees the answer."""
READ_BYTES = 16 * 1024
MOST_BYTES_AT_ONCE = 64 * 1024
"""What one connection may have been read of before anything of it is looked at; asyncio would take 256 KiB."""
MOST_LEFT = 64
"""Requests that are worked on whose senders have gone. With more, the next connection waits, at most LEFT_SECONDS:
else those who send and go, and come again, would be taken in faster than their requests are worked off."""
LEFT_SECONDS = 0.05
MAX_HEADERS = 64
# What the system sends of a file by itself (sendfile) cannot be seen to stand still, and goes on waiting for its reader
# when its connection is cut: each would keep a task and an open file. So files are sent in pieces, as all else.
setattr(web_fileresponse, "NOSENDFILE", True)  # noqa: B010  (a constant, of which there is no option)
_OUT_OF_THEM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_log = logging.getLogger(__name__)

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Told = Callable[[Ended], None]
"""Hears why a connection was ended."""


class Guarded(RequestHandler):
    """aiohttp's connection, which says what it is doing."""

    __slots__ = ("_clients", "_connection", "_connections", "_content", "_head", "_is_proxy", "_left", "_line", "_told")

    def __init__(
        self,
        manager: web.Server,
        connection: Connection,
        connections: Connections,
        clients: Clients,
        told: Told,
        left: Callable[[asyncio.Task[None]], None],
    ) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(
            manager,
            loop=loop,
            keepalive_timeout=connections.limits.idle_seconds,
            access_log=cast(logging.Logger, None),  # (its runners do the same)
            lingering_time=LINGERING_SECONDS,
            read_bufsize=READ_BYTES,
            max_headers=MAX_HEADERS,
            auto_decompress=False,  # nobody sends compressed bodies; see relay/web/bodies.py
        )
        self._connection, self._connections, self._clients, self._told = connection, connections, clients, told
        self._is_proxy = connection.owner is None
        self._left = left
        self._line: asyncio.Transport | None = None
        self._content: StreamReader | None = None
        self._head = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        super().connection_made(transport)
        self._line = cast(asyncio.Transport, transport)
        if hasattr(transport, "max_size"):  # asyncio's own, without TLS; with it, the system's pages are what is used
            setattr(transport, "max_size", MOST_BYTES_AT_ONCE)  # noqa: B010  (it is not in asyncio's typed interface)
        self._connection.end, self._connection.look = self._line.abort, self.look

    def connection_lost(self, exc: BaseException | None) -> None:
        """See asyncio.Protocol. Whatever is still at work for it must not wait for the rest of what it sent."""
        at_work = self._task_handler
        super().connection_lost(exc)
        if self._content is not None and not self._content.is_eof():
            self._content.set_exception(ConnectionResetError("The other end has gone."))
        if at_work is not None and not at_work.done():
            self._left(at_work)
        self._line = None
        self._connection.end, self._connection.look = _nothing, _see_nothing
        self._connections.go(self._connection)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol. A head that gets too long is cut before it is whole."""
        if self._connection.phase is Phase.IDLE:
            self._connection.enter(Phase.HEAD, self._loop.time())
        before = self._request_count
        super().data_received(data)
        if self._request_count != before:
            self._head = 0
            if self._connection.phase is Phase.HEAD:  # what comes before `begins` is called is its body already
                self._connection.enter(Phase.BODY, self._loop.time())
        elif self._connection.phase is Phase.HEAD:
            self._head += len(data)
            if self._head > HEAD_BYTES:
                self._told(Ended.HEAD)
                self._connection.end()

    def set_parser(self, *given: Any, **named: Any) -> None:
        """See RequestHandler: from now on this is a WebSocket."""
        super().set_parser(*given, **named)
        self._connection.enter(Phase.SOCKET, self._loop.time())

    def begins(self, request: web.BaseRequest) -> bool:
        """A request has come, of which the head is whole. Return whether there is room for its sender."""
        now = self._loop.time()
        self.is_known(now=False)
        if self._is_proxy and not self._works_for(address_key(self._clients.address(cast(web.Request, request)))):
            return False
        self._content = request.content
        self._connection.enter(Phase.BODY, now)
        self.look(now)
        return True

    def is_known(self, *, now: bool = True) -> None:
        """The sender of this request has shown who they are; with `now` False, someone else may have sent it."""
        self._connections.known(self._connection, now)

    def is_unread(self) -> bool:
        """Whether more of the body is to come. No one waits for it: it is dropped (LINGERING_SECONDS)."""
        return self._content is not None and not self._content.is_eof()

    def has_more_requests(self) -> bool:
        """Whether the next request has come before the answer to this one (pipelining)."""
        return bool(self._messages)

    def log_access(self, request: web.BaseRequest, response: web.StreamResponse, time: float | None) -> None:
        """See RequestHandler: the answer has been written."""
        super().log_access(request, response, time)
        if self._connection.phase is not Phase.SOCKET:
            self._connection.enter(Phase.CLOSING if self.is_unread() else Phase.IDLE, self._loop.time())
        self.is_known(now=False)
        if self._is_proxy:
            self._works_for(None)

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """See RequestHandler. What others send wrongly, or leave unfinished, is no error of ours to be logged."""
        if status == 500 and not isinstance(exc, ConnectionError | RequestPayloadError):
            return super().handle_error(request, status, exc, message)
        if request.writer.output_size > 0:
            raise ConnectionError("An answer has been begun already.")
        response = web.Response(status=400 if status == 500 else status, text="This is no request.\n")
        response.force_close()
        return response

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """See RequestHandler; nor is what was noticed when an answer had been given already."""
        if not isinstance(kw.get("exc_info"), ConnectionError | RequestPayloadError):
            super().log_exception(*args, **kw)

    def look(self, now: float) -> None:
        """Take in what only time tells."""
        connection = self._connection
        if self._line is not None:
            connection.wrote(self._line.get_write_buffer_size(), now)
            if self._line.is_closing() and connection.phase is not Phase.CLOSING:
                connection.enter(Phase.CLOSING, now)
        if connection.phase is Phase.BODY and self._content is not None:
            connection.received = self._content.total_bytes
            if self._content.is_eof():
                connection.enter(Phase.ANSWER, now)

    def _works_for(self, owner: str | None) -> bool:
        allowed, victim = self._connections.belongs(self._connection, owner, self._loop.time())
        if victim is not None:
            self._told(Ended.CROWDED)
            victim.end()
        if not allowed:
            self._told(Ended.REFUSED)
        return allowed


def counted(handler: Handler) -> Handler:
    """Return `handler` for `web.Server`, with each request counted for its sender."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        protocol = request.protocol
        if request.transport is None:
            raise ConnectionResetError("The sender has gone before the answer.")
        if isinstance(protocol, Guarded) and not protocol.begins(request):
            response = web.Response(status=503, text="Too many requests from your address.\n")
            response.headers["Retry-After"] = str(int(ANSWER_SECONDS))
            response.force_close()
            return response
        try:
            answer = await handler(request)
        except web.HTTPException as error:
            _say_that_it_ends(request, error)
            raise
        _say_that_it_ends(request, answer)
        return answer

    return handle


def _say_that_it_ends(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """End a connection where a body was not read to its end: its next request would be lost (RFC 9112, 9.3).

    And where requests came without waiting for answers, as only a flood does: each connection gets one turn.
    """
    protocol = request.protocol
    if isinstance(protocol, Guarded) and (protocol.is_unread() or protocol.has_more_requests()):
        response.force_close()


def is_known(request: web.BaseRequest) -> None:
    """The sender of this request has shown who they are: their connection does not make room for strangers."""
    if isinstance(request.protocol, Guarded):
        request.protocol.is_known()


class Listener(web.BaseSite):
    """Serves a runner's application at one address and port. `told` hears why a connection was ended.

    `tls` is asked at each connection with what it shakes hands, so that a renewed certificate holds at once.
    """

    def __init__(
        self,
        runner: web.AppRunner,
        address: tuple[str, int],
        connections: Connections,
        clients: Clients,
        told: Told,
        *,
        tls: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        super().__init__(runner, backlog=BACKLOG)
        self._address = address
        self._tls = tls
        self._connections, self._clients, self._told = connections, clients, told
        self._patience: dict[str, float] = {}
        if tls is not None:
            self._patience["ssl_handshake_timeout"] = connections.limits.head_seconds
            self._patience["ssl_shutdown_timeout"] = CLOSING_SECONDS
        self._sockets: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._at_work: set[asyncio.Task[None]] = set()

    @property
    def name(self) -> str:
        """See BaseSite."""
        host, port = self._address
        return f"{'http' if self._tls is None else 'https'}://{f'[{host}]' if ':' in host else host}:{port}"

    async def start(self) -> None:
        """Listen. Raises OSError where the address cannot be used."""
        await super().start()
        server = self._runner.server
        assert server is not None, "the runner is set up first"  # noqa: S101
        server.request_handler = counted(server.request_handler)
        self._sockets = await _bound(*self._address)
        for each in self._sockets:
            each.listen(self._backlog)
            self._begin(self._accept(each, server))

    async def stop(self) -> None:
        """See BaseSite: accept nothing more. What is open is the runner's to close."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for each in self._sockets:
            each.close()
        await super().stop()

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _has_left(self, at_work: asyncio.Task[None]) -> None:
        """A connection is gone, and with it its place; the work for it goes on, and holds what it had sent."""
        self._at_work.add(at_work)
        at_work.add_done_callback(self._at_work.discard)

    async def _accept(self, listening: socket.socket, server: web.Server) -> None:
        accepted = 0
        while True:
            if len(self._at_work) >= MOST_LEFT:
                await asyncio.wait(self._at_work, timeout=LEFT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            try:
                line, address = listening.accept()
            except BlockingIOError:
                await _readable(listening)
                continue
            except ConnectionError:
                continue  # it had gone before it was accepted
            except OSError as error:
                if error.errno not in _OUT_OF_THEM:
                    raise
                # Connections never take so many; whatever did is waited for.
                _log.error("no connection can be accepted: %s", error.strerror)
                await asyncio.sleep(SWEEP_SECONDS)
                continue
            self._welcome(line, str(address[0]), server)
            accepted += 1
            if accepted % ACCEPTED_AT_ONCE == 0:
                await asyncio.sleep(0)  # a flood of them must not keep everything else waiting

    def _welcome(self, line: socket.socket, peer: str, server: web.Server) -> None:
        owner = None if self._clients.is_proxy(peer) else address_key(peer)
        now = asyncio.get_running_loop().time()
        connection = Connection(owner, now, _nothing)
        allowed, victim = self._connections.come(connection, now)
        if victim is not None:
            self._told(Ended.CROWDED)
            victim.end()
        if not allowed:
            self._told(Ended.REFUSED)
            line.close()
            return
        self._begin(self._open(line, connection, server)).add_done_callback(partial(_close_unopened, line, connection))

    async def _open(self, line: socket.socket, connection: Connection, server: web.Server) -> None:
        """Shake hands by TLS where that is spoken, and hand the connection to aiohttp."""
        task = asyncio.current_task()
        assert task is not None, "this is one"  # noqa: S101
        connection.end = partial(_cancel, task)
        guarded = Guarded(server, connection, self._connections, self._clients, self._told, self._has_left)
        loop, patience = asyncio.get_running_loop(), self._patience
        tls = None if self._tls is None else self._tls()
        with contextlib.suppress(OSError):  # it may have gone already; then it is soon noticed
            line.setblocking(False)
            if hasattr(socket, "TCP_USER_TIMEOUT"):  # for what the system holds when we have let go of it
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(STALL_SECONDS * 1000))
        try:
            await loop.connect_accepted_socket(lambda: guarded, line, ssl=tls, **patience)
        except OSError:  # no TLS, or none in time, or gone
            self._connections.go(connection)
        except asyncio.CancelledError:
            self._connections.go(connection)
            raise


async def keep_sweeping(connections: Connections, told: Told) -> None:
    """End what keeps us waiting for too long, until this is cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        now = loop.time()
        for connection in connections.all():
            connection.look(now)
            why = overdue(connection, connections.limits, now)
            if why is not None:
                told(why)
                connection.end()


async def _readable(listening: socket.socket) -> None:
    """Wait for a connection, and leave it where it is: what asyncio's `sock_accept` has accepted when it is cancelled
    is lost, open."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(listening, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(listening)


async def check_free(host: str, port: int) -> None:
    """Raise OSError where nothing could listen at an address now. Nothing listens there afterwards either."""
    for each in await _bound(host, port):
        try:
            each.listen(1)
        finally:
            each.close()


async def _bound(host: str, port: int) -> list[socket.socket]:
    """Return a socket for each address of `host`. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    bound: list[socket.socket] = []
    try:
        for family, kind, protocol, _name, address in dict.fromkeys(found):
            each = socket.socket(family, kind, protocol)
            bound.append(each)
            each.setblocking(False)
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family is socket.AF_INET6:
                each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            each.bind(address)
    except OSError:
        for each in bound:
            each.close()
        raise
    return bound


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()


def _close_unopened(line: socket.socket, connection: Connection, task: asyncio.Task[None]) -> None:
    """Close a socket that was accepted when the relay stopped: its task was cancelled before its first step."""
    if task.cancelled() and connection.end is _nothing:
        line.close()


def _nothing() -> None:
    """There is nothing to end."""


def _see_nothing(_now: float) -> None:
    """There is nothing to look at."""
