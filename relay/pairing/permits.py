"""Gives applets the signed list of what their technician may ask for, and a new one whenever that changes."""

import asyncio
import logging
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.permits import Permit, SignedPermit, sign
from codec.signals import Permitted, write
from relay.organization.granting import Permissions
from relay.pairing.switchboard import Switchboard
from relay.sessions.service import Sessions

_log = logging.getLogger(__name__)


class Permits:
    """Writes permits. `close` it in the end."""

    def __init__(
        self, permissions: Permissions, sessions: Sessions, switchboard: Switchboard, key: Ed25519PrivateKey
    ) -> None:
        self.public_key = key.public_key().public_bytes_raw()
        self._permissions = permissions
        self._sessions = sessions
        self._switchboard = switchboard
        self._key = key
        self._renewing: asyncio.Task[None] | None = None
        self._again = False

    async def functions(self, person: int) -> list[str]:
        """Return what somebody may do, by name, in order."""
        held = await self._permissions.held(person)
        return sorted(key for key, grant in held.grants.items() if grant.enabled)

    async def permit(self, session: int, person: int) -> SignedPermit:
        """Return what a technician may ask for in a session."""
        issued_at = int(datetime.now(UTC).timestamp() * 1000)
        functions = tuple(await self.functions(person))
        return sign(Permit(session=session, technician=person, issued_at=issued_at, functions=functions), self._key)

    def renew_soon(self) -> None:
        """The organisation has changed: every connected applet hears what holds now (PERM-41)."""
        self._again = True
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.ensure_future(self._renew())

    def close(self) -> None:
        """Stop."""
        if self._renewing is not None:
            self._renewing.cancel()

    async def _renew(self) -> None:
        while self._again:
            self._again = False
            for session in self._switchboard.sessions():
                try:
                    permit = await self.permit(session, await self._sessions.person_of(session))
                except Exception:
                    _log.exception("session %d keeps an old permit", session)
                    continue
                applet = self._switchboard.applet(session)
                if applet is not None:
                    applet.say(write(Permitted(permit)))
