"""What a technician may ask for: signed for applets, renewed at every change."""

from collections.abc import Callable
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from codec.desk import RecordingRules
from codec.permits import Function, Permit, SignedPermit, sign
from codec.signals import Permitted, RulesChanged, write
from relay.organization.granting import Permissions
from relay.pairing.recording import RecordingValues, nothing_chosen, rules_of
from relay.pairing.switchboard import Switchboard
from relay.sessions.service import NoSuchSessionError, Sessions


class Permits:
    """Writes permits. `recording` gives the settings of somebody's group about recordings."""

    def __init__(
        self,
        permissions: Permissions,
        sessions: Sessions,
        switchboard: Switchboard,
        key: Ed25519PrivateKey,
        recording: RecordingValues = nothing_chosen,
    ) -> None:
        self.public_key = key.public_key().public_bytes_raw()
        self._permissions = permissions
        self._sessions = sessions
        self._switchboard = switchboard
        self._key = key
        self._recording = recording

    async def functions(self, person: int) -> list[str]:
        """Return what somebody may do, by name, in order."""
        held = await self._permissions.held(person)
        functions = {key for key, grant in held.grants.items() if grant.enabled}
        rules = await self.recording_rules(person)
        if rules.forced:
            functions.add(Function.RECORD)  # what the group demands needs no permission
        if rules.consent:
            functions.add(Function.RECORD_CONSENT)
        return sorted(functions)

    async def recording_rules(self, person: int) -> RecordingRules:
        """Return how somebody's group records."""
        held = await self._permissions.held(person)
        return rules_of(await self._recording(person), held.grants.get(Function.RECORD))

    async def permit(self, session: int, person: int) -> SignedPermit:
        """Return what a technician may ask for in a session."""
        issued_at = int(datetime.now(UTC).timestamp() * 1000)
        functions = tuple(await self.functions(person))
        return sign(Permit(session=session, technician=person, issued_at=issued_at, functions=functions), self._key)

    async def renew(self, is_outdated: Callable[[], bool]) -> None:
        """Tell every connected applet and console what holds now (PERM-41, REC-34).

        Stops once `is_outdated`: consoles must be looked at again before they hear of a newer change.
        """
        for person in self._switchboard.people():
            rules = RulesChanged(await self.functions(person), await self.recording_rules(person))
            if is_outdated():
                return
            self._switchboard.rules_changed(person, rules)
        for session in self._switchboard.sessions():
            try:
                permit = await self.permit(session, await self._sessions.person_of(session))
            except NoSuchSessionError:
                continue  # it has just gone
            applet = self._switchboard.applet(session)
            if applet is not None:
                applet.say(write(Permitted(permit)), about=Permitted)
