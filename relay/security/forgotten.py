"""Links for who has forgotten a password, sent apart from the answer: its time must not tell who is known."""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime

from relay.background import to_its_end
from relay.limits import TooOftenError
from relay.security.credentials import Credentials

MANY = 100
"""So many wait to be looked at; who asks beyond them asks again."""
_log = logging.getLogger(__name__)


class Forgotten:
    """Who asks for a link. Run `keep_mailing` as long as the relay runs."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._asked: asyncio.Queue[tuple[str, str]] = asyncio.Queue(MANY)

    def ask(self, email: str, address: str) -> None:
        """Somebody at a network address says that he has forgotten the password of this e-mail address."""
        with contextlib.suppress(asyncio.QueueFull):
            self._asked.put_nowait((email, address))

    async def keep_mailing(self) -> None:
        """Send the links, one after the other."""
        while True:
            email, address = await self._asked.get()
            try:
                with contextlib.suppress(TooOftenError):
                    await to_its_end(self._credentials.forgotten(email, address, datetime.now(UTC)))
            except Exception:
                _log.exception("a link to choose a password was not sent")
