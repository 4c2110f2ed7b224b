"""The open pages: what each of them looks at, and a bounded queue of what it must still be told."""

import asyncio
import logging
import struct

from console.page.messages import ToPage, write

MAX_WAITING = 2_000
MAX_WAITING_BYTES = 64 << 20
SESSION_HEAD = struct.Struct("<I")
_log = logging.getLogger(__name__)


class Page:
    """One open page. Whoever owns its socket takes from `outbox` until None comes, then closes it."""

    def __init__(self) -> None:
        self.looks_at: set[int] = set()
        self.outbox: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._waiting_bytes = 0
        self._cut = False

    def tell(self, message: ToPage) -> None:
        """Queue a page message."""
        self._put(write(message))

    def pass_on(self, session: int, data: bytes) -> None:
        """Queue a session message."""
        self._put(SESSION_HEAD.pack(session) + data)

    def taken(self, item: str | bytes) -> None:
        """The socket has written this item."""
        self._waiting_bytes -= len(item)

    def _put(self, item: str | bytes) -> None:
        if self._cut:
            return
        if self.outbox.qsize() >= MAX_WAITING or self._waiting_bytes + len(item) > MAX_WAITING_BYTES:
            _log.warning("a page does not keep up with what it is told; it is cut and may come back")
            self._cut = True
            self.outbox.put_nowait(None)
            return
        self._waiting_bytes += len(item)
        self.outbox.put_nowait(item)


class Pages:
    """All open pages."""

    def __init__(self) -> None:
        self._pages: set[Page] = set()

    def add(self, page: Page) -> None:
        """A page has opened."""
        self._pages.add(page)

    def remove(self, page: Page) -> None:
        """A page has closed."""
        self._pages.discard(page)

    def looked_at(self, session: int) -> bool:
        """Whether any page looks at this session."""
        return any(session in page.looks_at for page in self._pages)

    def tell_all(self, message: ToPage) -> None:
        """Tell every page."""
        for page in self._pages:
            page.tell(message)

    def tell_those_at(self, session: int, message: ToPage) -> None:
        """Tell the pages that look at a session."""
        for page in self._pages:
            if session in page.looks_at:
                page.tell(message)

    def pass_on(self, session: int, data: bytes) -> None:
        """Pass a session message to the pages that look at the session."""
        for page in self._pages:
            if session in page.looks_at:
                page.pass_on(session, data)

    def close_all(self) -> None:
        """Let every page's socket close after what is queued."""
        for page in self._pages:
            page.outbox.put_nowait(None)
