"""Fetches the page for customers as a customer's browser does, and tells the pages of this console how it compares.

A relay that knows who asks can serve customers something else than this console. It is asked without a token and as a
browser asks, so that it has to guess.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import msgspec

from codec.wire.customer_page import MANIFEST, Manifest, address_of
from console.customer_page.messages import CustomerPage
from console.customer_page.released import PageState, compare, fingerprint, names_to_compare, read_released
from console.recording.decision_file import DecisionFile

FILE = "accepted_pages.json"
MOST_BYTES = 8 << 20
SECONDS = 20.0
AGAIN_SECONDS = 3_600.0
"""At sign-in, and at every return to the relay, no more often than this: many consoles return at once."""
SOON_SECONDS = 60.0
_AS_A_BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}
_log = logging.getLogger(__name__)


class AcceptedPages:
    """Pages that the technician accepts from a relay besides the released one, in a file in `folder`."""

    def __init__(self, folder: Path | None = None) -> None:
        file = None if folder is None else folder / FILE
        self._accepted = DecisionFile[dict[str, list[str]]](file, dict[str, list[str]], {})

    def of(self, relay: str) -> frozenset[str]:
        """Return the fingerprints that are accepted from a relay."""
        return frozenset(self._accepted.read().get(relay, []))

    def accept(self, relay: str, page: str) -> None:
        """Accept this page too."""
        known = self._accepted.read()
        self._accepted.write({**known, relay: sorted({*known.get(relay, []), page})})


class CustomerPageCheck:
    """The check of one relay's page. `latest` is what is known."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        relay: str,
        accepted: AcceptedPages,
        tell: Callable[[CustomerPage], None],
        released: Manifest | None = None,
    ) -> None:
        """`released` is what came with this console, if not what its build left."""
        self.latest: CustomerPage | None = None
        self._http = http
        self._relay = relay.rstrip("/")
        self._accepted = accepted
        self._tell = tell
        self._released = read_released() if released is None else released
        self._checked_at = float("-inf")
        self._lock = asyncio.Lock()

    async def signed_in(self) -> None:
        """The relay is there: compare, unless that was done lately."""
        await self._check(AGAIN_SECONDS, None)

    async def customer_comes(self, session: int) -> None:
        """A customer takes part in this session from the page: compare what the relay serves now."""
        await self._check(SOON_SECONDS, session)

    def accept(self, page: str) -> None:
        """The technician accepts this page from this relay."""
        if self.latest is not None and self.latest.page == page and self.latest.state is PageState.OTHER:
            self._accepted.accept(self._relay, page)
            self._say(msgspec.structs.replace(self.latest, state=PageState.ACCEPTED))

    async def _check(self, patience: float, session: int | None) -> None:
        if self._released is None:
            return
        async with self._lock:
            if self.latest is None or time.monotonic() - self._checked_at > patience:
                found = await self._compare(self._released)
                self._checked_at = time.monotonic()
            else:
                found = self.latest
        self._say(msgspec.structs.replace(found, session=session))

    def _say(self, found: CustomerPage) -> None:
        self.latest = msgspec.structs.replace(found, session=None)
        self._tell(found)

    async def _compare(self, released: Manifest) -> CustomerPage:
        try:
            async with asyncio.timeout(SECONDS):
                status, content = await self._get(f"/join/{MANIFEST}")
                told = msgspec.json.decode(content, type=Manifest) if status == 200 else None
                if told is None:
                    return CustomerPage(PageState.UNKNOWN)
                if told.version != released.version:
                    return CustomerPage(PageState.OTHER_VERSION, version=told.version[:32])
                served = {name: await self._digest(name) for name in names_to_compare(released, told)}
        except (aiohttp.ClientError, OSError, TimeoutError, msgspec.MsgspecError, ValueError) as error:
            _log.info("the page for customers could not be compared: %s", error or type(error).__name__)
            return CustomerPage(PageState.UNKNOWN)
        state = compare(released, served, self._accepted.of(self._relay))
        if state is not PageState.SAME:
            other = [name for name, digest in served.items() if released.files.get(name) != digest]
            _log.warning("the relay serves another page for customers than was released: %s", ", ".join(other))
        return CustomerPage(state, told.version, fingerprint(served))

    async def _digest(self, name: str) -> str:
        status, content = await self._get(address_of(name))
        return hashlib.sha256(content).hexdigest() if status == 200 else ""

    async def _get(self, path: str) -> tuple[int, bytes]:
        """Return status and body, cut where it is longer than any file of a page. Raises as aiohttp does.

        No relay redirects for a page's file. One that did would have this computer ask whatever it names, in this
        network too.
        """
        async with self._http.get(self._relay + path, headers=_AS_A_BROWSER, allow_redirects=False) as response:
            body = bytearray()
            async for piece in response.content.iter_chunked(1 << 16):
                body += piece
                if len(body) > MOST_BYTES:
                    break
            return response.status, bytes(body)
