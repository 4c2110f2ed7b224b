"""What a change of the organisation means for those who are connected: new permits, and the end for who is shut out."""

import asyncio
import logging
from datetime import UTC, datetime

from relay.bus.base import Topic
from relay.codes.service import Codes
from relay.sessions.service import Sessions
from relay.signalling.announcer import OrganisationChanged, read_changed
from relay.signalling.concerned import NOBODY
from relay.signalling.hub import Hub
from relay.signalling.permits import Permits
from relay.signalling.rechecks import Rechecks
from relay.signalling.served_channels import ServedChannels
from relay.tasks.completion import shielded

AGAIN_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Propagation:
    """Follows changes. Run `keep_following` as long as the relay runs."""

    def __init__(
        self,
        permits: Permits,
        codes: Codes,
        sessions: Sessions,
        hub: Hub,
        rechecks: Rechecks,
        served: ServedChannels,
    ) -> None:
        self._served = served
        self._rechecks = rechecks
        self._permits = permits
        self._codes = codes
        self._sessions = sessions
        self._hub = hub
        self._shut_out: set[int] = set()
        self._concerned = NOBODY
        """Whom changes concern that have not been followed to the end."""
        self._news = asyncio.Event()
        self._heard = 0

    def hear(self, _topic: Topic, message: bytes) -> None:
        """A change was published. See Follower."""
        self.note(read_changed(message))

    def missed(self) -> None:
        """Changes may have been missed: everybody is looked at. See Follower."""
        self.note(OrganisationChanged(everybody=True))

    def note(self, changed: OrganisationChanged) -> None:
        """Note a change. A person shut out by it, or signing in differently now, loses the console's socket at once."""
        self._shut_out |= changed.shut_out
        self._concerned |= changed.concerned
        self._heard += 1
        self._news.set()
        for person, kept_sign_in in changed.signed_out.items():
            self._hub.signed_out_everywhere(person, kept_sign_in)

    async def keep_following(self) -> None:
        """Follow changes until cancelled; those that come close together are followed together."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await shielded(self.follow(datetime.now(UTC)))
            except Exception:
                _log.exception("a change of the organisation has not reached everybody; trying again")
                await asyncio.sleep(AGAIN_SECONDS)
                self._news.set()

    async def follow(self, now: datetime) -> None:
        """End what belongs to those who are shut out (EDGE-08), and tell the others what holds now (PERM-41).

        Who may no longer have a console open is turned out first, and hears nothing of the new rules.
        """
        heard = self._heard
        concerned, self._concerned = self._concerned, NOBODY
        try:
            await self._permits.renew_applets(concerned)  # first, for they enforce it
            for person in list(self._shut_out):
                await self._sessions.technician_removed(person, now)
                await self._codes.technician_removed(person, now)
                self._shut_out.discard(person)
            await self._rechecks.check_all(now)
            await self._served.follow()
            await self._permits.renew_consoles(lambda: self._heard != heard, concerned)
        except BaseException:
            self._concerned |= concerned
            raise
        if self._heard != heard:
            self._concerned |= concerned  # consoles have not been told of it: the next round does that
