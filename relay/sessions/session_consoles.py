"""Which console holds a session: it alone may take part in its handshake, ask for its tunnel and have it recorded.

And whether its applet is connected to another of several relays.

The store says so, at each question: what was announced may not have arrived, or before a restart.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from codec.wire.api_types import SessionState
from relay.limits.fair_queue import BusyError
from relay.sessions.model import SessionRow
from relay.store.batching import Batches
from relay.store.database import MAX_ID, Store
from relay.store.read_cache import ReadCache
from relay.store.sqlite_file import StoreError

Console = tuple[int, str]
"""A console by its technician and its name together: a name alone would let one technician pose as another."""
_log = logging.getLogger(__name__)
_FINAL = [state.value for state in SessionState if state.is_final]


@dataclass(frozen=True)
class AppletElsewhere:
    """An applet at another relay: what it signs recordings with, None while it has not told."""

    key: bytes | None


class SessionConsoles:
    """Asks the store. Where that cannot answer, nobody holds anything: what is asked for then is not done.

    `relay` is the number of this one among several, 0 where it is alone.
    """

    def __init__(self, store: Store, relay: int = 0) -> None:
        self._store = store
        self._relay = relay
        self._known = ReadCache(store, Batches(self._read).get)

    async def of(self, session: int) -> Console | None:
        """Return the console that has picked a session up; None for one that is over, or that nobody has."""
        if not 0 < session <= MAX_ID:
            return None
        try:
            return await self._known.get(session)
        except (BusyError, StoreError) as error:
            _log.warning("session %d: whose it is cannot be told: %s", session, error)
            return None

    async def applet_elsewhere(self, session: int) -> AppletElsewhere | None:
        """Return what is known of the applet of an open session that is connected to another relay."""
        if self._relay == 0 or not 0 < session <= MAX_ID:
            return None
        row = SessionRow
        elsewhere = row.id == session, row.state.not_in(_FINAL), row.applet_relay != self._relay
        try:
            async with self._store.reading(apart=True) as transaction:
                found = (await transaction.execute(select(row.id, row.applet_key).where(*elsewhere))).one_or_none()
        except (BusyError, StoreError) as error:
            _log.warning("session %d: where its applet is cannot be told: %s", session, error)
            return None
        return None if found is None else AppletElsewhere(found.applet_key)

    async def _read(self, sessions: Sequence[int]) -> dict[int, Console | None]:
        found: dict[int, Console | None] = dict.fromkeys(sessions)
        query = select(SessionRow.id, SessionRow.person_id, SessionRow.console).where(
            SessionRow.id.in_(sessions), SessionRow.state.not_in(_FINAL)
        )
        async with self._store.reading(apart=True) as transaction:
            for session, person, console in await transaction.execute(query):
                if person is not None and console is not None:
                    found[session] = person, console
        return found
