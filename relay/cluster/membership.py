"""A relay among several: it joins, renews its lease every few seconds, and leaves; one that does not renew is gone.

Leases are in the database, by its clock: Redis may be away, and clocks of relays differ.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import DateTime, delete, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from codec.errors import DesksideError
from relay.cluster.model import RelayRow
from relay.cluster.own import Own
from relay.store.database import Store
from relay.tasks.completion import shielded

RENEW_SECONDS = 2.0
LEASE = timedelta(seconds=10)
"""A relay that has not renewed for so long is gone: what was connected to it is not any more."""
CLOCK_SECONDS = 30.0
"""A clock that is further from the database's lets no time pass: it would end what others have just begun."""
MATTER = "relays"
_DATABASE_CLOCK = literal_column("timezone('utc', clock_timestamp())", DateTime)
_log = logging.getLogger(__name__)
Step = Callable[[frozenset[int], datetime], Awaitable[None]]
"""Done at each renewal with the numbers of the relays that are there."""


class OtherKeysError(DesksideError):
    """Another relay on this database has other keys. The text says which, and what helps."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"The relay at {address} uses this database with other keys, so neither could read what the other seals. "
            "Copy the files key and permit-key from its data folder to that of this relay, then start this one again."
        )


@dataclass(frozen=True)
class Peer:
    """A relay that is there, as it tells of itself."""

    number: int
    own: Own
    clock_ahead_seconds: float


class Membership:
    """A relay that has joined the others. `number` is its own, never that of another one or of an earlier start."""

    def __init__(self, store: Store, number: int, own: Own, peers: Sequence[Peer]) -> None:
        self.number = number
        self._store = store
        self._own = own
        self._peers = {peer.number: peer for peer in peers}
        self._clock_ahead = 0
        self.came_back: Callable[[], None] = lambda: None
        """Called where the others took us to be gone, and forgot who is connected here."""

    @property
    def there(self) -> frozenset[int]:
        """The relays that are there, with this one."""
        return frozenset(self._peers) | {self.number}

    @property
    def is_clock_right(self) -> bool:
        """Whether our clock is near that of the database."""
        return abs(self._clock_ahead) <= CLOCK_SECONDS * 1000

    def address_of(self, number: int) -> str | None:
        """Return where a relay is reached, None for one that is not there: where we are now, it is no more."""
        peer = self._peers.get(number)
        return None if peer is None or peer.own.address == self._own.address else peer.own.address

    async def renew(self) -> frozenset[int]:
        """Renew the lease, and forget who has not; return who is there."""
        async with self._store.transaction() as transaction:
            moment = await _database_time(transaction)
            over = RelayRow.renewed_at < moment - LEASE, RelayRow.id != self.number
            await transaction.execute(delete(RelayRow).where(*over))
            row = await transaction.get(RelayRow, self.number, with_for_update=True)
            was_forgotten = row is None
            if row is None:
                row = _row(self._own, moment)
                row.id = self.number
                transaction.add(row)
            self._clock_ahead = row.clock_ahead_ms = _ahead(moment)
            row.renewed_at = moment
            found = await _there(transaction, moment)
        self._peers = {peer.number: peer for peer in found}
        if was_forgotten:
            _log.warning("this relay could not renew its lease in time; it tells the others again who is connected")
            self.came_back()
        return self.there

    async def keep_renewing(self, steps: Sequence[Step]) -> None:
        """Renew until cancelled, and do the steps each time. One failure must not stop it for ever."""
        while True:
            try:
                there = await shielded(self.renew())
                for step in steps:
                    await shielded(step(there, datetime.now(UTC)))
            except Exception:
                _log.exception("the relay's lease was not renewed; trying again")
            await asyncio.sleep(RENEW_SECONDS)

    async def leave(self) -> None:
        """The relay ends: the others need not wait until its lease is over."""
        async with self._store.transaction() as transaction:
            await transaction.execute(delete(RelayRow).where(RelayRow.id == self.number))


async def join(store: Store, own: Own) -> Membership:
    """Join the relays on this database, which is PostgreSQL. Raises OtherKeysError."""
    async with store.transaction(alone=MATTER) as transaction:
        moment = await _database_time(transaction)
        row = _row(own, moment)
        transaction.add(row)
        await transaction.flush()
        found = await _there(transaction, moment)
        for peer in found:
            if peer.own.fingerprint != own.fingerprint:
                raise OtherKeysError(peer.own.address)
    return Membership(store, row.id, own, found)


async def there(store: Store) -> list[Peer]:
    """Return the relays on this database that are there."""
    async with store.reading() as transaction:
        return await _there(transaction, await _database_time(transaction))


async def clock_ahead(store: Store) -> float:
    """Return by how many seconds this computer's clock is ahead of the database's."""
    async with store.reading() as transaction:
        return _ahead(await _database_time(transaction)) / 1000


async def _there(transaction: AsyncSession, moment: datetime) -> list[Peer]:
    query = select(RelayRow).where(RelayRow.renewed_at >= moment - LEASE).order_by(RelayRow.id)
    return [
        Peer(row.id, Own(row.address, row.version, row.fingerprint), row.clock_ahead_ms / 1000)
        for row in await transaction.scalars(query)
    ]


async def _database_time(transaction: AsyncSession) -> datetime:
    moment: datetime = (await transaction.execute(select(_DATABASE_CLOCK))).scalar_one()
    return moment.replace(tzinfo=UTC)


def _row(own: Own, moment: datetime) -> RelayRow:
    return RelayRow(
        address=own.address,
        version=own.version,
        fingerprint=own.fingerprint,
        clock_ahead_ms=_ahead(moment),
        renewed_at=moment,
    )


def _ahead(moment: datetime) -> int:
    most = 2**31 - 1
    ahead = round((datetime.now(UTC) - moment).total_seconds() * 1000)
    return max(-most, min(most, ahead))
