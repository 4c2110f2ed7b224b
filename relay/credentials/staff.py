"""People made, and edited, together with how they sign in: one unit of work, kept as a whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from relay.accounts.model import PersonRow
from relay.accounts.rules import Licence, Status
from relay.credentials.password_hashing import Passwords
from relay.credentials.password_links import MadeLink
from relay.credentials.password_strength import Level, check
from relay.credentials.reach import load_guarded
from relay.credentials.service import Credentials, put_password
from relay.field_errors import FieldError
from relay.organization import editing
from relay.organization.guard import Guard
from relay.organization.rules import Actor, NotThereError
from relay.organization.transactions import Transactions
from relay.organization.unit_of_work import UnitOfWork
from relay.organization.units import PEOPLE, Unit, UnitKind
from relay.sign_in.policies import read_policies


@dataclass(frozen=True)
class Newcomer:
    """Someone who shall be able to work at once. Without a `password` they are invited: by mail, or by a link to copy.

    `by_mail` None: by mail where a mail server is set up.
    """

    kind: UnitKind
    place: Unit
    name: str
    email: str
    licences: tuple[Licence, ...] = ()
    password: str | None = None
    by_mail: bool | None = None


@dataclass(frozen=True)
class _Hashed:
    """A password as it is stored."""

    hash: str
    level: Level
    must_change: bool


@dataclass(frozen=True)
class Added:
    """Who was made. `link` is None where a password was set."""

    unit: Unit
    link: MadeLink | None


class Staff:
    """Adds people who can work at once, and edits them with a new password."""

    def __init__(self, transactions: Transactions, passwords: Passwords, credentials: Credentials) -> None:
        self._transactions = transactions
        self._passwords = passwords
        self._credentials = credentials

    async def add(self, actor: Actor, newcomer: Newcomer, now: datetime) -> Added:
        """Make a person, enabled and with their licences, and give them a password or an invitation.

        Raises FieldError, NoLicenceLeftError, WrongPlaceError, NotAllowedError, NotThereError or ProofNeededError.
        """
        if newcomer.kind not in PEOPLE:
            raise NotThereError(NotThereError.__doc__)
        if not newcomer.email.strip():
            raise FieldError("email", "empty", "Enter an e-mail address.")
        values = _values(newcomer)
        async with self._transactions.dry_run(actor, now) as work:  # what can be refused is, before anything is hashed
            await editing.create(work, newcomer.kind, newcomer.place, values)
        password = newcomer.password
        hashed = None if password is None else await self._hash(actor, password, newcomer.email, newcomer.name, now)
        by_mail = self._credentials.invitations.can_mail and newcomer.by_mail is not False
        async with self._transactions.change(actor, now) as work:
            unit = await editing.create(work, newcomer.kind, newcomer.place, values)
            row = await work.transaction.get_one(PersonRow, unit.id)
            if hashed is not None:
                await _put(work, row, hashed, revoke_keys=False)
                return Added(unit, None)
            return Added(unit, await self._credentials.invitations.make(work, row, by_mail=by_mail))

    async def edit(
        self,
        actor: Actor,
        unit: Unit,
        version: int,
        values: Mapping[str, object],
        password: str,
        now: datetime,
        *,
        revoke_keys: bool = True,
    ) -> int:
        """Store the fields that differ and a new password, and return the unit's new version.

        Raises what `Organisation.edit` and `Credentials.set_for` do.
        """
        async with self._transactions.dry_run(actor, now) as work:
            await load_guarded(work, unit, Guard.PROOF)
            await editing.edit(work, unit, version, values, revoke_keys=revoke_keys)
            row = await work.transaction.get_one(PersonRow, unit.id)
            email, name = row.email, row.name
        hashed = await self._hash(actor, password, email, name, now)
        async with self._transactions.change(actor, now) as work:
            await load_guarded(work, unit, Guard.PROOF)
            newer = await editing.edit(work, unit, version, values, revoke_keys=revoke_keys)
            row = await work.transaction.get_one(PersonRow, unit.id)
            await _put(work, row, hashed, revoke_keys=revoke_keys)
            return newer

    async def _hash(self, actor: Actor, password: str, email: str, name: str, now: datetime) -> _Hashed:
        async with self._transactions.look(actor, now) as work:
            policies = await read_policies(work.transaction)
        level = check(password, policies.least, email, name)
        return _Hashed(await self._passwords.hash(password), level, policies.change_after_reset)


def _values(newcomer: Newcomer) -> dict[str, Any]:
    values: dict[str, Any] = {"name": newcomer.name, "email": newcomer.email, "status": Status.ENABLED.value}
    return values | {licence.value: True for licence in newcomer.licences}


async def _put(work: UnitOfWork, row: PersonRow, hashed: _Hashed, *, revoke_keys: bool) -> None:
    must_change = hashed.must_change
    await put_password(work, row, hashed.hash, hashed.level, must_change=must_change, revoke_keys=revoke_keys)
