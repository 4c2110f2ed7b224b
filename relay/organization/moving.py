"""Units go to another place, or go altogether."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import select

from relay.accounts.model import LicenceRow, PersonRow
from relay.accounts.rules import Role, Status
from relay.organization.assignments import LINK_TABLES, revoke_if_nobodys
from relay.organization.audit import Action, Done
from relay.organization.guard import Guard
from relay.organization.model import (
    AdministratorGroupRow,
    ChannelExclusionRow,
    ComputerGroupRow,
    ComputerLinkRow,
    ExternalTechnicianRow,
    PermissionTargetRow,
    TechnicianGroupRow,
)
from relay.organization.rules import (
    CycleError,
    NotAllowedError,
    NotEmptyError,
    WrongPlaceError,
    check_reach,
    check_somebody_left,
)
from relay.organization.tree import Drag, what_a_drag_means
from relay.organization.unit_of_work import PARENTS, UnitOfWork
from relay.organization.units import PEOPLE, Unit, UnitKind
from relay.permissions import locks

_REFERENCES = {
    **dict.fromkeys(PEOPLE, "person_id"),
    UnitKind.ADMINISTRATOR_GROUP: "administrator_group_id",
    UnitKind.TECHNICIAN_GROUP: "technician_group_id",
    UnitKind.EXTERNAL_GROUP: "external_group_id",
    UnitKind.EXTERNAL_TECHNICIAN: "external_technician_id",
    UnitKind.COMPUTER_GROUP: "computer_group_id",
    UnitKind.COMPUTER: "computer_id",
}
"""The column by which links name a unit of a kind. Channels have none, for they stay (CHAN-09)."""
_CONTENT: dict[UnitKind, tuple[tuple[type[Any], str, UnitKind], ...]] = {
    UnitKind.TECHNICIAN_GROUP: (
        (TechnicianGroupRow, "parent_id", UnitKind.TECHNICIAN_GROUP),
        (PersonRow, "technician_group_id", UnitKind.TECHNICIAN),
        (ComputerGroupRow, "technician_group_id", UnitKind.COMPUTER_GROUP),
    ),
    UnitKind.ADMINISTRATOR_GROUP: (
        (AdministratorGroupRow, "parent_id", UnitKind.ADMINISTRATOR_GROUP),
        (PersonRow, "administrator_group_id", UnitKind.ADMINISTRATOR),
    ),
    UnitKind.EXTERNAL_GROUP: ((ExternalTechnicianRow, "external_group_id", UnitKind.EXTERNAL_TECHNICIAN),),
}
"""What must not be left in a group that goes (EDGE-09)."""


async def move(work: UnitOfWork, unit: Unit, target: Unit) -> None:
    """Put a unit in another place, with all its content (ORG-09, ORG-10, ORG-50)."""
    if what_a_drag_means(unit.kind, target.kind) is not Drag.MOVE:
        raise WrongPlaceError(WrongPlaceError.__doc__)
    row = await work.load_own(unit)
    new_name = "" if target.is_root else (await work.load(target)).name
    old, new = work.place_of(unit.kind, row), target.id or None
    check_reach(work.reach, unit.kind, [old, new])
    if old == new:
        return
    old_name = "" if old is None else (await work.load(Unit(_group_kind(unit.kind), old))).name
    _check_guard_of_move(work, unit, old, new)
    await _check_move(work, unit, old, new)
    row.version += 1
    row.changed_at = work.now
    setattr(row, PARENTS[unit.kind], new)
    work.record(
        unit,
        row.name,
        Done.MOVE,
        section="general",
        field="place",
        old_value=old_name,
        old_action=Action.ASSIGNED if old_name else Action.NOT_ASSIGNED,
        new_value=new_name,
        new_action=Action.ASSIGNED if new_name else Action.NOT_ASSIGNED,
        version=row.version,
    )
    await work.transaction.flush()
    await _shut_out_where_disabled(work, unit, new)


async def delete(work: UnitOfWork, units: Sequence[Unit]) -> None:
    """Remove several units together; what reports say about them stays (ORG-73)."""
    together = set(units)
    owners, rulers = await work.rulers(Role.ACCOUNT_OWNER), await work.rulers()
    rows = [(unit, await work.load_own(unit)) for unit in dict.fromkeys(units)]
    for unit, row in rows:
        if unit.kind not in _REFERENCES:
            raise NotAllowedError("Channels cannot be removed. Unassign them from their groups instead.")
        if unit.kind in PEOPLE:
            work.check_guard(Guard.PEOPLE, Role(row.role))
        await _check_empty(work, unit, together)
    for unit, row in rows:
        await _remove(work, unit, row)
    await work.transaction.flush()
    check_somebody_left(owners, await work.rulers(Role.ACCOUNT_OWNER))
    check_somebody_left(rulers, await work.rulers())


def _group_kind(kind: UnitKind) -> UnitKind:
    if kind in (UnitKind.ADMINISTRATOR, UnitKind.ADMINISTRATOR_GROUP):
        return UnitKind.ADMINISTRATOR_GROUP
    return UnitKind.EXTERNAL_GROUP if kind is UnitKind.EXTERNAL_TECHNICIAN else UnitKind.TECHNICIAN_GROUP


def _check_guard_of_move(work: UnitOfWork, unit: Unit, old: int | None, new: int | None) -> None:
    """Check the guard: a disabled group shuts people out, leaving one lets them in; administrators get other rights."""
    forest = work.technician_groups
    if unit.kind in (UnitKind.ADMINISTRATOR, UnitKind.ADMINISTRATOR_GROUP):
        forest = work.administrator_groups
        work.check_guard(Guard.PEOPLE)
    elif unit.kind not in (UnitKind.TECHNICIAN, UnitKind.TECHNICIAN_GROUP):
        return
    if forest.is_shut(old) != forest.is_shut(new):
        work.check_guard(Guard.PROOF if forest.is_shut(old) else Guard.PEOPLE)


async def _check_move(work: UnitOfWork, unit: Unit, old: int | None, new: int | None) -> None:
    match unit.kind:
        case UnitKind.TECHNICIAN if old is not None and new is not None:
            await locks.check_no_escape(work, old, new)
        case UnitKind.TECHNICIAN_GROUP:
            if work.technician_groups.would_cycle(unit.id, new):
                raise CycleError(CycleError.__doc__)
            await locks.carry(work, unit.id, new)
            work.technician_groups = work.technician_groups.with_parent(unit.id, new)
        case UnitKind.ADMINISTRATOR_GROUP:
            if work.administrator_groups.would_cycle(unit.id, new):
                raise CycleError(CycleError.__doc__)
            work.administrator_groups = work.administrator_groups.with_parent(unit.id, new)


async def _shut_out_where_disabled(work: UnitOfWork, unit: Unit, group: int | None) -> None:
    match unit.kind:
        case UnitKind.TECHNICIAN if work.technician_groups.is_shut(group):
            work.shut_out.add(unit.id)
        case UnitKind.ADMINISTRATOR if work.administrator_groups.is_shut(group):
            work.shut_out.add(unit.id)
        case UnitKind.TECHNICIAN_GROUP if work.technician_groups.is_shut(group):
            work.shut_out |= await work.members_below(unit.kind, unit.id)
        case UnitKind.ADMINISTRATOR_GROUP if work.administrator_groups.is_shut(group):
            work.shut_out |= await work.members_below(unit.kind, unit.id)


async def _check_empty(work: UnitOfWork, unit: Unit, together: set[Unit]) -> None:
    for table, column, kind in _CONTENT.get(unit.kind, ()):
        query = select(table.id).where(getattr(table, column) == unit.id, table.deleted_at.is_(None))
        if any(Unit(kind, found) not in together for found in await work.transaction.scalars(query)):
            raise NotEmptyError(NotEmptyError.__doc__)


async def _remove(work: UnitOfWork, unit: Unit, row: Any) -> None:
    orphans = await _take_links(work, unit)
    row.deleted_at = row.changed_at = work.now
    row.version += 1
    if unit.kind in PEOPLE:
        row.status, row.email_key, row.sso_id = Status.DISABLED, None, None
        await work.transaction.execute(delete_rows(LicenceRow).where(LicenceRow.person_id == unit.id))
        await work.transaction.execute(delete_rows(ChannelExclusionRow).where(ChannelExclusionRow.person_id == unit.id))
        work.shut_out.add(unit.id)
        work.credentials_changed(unit.id)
    elif unit.kind is UnitKind.TECHNICIAN_GROUP:
        await work.transaction.execute(
            delete_rows(PermissionTargetRow).where(
                PermissionTargetRow.target_kind == unit.kind, PermissionTargetRow.target_id == unit.id
            )
        )
    work.record(
        unit,
        row.name,
        Done.DELETE,
        field="name",
        old_value=row.name,
        old_action=Action.SET,
        new_action=Action.DELETED,
        version=row.version,
    )
    for computer in orphans:
        await revoke_if_nobodys(work, computer)


async def _take_links(work: UnitOfWork, unit: Unit) -> list[int]:
    """Take a unit out of all its links; return the computers that were at its disposal."""
    column = _REFERENCES[unit.kind]
    computers: list[int] = []
    if unit.kind is not UnitKind.COMPUTER and hasattr(ComputerLinkRow, column):
        query = select(ComputerLinkRow.computer_id).where(getattr(ComputerLinkRow, column) == unit.id)
        computers = list(await work.transaction.scalars(query))
    for table in LINK_TABLES:
        if hasattr(table, column):
            await work.transaction.execute(delete_rows(table).where(getattr(table, column) == unit.id))
    return computers
