"""Links for who has forgotten a password, sent apart from the answer: its time must not tell who is known."""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime

from relay.accounts.rules import email_key
from relay.credentials.service import Credentials
from relay.limits.rate_limiter import Limit, Limiter, TooOftenError, address_key, neighbourhood_of
from relay.tasks.completion import shielded

LIMITS = {"address": Limit(10, 3_600, neighbourhood_of)}
MANY = 100
"""So many wait to be looked at; who asks beyond them asks again."""
_log = logging.getLogger(__name__)


class ForgottenPasswords:
    """Who asks for a link. Run `keep_mailing` as long as the relay runs."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._limiter = Limiter(LIMITS)
        self._asked: asyncio.Queue[str] = asyncio.Queue(MANY)

    def ask(self, email: str, address: str, now: datetime) -> None:
        """Someone at a network address says that they have forgotten the password of this e-mail address.

        People who ask too often are passed over in silence, before they take the place of others.
        """
        if not email_key(email):
            return
        with contextlib.suppress(TooOftenError, asyncio.QueueFull):
            self._limiter.take({"address": address_key(address)}, now.timestamp())
            self._asked.put_nowait(email)

    async def keep_mailing(self) -> None:
        """Send the links, one after the other."""
        while True:
            email = await self._asked.get()
            try:
                await shielded(self._credentials.forgotten(email, datetime.now(UTC)))
            except Exception:
                _log.exception("a link to choose a password was not sent")
