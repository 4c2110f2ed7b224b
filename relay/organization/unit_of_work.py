"""One unit of work on the organisation: what is there, who does it, what changed, and whom it shuts out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from relay.accounts.model import LicenceRow, OrganisationRow, PersonRow
from relay.accounts.rules import Licence, Role, Status
from relay.credentials.revocation import CredentialsChanged
from relay.organization.audit import Change, Done, of_value
from relay.organization.fields import fields_of
from relay.organization.guard import Guard, check_guard
from relay.organization.model import (
    AdministratorGroupRow,
    AdministratorLinkRow,
    AuditEventRow,
    ChannelLinkRow,
    ChannelRow,
    ComputerGroupRow,
    ComputerLinkRow,
    ComputerRow,
    ExternalGroupRow,
    ExternalTechnicianRow,
    TechnicianGroupRow,
)
from relay.organization.rules import (
    NOWHERE,
    Actor,
    ChangedMeanwhileError,
    NotThereError,
    Reach,
    Rights,
    check_licence,
    check_reach,
    reach_of,
)
from relay.organization.tree import Forest
from relay.organization.units import PEOPLE, Unit, UnitKind
from relay.store.database import MAX_ID

TABLES: dict[UnitKind, type[Any]] = {
    **dict.fromkeys(PEOPLE, PersonRow),
    UnitKind.ADMINISTRATOR_GROUP: AdministratorGroupRow,
    UnitKind.TECHNICIAN_GROUP: TechnicianGroupRow,
    UnitKind.CHANNEL: ChannelRow,
    UnitKind.EXTERNAL_GROUP: ExternalGroupRow,
    UnitKind.EXTERNAL_TECHNICIAN: ExternalTechnicianRow,
    UnitKind.COMPUTER_GROUP: ComputerGroupRow,
    UnitKind.COMPUTER: ComputerRow,
}
"""Where each kind of unit is stored. Rows differ by kind, and all have what `UnitColumns` has."""
PARENTS: dict[UnitKind, str] = {
    UnitKind.ADMINISTRATOR: "administrator_group_id",
    UnitKind.ADMINISTRATOR_GROUP: "parent_id",
    UnitKind.TECHNICIAN: "technician_group_id",
    UnitKind.TECHNICIAN_GROUP: "parent_id",
    UnitKind.EXTERNAL_TECHNICIAN: "external_group_id",
    UnitKind.COMPUTER_GROUP: "technician_group_id",
}
"""The column that says in which group a unit of a kind stands."""
ROLES: dict[UnitKind, tuple[Role, ...]] = {
    UnitKind.MASTER_ADMINISTRATOR: (Role.MASTER_ADMINISTRATOR, Role.ACCOUNT_OWNER),
    UnitKind.ADMINISTRATOR: (Role.ADMINISTRATOR,),
    UnitKind.TECHNICIAN: (Role.TECHNICIAN,),
}
"""What people of each kind are; a new one is the first of them."""
KIND_OF: dict[Role, UnitKind] = {role: kind for kind, roles in ROLES.items() for role in roles}
"""The kind of unit that a person with a role is."""


@dataclass(frozen=True)
class Crowd:
    """What is read at once where many people are arranged together: whose address it is, who has which licences.

    `rows` are held so that the session need not read them again.
    """

    addresses: dict[str, int]
    licences: dict[int, frozenset[Licence]]
    rows: tuple[Any, ...]


@dataclass
class UnitOfWork:
    """Everything that one request does, inside one transaction. `role` is what the actor is at this moment."""

    transaction: AsyncSession
    actor: Actor
    reach: Reach
    technician_groups: Forest
    administrator_groups: Forest
    now: datetime
    role: Role | None = None
    is_dry_run: bool = False
    changes: list[Change] = field(default_factory=list)
    shut_out: set[int] = field(default_factory=set)
    credentials: dict[int, CredentialsChanged] = field(default_factory=dict)
    crowd: Crowd | None = None

    def check_guard(self, guard: Guard, *concerned: Role) -> None:
        """Raise PeopleOnlyError, OutrankedError or ProofNeededError unless the actor may change what is guarded."""
        check_guard(guard, self.actor, self.role, concerned, self.now, dry_run=self.is_dry_run)

    def credentials_changed(self, person: int, *, kept_sign_in: int | None = None, revoke_keys: bool = True) -> None:
        """Note that how someone signs in has changed: everything that opened the account before ends with this work.

        A person who changes their own stays signed in where they do it.
        """
        if kept_sign_in is None and person == self.actor.person:
            kept_sign_in = self.actor.sign_in
        before = self.credentials.get(person)
        keys = revoke_keys or (before is not None and before.revoke_keys)
        self.credentials[person] = CredentialsChanged(person, kept_sign_in, keys)

    async def load(self, unit: Unit) -> Any:
        """Return the row of a unit. Raises NotThereError."""
        table = TABLES.get(unit.kind)
        row = None if table is None or unit.id > MAX_ID else await self.transaction.get(table, unit.id)
        if row is None or row.deleted_at is not None or getattr(row, "role", None) not in ROLES.get(unit.kind, (None,)):
            raise NotThereError(NotThereError.__doc__)
        return row

    async def load_own(self, unit: Unit) -> Any:
        """Return the row of a unit that the actor may arrange. Raises NotThereError or NotAllowedError."""
        row = await self.load(unit)
        check_reach(self.reach, unit.kind, await self.groups_of(unit, row))
        return row

    async def groups_of(self, unit: Unit, row: Any) -> list[int | None]:
        """Return the technician groups in which a unit stands: what decides whether an administrator reaches it."""
        match unit.kind:
            case UnitKind.TECHNICIAN_GROUP:
                return [unit.id]
            case UnitKind.TECHNICIAN | UnitKind.COMPUTER_GROUP:
                return [row.technician_group_id]
            case UnitKind.COMPUTER:
                return await self._groups_of_computer(unit.id)
            case _:
                return []

    async def groups_sharing(self, unit: Unit) -> list[int | None]:
        """Return the technician groups that a unit is linked to; how it is set up concerns all of them."""
        if unit.kind is not UnitKind.CHANNEL:
            return await self._groups_of_computer(unit.id)
        links = select(ChannelLinkRow.technician_group_id).where(ChannelLinkRow.channel_id == unit.id)
        return list(await self.transaction.scalars(links))

    async def _groups_of_computer(self, computer: int) -> list[int | None]:
        found: list[int | None] = []
        for link in await self.transaction.scalars(
            select(ComputerLinkRow).where(ComputerLinkRow.computer_id == computer)
        ):
            if link.technician_group_id is not None:
                found.append(link.technician_group_id)
            elif link.computer_group_id is not None:
                found.append(
                    (await self.load(Unit(UnitKind.COMPUTER_GROUP, link.computer_group_id))).technician_group_id
                )
            elif link.person_id is not None:
                found.append((await self.load(Unit(UnitKind.TECHNICIAN, link.person_id))).technician_group_id)
        return found

    def place_of(self, kind: UnitKind, row: Any) -> int | None:
        """Return the group in which a unit stands; None on its root."""
        column = PARENTS.get(kind)
        return None if column is None else getattr(row, column)

    def record(self, unit: Unit, name: str, done: Done, **more: Any) -> None:
        """Note a change for the audit trail."""
        self.changes.append(Change(unit, name, done, **more))

    def record_field(self, unit: Unit, row: Any, key: str, old: object, new: object) -> None:
        """Note that a field of a unit changes."""
        (old_value, old_action), (new_value, new_action) = of_value(old), of_value(new)
        self.record(
            unit,
            row.name,
            Done.EDIT,
            section=fields_of(unit.kind)[key].section,
            field=key,
            old_value=old_value,
            old_action=old_action,
            new_value=new_value,
            new_action=new_action,
            version=row.version,
        )

    async def check_meanwhile(self, unit: Unit, row: Any, version: int, fields: Iterable[str]) -> None:
        """Raise ChangedMeanwhileError when one of these fields has changed since `version`; other fields merge."""
        if row.version == version:
            return
        later = (
            select(AuditEventRow.field, AuditEventRow.actor_name)
            .where(
                AuditEventRow.unit_kind == unit.kind,
                AuditEventRow.unit_id == unit.id,
                AuditEventRow.unit_version > version,
                AuditEventRow.field.in_(list(fields)),
            )
            .order_by(AuditEventRow.id)
        )
        conflicts = {row.field: row.actor_name for row in await self.transaction.execute(later)}
        if conflicts:
            raise ChangedMeanwhileError(conflicts)

    async def licences(self, person: int) -> frozenset[Licence]:
        """Return what a person may serve customers with."""
        if self.crowd is not None:
            return self.crowd.licences.get(person, frozenset())
        kinds = await self.transaction.scalars(select(LicenceRow.kind).where(LicenceRow.person_id == person))
        return frozenset(Licence(kind) for kind in kinds)

    async def give_licence(self, person: int, licence: Licence) -> None:
        """Give a licence. Raises NoLicenceLeftError."""
        organisation = await self.transaction.get_one(OrganisationRow, 1)
        total = organisation.standard_licences if licence is Licence.STANDARD else organisation.mobile_licences
        if total is not None:
            count = select(func.count()).select_from(LicenceRow).where(LicenceRow.kind == licence)
            check_licence(total, await self.transaction.scalar(count) or 0)
        self.transaction.add(LicenceRow(person_id=person, kind=licence, assigned_at=self.now))
        if self.crowd is not None:
            self.crowd.licences[person] = await self.licences(person) | {licence}

    async def take_licence(self, person: int, licence: Licence) -> None:
        """Take a licence back; it is free for someone else at once."""
        row = await self.transaction.get(LicenceRow, (person, licence.value))
        if row is not None:
            await self.transaction.delete(row)
        if self.crowd is not None:
            self.crowd.licences[person] = await self.licences(person) - {licence}

    async def know_everybody(self) -> None:
        """Read at once what would otherwise be asked about each person. Only this work changes people meanwhile."""
        person = select(PersonRow.id, PersonRow.email_key)
        addresses = {key: number for number, key in await self.transaction.execute(person) if key is not None}
        licences: dict[int, frozenset[Licence]] = {}
        for holder, kind in await self.transaction.execute(select(LicenceRow.person_id, LicenceRow.kind)):
            licences[holder] = licences.get(holder, frozenset()) | {Licence(kind)}
        tables = (OrganisationRow, TechnicianGroupRow, AdministratorGroupRow)
        rows = [row for table in tables for row in await self.transaction.scalars(select(table))]
        self.crowd = Crowd(addresses, licences, tuple(rows))

    async def rulers(self, role: Role | None = None) -> frozenset[int]:
        """Return everybody enabled who can arrange the whole organisation, or only those of one role."""
        roles = [role] if role else list(ROLES[UnitKind.MASTER_ADMINISTRATOR])
        query = select(PersonRow.id).where(
            PersonRow.role.in_(roles), PersonRow.status == Status.ENABLED, PersonRow.deleted_at.is_(None)
        )
        return frozenset(await self.transaction.scalars(query))

    async def members_below(self, kind: UnitKind, group: int) -> set[int]:
        """Return everybody who is in a group or below it."""
        forest = self.administrator_groups if kind is UnitKind.ADMINISTRATOR_GROUP else self.technician_groups
        column = (
            PersonRow.administrator_group_id if kind is UnitKind.ADMINISTRATOR_GROUP else PersonRow.technician_group_id
        )
        query = select(PersonRow.id).where(column.in_(forest.down([group])), PersonRow.deleted_at.is_(None))
        return set(await self.transaction.scalars(query))


async def begin_unit_of_work(transaction: AsyncSession, actor: Actor, now: datetime) -> UnitOfWork:
    """Look at what is there now, and at what the actor may do about it."""
    technicians = await read_forest(transaction, UnitKind.TECHNICIAN_GROUP)
    administrators = await read_forest(transaction, UnitKind.ADMINISTRATOR_GROUP)
    reach, role = await _reach(transaction, actor, technicians, administrators)
    return UnitOfWork(transaction, actor, reach, technicians, administrators, now, role)


async def read_forest(transaction: AsyncSession, kind: UnitKind) -> Forest:
    """Return all technician groups, or all administrator groups."""
    table: Any = TABLES[kind]
    query = select(table.id, table.parent_id, table.status).where(table.deleted_at.is_(None))
    rows = list(await transaction.execute(query))
    disabled = frozenset(group for group, _parent, status in rows if status != Status.ENABLED)
    return Forest({group: parent for group, parent, _status in rows}, disabled)


async def _reach(
    transaction: AsyncSession, actor: Actor, technicians: Forest, administrators: Forest
) -> tuple[Reach, Role | None]:
    """Return what the actor may arrange, and is, now: what was taken away meanwhile is gone (EDGE-03, ORG-61)."""
    if actor.person is None:
        return (Reach(all=True, at_top=True) if actor.role is None else NOWHERE), None
    row = await transaction.get(PersonRow, actor.person)
    if row is None or row.deleted_at is not None or row.status != Status.ENABLED:
        return NOWHERE, None
    own = row.administrator_group_id
    if administrators.is_shut(own):
        return NOWHERE, None
    role = Role(row.role)
    holder = AdministratorLinkRow.person_id == row.id
    if own is not None:
        holder |= AdministratorLinkRow.administrator_group_id == own
    linked = list(await transaction.scalars(select(AdministratorLinkRow.technician_group_id).where(holder)))
    group = None if own is None else await transaction.get(AdministratorGroupRow, own)
    at_top = None in linked
    groups = technicians.down(technicians.children(None) if at_top else [each for each in linked if each is not None])
    if group is None:
        return reach_of(role, Rights.STANDARD, True, True, groups, at_top), role
    rights = Rights(group.rights), group.allow_command_center, group.allow_reports
    return reach_of(role, *rights, groups, at_top), role
