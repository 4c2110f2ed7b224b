"""Where several relays share a store: which of them each applet and each console is connected to.

A relay that is alone keeps none of it: it knows by itself who is connected.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from codec.wire.api_types import SessionState
from relay.cluster.model import ConnectedConsoleRow, RelayRow
from relay.sessions.model import SessionRow
from relay.sessions.moves import Presence, SessionMoves
from relay.store.database import Store

_FINAL = [state.value for state in SessionState if state.is_final]
Console = tuple[int, str]


def note_relays(row: SessionRow, presence: Presence) -> None:
    """Note in a session which of its sockets are here, and forget those that were."""
    if presence.relay == 0:
        return
    if presence.customer(row.id):
        row.applet_relay, row.applet_key = presence.relay, presence.signing_key(row.id)
    elif row.applet_relay == presence.relay:
        row.applet_relay = row.applet_key = None
    if row.person_id is not None and row.console is not None:
        if presence.console(row.person_id, row.console):
            row.console_relay = presence.relay
        elif row.console_relay == presence.relay:
            row.console_relay = None


async def note_consoles(transaction: AsyncSession, consoles: Iterable[Console], presence: Presence) -> None:
    """Note which of these consoles are connected here, and forget those that were."""
    if presence.relay == 0:
        return
    for person, name in sorted(consoles):  # in one order, so that no two relays wait for one another
        row = await _locked(transaction, (person, name))
        if presence.console(person, name):
            row.relay_id = presence.relay
        elif row.relay_id in (presence.relay, None):
            await transaction.delete(row)


async def relay_of(transaction: AsyncSession, console: Console, presence: Presence) -> int | None:
    """Return the relay that a console is connected to, None for one that is not, or where there is only one relay.

    It stays so until the transaction ends: ask before any session is locked.
    """
    if presence.relay == 0:
        return None
    row = await _locked(transaction, console)
    return presence.relay if presence.console(*console) else row.relay_id


async def _locked(transaction: AsyncSession, console: Console) -> ConnectedConsoleRow:
    """Return the row of a console, held for this transaction. Several relays are on PostgreSQL."""
    person, name = console
    made = insert(ConnectedConsoleRow).values(person_id=person, name=name).on_conflict_do_nothing()
    await transaction.execute(made)
    return await transaction.get_one(ConnectedConsoleRow, console, with_for_update=True, populate_existing=True)


class ConnectedElsewhere:
    """What becomes of sessions whose sockets were at a relay that is gone."""

    def __init__(self, store: Store, moves: SessionMoves) -> None:
        self._store = store
        self._moves = moves

    async def follow_relays(self, now: datetime, *, look_at_all: bool = False) -> None:
        """What was connected to a relay that is gone is not any more, which is announced.

        With `look_at_all` sessions are looked at of which no relay says that anything is connected.
        """
        row, there = SessionRow, select(RelayRow.id)
        lost = or_(row.applet_relay.not_in(there), row.console_relay.not_in(there))
        away = ConnectedConsoleRow.relay_id.not_in(there) | ConnectedConsoleRow.relay_id.is_(None)
        concerned = row.id.is_not(None) if look_at_all else lost
        async with self._store.reading() as reading:
            numbers = list(await reading.scalars(select(row.id).where(row.state.not_in(_FINAL), concerned)))
            gone = await reading.scalar(select(ConnectedConsoleRow.name).where(away).limit(1))
        if not numbers and gone is None:
            return
        changed = []
        async with self._store.transaction() as transaction:
            await transaction.execute(delete(ConnectedConsoleRow).where(away))
            still = row.id.in_(numbers), row.state.not_in(_FINAL)
            rows = list(await transaction.scalars(select(row).where(*still).order_by(row.id).with_for_update()))
            living = frozenset(await transaction.scalars(there))
            for each in rows:
                before = each.state, each.applet_relay, each.console_relay
                if each.applet_relay not in living:
                    each.applet_relay = each.applet_key = None
                if each.console_relay not in living:
                    each.console_relay = None
                await self._moves.follow_presence(transaction, each, now)
                if before != (each.state, each.applet_relay, each.console_relay):
                    changed.append(each)
        for each in changed:
            self._moves.announced(each)
