"""What groups and their members may do, applied to the store; asked at every use of a function, so remembered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from codec.errors import DesksideError
from relay.accounts.eligibility import eligibilities_of
from relay.accounts.model import PersonRow
from relay.accounts.rules import Role
from relay.field_errors import FieldError
from relay.organization import editing
from relay.organization.ancestry import batches, read_ancestry
from relay.organization.audit import Action, Done
from relay.organization.model import PermissionTargetRow, TechnicianGroupRow
from relay.organization.rules import Actor, LockedError, NotAllowedError, WrongPlaceError
from relay.organization.transactions import Transactions
from relay.organization.unit_of_work import UnitOfWork
from relay.organization.units import Unit, UnitKind
from relay.permissions.catalogue import (
    BY_KEY,
    DEFAULTS,
    UNLIMITED,
    Cell,
    Grant,
    PermissionState,
    Targets,
    grants,
    hidden_functions,
    options_of,
    permission_states,
    targets,
)
from relay.permissions.locks import SECTION, chain_of, permission_state_of, put

_NOTHING = {key: Grant(False, cell.option) for key, cell in DEFAULTS.items()}


class UnknownPermissionError(DesksideError):
    """There is no such permission, or it has no targets."""


@dataclass(frozen=True)
class PermissionChange:
    """How a permission shall stand. `locked` None leaves the lock as it is."""

    enabled: bool
    option: str | None = None
    locked: bool | None = None


@dataclass(frozen=True)
class Held:
    """What someone may do: `group` is where it comes from, None for administrators who serve (EDGE-18)."""

    group: int | None
    grants: Mapping[str, Grant]
    transfer: Targets
    invite: Targets

    def allows(self, key: str) -> bool:
        """Whether a permission is on."""
        return self.grants[key].enabled

    @property
    def hidden(self) -> frozenset[str]:
        """Return the parts of the console that stay out of view."""
        return hidden_functions(self.grants)


_NOBODY = Held(None, _NOTHING, Targets(everybody=False), Targets(everybody=False))
_EVERYTHING = Held(None, UNLIMITED, Targets(everybody=True), Targets(everybody=True))


class Permissions:
    """All permissions. What a person holds is remembered until the organisation changes."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._held: dict[int, Held] = {}
        self._generation = transactions.generation

    @property
    def generation(self) -> int:
        """Grows with every change of the organisation."""
        return self._transactions.generation

    async def held(self, person: int) -> Held:
        """Return what someone may do now; nothing for who does not take part or has no licence."""
        return (await self.held_by([person]))[person]

    async def held_by(self, people: Iterable[int]) -> dict[int, Held]:
        """`held` for many, read at once."""
        if self._generation != self._transactions.generation:
            self._held, self._generation = {}, self._transactions.generation
        wanted, generation = set(people), self._generation
        found = {person: self._held[person] for person in wanted & self._held.keys()}
        if missing := wanted - found.keys():
            async with self._transactions.read() as transaction:
                read = await _held_by(transaction, missing)
            if generation == self._transactions.generation == self._generation:
                self._held |= read
            found |= read
        return found

    async def below(self, groups: Iterable[int], people: Iterable[int]) -> set[int]:
        """Return those of these people who are technicians in one of these groups, at any depth."""
        wanted, places = set(groups), dict[int, int]()
        async with self._transactions.read() as transaction:
            for some in batches(people):
                query = select(PersonRow.id, PersonRow.technician_group_id).where(
                    PersonRow.id.in_(some), PersonRow.technician_group_id.is_not(None)
                )
                places |= {row.id: row.technician_group_id for row in await transaction.execute(query)}
            ancestry = await read_ancestry(transaction, TechnicianGroupRow, places.values())
        within = {group for group, found in ancestry.items() if not wanted.isdisjoint(found.groups)}
        return {person for person, group in places.items() if group in within | wanted}

    async def check(self, person: int, key: str) -> None:
        """Raise NotPermittedError unless someone has a permission."""
        if not (await self.held(person)).allows(key):
            raise NotPermittedError(key)

    async def of_group(self, actor: Actor, group: Unit, now: datetime) -> dict[str, PermissionState]:
        """Return how all permissions stand for a technician group, in the order of the form (PERM-33)."""
        async with self._transactions.look(actor, now) as work:
            await work.load_own(_technician_group(group))
            return await permission_state_of(work, group.id)

    async def set(
        self, actor: Actor, group: Unit, version: int, wishes: Mapping[str, PermissionChange], now: datetime
    ) -> int:
        """Store permissions of a group; return the group's new version, as `Organisation.edit` does.

        Raises FieldError, LockedError, NotAllowedError for locks of an administrator, or ChangedMeanwhileError.
        """
        async with self._transactions.change(actor, now) as work:
            return await _set(work, _technician_group(group), version, wishes)

    async def edit(
        self,
        actor: Actor,
        group: Unit,
        version: int,
        values: Mapping[str, object],
        wishes: Mapping[str, PermissionChange],
        now: datetime,
    ) -> int:
        """Store fields and permissions of a group together. Raises what `Organisation.edit` and `set` raise."""
        async with self._transactions.change(actor, now) as work:
            await editing.edit(work, _technician_group(group), version, values)
            return await _set(work, group, version, wishes)

    async def targets_of_group(self, actor: Actor, group: Unit, key: str, now: datetime) -> frozenset[Unit]:
        """Return the selected targets of `transfer` or `invite`, whether or not the option uses them."""
        async with self._transactions.look(actor, now) as work:
            await work.load_own(_technician_group(group))
            return frozenset(await _stored_targets(work.transaction, group.id, key))

    async def set_targets(self, actor: Actor, group: Unit, key: str, units: Iterable[Unit], now: datetime) -> None:
        """Store the selected targets of `transfer` or `invite`. Raises WrongPlaceError or LockedError."""
        async with self._transactions.change(actor, now) as work:
            await _set_targets(work, _technician_group(group), key, frozenset(units))


