"""The line to a web server, for HTTP and S3: whom it connects to, how long it waits, and what went wrong in words."""

import asyncio
import io
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import BinaryIO

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from aiohttp.client_middlewares import ClientMiddlewareType
from aiohttp.payload import Payload
from yarl import URL

from codec.stores.address_policy import Reach, Resolver
from codec.stores.base import Progress, StoreError
from codec.stores.locations import Location, Place
from codec.stores.source import CHUNK
from codec.stores.tls import certificate_problem

TIMEOUT_SECONDS = 30.0
MOST_SAID = 1 << 20
"""No more is read of an answer that is not a recording."""


class Piece(Payload):
    """A piece of a file as the body of a request. It can be sent again when the server first asks who is calling."""

    def __init__(self, file: BinaryIO, begin: int, end: int, progress: Progress) -> None:
        super().__init__(None, content_type="application/octet-stream")
        self._size = end - begin
        self._file, self._begin, self._end, self._progress = file, begin, end, progress

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Send it. Raises TimeoutError when the server takes nothing for long, OSError when the file became shorter."""
        at = self._begin
        await asyncio.to_thread(self._file.seek, at)
        while at < self._end:
            data = await asyncio.to_thread(self._file.read, min(CHUNK, self._end - at))
            if not data:
                raise OSError("the file became shorter")
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await writer.write(data)
            at += len(data)
            self._progress(at)

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Send it; its length is always the one that was announced."""
        await self.write(writer)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """A recording is never asked for as text: raises TypeError."""
        raise TypeError("a recording is no text")


class WebLine:
    """Asks one server. It follows no redirection: what belongs to this server is not carried to another one."""

    def __init__(self, location: Location, reach: Reach, trust: ssl.SSLContext, *, proxies: bool) -> None:
        self._location = location
        self._reach = reach
        self._trust = trust
        self._proxies = proxies
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def ask(
        self,
        method: str,
        url: URL,
        headers: Mapping[str, str],
        body: Payload | bytes | None = None,
        middlewares: tuple[ClientMiddlewareType, ...] = (),
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Lend the server's answer, whatever it is. Raises StoreError."""
        with self._named():
            session = await self._begun()
            plain = {"Accept-Encoding": "identity", **headers}
            async with session.request(
                method, url, headers=plain, data=body, middlewares=middlewares, allow_redirects=False
            ) as answer:
                yield answer

    async def close(self) -> None:
        """Let go of the server."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _begun(self) -> aiohttp.ClientSession:
        if self._session is None:
            if not self._proxies:  # addresses that are written as numbers are never resolved
                await self._reach(self._location.host, self._location.usual_port)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=Resolver(self._reach), ssl=self._trust),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=TIMEOUT_SECONDS, sock_read=2 * TIMEOUT_SECONDS),
                trust_env=self._proxies,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
            # aiohttp would send what broke once more, from its beginning; there is no other way to forbid it.
            self._session._retry_connection = False  # noqa: SLF001  (see above)
        return self._session

    @contextmanager
    def _named(self) -> Iterator[None]:
        shown = self._location.shown
        try:
            yield
        except aiohttp.ClientConnectorCertificateError as error:
            problem = error.certificate_error
            said = certificate_problem(problem if isinstance(problem, ssl.SSLError) else ssl.SSLError())
            raise StoreError(f"{shown}: {said}", retry=False) from None
        except (aiohttp.ClientSSLError, ssl.SSLError):
            raise StoreError(f"{shown}: {certificate_problem(ssl.SSLError())}", retry=False) from None
        except aiohttp.ClientHttpProxyError as error:
            raise StoreError(proxy_refused(error.status), retry=error.status != 407) from None
        except (aiohttp.ClientError, OSError, TimeoutError):
            raise StoreError(
                f"{shown} cannot be reached, or the connection was lost. Check the network, and that the server is "
                "running.",
                retry=True,
            ) from None


def address_of(location: Location) -> str:
    """Return how the addresses of a server begin. Raises StoreError when no server can have such a name."""
    is_plain = location.place == Place.HTTP or location.option("http") == "1"
    try:
        host = f"[{location.host}]" if ":" in location.host else location.host.encode("idna").decode("ascii")
    except UnicodeError:
        raise StoreError(f"{location.host} is not a server name. Correct it.", retry=False) from None
    scheme, usual = ("http", 80) if is_plain else ("https", 443)
    port = location.usual_port
    return f"{scheme}://{host}" if port == usual else f"{scheme}://{host}:{port}"


def proxy_refused(status: int) -> str:
    """Return why the way through the proxy is closed, and what helps."""
    if status == 407:
        return (
            "The proxy of this network asks for a user name and a password. "
            "Write them into the proxy's address, in this computer's settings for proxies."
        )
    return f"The proxy of this network did not let the connection through (HTTP {status}). Ask who runs it."


async def said(answer: aiohttp.ClientResponse) -> str:
    """Return what a server says, as far as a sensible one would."""
    return (await answer.content.read(MOST_SAID)).decode("utf-8", "replace")


async def length(file: BinaryIO) -> int:
    """Return the size of a file."""
    return await asyncio.to_thread(file.seek, 0, io.SEEK_END)
