"""Opens units of work on the organisation: one at a time, kept with its audit trail or not at all, then announced."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Update, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from relay.credentials.revocation import CredentialsChanged, revoke_access, revoked
from relay.limits.fair_queue import BusyError
from relay.organization.audit import Change, write
from relay.organization.model import AuditEventRow
from relay.organization.rules import Actor
from relay.organization.unit_of_work import UnitOfWork, begin_unit_of_work
from relay.store.database import Store

MATTER = "organisation"
"""What only one transaction decides on at a time: who is the last of its kind, which licence is the last."""


class ChangesElsewhere:
    """Hears of changes of the organisation on the bus, and forgets what is remembered. See Follower."""

    def __init__(self, transactions: "Transactions") -> None:
        self._transactions = transactions

    def hear(self, _topic: object, _message: bytes) -> None:
        """See Follower."""
        self._transactions.changed_elsewhere()

    def missed(self) -> None:
        """See Follower."""
        self._transactions.changed_elsewhere()


@dataclass(frozen=True)
class Outcome:
    """What has just been stored: who changed what, and who can no longer be signed in because of it.

    `signed_out` are those whose credentials changed, each with the one sign-in that stays, if any.
    """

    actor: Actor
    changes: tuple[Change, ...]
    shut_out: frozenset[int]
    at: datetime
    signed_out: Mapping[int, int | None] = field(default_factory=dict)


class _DryRunError(Exception):
    """Ends a transaction that is not meant to be kept."""


class Transactions:
    """Opens units of work. `announce` hears what each has changed, after it is stored.

    `beside` may add to the transaction what must be kept with the change, or not at all.
    """

    def __init__(
        self,
        store: Store,
        announce: Callable[[Outcome], None],
        beside: Callable[[UnitOfWork], Awaitable[None]] | None = None,
    ) -> None:
        self._store = store
        self._announce = announce
        self._beside = beside
        self.generation = 0
        """Grows with every change, also of another relay: what was remembered under an older one may be wrong."""
        self._last_stored: int | None = None

    @asynccontextmanager
    async def change(self, actor: Actor, now: datetime) -> AsyncIterator[UnitOfWork]:
        """Change something: everything in the block is kept with its audit trail, or nothing is."""
        async with self._store.transaction(alone=MATTER) as transaction:
            work = await begin_unit_of_work(transaction, actor, now)
            yield work
            await _revoke_access(work)
            write(transaction, actor, work.changes, now)
            if self._beside is not None and work.changes:
                await self._beside(work)
        if work.changes or work.credentials:
            self.generation += 1
            signed_out = {person: changed.kept_sign_in for person, changed in work.credentials.items()}
            self._announce(Outcome(actor, tuple(work.changes), frozenset(work.shut_out), now, signed_out))

    @asynccontextmanager
    async def dry_run(self, actor: Actor, now: datetime) -> AsyncIterator[UnitOfWork]:
        """Do what is then undone, to see whether it could be done."""
        with contextlib.suppress(_DryRunError):
            async with self._store.transaction(alone=MATTER) as transaction:
                work = await begin_unit_of_work(transaction, actor, now)
                work.is_dry_run = True
                yield work
                raise _DryRunError

    @asynccontextmanager
    async def look(self, actor: Actor, now: datetime) -> AsyncIterator[UnitOfWork]:
        """Look at something; nothing is changed."""
        async with self._store.reading() as transaction:
            yield await begin_unit_of_work(transaction, actor, now)

    def changed_elsewhere(self) -> None:
        """Another relay has changed something, or may have: nothing that is remembered is used any more."""
        self.generation += 1

    async def has_changed_in_store(self) -> bool:
        """Whether anything was changed since this was asked last, by whichever relay; then as `changed_elsewhere`.

        Changes are stored one at a time, each with its audit trail, so the newest tells of all.
        """
        async with self._store.reading(apart=True) as transaction:
            last = await transaction.scalar(select(func.max(AuditEventRow.id))) or 0
        before, self._last_stored = self._last_stored, last
        if before == last:
            return False
        self.changed_elsewhere()
        return True

    async def note(self, said: Update) -> None:
        """Note something that is no change, such as when a key was last used; not while the database is busy."""
        with contextlib.suppress(BusyError):
            async with self._store.transaction() as transaction:
                await transaction.execute(said)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Read as the relay itself, what may then be remembered until `generation` grows."""
        async with self._store.reading(apart=True) as transaction:
            yield transaction


async def _revoke_access(work: UnitOfWork) -> None:
    """End what opened the accounts whose credentials changed, and of those who are shut out; their keys only rest."""
    for person in work.shut_out:
        known = work.credentials.get(person)
        work.credentials[person] = CredentialsChanged(person, revoke_keys=known is not None and known.revoke_keys)
    for changed in work.credentials.values():
        for name in await revoke_access(work.transaction, changed, work.now):
            work.changes.append(await revoked(work.transaction, name))