class NotPermittedError(NotAllowedError):
    """Your group does not have this permission. `key` names it. An administrator can grant it."""

    def __init__(self, key: str) -> None:
        label = BY_KEY[key].label
        super().__init__(f"Your group does not have the permission “{label}”. An administrator can give it.")
        self.key = key


async def _held_by(transaction: AsyncSession, people: Iterable[int]) -> dict[int, Held]:
    rows: list[PersonRow] = []
    for some in batches(people):
        rows += await transaction.scalars(select(PersonRow).where(PersonRow.id.in_(some)))
    state = await eligibilities_of(transaction, rows)
    serving = [row for row in rows if state[row.id].may_serve]
    technicians = {row.id: row.technician_group_id for row in serving if row.role == Role.TECHNICIAN}
    groups = await _held_in(transaction, {group for group in technicians.values() if group is not None})
    found = dict.fromkeys(people, _NOBODY)
    for row in serving:
        found[row.id] = groups.get(technicians[row.id], _NOBODY) if row.id in technicians else _EVERYTHING
    return found


async def _held_in(transaction: AsyncSession, groups: Iterable[int]) -> dict[int | None, Held]:
    """Return what the members of groups may do: worked out once for each group, however many they are."""
    chains = await read_ancestry(transaction, TechnicianGroupRow, groups)
    cells: dict[int, Mapping[str, Cell]] = {}
    for some in batches({each for chain in chains.values() for each in chain.groups}):
        cells |= dict(await chain_of(transaction, some))
    selected: dict[tuple[int, str], list[Unit]] = {}
    table = PermissionTargetRow
    for some in batches(chains):
        query = select(table.technician_group_id, table.permission, table.target_kind, table.target_id)
        for group, key, kind, number in await transaction.execute(query.where(table.technician_group_id.in_(some))):
            selected.setdefault((group, key), []).append(Unit(UnitKind(kind), number))
    found: dict[int | None, Held] = {}
    for group, chain in chains.items():
        granted = grants(permission_states([(each, cells[each]) for each in chain.groups]))
        transfer, invite = (targets(granted, key, selected.get((group, key), [])) for key in ("transfer", "invite"))
        found[group] = Held(group, granted, transfer, invite)
    return found


async def _set(work: UnitOfWork, group: Unit, version: int, wishes: Mapping[str, PermissionChange]) -> int:
    row = await work.load_own(group)
    present = await permission_state_of(work, group.id)
    differing = {key: _checked(key, wish, present) for key, wish in wishes.items()}
    differing = {key: wish for key, wish in differing.items() if _differs(present[key], wish)}
    if not differing:
        return int(row.version)
    await work.check_meanwhile(group, row, version, differing)
    row.version += 1
    row.changed_at = work.now
    for key, wish in differing.items():
        _check_may(work, group, present[key], wish)
        # Where a lock holds, a master administrator's other value needs a lock of its own to count (EDGE-17).
        locked = present[key].locked if wish.locked is None else wish.locked
        await put(work, group.id, key, Cell(wish.enabled, wish.option, locked))
        _record(work, group, row, key, present[key], replace(wish, locked=locked))
    return int(row.version)


