"""Keys of other programs, applied to the store. A key acts as the person who made it, within its scopes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from relay.accounts.model import OrganisationRow, PersonRow
from relay.accounts.rules import clean_name
from relay.accounts.service import Identity, identity_of
from relay.api_keys.rules import (
    PREFIX,
    KeyNotFromHereError,
    KeyRefusedError,
    NoSuchKeyError,
    Scope,
    ScopeMissingError,
    TooManyCallsError,
    checked_end,
    checked_networks,
    checked_scopes,
    is_alive,
    is_for,
)
from relay.credentials.model import ApiKeyRow
from relay.credentials.revocation import KEYS, revoked
from relay.limits.rate_limiter import Limit, Limiter, TooOftenError
from relay.organization.audit import Action, Done
from relay.organization.guard import Guard
from relay.organization.rules import Actor, NotAllowedError
from relay.organization.transactions import Transactions
from relay.organization.unit_of_work import UnitOfWork
from relay.organization.units import Unit, UnitKind
from relay.secret import digest, new_secret
from relay.sign_in.policies import may_work_from, read_policies
from relay.sign_in.service import NotFromHereError

A_MINUTE = 60.0
COUNTS_BYTES = 64 * 1024 * 1024
"""What the counters of all keys may take: 10,000 calls a minute are the most, and only keys that exist are counted."""
USED_EVERY = timedelta(minutes=1)
"""A key's last use is written at most this often, or when it comes from elsewhere."""
MAX_ACTOR_NAME = 128


@dataclass(frozen=True)
class KeyShown:
    """One key in the list. The key itself is not included."""

    id: int
    name: str
    scopes: tuple[Scope, ...]
    networks: tuple[str, ...]
    owner: int
    owner_name: str
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str | None


class Keys:
    """All keys. Administrators make their own; master administrators see and revoke everybody's."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._rate = 0
        self._limiter = Limiter({})

    async def make(
        self,
        actor: Actor,
        name: str,
        scopes: Iterable[Scope],
        expires_at: datetime | None,
        now: datetime,
        networks: Iterable[str] = (),
    ) -> tuple[str, KeyShown]:
        """Return a new key, which is never shown again, and what the list shows of it.

        It may be used from these networks only, or from everywhere when there are none.

        Raises FieldError, ProofNeededError, or NotAllowedError for people who arrange nothing.
        """
        name, ends = clean_name("name", name), checked_end(expires_at, now)
        opened, listed = checked_scopes(scopes), checked_networks(networks)
        secret = PREFIX + new_secret()
        async with self._transactions.change(actor, now) as work:
            _check_may_have_keys(work)
            work.check_guard(Guard.PROOF)
            row = ApiKeyRow(
                name=name,
                digest=digest(secret),
                scopes=opened,
                networks=listed,
                made_by=actor.person,
                made_at=now,
                expires_at=ends,
            )
            work.transaction.add(row)
            await work.transaction.flush()
            await _record_made(work, name, f"{name}: {', '.join([*opened, *listed])}")
            return secret, _shown(row, actor.name)

    async def listed(self, actor: Actor, now: datetime) -> list[KeyShown]:
        """Return the actor's keys, or everybody's for a master administrator, the newest first."""
        query = select(ApiKeyRow, PersonRow.name).join(PersonRow, PersonRow.id == ApiKeyRow.made_by)
        async with self._transactions.look(actor, now) as work:
            _check_may_have_keys(work)
            if not work.reach.all:
                query = query.where(ApiKeyRow.made_by == actor.person)
            rows = await work.transaction.execute(query.order_by(ApiKeyRow.id.desc()))
            return [_shown(row, name) for row, name in rows]

    async def revoke(self, actor: Actor, key: int, now: datetime) -> None:
        """End a key at once. Raises NoSuchKeyError."""
        async with self._transactions.change(actor, now) as work:
            _check_may_have_keys(work)
            row = await work.transaction.get(ApiKeyRow, key)
            if row is None or not (work.reach.all or row.made_by == actor.person):
                raise NoSuchKeyError(NoSuchKeyError.__doc__)
            if row.revoked_at is None:
                row.revoked_at = now
                work.changes.append(await revoked(work.transaction, row.name))

    async def use(self, secret: str, scope: Scope | None, address: str, now: datetime) -> tuple[int, str, Identity]:
        """Return a key's number, the name that the audit trail gives it, and whom it acts as.

        Raises KeyRefusedError, KeyNotFromHereError, NotFromHereError, ScopeMissingError or TooManyCallsError.
        """
        async with self._transactions.read() as transaction:
            row = await transaction.scalar(select(ApiKeyRow).where(ApiKeyRow.digest == digest(secret)))
            person = None if row is None else await transaction.get(PersonRow, row.made_by)
            identity = None if person is None else await identity_of(transaction, person)
            if row is None or person is None or identity is None or not is_alive(row.expires_at, row.revoked_at, now):
                raise KeyRefusedError(KeyRefusedError.__doc__)
            if not is_for(row.networks, address):
                raise KeyNotFromHereError(KeyNotFromHereError.__doc__)
            if not await may_work_from(transaction, person, address):
                raise NotFromHereError(NotFromHereError.__doc__)
            self._count(row.id, (await read_policies(transaction)).calls_a_minute, now)
            if scope is None or scope not in row.scopes:
                raise ScopeMissingError(scope)
        if row.last_used_at is None or now - row.last_used_at > USED_EVERY or row.last_used_from != address:
            await self._transactions.note(
                update(ApiKeyRow).where(ApiKeyRow.id == row.id).values(last_used_at=now, last_used_from=address)
            )
        return row.id, f"{row.name} ({identity.person.name})"[:MAX_ACTOR_NAME], identity

    def _count(self, key: int, rate: int, now: datetime) -> None:
        if rate != self._rate:
            self._rate, self._limiter = rate, Limiter({"key": Limit(rate, A_MINUTE)}, COUNTS_BYTES)
        try:
            self._limiter.take({"key": str(key)}, now.timestamp())
        except TooOftenError as error:
            raise TooManyCallsError(error.retry_seconds) from None


def _check_may_have_keys(work: UnitOfWork) -> None:
    reach = work.reach
    if not (reach.all or reach.may_arrange or reach.reports):
        raise NotAllowedError(NotAllowedError.__doc__)


async def _record_made(work: UnitOfWork, name: str, said: str) -> None:
    organisation = await work.transaction.get_one(OrganisationRow, 1)
    work.record(
        Unit(UnitKind.ORGANISATION),
        organisation.name,
        Done.ADD,
        section=KEYS,
        field=name,
        old_action=Action.NOT_SET,
        new_value=said,
        new_action=Action.ADDED,
    )


def _shown(row: ApiKeyRow, owner_name: str) -> KeyShown:
    return KeyShown(
        row.id,
        row.name,
        tuple(Scope(scope) for scope in row.scopes),
        tuple(row.networks),
        row.made_by or 0,
        owner_name,
        row.made_at,
        row.expires_at,
        row.revoked_at,
        row.last_used_at,
        row.last_used_from,
    )
