"""Gives applets the signed list of what their technician may ask for, and a new one whenever that changes."""

from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.permits import Permit, SignedPermit, sign
from codec.signals import Permitted, write
from relay.organization.granting import Permissions
from relay.pairing.switchboard import Switchboard
from relay.sessions.service import NoSuchSessionError, Sessions


class Permits:
    """Writes permits."""

    def __init__(
        self, permissions: Permissions, sessions: Sessions, switchboard: Switchboard, key: Ed25519PrivateKey
    ) -> None:
        self.public_key = key.public_key().public_bytes_raw()
        self._permissions = permissions
        self._sessions = sessions
        self._switchboard = switchboard
        self._key = key

    async def functions(self, person: int) -> list[str]:
        """Return what somebody may do, by name, in order."""
        held = await self._permissions.held(person)
        return sorted(key for key, grant in held.grants.items() if grant.enabled)

    async def permit(self, session: int, person: int) -> SignedPermit:
        """Return what a technician may ask for in a session."""
        issued_at = int(datetime.now(UTC).timestamp() * 1000)
        functions = tuple(await self.functions(person))
        return sign(Permit(session=session, technician=person, issued_at=issued_at, functions=functions), self._key)

    async def renew(self) -> None:
        """Tell every connected applet what holds now (PERM-41)."""
        for session in self._switchboard.sessions():
            try:
                permit = await self.permit(session, await self._sessions.person_of(session))
            except NoSuchSessionError:
                continue  # it has just gone
            applet = self._switchboard.applet(session)
            if applet is not None:
                applet.say(write(Permitted(permit)))