def _technician_group(unit: Unit) -> Unit:
    if unit.kind is not UnitKind.TECHNICIAN_GROUP:
        raise WrongPlaceError("Permissions belong to technician groups.")
    return unit


def _checked(key: str, wish: PermissionChange, present: Mapping[str, PermissionState]) -> PermissionChange:
    if key not in present:
        raise FieldError(key, "unknown_field", "There is no such permission.")
    try:
        return replace(wish, option=options_of(key, wish.option))
    except ValueError:
        raise FieldError(key, "not_a_choice", f"Choose one of: {', '.join(BY_KEY[key].options)}.") from None


def _differs(present: PermissionState, wish: PermissionChange) -> bool:
    same_lock = wish.locked is None or wish.locked == present.locked
    return not same_lock or (present.enabled, present.option) != (wish.enabled, wish.option)


def _check_may(work: UnitOfWork, group: Unit, present: PermissionState, wish: PermissionChange) -> None:
    if not work.reach.all:
        if wish.locked is not None and wish.locked != present.locked:
            raise NotAllowedError("Only master administrators can lock and unlock permissions.")
        if present.locked:
            raise LockedError(LockedError.__doc__)
    if wish.locked is False and present.by_group not in (None, group.id):
        raise LockedError("A group above this one has locked the permission. Unlock it there.")


def _record(work: UnitOfWork, group: Unit, row: Any, key: str, old: PermissionState, new: PermissionChange) -> None:
    name, version = row.name, row.version
    if (old.enabled, old.option) != (new.enabled, new.option):
        work.record(
            group,
            name,
            Done.EDIT,
            section=SECTION,
            field=key,
            old_value=old.option or "",
            old_action=Action.SELECTED if old.enabled else Action.NOT_SELECTED,
            new_value=new.option or "",
            new_action=Action.SELECTED if new.enabled else Action.NOT_SELECTED,
            version=version,
        )
    if old.locked != new.locked:
        work.record(
            group,
            name,
            Done.EDIT,
            section=SECTION,
            field=key,
            old_action=Action.LOCKED if old.locked else Action.NOT_LOCKED,
            new_action=Action.LOCKED if new.locked else Action.NOT_LOCKED,
            version=version,
        )


async def _stored_targets(transaction: AsyncSession, group: int, key: str) -> list[Unit]:
    query = select(PermissionTargetRow.target_kind, PermissionTargetRow.target_id).where(
        PermissionTargetRow.technician_group_id == group, PermissionTargetRow.permission == key
    )
    return [Unit(UnitKind(kind), number) for kind, number in await transaction.execute(query)]


async def _set_targets(work: UnitOfWork, group: Unit, key: str, wanted: frozenset[Unit]) -> None:
    if key not in BY_KEY or any(unit.kind not in BY_KEY[key].target_kinds for unit in wanted):
        raise WrongPlaceError("This cannot be selected here.")
    row = await work.load_own(group)
    if (await permission_state_of(work, group.id))[key].locked and not work.reach.all:
        raise LockedError(LockedError.__doc__)
    present = frozenset(await _stored_targets(work.transaction, group.id, key))
    if present == wanted:
        return
    row.version += 1
    for unit in sorted(present ^ wanted):
        # A target may be outside an administrator's reach: it is only pointed at (PERM-15b).
        name = (await work.load(unit)).name
        added = unit in wanted
        if added:
            work.transaction.add(
                PermissionTargetRow(
                    technician_group_id=group.id, permission=key, target_kind=unit.kind, target_id=unit.id
                )
            )
        else:
            await work.transaction.execute(
                delete(PermissionTargetRow).where(
                    PermissionTargetRow.technician_group_id == group.id,
                    PermissionTargetRow.permission == key,
                    PermissionTargetRow.target_kind == unit.kind,
                    PermissionTargetRow.target_id == unit.id,
                )
            )
        work.record(
            group,
            row.name,
            Done.ASSIGN if added else Done.UNASSIGN,
            section=SECTION,
            field=key,
            old_value="" if added else name,
            old_action=Action.NOT_SELECTED if added else Action.SELECTED,
            new_value=name if added else "",
            new_action=Action.SELECTED if added else Action.NOT_SELECTED,
            version=row.version,
        )
