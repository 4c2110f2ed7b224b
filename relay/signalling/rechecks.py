"""Open sockets of consoles, asked again whether they may be: whenever a rule changes, and as time passes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from codec.wire.signals import SignOutReason
from relay.signalling.hub import Hub
from relay.signalling.tunnel import Tunnels
from relay.tasks.completion import shielded

CHECK_SECONDS = 60.0
"""A sign-in that ends by time, or by another process, closes its socket at most this much later."""
WhyNot = Callable[[set[tuple[str, str]], datetime], Awaitable[Mapping[tuple[str, str], SignOutReason]]]
"""Says why sign-ins, by their digests, may no longer have consoles open at addresses; those that may are missing."""
_log = logging.getLogger(__name__)


class Rechecks:
    """Turns out who may no longer be there. Run `keep_checking` as long as the relay runs."""

    def __init__(self, why_not: WhyNot, hub: Hub, tunnels: Tunnels) -> None:
        self._why_not = why_not
        self._hub = hub
        self._tunnels = tunnels

    async def check_all(self, now: datetime) -> None:
        """Turn out every console that may no longer be open, and cut the tunnels that it holds."""
        consoles = self._hub.consoles()
        if not consoles:
            return
        reasons = await self._why_not({(console.digest, console.address) for console in consoles}, now)
        for console in consoles:
            reason = reasons.get((console.digest, console.address))
            if reason is None:
                continue
            self._hub.disconnect(console, reason)
            self._tunnels.close_of(console.key)

    async def keep_checking(self, every: float = CHECK_SECONDS) -> None:
        """Check again and again until cancelled. One failure must not stop it for ever."""
        while True:
            await asyncio.sleep(every)
            try:
                await shielded(self.check_all(datetime.now(UTC)))
            except Exception:
                _log.exception("open consoles were not checked; trying again")
