"""The stored permissions of groups, and how locks go along when a group is made or moved (EDGE-16)."""

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from relay.organization.audit import Action, Done
from relay.organization.model import GroupPermissionRow
from relay.organization.rules import LockedError
from relay.organization.unit_of_work import UnitOfWork
from relay.organization.units import Unit, UnitKind
from relay.permissions.catalogue import Cell, PermissionState, copied, escapes, permission_states

SECTION = "permissions"
"""The heading of permissions in the audit trail."""
_ROW = GroupPermissionRow
_CELLS = select(_ROW.technician_group_id, _ROW.permission, _ROW.enabled, _ROW.option, _ROW.locked).where(
    _ROW.technician_group_id.in_(bindparam("groups", expanding=True))
)
"""Columns, not rows as objects: a large organisation has 13,000 of them, and all are read after each change."""


async def chain_of(transaction: AsyncSession, groups: Iterable[int]) -> list[tuple[int, Mapping[str, Cell]]]:
    """Return what is stored for groups, in the order given."""
    order = list(groups)
    cells: dict[int, dict[str, Cell]] = {group: {} for group in order}
    for group, permission, enabled, option, locked in await transaction.execute(_CELLS, {"groups": order}):
        cells[group][permission] = Cell(enabled, option, locked)
    return [(group, cells[group]) for group in order]


async def permission_state_of(work: UnitOfWork, group: int) -> dict[str, PermissionState]:
    """Return how all permissions stand for a group where it is now."""
    return permission_states(await chain_of(work.transaction, work.technician_groups.up(group)))


async def begin_like_parent(work: UnitOfWork, group: int) -> None:
    """Give a new group the permissions of the group that contains it (PERM-39)."""
    parent = work.technician_groups.parent(group)
    state = permission_states([]) if parent is None else await permission_state_of(work, parent)
    for key, cell in copied(state).items():
        await put(work, group, key, cell)


async def put(work: UnitOfWork, group: int, key: str, cell: Cell) -> None:
    """Store how a permission stands for a group."""
    row = await work.transaction.get(GroupPermissionRow, (group, key))
    if row is None:
        row = GroupPermissionRow(technician_group_id=group, permission=key, locked=False)
        work.transaction.add(row)
    row.enabled, row.option = cell.enabled, cell.option
    if row.locked != cell.locked:
        row.locked, row.locked_by = cell.locked, work.actor.person if cell.locked else None


async def check_no_escape(work: UnitOfWork, source: int, target: int) -> None:
    """Raise LockedError when a technician's move would lift a lock, and the actor is nobody who may lift it."""
    if not work.reach.all and escapes(await permission_state_of(work, source), await permission_state_of(work, target)):
        raise LockedError("A permission that is locked for this technician has a different value in that group.")


async def carry(work: UnitOfWork, group: int, parent: int | None) -> None:
    """Take the locks along before a group moves, and leave those that its new place decides differently."""
    before = await permission_state_of(work, group)
    above = {} if parent is None else await permission_state_of(work, parent)
    moved = work.technician_groups.down([group])
    cells = {each: dict(stored) for each, stored in await chain_of(work.transaction, moved)}
    for key, state in before.items():
        if key in above and above[key].locked:
            for each in moved:
                if key in cells[each] and cells[each][key].locked:
                    await put(work, each, key, cells[each][key]._replace(locked=False))
                    await _record(work, each, key, Action.LOCKED, Action.NOT_LOCKED)
        elif state.locked and state.by_group not in moved:
            await put(work, group, key, Cell(state.enabled, state.option, locked=True))
            await _record(work, group, key, Action.NOT_LOCKED, Action.LOCKED)


async def _record(work: UnitOfWork, group: int, key: str, old: Action, new: Action) -> None:
    unit = Unit(UnitKind.TECHNICIAN_GROUP, group)
    row = await work.load(unit)
    work.record(unit, row.name, Done.EDIT, section=SECTION, field=key, old_action=old, new_action=new)
